"""Who is asked to a meeting, at which mailbox, and what they have answered."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from mailing.choices import AddressStatus
from mailing.models import Address
from meetings.choices import MeetingStatus, Reply
from meetings.models import Invitation, Meeting, Seat
from members.choices import SPEAKING_DUTIES
from members.models import Affiliation, Person
from members.queries.mailboxes import mailboxes_of


@dataclass(frozen=True)
class Reachable:
    """A seat, and where it reads what concerns it; nowhere when `address` is None."""

    seat: Seat
    address: Address | None
    person: Person | None
    """Of a named seat: whose seat it is today."""


def day_of(meeting: Meeting) -> date:
    """The meeting's day in the office's calendar."""
    return timezone.localdate(meeting.starts_at)


def takes_answers(meeting: Meeting, at: datetime) -> bool:
    """Until it begins; of each answer after `reply_by` those who run the body hear."""
    return meeting.status == MeetingStatus.ANNOUNCED and at < meeting.starts_at


def seats_to_invite(meeting: Meeting) -> list[Seat]:
    """Seats that stand on the day of the meeting and have no invitation yet. One query."""
    seats = meeting.body.seats.standing_on(day_of(meeting)).exclude(invitations__meeting=meeting)
    return list(seats.select_related("organization", "person"))


def reachable(seats: Iterable[Seat], day: date) -> list[Reachable]:
    """Each seat with its mailbox on `day`, in the given order. Three queries.

    A named seat is written to at its person's own mailbox, or at that of whoever took the post
    over; every other at the organisation's.
    """
    rows = list(seats)
    boxes = mailboxes_of([seat.organization_id for seat in rows], day)
    people = _people_of([seat for seat in rows if seat.person_id], day)
    found = []
    for seat in rows:
        own = people.get(seat.pk)
        address = own.address if own and own.address else boxes.get(seat.organization_id)
        found.append(Reachable(seat, address, own.person if own else None))
    return found


def _people_of(seats: list[Seat], day: date) -> dict[int, Affiliation]:
    """By key of the seat: the affiliation of its person, else of their successor."""
    if not seats:
        return {}
    wanted = Q()
    for seat in seats:
        theirs = Q(person=seat.person_id) | Q(predecessor__person=seat.person_id)
        wanted |= Q(organization=seat.organization_id) & theirs
    rows = (
        Affiliation.objects.active_on(day)
        .filter(wanted, duty__in=SPEAKING_DUTIES)
        .filter(Q(address=None) | Q(address__status=AddressStatus.ACTIVE))
        .select_related("person", "address", "predecessor")
    )
    found: dict[int, Affiliation] = {}
    for seat in seats:
        of_seat = [row for row in rows if row.organization_id == seat.organization_id]
        own = [row for row in of_seat if row.person_id == seat.person_id]
        after = [
            row
            for row in of_seat
            if row.predecessor and row.predecessor.person_id == seat.person_id
        ]
        if own or after:
            found[seat.pk] = (own or after)[0]
    return found


def invitations_of(meeting: Meeting) -> list[Invitation]:
    """All invitations of a meeting as they are listed. One query."""
    rows = meeting.invitations.select_related("seat__organization", "seat__person", "person")
    return list(rows)


def standing_invitation(link_key: str, day: date) -> Invitation | None:
    """The one behind a link, as long as its seat stands: the rights of a link end with the seat."""
    found: Invitation | None = (
        Invitation.objects.public(link_key)
        .select_related(
            "meeting__body", "seat__organization", "seat__person", "seat__body", "person"
        )
        .first()
    )
    if found is None:
        return None
    # Before its seat begins somebody may be asked already; after its end nobody is.
    then = max(day, found.seat.valid_from)
    stands = Seat.objects.standing_on(then).filter(pk=found.seat_id).exists()
    return found if stands else None


@dataclass(frozen=True)
class Answers:
    """How many seats answered what."""

    asked: int
    counts: Counter[str]

    @property
    def answered(self) -> int:
        return self.asked - self.counts[""]

    @property
    def waiting(self) -> int:
        return self.counts[""]

    @property
    def rows(self) -> list[tuple[str, int]]:
        """(words, how many), in the order of the choices."""
        return [(str(reply.label), self.counts[reply.value]) for reply in Reply]


def answers_in(invitations: Iterable[Invitation]) -> Answers:
    counts = Counter(invitation.reply for invitation in invitations)
    return Answers(counts.total(), counts)
