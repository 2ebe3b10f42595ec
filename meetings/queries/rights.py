"""Who can open what, and through what: the rule of `readers` told from the side of the paper.

`tests/meetings/test_rights.py` holds both to the same table.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Role
from accounts.models import User
from accounts.queries import holding
from meetings.choices import Audience, BodyKind, SeatRole
from meetings.labels import seat_words
from meetings.models import Body, Material, Seat
from meetings.readers import FOLLOWED_BY_STEERING
from members.choices import SPEAKING_DUTIES
from members.models import Affiliation, Organization, Person


@dataclass(frozen=True)
class Size:
    """How many could open it. `people` of `organizations`, and the `staff` who read it besides."""

    people: int
    organizations: int
    staff: int = 0
    # Of the people: those who have no login (yet).
    without_login: int = 0
    anybody: bool = False

    @property
    def words(self) -> str:
        """12団体34人が開けます, as it stands beside the choice of an audience."""
        if self.anybody:
            return _("Anybody can open it, without a login")
        if not self.people:
            return _("Only the secretariat can open it (%(n)s people)") % {"n": self.staff}
        found = {"people": self.people, "organizations": self.organizations}
        words = _("%(people)s people of %(organizations)s organizations can open it") % found
        if self.without_login:
            words += _(" (%(n)s of them have no login yet)") % {"n": self.without_login}
        return words

    @property
    def brief(self) -> str:
        """12団体34人: what fits into the box of a choice on a telephone."""
        if self.anybody:
            return _("Anybody")
        if not self.people:
            return _("%(n)s people of the secretariat") % {"n": self.staff}
        found = {"people": self.people, "organizations": self.organizations}
        return _("%(people)s people of %(organizations)s organizations") % found

    def compared_with(self, before: "Size") -> str:
        """+22人(前より). What anybody may open has no number to compare with."""
        if self.anybody or before.anybody:
            if self.anybody == before.anybody:
                return _("as before")
            return _("more than before") if self.anybody else _("fewer than before")
        if self.people == before.people:
            return _("as before")
        return _("%(n)s people compared with before") % {"n": f"{self.people - before.people:+d}"}


@dataclass(frozen=True)
class Way:
    """One reason why somebody can open something. Without a person: anybody can."""

    person: Person | None
    organization: Organization | None
    through: str
    user: User | None = None
    can_log_in: bool = True

    @property
    def name(self) -> str:
        if self.person is not None:
            return self.person.name
        return self.user.get_full_name() if self.user else _("Anybody")


@dataclass(frozen=True)
class Held:
    """A seat as far as rights go."""

    body: int
    kind: str
    role: str


@dataclass(frozen=True)
class Thing:
    """A paper, meeting or minutes as far as rights go; `above`: the body its group works for."""

    audience: str
    body: int
    kind: str
    above: int | None

    @classmethod
    def of(cls, body: Body, audience: str, day: date) -> "Thing":
        stands = body.valid_from <= day and (body.valid_until is None or day < body.valid_until)
        return cls(audience, body.pk, body.kind, body.parent_id if stands else None)


def seat_opens(seat: Held, thing: Thing, *, out: bool) -> bool:
    """Whether the seat is a reason to open it. What is for all members needs no seat."""
    if seat.role == SeatRole.LEAD and seat.body in {thing.body, thing.above}:
        return thing.audience != Audience.SECRETARIAT
    if not out:
        return False
    steers = seat.kind == BodyKind.STEERING and seat.role != SeatRole.OBSERVER
    if thing.audience == Audience.BODY:
        return seat.body == thing.body or (steers and thing.kind in FOLLOWED_BY_STEERING)
    return thing.audience == Audience.STEERING and steers


def audience_size(*, body: Body, audience: str, day: date) -> Size:
    """The people who could open a paper of `body` that is out and for `audience`."""
    return preview(body, day)[Audience(audience)]


def preview(body: Body, day: date) -> dict[Audience, Size]:
    """The size of every audience of a body, in three queries."""
    staff = staff_readers(day)
    keys = {user.pk for user in staff}
    holders = list(
        _holders(body, day)
        .exclude(person__user__in=keys)
        .values_list("seat_body", "seat_kind", "seat_role", "person", "organization", "opens")
    )
    return {audience: _size(body, audience, day, staff, holders) for audience in Audience}


def _size(
    body: Body, audience: Audience, day: date, staff: list[User], holders: Iterable[Any]
) -> Size:
    thing = Thing.of(body, audience, day)
    office = sum(1 for user in staff if _staff_opens(user, thing, out=True))
    if audience == Audience.PUBLIC:
        return Size(0, 0, office, anybody=True)
    if audience == Audience.MEMBERS:
        return _members(day, staff, office)
    found = [
        (person, organization, opens)
        for seat, kind, role, person, organization, opens in holders
        if seat_opens(Held(seat, kind, role), thing, out=True)
    ]
    return Size(
        people=len({person for person, _organization, _opens in found}),
        organizations=len({organization for _person, organization, _opens in found}),
        staff=office,
        without_login=len({person for person, _organization, opens in found if not opens}),
    )


def _members(day: date, staff: list[User], office: int) -> Size:
    counted = (
        _of_members(day)
        .exclude(person__user__in=[user.pk for user in staff])
        .aggregate(
            people=Count("person", distinct=True),
            organizations=Count("organization", distinct=True),
            without_login=Count("person", distinct=True, filter=Q(opens=False)),
        )
    )
    return Size(staff=office, **counted)


def who_can_open(material: Material, at: datetime, *, once_out: bool = False) -> list[Way]:
    """Everybody who can open it at `at`, once for each reason; `once_out`: when it is published.

    What is out and public has one way: anybody.
    """
    day = timezone.localdate(at)
    thing = Thing.of(material.body, material.audience, day)
    out = once_out or is_out(material, at)
    if out and material.audience == Audience.PUBLIC:
        return [Way(None, None, _("Published for everybody, no login needed"))]
    staff = staff_readers(day)
    keys = {user.pk for user in staff}
    ways = [
        Way(None, None, staff_words(user), user)
        for user in staff
        if _staff_opens(user, thing, out=out)
    ]
    people = _ways_of_people(material.body, thing, day, out=out)
    return [*(way for way in people if way.user is None or way.user.pk not in keys), *ways]


def is_out(material: Material, at: datetime) -> bool:
    published = material.publish_at is not None and material.publish_at <= at
    return published and material.withdrawn_at is None and material.current_id is not None


def _ways_of_people(body: Body, thing: Thing, day: date, *, out: bool) -> Iterator[Way]:
    order = ("organization__sort_key", "organization", "position", "pk")
    whole = ("person__user", "organization")
    if out and thing.audience == Audience.MEMBERS:
        seen = set()
        for row in _of_members(day).select_related(*whole).order_by(*order):
            if (row.person_id, row.organization_id) not in seen:
                seen.add((row.person_id, row.organization_id))
                yield _way(row, member_words())
        return
    found: Any
    told = set()
    for found in _holders(body, day).select_related(*whole).order_by(*order):
        seat = Held(found.seat_body, found.seat_kind, found.seat_role)
        key = (found.person_id, found.seat)
        if key not in told and seat_opens(seat, thing, out=out):
            told.add(key)
            words = seat_words(found.seat_in, found.seat_kind, found.seat_role, found.seat_office)
            yield _way(found, words)


def _way(row: Any, through: str) -> Way:
    """`row`: an affiliation with its person, organisation and `opens`."""
    return Way(row.person, row.organization, through, row.person.user, can_log_in=row.opens)


def _of_members(day: date) -> QuerySet[Affiliation]:
    return Affiliation.objects.of_members_on(day).annotate(opens=_opens(day))


def _holders(body: Body, day: date) -> QuerySet[Any]:
    """Who reads through a seat that may matter to `body`: `seats_held` for everybody at once."""
    relevant = Q(body=body) | Q(body__kind=BodyKind.STEERING)
    if body.parent_id:
        relevant |= Q(body=body.parent_id)
    seat = "organization__seats"
    named = (
        Q(**{f"{seat}__person": None})
        | Q(**{f"{seat}__person": F("person")})
        | Q(**{f"{seat}__person": F("predecessor__person")})
    )
    standing = Seat.objects.standing_on(day).filter(relevant)
    return (
        Affiliation.objects.active_on(day)
        .filter(named, **{f"{seat}__in": standing}, duty__in=SPEAKING_DUTIES)
        .annotate(
            seat=F(f"{seat}__pk"),
            seat_body=F(f"{seat}__body"),
            seat_in=F(f"{seat}__body__name"),
            seat_kind=F(f"{seat}__body__kind"),
            seat_role=F(f"{seat}__role"),
            seat_office=F(f"{seat}__office"),
            opens=_opens(day),
        )
    )


def _opens(day: date) -> Exists:
    """Whether the person of an affiliation has a login that works on `day`."""
    return Exists(User.objects.able_to_log_in(day).filter(pk=OuterRef("person__user")))


# --- staff -------------------------------------------------------------------------------------


def staff_readers(day: date) -> list[User]:
    """Staff who may read papers at all, with what more they may, in two queries."""
    found = (
        User.objects.able_to_log_in(day)
        .filter(is_staff=True)
        .annotate(
            reads_steering=holding("meetings.read_steering"),
            runs_all=holding("meetings.change_meeting"),
        )
        .filter(holding("meetings.view_material"))
        .order_by("email")
    )
    return list(found.prefetch_related("groups"))


def _staff_opens(user: Any, thing: Thing, *, out: bool) -> bool:
    """As `Reader.allowed` and `Reader.run` judge staff."""
    closed = thing.audience == Audience.STEERING or (
        thing.kind == BodyKind.STEERING and thing.audience != Audience.PUBLIC
    )
    return (user.reads_steering or not closed) and (out or user.runs_all)


def staff_words(user: User) -> str:
    roles = dict(Role.choices)
    names = "・".join(str(roles.get(group.name, group.name)) for group in user.groups.all())
    return _("Secretariat (%(role)s)") % {"role": names or _("no role")}


def member_words() -> str:
    return _("Contact of a member organization")
