"""A body and its meetings as one reader has them: constant numbers of queries."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from meetings.choices import MaterialKind, Office, SeatRole
from meetings.models import AgendaItem, Body, Invitation, Material, Meeting, Minutes, Seat
from meetings.readers import Reader, Sight

_LAST = datetime.max.replace(tzinfo=UTC)


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
    sight: Sight
    seats: Sequence[Seat]
    """In their order. All of them for the page that lists them, else the front and the own."""
    own: Sequence[Seat]
    """The seats through which this person sits here."""
    roles: Mapping[str, int]
    meetings: int
    runs: bool

    @property
    def front(self) -> list[Seat]:
        """Who leads the body: its offices, then its lead organisations."""
        return [seat for seat in self.seats if seat.office or seat.role == SeatRole.LEAD]

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


def head_of(body: Body, reader: Reader, day: date, *, everybody: bool) -> Head:
    """Three queries; two with `everybody` who sits there."""
    found = body.seats.standing_on(day).order_by()
    if everybody:
        seats = _ranked(found.select_related("organization", "person"))
        roles: Mapping[str, int] = Counter(seat.role for seat in seats)
    else:
        some = Q(role=SeatRole.LEAD) | ~Q(office="") | Q(pk__in=reader.seats)
        seats = _ranked(found.filter(some).select_related("organization", "person"))
        roles = dict(found.values_list("role").annotate(Count("pk")))
    sight = reader.sight(body.pk, body.kind)
    return Head(
        body=body,
        sight=sight,
        seats=seats,
        own=[seat for seat in seats if seat.pk in reader.seats],
        roles=roles,
        meetings=Meeting.objects.seen_in(body, sight).count(),
        runs=reader.runs(body.pk, body.kind),
    )


def own_seats(body: Body, reader: Reader) -> list[Seat]:
    """The seats of this person in this body, with their organisations."""
    found = body.seats.filter(pk__in=reader.seats).select_related("organization")
    return list(found.order_by("pk")) if reader.seats else []


def overview_of(head: Head, reader: Reader, at: datetime, *, chapters: int = 3) -> Overview:
    """The coming meeting, what the body has worked out, and its last meetings with papers."""
    body, sight = head.body, head.sight
    coming = Meeting.objects.seen_in(body, sight).coming(at).first()
    if coming is not None:
        coming.body = body
    last = list(_with_something(body, sight, at)[:chapters])
    papers = _papers_by_meeting([None, *last], body, sight, at)
    # Drafts of those who run the body first, then the newest.
    loose = sorted(papers[None], key=lambda paper: paper.publish_at or _LAST, reverse=True)
    return Overview(
        coming=coming,
        invitations=invitations_of(coming, head.own) if coming else [],
        outputs=[paper for paper in loose if paper.kind == MaterialKind.OUTPUT],
        papers=[paper for paper in loose if paper.kind != MaterialKind.OUTPUT],
        chapters=[_chapter(meeting, papers, body, sight, at) for meeting in last],
    )


def _with_something(body: Body, sight: Sight, at: datetime) -> QuerySet[Meeting]:
    """Meetings of which this reader finds papers or minutes, newest first."""
    papers = _papers(body, sight, at).exclude(meeting=None).values("meeting")
    minutes = Minutes.objects.seen_in(body, sight, at).values("meeting")
    told = with_minutes(Meeting.objects.seen_in(body, sight))
    return told.filter(Q(pk__in=papers) | Q(pk__in=minutes)).order_by("-starts_at", "-pk")


def meetings_of(head: Head) -> QuerySet[Meeting]:
    """All that this person may know of, `with_minutes`, newest first."""
    told = with_minutes(Meeting.objects.seen_in(head.body, head.sight))
    return told.order_by("-starts_at", "-pk")


def with_minutes(meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
    """Meetings as `chapters_of` wants them."""
    return meetings.select_related("minutes")


def chapters_of(
    meetings: Iterable[Meeting], body: Body, sight: Sight, at: datetime
) -> list[Chapter]:
    """Each meeting (`with_minutes`) with what there is to open. One query beside the meetings'."""
    rows = list(meetings)
    papers = _papers_by_meeting(rows, body, sight, at) if rows else {}
    return [_chapter(meeting, papers, body, sight, at) for meeting in rows]


def _chapter(
    meeting: Meeting,
    papers: Mapping[int | None, Sequence[Material]],
    body: Body,
    sight: Sight,
    at: datetime,
) -> Chapter:
    meeting.body = body
    minutes: Minutes | None = getattr(meeting, "minutes", None)
    if minutes and not sight.opens(minutes.audience, out=minutes.is_out(at)):
        minutes = None
    return Chapter(meeting, papers.get(meeting.pk, ()), minutes)


def _papers_by_meeting(
    meetings: Sequence[Meeting | None], body: Body, sight: Sight, at: datetime
) -> dict[int | None, list[Material]]:
    """Papers of these meetings, and those of no meeting when None is among them. One query."""
    wanted = Q(meeting__in=[meeting.pk for meeting in meetings if meeting])
    if None in meetings:
        wanted |= Q(meeting=None)
    found: dict[int | None, list[Material]] = defaultdict(list)
    for paper in _papers(body, sight, at).filter(wanted).select_related("current"):
        paper.body = body
        found[paper.meeting_id].append(paper)
    return found


def _papers(body: Body, sight: Sight, at: datetime) -> QuerySet[Material]:
    """Those who run the body see what is not out yet; what was withdrawn nobody reads here."""
    return Material.objects.seen_in(body, sight, at).filter(withdrawn_at=None)


def sitting_of(meeting: Meeting, reader: Reader, at: datetime) -> Sitting:
    """Everything of one meeting's page (`with_minutes`); five queries at most."""
    body = meeting.body
    chair, own = _chair_and_own(body, reader, timezone.localdate(meeting.starts_at))
    (chapter,) = chapters_of([meeting], body, reader.sight(body.pk, body.kind), at)
    asked = answered = 0
    if own or reader.runs(body.pk, body.kind):
        replies = Counter(meeting.invitations.exclude(sent_at=None).values_list("reply", flat=True))
        asked, answered = sum(replies.values()), sum(replies.values()) - replies[""]
    return Sitting(
        chapter=chapter,
        agenda=list(meeting.agenda.all()),
        chair=chair,
        invitations=invitations_of(meeting, own) if asked else [],
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


def _chair_and_own(body: Body, reader: Reader, day: date) -> tuple[Seat | None, list[Seat]]:
    """Who is in the chair on `day`, and the seats of this person today. One query."""
    wanted = Q(office=Office.CHAIR) | Q(pk__in=reader.seats)  # few ever had the chair
    seats = body.seats.with_membership_on(day).filter(wanted).order_by("pk")
    rows = list(seats.select_related("organization", "person"))
    own = [seat for seat in rows if seat.pk in reader.seats]
    return next((seat for seat in rows if _in_chair(seat, day)), None), own


def _in_chair(seat: Seat, day: date) -> bool:
    """Of a seat `with_membership_on(day)`."""
    holds = seat.valid_from <= day and (seat.valid_until is None or day < seat.valid_until)
    return seat.office == Office.CHAIR and holds and getattr(seat, "of_member", False)


def leads_and_own(
    bodies: Iterable[Body], reader: Reader, day: date
) -> Mapping[int, Sequence[Seat]]:
    """By body, its lead organisations and the seats of this person. One query."""
    found: dict[int, list[Seat]] = defaultdict(list)
    wanted = Q(role=SeatRole.LEAD) | Q(pk__in=reader.seats)
    seats = Seat.objects.standing_on(day).filter(wanted, body__in=list(bodies))
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
