"""The assembly, the steering committee with its terms, and seats of subcommittees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.models import User
from meetings.choices import BodyKind, Numbering, Office, SeatRole
from meetings.models import Body
from meetings.services.bodies import set_up_body
from meetings.services.seats import end_seat, give_seat, replace_seat
from members.models import Organization

FOUNDED = date(2022, 2, 25)
TERM_YEARS = 2
CHAIR, VICE_CHAIR = "会0007", "会0002"
# The lead organisations of the three subcommittees and three more.
STEERING = (
    "会0001", "会0002", "会0003", "会0004", "会0005", "会0006", "会0007", "会0008", "会0009",
    "会0012", "会0013", "会0014",
)  # fmt: skip
LEAVING = {"会0013": 25, "会0014": 75}  # days until a seat is vacant


@dataclass(frozen=True)
class Sitting:
    """Who sits in a body, by member number, and under which name it is known there."""

    number: str
    role: SeatRole = SeatRole.MEMBER
    shown_as: str = ""


def by_number(number: str) -> Organization:
    """The organisation that bears this member number in the demo list."""
    return Organization.objects.get(memberships__number=number)


def set_up_committee(actor: User, at: datetime) -> Body:
    """The assembly without seats (all members are in it), the committee with terms of two years."""
    set_up_body(
        body=Body(
            slug="assembly", kind=BodyKind.ASSEMBLY, name="総会", basis="規約",
            numbering=Numbering.FISCAL_YEAR, valid_from=FOUNDED,
        ),
        actor=actor, at=at,
    )  # fmt: skip
    committee = set_up_body(
        body=Body(
            slug="steering", kind=BodyKind.STEERING, name="幹事会", basis="規約",
            numbering=Numbering.FISCAL_YEAR, seats_planned=15, valid_from=FOUNDED,
        ),
        actor=actor, at=at,
    )  # fmt: skip
    starts = FOUNDED
    while starts <= timezone.localdate(at):
        ends = _term_end(starts)
        _elect(committee, starts, ends, actor)
        starts = ends
    _announce_leaving(committee, actor, at)
    return committee


def seat_members(body: Body, sittings: Sequence[Sitting], actor: User, since: date) -> None:
    """Seats of a subcommittee from `since` on, open ended."""
    at = midday(since)
    for sitting in sittings:
        give_seat(
            body=body, organization=by_number(sitting.number), role=sitting.role,
            display_name=sitting.shown_as, valid_from=since, actor=actor, at=at,
        )  # fmt: skip


def midday(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _term_end(starts: date) -> date:
    """Terms end with March: the first one is a month longer."""
    first = starts.year if starts >= date(starts.year, 4, 1) else starts.year - 1
    return date(first + TERM_YEARS + (starts == FOUNDED), 4, 1)


def _elect(committee: Body, starts: date, ends: date, actor: User) -> None:
    offices = {CHAIR: Office.CHAIR, VICE_CHAIR: Office.VICE_CHAIR}
    for number in STEERING:
        give_seat(
            body=committee, organization=by_number(number), office=offices.get(number, ""),
            valid_from=starts, valid_until=ends, actor=actor, at=midday(starts),
        )  # fmt: skip


def _announce_leaving(committee: Body, actor: User, at: datetime) -> None:
    """Two of them leave before their term is over; for one, who follows is known already."""
    today = timezone.localdate(at)
    for number, days in LEAVING.items():
        seat = committee.seats.active_on(today).get(organization=by_number(number))
        ends = seat.valid_until
        leaves = today + timedelta(days=days)
        if ends is not None and leaves >= ends:
            continue
        if number == "会0014":
            replace_seat(
                seat=seat, on=leaves, organization=by_number("会0015"), note="補欠",
                actor=actor, at=at,
            )  # fmt: skip
        else:
            end_seat(seat=seat, until=leaves, reason="辞任の届出", actor=actor, at=at)
