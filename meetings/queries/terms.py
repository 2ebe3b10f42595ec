"""Terms of seats: which end soon, what is vacant, who has left, who leads without a right to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from meetings.choices import BodyKind, MeetingStatus, Office, SeatRole
from meetings.models import Body, Invitation, Seat
from meetings.querysets import SeatQuerySet
from members.choices import SPEAKING_DUTIES
from members.models import Affiliation, Membership, Organization, Person

RADAR = (30, 60, 90)
"""Days ahead, from the most urgent on."""


@dataclass(frozen=True)
class Ending:
    """Seats of one body that end on one day, and how many of them go on in a booked one."""

    body_id: int
    body: str
    until: date
    number: int
    followed: int
    first: str
    """The name of one of the organisations; the only one when `number` is 1."""

    @property
    def last_day(self) -> date:
        return self.until - timedelta(days=1)

    @property
    def open(self) -> int:
        return self.number - self.followed

    def within(self, day: date) -> int:
        """30, 60 or 90: the narrowest span in which the last day lies."""
        left = (self.last_day - day).days
        return next((span for span in RADAR if left <= span), RADAR[-1])


def followed() -> Q:
    """Condition on a seat: its organisation, or a substitute, has the next term booked."""
    booked = Seat.objects.filter(body=OuterRef("body"), valid_from=OuterRef("valid_until"))
    same = Q(organization=OuterRef("organization")) | Q(replaces=OuterRef("pk"))
    return Q(Exists(booked.filter(same)))


def ending_within(day: date, days: int = RADAR[-1]) -> list[Ending]:
    """Ends of terms whose last day is `day` or one of the `days` after it. One query."""
    rows = (
        Seat.objects.active_on(day)
        .filter(valid_until__lte=day + timedelta(days=days + 1))
        .annotate(goes_on=Case(When(followed(), then=1), default=0, output_field=IntegerField()))
        .order_by("valid_until", "body")
        .values_list("body", "body__name", "valid_until")
        .annotate(
            number=Count("pk"),
            booked=Count("pk", filter=Q(goes_on=1)),
            first=Min("organization__name"),
        )
    )
    return [Ending(*row) for row in rows]


def vacancies(day: date) -> QuerySet[Body]:
    """Bodies with fewer seats taken than planned; each with `taken`."""
    bodies: Any = with_taken(Body.objects.active_on(day).exclude(seats_planned=None), day)
    found: QuerySet[Body] = bodies.filter(taken__lt=F("seats_planned"))
    return found.order_by("kind", "name", "pk")


def with_taken(bodies: QuerySet[Body], day: date) -> QuerySet[Body]:
    """Adds `taken`: seats that stand on `day`, those of observers left out."""
    seats = (
        Seat.objects.standing_on(day)
        .filter(body=OuterRef("pk"))
        .exclude(role=SeatRole.OBSERVER)
        .order_by()
        .values("body")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return bodies.annotate(taken=Coalesce(Subquery(seats), Value(0)))


def whose_person_left(day: date) -> SeatQuerySet:
    """Named seats whose person speaks for the organisation no more.

    Each with `successor` and `successor_name`: whoever took the post over, if anybody did.
    """
    speaking = Affiliation.objects.active_on(day).filter(
        organization=OuterRef("organization"), duty__in=SPEAKING_DUTIES
    )
    after = speaking.filter(predecessor__person=OuterRef("person")).order_by("pk")
    return (
        Seat.objects.standing_on(day)
        .exclude(person=None)
        .filter(~Exists(speaking.filter(person=OuterRef("person"))))
        .annotate(
            successor=Subquery(after.values("person")[:1]),
            successor_name=Subquery(after.values("person__name")[:1]),
        )
        .select_related("body", "organization", "person")
        .order_by("body", "pk")
    )


def leading_without_right(day: date) -> SeatQuerySet:
    """Leads of subcommittees without a seat in the steering committee on `day`."""
    steering = (
        Seat.objects.active_on(day)
        .filter(organization=OuterRef("organization"), body__kind=BodyKind.STEERING)
        .exclude(role=SeatRole.OBSERVER)
    )
    return (
        Seat.objects.standing_on(day)
        .leading()
        .filter(~Exists(steering), body__kind=BodyKind.SUBCOMMITTEE)
        .select_related("body", "organization")
        .order_by("body", "pk")
    )


def of_former_members(day: date) -> SeatQuerySet:
    """Seats under way whose organisation is no member any more: they open nothing."""
    members = Membership.objects.active_on(day).filter(organization=OuterRef("organization"))
    return (
        Seat.objects.active_on(day)
        .filter(~Exists(members))
        .select_related("body", "organization")
        .order_by("body", "pk")
    )


def speakers(organization: int | None, day: date) -> QuerySet[Person]:
    """Who may be named for a seat of the organisation: whoever speaks for it on `day` or later."""
    duties = Affiliation.objects.not_over_on(day).filter(
        organization=organization, person=OuterRef("pk"), duty__in=SPEAKING_DUTIES
    )
    return Person.objects.filter(Exists(duties)).order_by("name_kana", "name", "pk")


def terms_of(body: Body) -> list[Seat]:
    """Every seat the body has had or will have, by organisation. One query."""
    office = Case(
        When(office=Office.CHAIR, then=0), When(office=Office.VICE_CHAIR, then=1), default=2
    )
    role = Case(When(role=SeatRole.LEAD, then=0), When(role=SeatRole.MEMBER, then=1), default=2)
    rows = body.seats.select_related("organization", "person", "replaces__organization")
    return list(rows.order_by(role, office, "organization__sort_key", "valid_from", "pk"))


def seats_of(organization: Organization, day: date) -> list[Seat]:
    """Seats of the organisation that hold on `day` or are booked. One query."""
    rows = Seat.objects.not_over_on(day).filter(organization=organization)
    return list(rows.select_related("body", "person").order_by("body__kind", "body__name", "pk"))


def coming_invitations(seats: Iterable[Seat], day: date) -> list[Invitation]:
    """Invitations of these seats to announced meetings on `day` or later. One query."""
    return list(
        Invitation.objects.filter(
            seat__in=seats,
            meeting__starts_at__date__gte=day,
            meeting__status=MeetingStatus.ANNOUNCED,
        )
        .select_related("meeting__body", "seat")
        .order_by("meeting__starts_at", "pk")
    )


def leads_through(seat: Seat, until: date) -> list[Seat]:
    """Lead seats that need this steering seat on `until` or later. One query."""
    rows = (
        Seat.objects.not_over_on(until)
        .leading()
        .filter(organization=seat.organization_id, body__kind=BodyKind.SUBCOMMITTEE)
    )
    return list(rows.select_related("body").order_by("body__name", "pk"))


def possible_leads(day: date) -> QuerySet[Organization]:
    """Members of the steering committee on `day` or later: whoever may lead a subcommittee."""
    seats = (
        Seat.objects.not_over_on(day)
        .filter(organization=OuterRef("pk"), body__kind=BodyKind.STEERING)
        .exclude(role=SeatRole.OBSERVER)
    )
    return Organization.objects.filter(Exists(seats)).order_by("sort_key", "pk")
