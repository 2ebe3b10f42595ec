"""Chainable reads. What a person may see is asked with a Reader, made at request time."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from core.periods import holds_on
from meetings.choices import MeetingStatus, MinutesStatus, SeatRole
from meetings.readers import Reader, Sight
from members.models import Membership

if TYPE_CHECKING:
    from meetings.models import (  # noqa: F401 -- quoted bases
        Body,
        Invitation,
        Material,
        Meeting,
        Minutes,
        Seat,
    )


class BodyQuerySet(models.QuerySet["Body"]):
    def active_on(self, day: date) -> Self:
        return self.filter(holds_on(day))

    def visible_to(self, reader: Reader) -> Self:
        """Bodies whose existence this person may know of."""
        return self.filter(reader.allowed(body="pk") | reader.run(body="pk"))


def _of_members(day: date) -> Exists:
    return Exists(Membership.objects.active_on(day).filter(organization=OuterRef("organization")))


class SeatQuerySet(models.QuerySet["Seat"]):
    def active_on(self, day: date) -> Self:
        return self.filter(holds_on(day))

    def not_over_on(self, day: date) -> Self:
        """Those that hold on `day`, and those that will."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=day))

    def standing_on(self, day: date) -> Self:
        """Seats that hold on `day`, of organisations that are members on `day`."""
        return self.active_on(day).filter(_of_members(day))

    def with_membership_on(self, day: date) -> Self:
        """Adds `of_member`: whether the organisation is a member on `day`."""
        return self.annotate(of_member=_of_members(day))

    def leading(self) -> Self:
        return self.filter(role=SeatRole.LEAD)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, reader: Reader) -> Self:
        """Announced ones for those they are for; all of a body for those who run it."""
        told = ~Q(status=MeetingStatus.DRAFT) & reader.allowed()
        return self.filter(told | reader.run())

    def seen_in(self, body: "Body", sight: Sight) -> Self:
        """As `visible_to`, of one body."""
        return self.filter(sight.among(~Q(status=MeetingStatus.DRAFT)), body=body)

    def run_by(self, reader: Reader) -> Self:
        return self.filter(reader.run())

    def announced(self) -> Self:
        return self.filter(status=MeetingStatus.ANNOUNCED)

    def coming(self, at: datetime) -> Self:
        return self.announced().filter(ends_at__gte=at).order_by("starts_at")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def public(self, link_key: str) -> Self:
        """The one whose link somebody holds, as soon as its letter is out."""
        return self.filter(link_key=link_key, sent_at__isnull=False)


def _out(at: datetime) -> Q:
    return Q(publish_at__lte=at, withdrawn_at=None, current__isnull=False)


class MaterialQuerySet(models.QuerySet["Material"]):
    def published(self, at: datetime) -> Self:
        return self.filter(_out(at))

    def visible_to(self, reader: Reader, at: datetime) -> Self:
        """Published ones for those they are for; all of a body for those who run it."""
        return self.filter(_out(at) & reader.allowed() | reader.run())

    def seen_in(self, body: "Body", sight: Sight, at: datetime) -> Self:
        """As `visible_to`, of one body."""
        return self.filter(sight.among(_out(at)), body=body)

    def readable_by(self, reader: Reader, at: datetime) -> Self:
        """As any reader of the body has them: drafts of those who run it are left out."""
        return self.published(at).filter(reader.allowed() | reader.run())

    def run_by(self, reader: Reader) -> Self:
        return self.filter(reader.run())


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def published(self, at: datetime) -> Self:
        return self.filter(status=MinutesStatus.PUBLISHED, publish_at__lte=at)

    def visible_to(self, reader: Reader, at: datetime) -> Self:
        """Published ones for those they are for; all of a body for those who run it."""
        out = Q(status=MinutesStatus.PUBLISHED, publish_at__lte=at)
        mine = reader.run(body="meeting__body")
        return self.filter(out & reader.allowed(body="meeting__body") | mine)

    def seen_in(self, body: "Body", sight: Sight, at: datetime) -> Self:
        """As `visible_to`, of one body."""
        out = Q(status=MinutesStatus.PUBLISHED, publish_at__lte=at)
        return self.filter(sight.among(out), meeting__body=body)

    def run_by(self, reader: Reader) -> Self:
        return self.filter(reader.run(body="meeting__body"))
