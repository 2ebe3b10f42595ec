"""What may be said of a paper: cleaned, within bounds, each refusal at its field."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from core.japan.text import clean_line
from meetings.choices import Audience, MaterialKind
from meetings.errors import FieldsRefusedError
from meetings.models import Material

EDITABLE = ("label", "title", "kind", "audience", "publish_at", "tags", "comment")
LONGEST_LABEL, LONGEST_TITLE, LONGEST_TAG, LONGEST_COMMENT = 20, 200, 30, 4000
MOST_TAGS = 10
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
FURTHEST = timedelta(days=2 * 366)


def clean_paper(*, values: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The values as they are to be stored. FieldsRefusedError has a sentence for each wrong one."""
    clean: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in values.items():
        try:
            clean[name] = _CLEANERS[name](value, at)
        except ValueError as refusal:
            wrong[name] = str(refusal)
    if wrong:
        raise FieldsRefusedError({name: wrong[name] for name in EDITABLE if name in wrong})
    return clean


def paper_values(material: Material) -> dict[str, Any]:
    """What stands in the record, as `clean_paper` would give it."""
    return {name: getattr(material, name) for name in EDITABLE}


def comparable(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same in plain words, for fingerprints: times in UTC."""
    return {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _line(most: int) -> Callable[[Any, datetime], str]:
    def clean(value: Any, _at: datetime) -> str:
        text = clean_line(str(value or ""))
        if len(text) > most:
            raise ValueError(_("%(n)s letters at most.") % {"n": most})
        return text

    return clean


def _title(value: Any, at: datetime) -> str:
    text = _line(LONGEST_TITLE)(value, at)
    if not text:
        raise ValueError(_("Please give the paper a title."))
    return text


def _one_of(choices: Iterable[str]) -> Callable[[Any, datetime], str]:
    known = set(choices)

    def clean(value: Any, _at: datetime) -> str:
        if value not in known:
            raise ValueError(_("Please choose one of the list."))
        return str(value)

    return clean


def _time(value: Any, at: datetime) -> datetime | None:
    if value is None:
        return None
    if not EARLIEST <= value <= at + FURTHEST:
        raise ValueError(_("Please check the day of publication: it is too far away."))
    return datetime.fromtimestamp(value.timestamp(), UTC)


def _tags(value: Any, at: datetime) -> list[str]:
    tags = list(dict.fromkeys(filter(None, (_line(LONGEST_TAG)(tag, at) for tag in value))))
    if len(tags) > MOST_TAGS:
        raise ValueError(_("%(n)s tags at most.") % {"n": MOST_TAGS})
    return tags


def _comment(value: Any, _at: datetime) -> str:
    text = str(value or "").replace("\r\n", "\n").replace("\0", "").strip()
    text = text.encode("utf-8", "ignore").decode()  # half a letter cannot be stored
    if len(text) > LONGEST_COMMENT:
        raise ValueError(_("%(n)s letters at most.") % {"n": LONGEST_COMMENT})
    return text


_CLEANERS: Mapping[str, Callable[[Any, datetime], Any]] = {
    "label": _line(LONGEST_LABEL),
    "title": _title,
    "kind": _one_of(MaterialKind.values),
    "audience": _one_of(Audience.values),
    "publish_at": _time,
    "tags": _tags,
    "comment": _comment,
}
