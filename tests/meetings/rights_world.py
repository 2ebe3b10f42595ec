"""One person of every kind and a paper of every kind, for the tables of rights."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.contrib.auth.models import AnonymousUser

from accounts.choices import Role
from accounts.models import User
from meetings.choices import Audience, BodyKind, SeatRole
from meetings.models import Body, Material, Seat
from tests.factories.accounts import make_staff, make_user
from tests.factories.meetings import BodyFactory, SeatFactory, make_material, seated_user
from tests.factories.members import AffiliationFactory, MemberFactory, PersonFactory

LATER = datetime(2099, 4, 1, tzinfo=UTC)
LEFT = date(2023, 4, 1)


@dataclass(frozen=True)
class World:
    bodies: dict[str, Body]
    people: dict[str, User | AnonymousUser]
    seats: dict[str, Seat]
    papers: dict[str, Material]


def make_world() -> World:
    bodies = _bodies()
    seats = _seats(bodies)
    people: dict[str, User | AnonymousUser] = {"anonymous": AnonymousUser()}
    people["member"] = _contact(MemberFactory())
    people["lapsed"] = _contact(MemberFactory(membership__valid_until=LEFT), body=bodies["one"])
    people["ended"] = seated_user(SeatFactory(body=bodies["one"], valid_until=LEFT))
    people |= {name: seated_user(seat) for name, seat in seats.items()}
    people["colleague"] = seated_user(seats["named"])
    seats["named"].person = people["named"].person  # type: ignore[union-attr]
    seats["named"].save(update_fields=["person"])
    people |= {
        role.value: make_staff(role) for role in (Role.OFFICER, Role.CONTRACTOR, Role.AUDITOR)
    }
    return World(bodies, people, seats, _papers(bodies))


def _bodies() -> dict[str, Body]:
    one = BodyFactory(name="分科会1")
    return {
        "one": one,
        "two": BodyFactory(name="分科会2"),
        "group": BodyFactory(name="作業部会A", kind=BodyKind.WORKING_GROUP, parent=one),
        "steering": BodyFactory(name="幹事会", kind=BodyKind.STEERING),
        "assembly": BodyFactory(name="総会", kind=BodyKind.ASSEMBLY),
    }


def _seats(bodies: dict[str, Body]) -> dict[str, Seat]:
    roles = {
        "seat": ("one", SeatRole.MEMBER),
        "observer": ("one", SeatRole.OBSERVER),
        "named": ("one", SeatRole.MEMBER),
        "lead": ("one", SeatRole.LEAD),
        "other": ("two", SeatRole.LEAD),
        "grouped": ("group", SeatRole.MEMBER),
        "kanji": ("steering", SeatRole.MEMBER),
        "listener": ("steering", SeatRole.OBSERVER),
    }
    return {name: SeatFactory(body=bodies[body], role=role) for name, (body, role) in roles.items()}


def _contact(organization: object, *, body: Body | None = None) -> User:
    user = make_user()
    AffiliationFactory(person=PersonFactory(user=user), organization=organization)
    if body is not None:
        SeatFactory(body=body, organization=organization)
    return user


def _papers(bodies: dict[str, Body]) -> dict[str, Material]:
    found = {
        f"{name} {audience.value}": make_material(body=body, audience=audience)
        for name, body in bodies.items()
        for audience in Audience
    }
    one = bodies["one"]
    found["one later"] = make_material(body=one, audience=Audience.PUBLIC, publish_at=LATER)
    found["one draft"] = make_material(body=one, audience=Audience.PUBLIC, publish_at=None)
    found["one draft for the office"] = make_material(
        body=one, audience=Audience.SECRETARIAT, publish_at=None
    )
    found["one withdrawn"] = make_material(
        body=one, withdrawn_at=LATER.replace(year=2024), withdrawn_reason="誤り"
    )
    found["steering draft"] = make_material(body=bodies["steering"], publish_at=None)
    return found
