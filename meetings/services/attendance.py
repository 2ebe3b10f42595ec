"""Who was there, as the head of the minutes will say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from core.japan.text import clean_line
from meetings.choices import MeetingStatus, Reply
from meetings.errors import FieldsRefusedError, MeetingsError, TooLateError
from meetings.models import Invitation, Meeting
from meetings.services.meetings import acting_on, tell

LONGEST_NAME = 100
LONGEST_GUESTS = 2000
LONGEST_STAFF = 300
MOST_LISTENERS = 9999


@dataclass(frozen=True)
class Presence:
    """Of one invitation. `attendance` empty: not recorded yet."""

    attendance: str
    attendee: str = ""


def record_attendance(
    *,
    meeting: Meeting,
    present: Mapping[int, Presence],
    guests: str = "",
    staff_present: str = "",
    listeners: int | None = None,
    seen: datetime | None = None,
    actor: User | None,
    at: datetime,
) -> Meeting:
    """Write down who was there, by key of the invitation; may be put right until the minutes say.

    Only from the hour at which it began. `seen` is the `changed_at` that the page showed.
    """
    with acting_on(meeting, seen=seen) as found:
        if found.status not in {MeetingStatus.ANNOUNCED, MeetingStatus.HELD}:
            raise TooLateError(_("There is no attendance of a meeting that was not held."))
        if found.starts_at > at:
            raise MeetingsError(_("It has not begun yet."))
        _write(found, present)
        found.guests = guests.replace("\r\n", "\n").replace("\0", "").strip()
        found.staff_present = clean_line(staff_present)
        found.listeners = listeners
        _check(found)
        found.changed_at = at
        found.save(update_fields=["guests", "staff_present", "listeners", "changed_at"])
        there = sum(bool(row.attendance) and row.attendance != Reply.ABSENT
                    for row in present.values())  # fmt: skip
        tell(meeting=found, what="attendance_recorded", actor=actor, at=at, present=there)
    return found


def _write(meeting: Meeting, present: Mapping[int, Presence]) -> None:
    rows = {row.pk: row for row in meeting.invitations.select_for_update(of=("self",))}
    if not present.keys() <= rows.keys():
        raise MeetingsError(_("Only who is invited can be recorded. Invite them first."))
    for key, presence in present.items():
        row, name = rows[key], clean_line(presence.attendee)
        if presence.attendance and presence.attendance not in Reply.values:
            raise FieldsRefusedError({f"attendance_{key}": _("Choose an answer.")})
        if len(name) > LONGEST_NAME:
            sentence = _("Please keep the name within %(n)s letters.") % {"n": LONGEST_NAME}
            raise FieldsRefusedError({f"attendee_{key}": sentence})
        if row.attendee != name:
            row.person = None  # another name is another person, or one that nobody has matched
        row.attendance, row.attendee = presence.attendance, name
    Invitation.objects.bulk_update(rows.values(), ["attendance", "attendee", "person"])


def _check(meeting: Meeting) -> None:
    wrong: dict[str, str] = {}
    if len(meeting.guests) > LONGEST_GUESTS:
        wrong["guests"] = _("Please keep your words within %(n)s letters.") % {"n": LONGEST_GUESTS}
    if len(meeting.staff_present) > LONGEST_STAFF:
        wrong["staff_present"] = _("Please keep your words within %(n)s letters.") % {
            "n": LONGEST_STAFF
        }
    if meeting.listeners is not None and not 0 <= meeting.listeners <= MOST_LISTENERS:
        wrong["listeners"] = _("A number from 0 to %(n)s, please.") % {"n": MOST_LISTENERS}
    if wrong:
        raise FieldsRefusedError(wrong)
