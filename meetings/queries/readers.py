"""From a person to what they may read, out of today's rows and nothing else."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from accounts.models import User
from meetings.choices import BodyKind, SeatRole
from meetings.models import Body, Seat
from meetings.readers import ANYBODY, Reader
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
    held = Seat.objects.held_by(user, day).values_list("body", "body__kind", "role")
    return reader_through(
        is_member=Affiliation.objects.of_members_on(day).filter(person__user=user).exists(),
        seats=held,
        day=day,
    )


def reader_through(*, is_member: bool, seats: Iterable[tuple[int, str, str]], day: date) -> Reader:
    """A Reader out of seats as (body, kind of body, role), whoever holds them."""
    rows = list(seats)
    led = frozenset(body for body, _kind, role in rows if role == SeatRole.LEAD)
    below = Body.objects.active_on(day).filter(parent__in=led).values_list("pk", flat=True)
    groups = frozenset(below) if led else frozenset()
    observers = {body for body, kind, role in rows if role == SeatRole.OBSERVER}
    return Reader(
        is_member=is_member,
        bodies=frozenset(body for body, _kind, _role in rows) | groups,
        leads=led | groups,
        is_steering=any(
            kind == BodyKind.STEERING and body not in observers for body, kind, _role in rows
        ),
    )
