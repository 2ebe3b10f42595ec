"""From a person to what they may read, out of today's rows and nothing else."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import FilteredRelation, QuerySet

from accounts.models import User
from core.periods import holds_on
from meetings.choices import BodyKind, SeatRole
from meetings.models import Body, Seat
from meetings.readers import ANYBODY, Reader
from members.choices import SPEAKING_DUTIES
from members.models import Affiliation
from members.querysets import AffiliationQuerySet


def reader_of(user: Any, day: date) -> Reader:
    """What `user` (an account, or nobody) may read on `day`: two queries at most."""
    if not isinstance(user, User) or not user.is_active:
        return ANYBODY
    if user.is_staff and user.has_perm("meetings.view_material"):
        return Reader(
            is_member=True,
            reads_all=True,
            reads_steering=user.has_perm("meetings.read_steering"),
            runs_all=user.has_perm("meetings.change_meeting"),
        )
    rows = standing_rows(Affiliation.objects.filter(person__user=user), day)
    led = {row.body for row in rows if row.leads}
    return reader_through(rows, groups=groups_of(led, day) if led else {})


def seats_held(reader: Reader) -> QuerySet[Seat]:
    """The seats through which this person reads, with their bodies."""
    found = Seat.objects.filter(pk__in=reader.seats).select_related("body")
    return found.order_by("body", "pk")


class StandingRow(NamedTuple):
    """An affiliation of today and, if the organisation has any, one of its seats of today."""

    duty: str
    person: int
    before: int | None  # whose post was taken over
    seat: int
    named: int | None
    body: int
    kind: str
    role: str

    @property
    def opens(self) -> bool:
        """Whether the seat lets this person in.

        They speak for the organisation, a member. A seat with a name belongs to that person alone,
        or to whom their post was handed over.
        """
        mine = self.named is None or self.named in (self.person, self.before)
        return bool(self.seat) and self.duty in SPEAKING_DUTIES and mine

    @property
    def leads(self) -> bool:
        return self.opens and self.role == SeatRole.LEAD


def standing_rows(affiliations: AffiliationQuerySet, day: date) -> list[StandingRow]:
    """For one person or for many, in one query."""
    seat = FilteredRelation(
        "organization__seats", condition=holds_on(day, prefix="organization__seats__")
    )
    rows = (
        affiliations.of_members_on(day)
        .annotate(seat=seat)
        .order_by()
        .values_list(
            "duty", "person", "predecessor__person",
            "seat__pk", "seat__person", "seat__body", "seat__body__kind", "seat__role",
        )
    )  # fmt: skip
    return [StandingRow(*row) for row in rows]


def groups_of(bodies: Collection[int], day: date) -> dict[int, int]:
    """Working groups of today, each with the body it works for. One query."""
    groups = Body.objects.active_on(day).filter(parent__in=bodies).order_by()
    return {group.pk: group.parent_id for group in groups if group.parent_id}


def reader_through(rows: Sequence[StandingRow], *, groups: Mapping[int, int]) -> Reader:
    """A Reader out of where one person stands; `groups`: working groups of what they lead."""
    held = [row for row in rows if row.opens]
    led = frozenset(row.body for row in held if row.leads)
    below = frozenset(group for group, parent in groups.items() if parent in led)
    return Reader(
        is_member=bool(rows),
        seats=frozenset(row.seat for row in held),
        bodies=frozenset(row.body for row in held) | below,
        leads=led | below,
        is_steering=any(
            row.kind == BodyKind.STEERING and row.role != SeatRole.OBSERVER for row in held
        ),
    )
