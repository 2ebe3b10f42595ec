"""Telling a body of its meeting: the number, the invitations, the letters, the reminders."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.japan.calendar import TOKYO, add_business_days, previous_business_day
from meetings.choices import PRESENT, MeetingMode, MeetingStatus
from meetings.emails.meetings import invitations_sent, meeting_tomorrow, replies_reminded
from meetings.errors import FieldsRefusedError, MeetingsError, TooLateError
from meetings.labels import meeting_name
from meetings.models import Invitation, Meeting
from meetings.queries.invited import reachable, seats_to_invite
from meetings.services.meetings import acting_on, missing_in, move, next_number, tell

HIGHEST_NUMBER = 999
# Nobody is reminded of what they got only yesterday.
LEAVE_ALONE = timedelta(hours=20)
REMIND_BEFORE = 2  # working days before replies are due
REMIND_FROM = time(9, 0)
TOMORROW_FROM = time(15, 0)
FARTHEST_REMINDER = timedelta(days=20)  # longer than any run of holidays


def announce_meeting(
    *,
    meeting: Meeting,
    number: int | None = None,
    seen: datetime | None = None,
    actor: User | None,
    at: datetime,
) -> Meeting:
    """Give it its number and ask every seat that stands on its day, each by a letter.

    `number` only for the first meeting that is kept here, when there were others before it. A
    meeting that is over already is numbered and its seats are kept, but nobody is written to.
    `seen` is the `changed_at` of what the announcer has looked at.
    """
    with acting_on(meeting, seen=seen) as found:
        move(found, MeetingStatus.ANNOUNCED)
        missing = missing_in(found)
        if missing:
            raise FieldsRefusedError(missing)
        found.number = _number(found, number)
        found.announced_at = found.changed_at = at
        found.save(update_fields=["status", "number", "announced_at", "changed_at"])
        invited = _invite(found, at)
        tell(found, "announced", actor, at, seats=len(invited))
    return found


def invite_late(*, meeting: Meeting, actor: User | None, at: datetime) -> list[Invitation]:
    """Ask the seats that came after the announcement."""
    with acting_on(meeting) as found:
        if found.status not in {MeetingStatus.ANNOUNCED, MeetingStatus.HELD}:
            raise TooLateError(_("Only an announced meeting has invitations."))
        invited = _invite(found, at)
        if invited:
            names = [str(invitation.seat.organization) for invitation in invited]
            tell(found, "invited_late", actor, at, seats=len(invited), organizations=names)
    return invited


def resend_invitation(*, invitation: Invitation, actor: User | None, at: datetime) -> bool:
    """The letter once more, to the mailbox of today. False when there is none."""
    with acting_on(invitation.meeting) as meeting:
        if meeting.status != MeetingStatus.ANNOUNCED or meeting.starts_at <= at:
            raise TooLateError(_("Only an announced meeting has invitations."))
        row = meeting.invitations.select_for_update(of=("self",)).select_related(
            "seat__organization", "seat__person"
        ).get(pk=invitation.pk)  # fmt: skip
        if not _send(meeting, [row], at):
            return False
        record(
            actor, "meetings.invitation.resent", row, at=at,
            meeting=meeting_name(meeting, meeting.body), organization=str(row.seat.organization),
        )  # fmt: skip
    return True


def remind_invited(*, at: datetime) -> int:
    """Duty of the tick: who has not answered before replies are due, and everybody who comes on
    the working day before. Each once. Returns how many letters."""
    return _remind_of_replies(at) + _remind_of_tomorrow(at)


def _number(meeting: Meeting, given: int | None) -> int:
    number = next_number(meeting.body, meeting.fiscal_year)
    if given is None or given == number:
        return number
    if meeting.body.meetings.filter(number__isnull=False).exists():
        raise FieldsRefusedError({"number": _("The number follows from the meetings before it.")})
    if not 1 <= given <= HIGHEST_NUMBER:
        raise FieldsRefusedError(
            {"number": _("A number from 1 to %(n)s, please.") % {"n": HIGHEST_NUMBER}}
        )
    return given


def _invite(meeting: Meeting, at: datetime) -> list[Invitation]:
    seats = seats_to_invite(meeting)
    if not seats and not meeting.invitations.exists():
        raise MeetingsError(_("Nobody has a seat in this body on the day of the meeting."))
    rows = Invitation.objects.bulk_create(Invitation(meeting=meeting, seat=seat) for seat in seats)
    if meeting.starts_at > at:
        _send(meeting, rows, at)
    return rows


def _send(meeting: Meeting, invitations: Sequence[Invitation], at: datetime) -> int:
    """Letters to those that have a mailbox; the others are called by whoever runs the body."""
    places = reachable([row.seat for row in invitations], timezone.localdate(at))
    pairs = [
        (row, place)
        for row, place in zip(invitations, places, strict=True)
        if place.address is not None
    ]
    if pairs:
        invitations_sent(meeting, pairs, at=at)
        Invitation.objects.filter(pk__in=[row.pk for row, _place in pairs]).update(sent_at=at)
    return len(pairs)


def answer_until(meeting: Meeting) -> datetime:
    return meeting.reply_by or meeting.starts_at


def _remind_of_replies(at: datetime) -> int:
    sent = 0
    coming = Meeting.objects.announced().filter(
        starts_at__gt=at, starts_at__lte=at + 2 * FARTHEST_REMINDER,
        invitations__in=_unanswered(at),
    )  # fmt: skip
    for meeting in coming.distinct():
        until = answer_until(meeting)
        if _reminder_hour(until) <= at < until:
            with acting_on(meeting) as found:
                rows = found.invitations.filter(pk__in=_unanswered(at)).select_for_update(
                    of=("self",)
                )
                sent += _write_again(found, list(rows.select_related(*_SEAT)), at)
    return sent


_SEAT = ("seat__organization", "seat__person")


def _unanswered(at: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        reply="", reminded_at=None, sent_at__lte=at - LEAVE_ALONE
    ).order_by()


def _write_again(meeting: Meeting, rows: Sequence[Invitation], at: datetime) -> int:
    if meeting.status != MeetingStatus.ANNOUNCED or not rows:
        return 0
    places = reachable([row.seat for row in rows], timezone.localdate(at))
    pairs = [(row, place) for row, place in zip(rows, places, strict=True) if place.address]
    replies_reminded(meeting, pairs, at=at)
    Invitation.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_at=at)
    return len(pairs)


def _remind_of_tomorrow(at: datetime) -> int:
    sent = 0
    coming = Meeting.objects.announced().exclude(mode=MeetingMode.WRITTEN).filter(
        reminded_at=None, starts_at__gt=at, starts_at__lte=at + FARTHEST_REMINDER,
        announced_at__lte=at - LEAVE_ALONE,
    )  # fmt: skip
    for meeting in coming:
        if at >= day_before(meeting):
            with acting_on(meeting) as found:
                sent += _tell_of_tomorrow(found, at)
    return sent


def _tell_of_tomorrow(meeting: Meeting, at: datetime) -> int:
    """The lock is held: whoever comes second finds it done."""
    if meeting.status != MeetingStatus.ANNOUNCED or meeting.reminded_at is not None:
        return 0
    rows = list(
        meeting.invitations.filter(reply__in=PRESENT, sent_at__isnull=False).select_related(*_SEAT)
    )
    places = reachable([row.seat for row in rows], timezone.localdate(at))
    pairs = [(row, place) for row, place in zip(rows, places, strict=True) if place.address]
    meeting_tomorrow(meeting, pairs, at=at)
    meeting.reminded_at = at
    meeting.save(update_fields=["reminded_at"])
    return len(pairs)


def _reminder_hour(until: datetime) -> datetime:
    """In the morning, two working days before."""
    day = add_business_days(timezone.localdate(until), -REMIND_BEFORE)
    return datetime.combine(day, REMIND_FROM, TOKYO)


def day_before(meeting: Meeting) -> datetime:
    """The afternoon of the working day before."""
    day = previous_business_day(timezone.localdate(meeting.starts_at))
    return datetime.combine(day, TOMORROW_FROM, TOKYO)
