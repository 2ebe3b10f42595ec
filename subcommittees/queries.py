"""Subcommittees as one reader has them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from meetings.choices import SeatRole
from meetings.models import Meeting, Seat
from meetings.queries.reading import leads_and_own, next_meetings
from meetings.readers import ANYBODY, Reader
from members.models import Organization
from members.queries.standing import organizations_of
from subcommittees.choices import ParticipationStatus
from subcommittees.models import ParticipationRequest, Subcommittee

SHOWN_AFTER = timedelta(days=30)  # how long an answer stays among what waits
_ANSWERS = (ParticipationStatus.APPROVED, ParticipationStatus.DECLINED)


@dataclass(frozen=True)
class Card:
    """A subcommittee in a list."""

    subcommittee: Subcommittee
    leads: Sequence[Seat]
    coming: Meeting | None
    own: Seat | None
    """A seat of the reader in it."""


def cards(reader: Reader, at: datetime) -> list[Card]:
    """All that stand today, in their order; constant queries."""
    day = timezone.localdate(at)
    found = list(Subcommittee.objects.visible_to(reader).active_on(day).select_related("body"))
    bodies = [one.body for one in found]
    seats = leads_and_own(bodies, reader, day)
    coming = next_meetings(bodies, reader, at)
    return [
        Card(
            one,
            [seat for seat in seats.get(one.body_id, ()) if seat.role == SeatRole.LEAD],
            coming.get(one.body_id),
            next((seat for seat in seats.get(one.body_id, ()) if seat.pk in reader.seats), None),
        )
        for one in found
    ]


def public_cards(at: datetime) -> list[Card]:
    """As anybody has them: for the home page."""
    return cards(ANYBODY, at)


@dataclass(frozen=True)
class Candidate:
    """An organisation for which the reader may act, and how it stands to the subcommittee."""

    organization: Organization
    seat: Seat | None
    request: ParticipationRequest | None
    """The one that still waits."""

    @property
    def may_ask(self) -> bool:
        return self.seat is None and self.request is None


def candidates(subcommittee: Subcommittee, user: User, day: date) -> list[Candidate]:
    """The organisations of this person; three queries."""
    organizations = organizations_of(user, day)
    seats = {
        seat.organization_id: seat
        for seat in subcommittee.body.seats.not_over_on(day).filter(organization__in=organizations)
    }
    waiting = {
        row.organization_id: row
        for row in subcommittee.requests.open().filter(organization__in=organizations)
    }
    return [Candidate(one, seats.get(one.pk), waiting.get(one.pk)) for one in organizations]


def open_requests(subcommittees: Iterable[Subcommittee]) -> dict[int, int]:
    """By subcommittee, how many wait for a decision. One query."""
    rows = ParticipationRequest.objects.open().filter(subcommittee__in=list(subcommittees))
    return dict(rows.order_by().values_list("subcommittee").annotate(Count("pk")))


@dataclass(frozen=True)
class Participation:
    """What waits in the subcommittees for one person, and what they wait for."""

    to_decide: Sequence[tuple[Subcommittee, int]] = ()
    """Those that they lead, with how many requests wait."""
    requests: Sequence[ParticipationRequest] = ()
    """Of their organisations: under way, or answered in the last weeks."""


def participation_of(
    organizations: Sequence[Organization], reader: Reader, at: datetime
) -> Participation:
    """Three queries at most; none for who stands for nobody."""
    if not organizations:
        return Participation()
    to_decide: list[tuple[Subcommittee, int]] = []
    if reader.leads:
        led = Subcommittee.objects.filter(body__in=reader.leads).select_related("body")
        counts = open_requests(led)
        to_decide = [(one, counts[one.pk]) for one in led if one.pk in counts]
    fresh = Q(status__in=_ANSWERS, decided_at__gte=at - SHOWN_AFTER)
    rows = ParticipationRequest.objects.filter(
        Q(status=ParticipationStatus.RECEIVED) | fresh, organization__in=list(organizations)
    )
    return Participation(
        to_decide=to_decide,
        requests=list(rows.select_related("subcommittee__body", "organization")),
    )
