"""What those who run a body see of its meetings: how far each is, and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from meetings.choices import MeetingStatus, MinutesStatus
from meetings.models import Body, Meeting

OPEN = (MeetingStatus.DRAFT, MeetingStatus.ANNOUNCED)
OVER = (MeetingStatus.HELD, MeetingStatus.CANCELLED)


@dataclass(frozen=True)
class Waiting:
    """One thing to do next. `kind`: announce, answers, unsent, attendance, minutes."""

    kind: str
    meeting: Meeting
    due: datetime | None = None
    count: int = 0


def meetings_at_work(body: Body) -> QuerySet[Meeting]:
    """All meetings of a body with `asked`, `answered`, `unsent`, `papers`. One query with those."""
    invited = Count("invitations", distinct=True)
    answered = Count("invitations", filter=~Q(invitations__reply=""), distinct=True)
    unsent = Count("invitations", filter=Q(invitations__sent_at=None), distinct=True)
    papers = Count("materials", filter=Q(materials__withdrawn_at=None), distinct=True)
    return (
        body.meetings.select_related("minutes")
        .annotate(asked=invited, answered=answered, unsent=unsent, papers=papers)
        .order_by("-starts_at", "-pk")
    )


def waiting_in(meetings: Sequence[Meeting], at: datetime) -> list[Waiting]:
    """What is to be done about these, the most urgent first. No query."""
    found = [thing for meeting in meetings for thing in _of(meeting, at)]
    return sorted(found, key=lambda thing: thing.due or thing.meeting.starts_at)


def _of(meeting: Meeting, at: datetime) -> list[Waiting]:
    if meeting.status == MeetingStatus.DRAFT:
        return [Waiting("announce", meeting, meeting.starts_at)]
    if meeting.status == MeetingStatus.HELD:
        return _minutes(meeting)
    if meeting.status != MeetingStatus.ANNOUNCED:
        return []
    if meeting.ends_at <= at:
        return [Waiting("attendance", meeting, meeting.ends_at)]
    return _answers(meeting, at)


def _answers(meeting: Meeting, at: datetime) -> list[Waiting]:
    asked, answered, unsent = (getattr(meeting, name) for name in ("asked", "answered", "unsent"))
    found = []
    if unsent:
        found.append(Waiting("unsent", meeting, meeting.announced_at, unsent))
    if asked > answered and meeting.reply_by is not None and meeting.reply_by <= at:
        found.append(Waiting("answers", meeting, meeting.reply_by, asked - answered))
    return found


def _minutes(meeting: Meeting) -> list[Waiting]:
    minutes = getattr(meeting, "minutes", None)
    if minutes is None:
        return [Waiting("minutes", meeting, meeting.ends_at)]
    done = minutes.status in {MinutesStatus.FINAL, MinutesStatus.PUBLISHED}
    return [] if done else [Waiting("minutes", meeting, meeting.ends_at)]


def last_of(body: Body) -> Meeting | None:
    """The one after whose manner the next is prepared."""
    return body.meetings.order_by("-starts_at", "-pk").first()


def is_first_here(body: Body) -> bool:
    """No meeting of the body has a number yet."""
    return not body.meetings.filter(~Q(number=None)).exists()
