"""From a person to what they may read, out of today's rows and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import User
from meetings.choices import BodyKind, SeatRole
from meetings.models import Body, Seat
from meetings.readers import ANYBODY, Reader
from members.choices import SPEAKING_DUTIES
from members.models import Affiliation


def reader_of(user: Any, day: date) -> Reader:
    """What `user` (an account, or nobody) may read on `day`: three queries at most."""
    if not isinstance(user, User) or not user.is_active:
        return ANYBODY
    if user.is_staff and user.has_perm("meetings.view_material"):
        return Reader(
            is_member=True,
            reads_all=True,
            reads_steering=user.has_perm("meetings.read_steering"),
            runs_all=user.has_perm("meetings.change_meeting"),
        )
    standing = _standing(user, day)
    held = [(seat.body_id, seat.body.kind, seat.role) for seat in _held(standing, day)]
    return reader_through(is_member=bool(standing), seats=held, day=day)


def seats_held(user: User, day: date) -> list[Seat]:
    """The seats through which `user` reads on `day`, with their bodies; two queries at most.

    They speak for the organisation, a member. A seat with a name belongs to that person alone, or
    to whom their post was handed over.
    """
    return _held(_standing(user, day), day)


@dataclass(frozen=True)
class _Standing:
    """For whom a person stands: keys of the organisation, of the person and of who was before."""

    organization: int
    person: int
    before: int | None
    speaks: bool


def _standing(user: User, day: date) -> list[_Standing]:
    rows = (
        Affiliation.objects.of_members_on(day)
        .filter(person__user=user)
        .order_by()
        .values_list("organization", "person", "predecessor__person", "duty")
    )
    return [
        _Standing(organization, person, before, duty in SPEAKING_DUTIES)
        for organization, person, before, duty in rows
    ]


def _held(standing: Iterable[_Standing], day: date) -> list[Seat]:
    # From the few affiliations to their seats: the other way round, every seat is looked at.
    speaking = [row for row in standing if row.speaks]
    if not speaking:
        return []
    people = {
        (row.organization, person) for row in speaking for person in (None, row.person, row.before)
    }
    seats = (
        Seat.objects.active_on(day)
        .filter(organization__in={row.organization for row in speaking})
        .select_related("body")
        .order_by("body", "pk")
    )
    return [seat for seat in seats if (seat.organization_id, seat.person_id) in people]


def reader_through(*, is_member: bool, seats: Iterable[tuple[int, str, str]], day: date) -> Reader:
    """A Reader out of seats as (body, kind of body, role), whoever holds them."""
    rows = list(seats)
    led = frozenset(body for body, _kind, role in rows if role == SeatRole.LEAD)
    below = Body.objects.active_on(day).filter(parent__in=led).values_list("pk", flat=True)
    groups = frozenset(below) if led else frozenset()
    return Reader(
        is_member=is_member,
        bodies=frozenset(body for body, _kind, _role in rows) | groups,
        leads=led | groups,
        is_steering=any(
            kind == BodyKind.STEERING and role != SeatRole.OBSERVER for _body, kind, role in rows
        ),
    )
