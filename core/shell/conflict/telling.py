"""What happened meanwhile, in words: which field, by whom, when; before, now, and as typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.forms.models import ModelChoiceField
from django.utils.dateparse import parse_datetime
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from core.audit.models import Change
from core.japan.calendar import era_date, era_datetime
from core.shell.conflict.merging import BOTH, Clash
from core.shell.conflict.values import Values

LONGEST = 300
NEWEST = 200


@dataclass(frozen=True)
class Told:
    """One line of the notice. `id`: of the input on the page; `name`: what a button asks for."""

    kind: str
    label: str
    old: str
    theirs: str
    yours: str
    who: str = ""
    own: bool = False
    at: datetime | None = None
    id: str = ""
    name: str = ""


def tell(record: models.Model, clashes: Iterable[Clash], reader: Any) -> list[Told]:
    """One line for each clash, what has to be chosen first. One query for who it was."""
    found = sorted(clashes, key=lambda clash: clash.kind != BOTH)
    changes = _changes(record, found) if found else {}
    return [_told(record, clash, changes, str(reader.pk)) for clash in found]


def _place(record: models.Model, clash: Clash) -> tuple[str, str]:
    owner = clash.inline.model if clash.inline else type(record)
    return owner._meta.db_table, clash.row or str(record.pk)


def _changes(
    record: models.Model, clashes: Iterable[Clash]
) -> Mapping[tuple[str, str], list[Change]]:
    """The newest lines of the trail about these rows, newest first."""
    wanted: dict[str, set[str]] = {}
    for clash in clashes:
        table, key = _place(record, clash)
        wanted.setdefault(table, set()).add(key)
    where = Q()
    for table, keys in wanted.items():
        where |= Q(table=table, row_id__in=keys)
    found: dict[tuple[str, str], list[Change]] = {}
    for change in Change.objects.filter(where).order_by("-id")[:NEWEST]:
        found.setdefault((change.table, change.row_id), []).append(change)
    return found


def _author(clash: Clash, changes: list[Change]) -> Change | None:
    """Who wrote the value that stands there now; the latest of the row for what is no column."""
    model: Any = clash.inline.model if clash.inline else clash.form._meta.model
    columns = {field.name: field.column for field in model._meta.concrete_fields}
    column = columns.get(clash.field)
    touching = (change for change in changes if column in (change.after or {}))
    return next(touching, changes[0] if changes else None)


def _told(
    record: models.Model,
    clash: Clash,
    changes: Mapping[tuple[str, str], list[Change]],
    reader: str,
) -> Told:
    author = _author(clash, list(changes.get(_place(record, clash), [])))
    old, theirs, yours = (_side(clash, side) for side in (clash.old, clash.theirs, clash.yours))
    return Told(
        kind=clash.kind,
        label=_label(clash),
        old=old,
        theirs=theirs,
        yours=yours,
        who=(author.actor_name or _("Unknown")) if author else "",
        own=author is not None and author.actor_id == reader,
        at=author.at if author else None,
        id=f"id_{clash.name}" if clash.name else "",
        name=clash.name if clash.kind == BOTH else "",
    )


def _label(clash: Clash) -> str:
    parts = []
    if clash.inline:
        parts.append(str(clash.inline.verbose_name))
        if clash.form.instance.pk:
            parts.append(f"「{clash.form.instance}」")
    if clash.field:
        parts.append(str(clash.form[clash.field].label))
    return " ".join(parts)


def _side(clash: Clash, values: Values | None) -> str:
    """One field in words; of a whole row, every field that says something."""
    if values is None:
        return ""
    if clash.field:
        return _words(clash.form.fields[clash.field], values[clash.field])
    lines = (
        (str(clash.form[name].label), _words(clash.form.fields[name], texts))
        for name, texts in values.items()
    )
    return "、".join(f"{label}:{text}" for label, text in lines if text)


def _words(field: forms.Field, texts: list[str]) -> str:
    widget = getattr(field.widget, "widget", field.widget)
    if isinstance(widget, forms.CheckboxInput):
        return _("Yes") if texts else _("No")
    if isinstance(field, ModelChoiceField):
        return "、".join(_names(field, texts))
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        labels = {str(value): str(label) for value, label in _flat(choices)}
        return "、".join(labels.get(text, text) for text in texts)
    text = " ".join(_moment(field, text) for text in texts)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _flat(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


def _names(field: Any, texts: list[str]) -> list[str]:
    key = field.to_field_name or "pk"
    try:
        rows = list(field.queryset.filter(**{f"{key}__in": texts}))
    except (ValueError, ValidationError):
        return texts
    return [str(field.label_from_instance(row)) for row in rows] or texts


def _moment(field: forms.Field, text: str) -> str:
    try:
        if isinstance(field, forms.DateTimeField):
            moment = parse_datetime(text)
            return era_datetime(make_aware(moment)) if moment else text
        if isinstance(field, forms.DateField):
            return era_date(date.fromisoformat(text))
    except ValueError:
        pass
    return text
