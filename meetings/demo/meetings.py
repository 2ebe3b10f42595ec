"""Meetings that were held, and one to come with its invitations out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from meetings.choices import Audience, MeetingMode, Openness, Reply, SeatRole
from meetings.demo.bodies import by_number
from meetings.models import Body, Invitation, Meeting
from meetings.services.inviting import announce_meeting
from meetings.services.meetings import AgendaLine, close_meeting, prepare_meeting
from meetings.services.replies import reply_to_invitation

LONG = timedelta(hours=2)
TRIED = "会0010"
CLOSED_REASON = "公表前の事例をあつかうため"


def held_meeting(
    body: Body,
    starts_at: datetime,
    agenda: Sequence[str],
    actor: User,
    at: datetime,
    *,
    audience: Audience = Audience.PUBLIC,
) -> Meeting:
    """A meeting that is over: every seat of its day was there but each fifth."""
    meeting = prepare_meeting(
        body=body, values=_values(starts_at, audience), agenda=_lines(starts_at, agenda),
        actor=actor, at=starts_at - timedelta(days=30),
    )  # fmt: skip
    meeting = announce_meeting(meeting=meeting, actor=actor, at=at)
    for number, invitation in enumerate(meeting.invitations.all()):
        invitation.attendance = Reply.ABSENT if number % 5 == 4 else Reply.ONLINE
        invitation.reply, invitation.replied_at = invitation.attendance, starts_at - LONG
        invitation.save(update_fields=["attendance", "reply", "replied_at"])
    return close_meeting(meeting=meeting, actor=actor, at=at)


def coming_meeting(
    body: Body,
    starts_at: datetime,
    agenda: Sequence[str],
    actor: User,
    at: datetime,
    *,
    audience: Audience = Audience.PUBLIC,
) -> Meeting:
    """Announced by letters; some have answered already."""
    values = _values(starts_at, audience) | {
        "reply_by": starts_at - timedelta(days=7),
        "online_url": "https://meeting.platform.example/j/0000",
        "online_note": "パスコード 0000",
        "online_from": starts_at - timedelta(days=1),
        "message": "年末のお忙しいところですが、ご出席をお願いします。",
    }
    meeting = prepare_meeting(
        body=body, values=values, agenda=_lines(starts_at, agenda), actor=actor, at=at
    )
    meeting = announce_meeting(meeting=meeting, actor=actor, at=at)
    for number, invitation in enumerate(meeting.invitations.select_related("seat")):
        _answer(invitation, number, at)
    return meeting


def _answer(invitation: Invitation, number: int, at: datetime) -> None:
    """Two of three have answered: most online, some send a substitute or cannot come.

    Lead organisations and one member leave their answer to whoever tries the demo.
    """
    tried = invitation.seat.organization == by_number(TRIED)
    if number % 3 == 2 or invitation.seat.role == SeatRole.LEAD or tried:
        return
    reply = (Reply.ONLINE, Reply.ABSENT, Reply.ONLINE, Reply.SUBSTITUTE)[number % 4]
    reply_to_invitation(
        invitation=invitation, reply=reply, actor=None, at=at,
        attendee="" if reply == Reply.ABSENT else f"見本 花子{number}",
        opinion="事例の数え方について、当日にうかがいたいです。" if number == 3 else "",
    )  # fmt: skip


def at_two(day: datetime, days: int) -> datetime:
    """14:00 of the office's calendar, `days` from `day`, moved off the weekend."""
    local = timezone.localtime(day + timedelta(days=days))
    local += timedelta(days=(7 - local.weekday()) if local.weekday() >= 5 else 0)
    return local.replace(hour=14, minute=0, second=0, microsecond=0)


def _values(starts_at: datetime, audience: Audience) -> dict[str, object]:
    return {
        "starts_at": starts_at, "ends_at": starts_at + LONG, "mode": MeetingMode.ONLINE,
        "openness": Openness.CLOSED, "closed_reason": CLOSED_REASON, "audience": audience,
    }  # fmt: skip


def _lines(starts_at: datetime, agenda: Sequence[str]) -> list[AgendaLine]:
    start = timezone.localtime(starts_at)
    return [
        AgendaLine(title, (start + timedelta(minutes=40 * n)).time())
        for n, title in enumerate(agenda)
    ]
