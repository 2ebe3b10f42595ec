"""A body and its meetings as one reader has them: constant numbers of queries."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from meetings.choices import MaterialKind, Office, SeatRole
from meetings.models import AgendaItem, Body, Invitation, Material, Meeting, Minutes, Seat
from meetings.queries.readers import seats_held
from meetings.readers import Reader


@dataclass(frozen=True)
class Chapter:
    """A meeting with the papers and the minutes of it that one reader may open."""

    meeting: Meeting
    materials: Sequence[Material] = ()
    minutes: Minutes | None = None

    @property
    def size(self) -> int:
        return sum(material.current.size for material in self.materials if material.current)


@dataclass(frozen=True)
class Head:
    """What stands above every page of a body."""

    body: Body
    own: Sequence[Seat]
    """The seats through which this person sits here."""
    roles: Mapping[str, int]
    meetings: int
    runs: bool

    @property
    def organizations(self) -> int:
        """Those that take part; observers are counted apart."""
        return self.roles.get(SeatRole.LEAD, 0) + self.roles.get(SeatRole.MEMBER, 0)

    @property
    def observers(self) -> int:
        return self.roles.get(SeatRole.OBSERVER, 0)


@dataclass(frozen=True)
class Overview:
    coming: Meeting | None
    invitations: Sequence[Invitation]
    """Those of the coming meeting that this person may answer."""
    outputs: Sequence[Material]
    papers: Sequence[Material]
    """Of the body, of no meeting."""
    chapters: Sequence[Chapter]


@dataclass(frozen=True)
class Sitting:
    """One meeting as one reader has it."""

    chapter: Chapter
    agenda: Sequence[AgendaItem]
    chair: Seat | None
    invitations: Sequence[Invitation]
    asked: int = 0
    answered: int = 0
    seats: Sequence[Seat] = field(default_factory=tuple)


def head_of(body: Body, reader: Reader, day: date) -> Head:
    """Two queries for a stranger, three for those who sit somewhere."""
    standing = body.seats.standing_on(day).order_by()
    counted = dict(standing.values_list("role").annotate(Count("pk")))
    return Head(
        body=body,
        own=own_seats(body, reader),
        roles=counted,
        meetings=Meeting.objects.visible_to(reader).filter(body=body).count(),
        runs=reader.runs(body.pk, body.kind),
    )


def own_seats(body: Body, reader: Reader) -> list[Seat]:
    """The seats of this person in this body, with their organisations."""
    return [seat for seat in seats_held(reader) if seat.body_id == body.pk] if reader.seats else []


def overview_of(head: Head, reader: Reader, at: datetime, *, chapters: int = 3) -> Overview:
    """The coming meeting, what the body has worked out, and its last meetings with papers."""
    body = head.body
    coming = Meeting.objects.visible_to(reader).coming(at).filter(body=body).first()
    loose = list(
        _papers(reader, at).filter(body=body, meeting=None).order_by("-publish_at", "position")
    )
    return Overview(
        coming=coming,
        invitations=invitations_of(coming, head.own) if coming else [],
        outputs=[paper for paper in loose if paper.kind == MaterialKind.OUTPUT],
        papers=[paper for paper in loose if paper.kind != MaterialKind.OUTPUT],
        chapters=chapters_of(_with_something(body, reader, at)[:chapters], body, reader, at),
    )


def _with_something(body: Body, reader: Reader, at: datetime) -> QuerySet[Meeting]:
    """Meetings of which this reader finds papers or minutes, newest first."""
    papers = _papers(reader, at).filter(body=body).exclude(meeting=None).values("meeting")
    minutes = Minutes.objects.visible_to(reader, at).filter(meeting__body=body).values("meeting")
    told = Meeting.objects.visible_to(reader).filter(body=body)
    return told.filter(Q(pk__in=papers) | Q(pk__in=minutes)).order_by("-starts_at", "-pk")


def chapters_of(
    meetings: Iterable[Meeting], body: Body, reader: Reader, at: datetime
) -> list[Chapter]:
    """Each meeting with what there is to open. Two queries beside that of the meetings."""
    rows = list(meetings)
    for meeting in rows:
        meeting.body = body
    keys = [meeting.pk for meeting in rows]
    papers: dict[int | None, list[Material]] = defaultdict(list)
    for paper in _papers(reader, at).filter(meeting__in=keys) if keys else ():
        paper.body = body
        papers[paper.meeting_id].append(paper)
    minutes = _minutes(keys, reader, at)
    return [
        Chapter(meeting, papers.get(meeting.pk, ()), minutes.get(meeting.pk)) for meeting in rows
    ]


def _minutes(keys: Collection[int], reader: Reader, at: datetime) -> dict[int, Minutes]:
    if not keys:
        return {}
    found = Minutes.objects.visible_to(reader, at).filter(meeting__in=keys)
    return {minutes.meeting_id: minutes for minutes in found}


def _papers(reader: Reader, at: datetime) -> QuerySet[Material]:
    """Those who run the body see what is not out yet; what was withdrawn nobody reads here."""
    found = Material.objects.visible_to(reader, at).filter(withdrawn_at=None)
    return found.select_related("body", "current")


def sitting_of(meeting: Meeting, reader: Reader, at: datetime) -> Sitting:
    """Everything of one meeting's page; nine queries at most."""
    body = meeting.body
    own = own_seats(body, reader)
    (chapter,) = chapters_of([meeting], body, reader, at)
    asked = answered = 0
    if own or reader.runs(body.pk, body.kind):
        replies = Counter(meeting.invitations.exclude(sent_at=None).values_list("reply", flat=True))
        asked, answered = sum(replies.values()), sum(replies.values()) - replies[""]
    return Sitting(
        chapter=chapter,
        agenda=list(meeting.agenda.all()),
        chair=chair_of(body, timezone.localdate(meeting.starts_at)),
        invitations=invitations_of(meeting, own),
        asked=asked,
        answered=answered,
        seats=own,
    )


def invitations_of(meeting: Meeting, own: Sequence[Seat]) -> list[Invitation]:
    """What these seats were asked to this meeting, with the words of today."""
    if not own:
        return []
    found = meeting.invitations.filter(seat__in=own).exclude(sent_at=None)
    return list(found.select_related("seat__organization", "person"))


def chair_of(body: Body, day: date) -> Seat | None:
    seats = body.seats.standing_on(day).filter(office=Office.CHAIR)
    return seats.select_related("organization", "person").first()


def front_of(body: Body, day: date) -> list[Seat]:
    """Who leads the body: its offices, then its lead organisations. One query."""
    front = Q(role=SeatRole.LEAD) | ~Q(office="")
    seats = body.seats.standing_on(day).filter(front)
    return _ranked(seats.select_related("organization", "person"))


def leads_of(bodies: Iterable[Body], day: date) -> dict[int, list[Seat]]:
    """By body, its lead organisations. One query."""
    found: dict[int, list[Seat]] = defaultdict(list)
    seats = Seat.objects.standing_on(day).leading().filter(body__in=list(bodies))
    for seat in seats.select_related("organization").order_by("pk"):
        found[seat.body_id].append(seat)
    return found


def next_meetings(bodies: Iterable[Body], reader: Reader, at: datetime) -> dict[int, Meeting]:
    """By body, the next meeting that this reader may know of. One query."""
    coming = Meeting.objects.visible_to(reader).coming(at).filter(body__in=list(bodies))
    first: dict[int, Meeting] = {}
    for meeting in coming.order_by("body_id", "starts_at", "pk").distinct("body_id"):
        first[meeting.body_id] = meeting
    return first


def seats_of(body: Body, day: date) -> list[Seat]:
    """Who sits there on `day`. One query."""
    return _ranked(body.seats.standing_on(day).select_related("organization", "person"))


def _ranked(seats: Iterable[Seat]) -> list[Seat]:
    """Offices first, then leads, members and observers, each by name."""
    offices, roles = ["chair", "vice_chair", ""], [str(role) for role in SeatRole]
    return sorted(
        seats,
        key=lambda seat: (
            offices.index(seat.office),
            roles.index(seat.role),
            seat.organization.sort_key,
            seat.pk,
        ),
    )
