"""From a person to what they may read, out of today's rows and nothing else."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import FilteredRelation

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
    rows = _standing(user, day)
    held = {row.seat: (row.body, row.kind, row.role) for row in rows if row.opens}
    return reader_through(is_member=bool(rows), seats=held.values(), day=day)


def seats_held(user: User, day: date) -> list[Seat]:
    """The seats through which `user` reads on `day`, with their bodies; two queries.

    They speak for the organisation, a member. A seat with a name belongs to that person alone, or
    to whom their post was handed over.
    """
    held = {row.seat for row in _standing(user, day) if row.opens}
    return list(Seat.objects.filter(pk__in=held).select_related("body").order_by("body", "pk"))


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
        """Whether the seat lets this person in."""
        mine = self.named is None or self.named in (self.person, self.before)
        return bool(self.seat) and self.duty in SPEAKING_DUTIES and mine


def _standing(user: User, day: date) -> list[StandingRow]:
    return standing_rows(Affiliation.objects.filter(person__user=user), day)


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


def reader_through(*, is_member: bool, seats: Iterable[tuple[int, str, str]], day: date) -> Reader:
    """A Reader out of seats as (body, kind of body, role), whoever holds them."""
    rows = list(seats)
    led = {body for body, _kind, role in rows if role == SeatRole.LEAD}
    return joined(is_member=is_member, seats=rows, groups=groups_of(led, day) if led else {})


def groups_of(bodies: Collection[int], day: date) -> dict[int, int]:
    """Working groups of today, each with the body it works for. One query."""
    groups = Body.objects.active_on(day).filter(parent__in=bodies).order_by()
    return {group.pk: group.parent_id for group in groups if group.parent_id}


def joined(
    *, is_member: bool, seats: Sequence[tuple[int, str, str]], groups: Mapping[int, int]
) -> Reader:
    """As `reader_through`, with the working groups known: asks nothing."""
    led = frozenset(body for body, _kind, role in seats if role == SeatRole.LEAD)
    below = frozenset(group for group, parent in groups.items() if parent in led)
    return Reader(
        is_member=is_member,
        bodies=frozenset(body for body, _kind, _role in seats) | below,
        leads=led | below,
        is_steering=any(
            kind == BodyKind.STEERING and role != SeatRole.OBSERVER for _body, kind, role in seats
        ),
    )
