"""The text of a draft, section by section. Nobody writes over what they have not seen.

Each save names the edition it began with. Where a colleague was quicker, both wordings come back
and nothing of either is lost.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from core.japan.text import clean_line
from meetings.errors import FieldsRefusedError, MeetingsError, TooLateError
from meetings.models import Minutes, MinutesSection
from meetings.services.minutes import BEING_WRITTEN, acting_on_minutes, tell

LONGEST_HEADING, LONGEST_TEXT, LONGEST_REASON = 200, 50_000, 300
MOST_SECTIONS = 60
# Of all sections: five times what is said in a long day, and still printed in a second or two.
MOST_LETTERS = 200_000


@dataclass(frozen=True)
class Wording:
    """What stands in a section, cleaned."""

    heading: str = ""
    text: str = ""
    withheld: bool = False
    withheld_reason: str = ""

    @property
    def fingerprint(self) -> str:
        parts = (self.heading, self.text, str(self.withheld), self.withheld_reason)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

    @property
    def is_empty(self) -> bool:
        return not (self.heading or self.text)


@dataclass(frozen=True)
class Draft:
    """One section as an editor sends it, and what they began with."""

    section: int
    wording: Wording
    edition: int
    seen: str


@dataclass(frozen=True)
class Clash:
    """A colleague changed the same section in the meantime, or (`theirs` None) removed it."""

    mine: Draft
    theirs: MinutesSection | None


@dataclass(frozen=True)
class Saved:
    """`standing`: the sections that were sent, as they are now."""

    standing: tuple[MinutesSection, ...]
    clashes: tuple[Clash, ...]
    written: int


def clean_wording(
    *, heading: str = "", text: str = "", withheld: bool = False, withheld_reason: str = ""
) -> Wording:
    """As it is stored. FieldsRefusedError has a sentence for each value that cannot be."""
    wording = Wording(
        clean_line(heading), _whole_text(text), withheld,
        clean_line(withheld_reason) if withheld else "",
    )  # fmt: skip
    wrong: dict[str, str] = {}
    longest = {"heading": LONGEST_HEADING, "text": LONGEST_TEXT, "withheld_reason": LONGEST_REASON}
    for name, most in longest.items():
        if len(getattr(wording, name)) > most:
            wrong[name] = _("%(n)s letters at most.") % {"n": f"{most:,}"}
    if withheld and not wording.withheld_reason:
        wrong["withheld_reason"] = _("Please say why this part is withheld.")
    if wrong:
        raise FieldsRefusedError(wrong)
    return wording


def save_sections(
    *, minutes: Minutes, drafts: Sequence[Draft], actor: User | None, at: datetime
) -> Saved:
    """Write what differs and clashes with nobody; say what clashes."""
    clashes: list[Clash] = []
    standing: list[MinutesSection] = []
    written = 0
    with acting_on_minutes(minutes, *BEING_WRITTEN) as found:
        rows = {row.pk: row for row in found.sections.select_related("edited_by")}
        for draft in drafts:
            row = rows.get(draft.section)
            if row is not None:
                standing.append(row)
            if _clashes(draft, row):
                clashes.append(Clash(draft, row))
            elif row is not None and _is_new(draft, row):
                _write(row, draft.wording, actor, at)
                written += 1
        check_length(row.text for row in rows.values())
    return Saved(tuple(standing), tuple(clashes), written)


def add_section(
    *, minutes: Minutes, wording: Wording | None = None, actor: User | None, at: datetime
) -> MinutesSection:
    """A section at the end."""
    wording = wording or Wording()
    with acting_on_minutes(minutes, *BEING_WRITTEN) as found:
        if found.sections.count() >= MOST_SECTIONS:
            raise MeetingsError(_("%(n)s sections at most.") % {"n": MOST_SECTIONS})
        last = found.sections.aggregate(last=Max("position"))["last"]
        row = MinutesSection(
            minutes=found, position=0 if last is None else last + 1, edited_by=actor, edited_at=at,
            **_columns(wording),
        )  # fmt: skip
        row.save(force_insert=True)
        check_length(found.sections.values_list("text", flat=True))
    return row


def remove_section(
    *, minutes: Minutes, section: int, edition: int, actor: User | None, at: datetime
) -> None:
    """Take an empty section away: what somebody has written is never removed unread."""
    with acting_on_minutes(minutes, *BEING_WRITTEN) as found:
        row = found.sections.filter(pk=section).first()
        if row is None:
            return
        if row.text:
            raise MeetingsError(_("This section has a text. Empty the text first, then remove it."))
        if row.edition != edition:
            raise TooLateError(_("Somebody changed this section in the meantime."))
        tell(minutes=found, what="section_removed", actor=actor, at=at, heading=row.heading)
        row.delete()


def move_section(*, minutes: Minutes, section: int, by: int, at: datetime) -> None:
    """One place up (-1) or down (+1); at the edge nothing happens."""
    with acting_on_minutes(minutes, *BEING_WRITTEN) as found:
        rows = list(found.sections.all())
        here = next((n for n, row in enumerate(rows) if row.pk == section), None)
        if here is None or not 0 <= here + by < len(rows):
            return
        rows[here], rows[here + by] = rows[here + by], rows[here]
        for position, row in enumerate(rows):
            row.position = position
        MinutesSection.objects.bulk_update(rows, ["position"])


def check_length(texts: Iterable[str]) -> None:
    """Raises MeetingsError for more than can be read and printed."""
    if sum(map(len, texts)) > MOST_LETTERS:
        raise MeetingsError(
            _("Minutes have up to %(n)s letters in all. Put the rest into a paper of the meeting.")
            % {"n": f"{MOST_LETTERS:,}"}
        )


def wording_of(section: MinutesSection) -> Wording:
    return Wording(section.heading, section.text, section.withheld, section.withheld_reason)


def _whole_text(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").rstrip()
    return lines.encode("utf-8", "ignore").decode()  # half a letter cannot be stored


def _is_new(draft: Draft, row: MinutesSection) -> bool:
    """The editor wrote something, and it does not stand there yet."""
    return draft.wording.fingerprint != draft.seen and draft.wording != wording_of(row)


def _clashes(draft: Draft, row: MinutesSection | None) -> bool:
    if row is None:
        return draft.wording.fingerprint != draft.seen and not draft.wording.is_empty
    return _is_new(draft, row) and row.edition != draft.edition


def _write(row: MinutesSection, wording: Wording, actor: User | None, at: datetime) -> None:
    for name, value in _columns(wording).items():
        setattr(row, name, value)
    row.edition += 1
    row.edited_by, row.edited_at = actor, at
    row.save()


def _columns(wording: Wording) -> dict[str, Any]:
    return {
        "heading": wording.heading, "text": wording.text, "withheld": wording.withheld,
        "withheld_reason": wording.withheld_reason,
    }  # fmt: skip
