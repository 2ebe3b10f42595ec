"""A meeting from its first day to its last: prepared, edited, moved, cancelled, held.

The body is locked before its meeting: acts on the meetings of one body happen one after the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.japan.calendar import era_date, fiscal_year
from core.japan.text import clean_line
from meetings.choices import MEETING_MOVES, MeetingMode, MeetingStatus, Numbering, Openness
from meetings.emails.meetings import meeting_cancelled, meeting_moved
from meetings.errors import FieldsRefusedError, MeetingsError, TooLateError
from meetings.labels import meeting_name
from meetings.models import AgendaItem, Body, Meeting
from meetings.services.indexing import index_meeting
from meetings.services.refusals import refusing

MEETING_FIELDS = (
    "title", "audience", "starts_at", "ends_at", "mode", "place", "online_url", "online_note",
    "online_from", "openness", "closed_reason", "reply_by", "message",
)  # fmt: skip
# What somebody who has noted the meeting down must hear of.
MOVING_FIELDS = ("starts_at", "ends_at", "mode", "place", "online_url")
EARLIEST = date(2000, 1, 1)
FURTHEST = timedelta(days=3 * 366)
LONGEST = timedelta(days=1)
LONGEST_REASON = 300
MOST_ITEMS = 40


@dataclass(frozen=True)
class AgendaLine:
    title: str
    starts_at: time | None = None
    note: str = ""


def prepare_meeting(
    *,
    body: Body,
    values: Mapping[str, Any],
    agenda: Sequence[AgendaLine] = (),
    actor: User | None,
    at: datetime,
) -> Meeting:
    """A draft that only those who run the body see. It has no number and nobody is told.

    `values`: MEETING_FIELDS; what is left out keeps the default of the model.
    """
    with refusing():
        body = Body.objects.select_for_update(no_key=True).get(pk=body.pk)
        meeting = Meeting(
            body=body, changed_at=at, created_at=at,
            **{name: values[name] for name in MEETING_FIELDS if name in values},
        )  # fmt: skip
        _check(meeting, agenda, at)
        meeting.save(force_insert=True)
        _write_agenda(meeting, agenda)
        index_meeting(meeting)
        tell(meeting=meeting, what="prepared", actor=actor, at=at)
    return meeting


def edit_meeting(
    *,
    meeting: Meeting,
    values: Mapping[str, Any],
    agenda: Sequence[AgendaLine] | None = None,
    seen: datetime | None = None,
    actor: User | None,
    at: datetime,
) -> tuple[str, ...]:
    """Write over what differs; the names of what changed. `agenda` None leaves it alone.

    `seen` is the `changed_at` that the editor's page showed: somebody who was quicker is not
    written over (TooLateError). Once announced, whoever is invited hears of another time, place or
    way of meeting, and calendars follow (SEQUENCE).
    """
    with acting_on(meeting, seen=seen) as found:
        if found.status not in {MeetingStatus.DRAFT, MeetingStatus.ANNOUNCED}:
            raise TooLateError(_("A meeting that was held or cancelled is not changed any more."))
        before = {name: getattr(found, name) for name in MEETING_FIELDS}
        changed = _write_over(found, values, agenda, at)
        if not changed:
            return ()
        announced = found.status == MeetingStatus.ANNOUNCED
        moved = announced and not set(MOVING_FIELDS).isdisjoint(changed)
        _keep_in_year(found)
        found.sequence += moved
        found.changed_at = at
        if "starts_at" in changed:
            found.reminded_at = None  # the letter of the day before belongs to the new day
        found.save()
        tell(
            meeting=found, what="moved" if moved else "edited", actor=actor, at=at,
            fields=_labels(changed),
        )  # fmt: skip
        if moved and found.ends_at > at:
            meeting_moved(found, before=before, at=at)
    return changed


def _write_over(
    meeting: Meeting, values: Mapping[str, Any], agenda: Sequence[AgendaLine] | None, at: datetime
) -> tuple[str, ...]:
    """The names of what differs now; the meeting itself is not saved yet."""
    wanted = {name: values[name] for name in MEETING_FIELDS if name in values}
    changed = [name for name, value in wanted.items() if value != getattr(meeting, name)]
    for name in changed:
        setattr(meeting, name, wanted[name])
    _check(meeting, agenda or (), at)
    if agenda is not None and agenda_of(meeting) != list(agenda):
        changed.append("agenda")
        _write_agenda(meeting, agenda)
    return tuple(changed)


def cancel_meeting(*, meeting: Meeting, reason: str, actor: User | None, at: datetime) -> Meeting:
    """It will not take place. It keeps its number; whoever is invited gets a letter."""
    reason = clean_line(reason)
    if not reason or len(reason) > LONGEST_REASON:
        raise FieldsRefusedError(
            {"reason": _("Say in up to %(n)s letters why.") % {"n": LONGEST_REASON}}
        )
    with acting_on(meeting) as found:
        move(found, MeetingStatus.CANCELLED)
        if found.starts_at <= at:
            raise TooLateError(_("It has begun already. Record who was there instead."))
        found.cancelled_reason = reason
        found.sequence += 1
        found.changed_at = at
        found.save(update_fields=["status", "cancelled_reason", "sequence", "changed_at"])
        tell(meeting=found, what="cancelled", actor=actor, at=at, reason=reason)
        meeting_cancelled(found, at=at)
    return found


def discard_meeting(*, meeting: Meeting, actor: User | None, at: datetime) -> None:
    """Throw a draft away. One that has papers is kept: they would lose their place."""
    with acting_on(meeting) as found:
        if found.status != MeetingStatus.DRAFT:
            raise TooLateError(_("It is announced already. It can only be cancelled."))
        if found.materials.exists():
            raise MeetingsError(_("It has papers. Withdraw them or keep the meeting."))
        tell(
            meeting=found, what="discarded", actor=actor, at=at, starts_at=era_date(found.starts_at)
        )
        found.delete()


def close_meeting(*, meeting: Meeting, actor: User | None, at: datetime) -> Meeting:
    """It was held."""
    with acting_on(meeting) as found:
        move(found, MeetingStatus.HELD)
        if found.starts_at > at:
            raise MeetingsError(_("It has not begun yet."))
        found.changed_at = at
        found.save(update_fields=["status", "changed_at"])
        tell(meeting=found, what="held", actor=actor, at=at)
    return found


@contextmanager
def acting_on(meeting: Meeting, *, seen: datetime | None = None) -> Iterator[Meeting]:
    """One transaction; the meeting as it is now, locked, with its body."""
    with refusing():
        locked = Body.objects.select_for_update(of=("self",), no_key=True)
        body = locked.filter(meetings=meeting.pk).first()
        found = Meeting.objects.select_for_update(no_key=True).filter(pk=meeting.pk).first()
        if body is None or found is None:
            raise TooLateError(_("Somebody has thrown this draft away."))
        found.body = body
        if seen is not None and seen != found.changed_at:
            raise TooLateError(
                _("Somebody changed this meeting while you were writing. Nothing was saved yet.")
            )
        yield found


def move(meeting: Meeting, status: MeetingStatus) -> None:
    """Raises TooLateError for a move that `MEETING_MOVES` does not know."""
    if status not in MEETING_MOVES[meeting.status]:
        raise TooLateError(
            _("The meeting has moved on already: %(state)s.")
            % {"state": meeting.get_status_display()}
        )
    meeting.status = status


def tell(
    *, meeting: Meeting, what: str, actor: User | None, at: datetime, **detail: object
) -> None:
    record(
        actor, f"meetings.meeting.{what}", meeting, at=at,
        meeting=meeting_name(meeting, meeting.body), **detail,
    )  # fmt: skip


def _labels(names: Sequence[str]) -> list[str]:
    """The fields as the trail names them."""
    agenda = AgendaItem._meta.verbose_name_plural
    known = Meeting._meta.get_field
    return [str(agenda if name == "agenda" else known(name).verbose_name) for name in names]  # type: ignore[union-attr] # columns, no relations


def agenda_of(meeting: Meeting) -> list[AgendaLine]:
    return [AgendaLine(row.title, row.starts_at, row.note) for row in meeting.agenda.all()]


def next_number(body: Body, year: int) -> int:
    """By the policy of the body. A cancelled meeting keeps its number: none is given twice."""
    numbered = body.meetings.filter(number__isnull=False)
    if body.numbering == Numbering.FISCAL_YEAR:
        numbered = numbered.filter(fiscal_year=year)
    last = numbered.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def _keep_in_year(meeting: Meeting) -> None:
    """Moved over the first of April, it is a meeting of another fiscal year."""
    year = fiscal_year(meeting.starts_at)
    if year == meeting.fiscal_year:
        return
    if meeting.number is not None and meeting.body.numbering == Numbering.FISCAL_YEAR:
        meeting.number = next_number(meeting.body, year)
    meeting.fiscal_year = year


def missing_in(meeting: Meeting) -> dict[str, str]:
    """What a draft may leave open and an announced meeting may not: a sentence by field."""
    wrong: dict[str, str] = {}
    if meeting.openness != Openness.OPEN and not meeting.closed_reason:
        wrong["closed_reason"] = _("Say why it is closed.")
    if meeting.mode in {MeetingMode.ONSITE, MeetingMode.HYBRID} and not meeting.place:
        wrong["place"] = _("Say where it is held.")
    return wrong


def _check(meeting: Meeting, agenda: Sequence[AgendaLine], at: datetime) -> None:
    """What a form would say at its fields; the service answers for it."""
    wrong: dict[str, str] = {}
    day = timezone.localdate(meeting.starts_at)
    if not EARLIEST <= day <= timezone.localdate(at) + FURTHEST:
        wrong["starts_at"] = _("Please check the day: %(day)s.") % {"day": day.isoformat()}
    elif not meeting.body.valid_from <= day < (meeting.body.valid_until or date.max):
        wrong["starts_at"] = _("The body does not exist on that day.")
    if not meeting.starts_at < meeting.ends_at <= meeting.starts_at + LONGEST:
        wrong["ends_at"] = _("The meeting must end after it begins.")
    if meeting.reply_by and meeting.reply_by > meeting.starts_at:
        wrong["reply_by"] = _("Replies are needed before the meeting begins.")
    if meeting.status != MeetingStatus.DRAFT:
        wrong |= missing_in(meeting)
    if len(agenda) > MOST_ITEMS:
        wrong["agenda"] = _("Up to %(n)s items, please.") % {"n": MOST_ITEMS}
    if wrong:
        raise FieldsRefusedError(wrong)
    meeting.fiscal_year = meeting.fiscal_year or fiscal_year(meeting.starts_at)
    meeting.clean_fields(exclude=["body"])


def _write_agenda(meeting: Meeting, agenda: Sequence[AgendaLine]) -> None:
    meeting.agenda.all().delete()
    rows = [
        AgendaItem(
            meeting=meeting, position=position, starts_at=line.starts_at, title=line.title,
            note=line.note,
        )
        for position, line in enumerate(agenda)
    ]  # fmt: skip
    for row in rows:
        row.clean_fields(exclude=["meeting"])
    AgendaItem.objects.bulk_create(rows)
