"""From a person to everything they can open, and through what."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.choices import Audience
from meetings.labels import seat_words
from meetings.models import Material
from meetings.queries.readers import reader_of, seats_held
from meetings.queries.rights import Held, Thing, is_out, member_words, seat_opens, staff_words
from meetings.readers import ANYBODY, Reader
from members.models import Affiliation, Person


@dataclass(frozen=True)
class Reason:
    """A seat, an affiliation or a role that opens papers today."""

    words: str
    organization: str = ""
    seat: Held | None = None

    @property
    def line(self) -> str:
        return f"{self.words} {self.organization}".strip()


@dataclass(frozen=True)
class Reach:
    """What one person can open at one moment. `staff`: by their role alone, if they have one."""

    reader: Reader
    at: datetime
    memberships: tuple[Reason, ...] = ()
    seats: tuple[Reason, ...] = ()
    staff: str = ""

    @property
    def reasons(self) -> list[str]:
        """Everything this person reads through, for the head of a page."""
        if self.staff:
            return [self.staff]
        return [reason.line for reason in (*self.memberships, *self.seats)]

    @property
    def materials(self) -> QuerySet[Material]:
        return Material.objects.visible_to(self.reader, self.at)

    def through(self, material: Material) -> list[str]:
        """Why this person can open it. Asks nothing when `body` was fetched with it."""
        thing = Thing.of(material.body, material.audience, timezone.localdate(self.at))
        out = is_out(material, self.at)
        if out and material.audience == Audience.PUBLIC:
            return [_("Published for everybody, no login needed")]
        if self.staff:
            return [self.staff]
        if out and material.audience == Audience.MEMBERS:
            return [reason.line for reason in self.memberships]
        return [
            reason.line
            for reason in self.seats
            if reason.seat is not None and seat_opens(reason.seat, thing, out=out)
        ]


def what_can_open(person: Person, at: datetime) -> Reach:
    """In a handful of queries, whatever there is. Who has no login opens what is public."""
    day = timezone.localdate(at)
    user = person.user
    if user is None or not user.is_valid_on(day):
        return Reach(ANYBODY, at)
    reader = reader_of(user, day)
    if reader.reads_all:
        return Reach(reader, at, staff=staff_words(user))
    return Reach(reader, at, tuple(_memberships(person, day)), tuple(_seats(reader)))


def _memberships(person: Person, day: date) -> list[Reason]:
    rows = Affiliation.objects.of_members_on(day).filter(person=person)
    named = {row.organization.shown_name: None for row in rows.select_related("organization")}
    return [Reason(member_words(), name) for name in named]


def _seats(reader: Reader) -> list[Reason]:
    return [
        Reason(
            seat_words(seat.body.name, seat.body.kind, seat.role, seat.office),
            seat.organization.shown_name,
            Held(seat.body_id, seat.body.kind, seat.role),
        )
        for seat in seats_held(reader).select_related("organization")
    ]
