"""Telling a body of its meeting: the number, the invitations, the letters, the reminders."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db.models import Exists, OuterRef, QuerySet
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
_SEAT = ("seat__organization", "seat__person")
REMIND_FROM = time(9, 0)
TOMORROW_FROM = time(15, 0)
# Replies are due days before, and between lies a run of holidays at the longest.
FARTHEST_REMINDER = timedelta(days=60)


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
        tell(meeting=found, what="announced", actor=actor, at=at, seats=len(invited))
    return found


def invite_late(*, meeting: Meeting, actor: User | None, at: datetime) -> list[Invitation]:
    """Ask the seats that came after the announcement."""
    with acting_on(meeting) as found:
        if found.status not in {MeetingStatus.ANNOUNCED, MeetingStatus.HELD}:
            raise TooLateError(_("Only an announced meeting has invitations."))
        invited = _invite(found, at)
        if invited:
            names = [str(invitation.seat.organization) for invitation in invited]
            tell(
                meeting=found,
                what="invited_late",
                actor=actor,
                at=at,
                seats=len(invited),
                organizations=names,
            )
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
    silent = Invitation.objects.filter(pk__in=_unanswered(at), meeting=OuterRef("pk"))
    coming = Meeting.objects.announced().filter(
        starts_at__gt=at, starts_at__lte=at + FARTHEST_REMINDER
    )
    sent = 0
    for meeting in coming.annotate(has_silent=Exists(silent)):
        if getattr(meeting, "has_silent", False) and _is_time_for_replies(meeting, at):
            sent += _remind_of_replies(meeting, at)
        if meeting.reminded_at is None and _is_time_for_tomorrow(meeting, at):
            sent += _remind_of_tomorrow(meeting, at)
    return sent


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


def _is_time_for_replies(meeting: Meeting, at: datetime) -> bool:
    """In the morning, two working days before replies are due, and until then."""
    until = answer_until(meeting)
    day = add_business_days(timezone.localdate(until), -REMIND_BEFORE)
    return datetime.combine(day, REMIND_FROM, TOKYO) <= at < until


def _is_time_for_tomorrow(meeting: Meeting, at: datetime) -> bool:
    """In the afternoon of the working day before; not of what was announced only just now."""
    if meeting.mode == MeetingMode.WRITTEN or meeting.announced_at is None:
        return False
    day = previous_business_day(timezone.localdate(meeting.starts_at))
    begun = datetime.combine(day, TOMORROW_FROM, TOKYO)
    return at >= begun and meeting.announced_at <= at - LEAVE_ALONE


def _remind_of_replies(meeting: Meeting, at: datetime) -> int:
    with acting_on(meeting) as found:
        rows = found.invitations.filter(pk__in=_unanswered(at)).select_for_update(of=("self",))
        return _write_again(found, list(rows.select_related(*_SEAT)), at)


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


def _remind_of_tomorrow(meeting: Meeting, at: datetime) -> int:
    with acting_on(meeting) as found:
        return _tell_of_tomorrow(found, at)


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
