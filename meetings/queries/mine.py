"""What the bodies have for one person: where they sit, what waits, what they may open."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from meetings.choices import MeetingStatus
from meetings.models import Body, Invitation, Material, Meeting, Seat
from meetings.queries.readers import seats_held
from meetings.queries.reading import next_meetings
from meetings.readers import Reader

FRESH_FOR = timedelta(days=7)


@dataclass(frozen=True)
class MyBody:
    body: Body
    seats: Sequence[Seat]
    coming: Meeting | None
    fresh: int
    """Papers of the last days that this person may open."""
    runs: bool


@dataclass(frozen=True)
class Mine:
    bodies: Sequence[MyBody] = ()
    invitations: Sequence[Invitation] = ()
    """Those without an answer, whose time is not over."""


def mine_of(reader: Reader, at: datetime) -> Mine:
    """For the person's own page; nothing is asked for who sits nowhere, else four queries."""
    if not reader.bodies:
        return Mine()
    held: dict[Body, list[Seat]] = defaultdict(list)
    for seat in seats_held(reader):
        held[seat.body].append(seat)
    coming = next_meetings(held, reader, at)
    fresh = _fresh(held, reader, at)
    return Mine(
        bodies=[
            MyBody(
                body, seats, coming.get(body.pk), fresh.get(body.pk, 0),
                runs=reader.runs(body.pk, body.kind),
            )
            for body, seats in held.items()
        ],
        invitations=_unanswered([seat.pk for seats in held.values() for seat in seats], at),
    )  # fmt: skip


def _fresh(bodies: dict[Body, list[Seat]], reader: Reader, at: datetime) -> dict[int, int]:
    since = at - FRESH_FOR
    new = Q(publish_at__gte=since) | Q(current__uploaded_at__gte=since)
    papers = Material.objects.readable_by(reader, at).filter(new, body__in=list(bodies))
    return dict(papers.order_by().values_list("body").annotate(Count("pk")))


def _unanswered(seats: Sequence[int], at: datetime) -> list[Invitation]:
    """An answer is welcome until the meeting begins, late or not."""
    found = Invitation.objects.filter(
        seat__in=seats, reply="", meeting__status=MeetingStatus.ANNOUNCED,
        meeting__starts_at__gt=at,
    )  # fmt: skip
    return list(
        found.exclude(sent_at=None)
        .select_related("meeting__body", "seat__organization")
        .order_by("meeting__reply_by", "meeting__starts_at", "pk")
    )


def papers_for(reader: Reader, at: datetime, body: Body | None = None) -> QuerySet[Material]:
    """Everything that this person may open now, newest first."""
    papers = Material.objects.readable_by(reader, at)
    if body is not None:
        papers = papers.filter(body=body)
    return papers.select_related("body", "current", "meeting").order_by("-publish_at", "-pk")


def bodies_with_papers(reader: Reader, at: datetime) -> list[Body]:
    """Bodies of which this person may open something. One query."""
    papers = Material.objects.readable_by(reader, at).filter(body=OuterRef("pk"))
    known = Body.objects.visible_to(reader).filter(Exists(papers))
    return list(known.order_by("kind", "name", "pk"))
