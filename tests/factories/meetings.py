"""Smallest valid bodies, seats, meetings and papers. Seats begin when the platform was founded."""

from datetime import UTC, date, datetime, time, timedelta

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import User
from core.japan.calendar import fiscal_year
from meetings.choices import Audience, BodyKind, MeetingStatus, SeatRole
from meetings.models import (
    AgendaItem,
    Body,
    Invitation,
    Material,
    MaterialVersion,
    Meeting,
    Minutes,
    MinutesSection,
    Seat,
)
from members.models import Affiliation
from tests.factories.accounts import make_user
from tests.factories.files import pdf
from tests.factories.members import FOUNDED, AffiliationFactory, MemberFactory, PersonFactory

LONG_AGO = datetime(2022, 5, 10, 1, 0, tzinfo=UTC)


def in_two_weeks() -> datetime:
    """15:00 in the office, a good two weeks from today: the tests hold on any day."""
    day = timezone.localdate() + timedelta(days=15)
    return datetime.combine(day, time(6), tzinfo=UTC)


class BodyFactory(DjangoModelFactory):
    """A subcommittee's body, known to the public."""

    class Meta:
        model = Body

    slug = factory.Sequence(lambda n: f"body-{n}")
    kind = BodyKind.SUBCOMMITTEE
    name = factory.Sequence(lambda n: f"見本分科会{n}")
    basis = "規約第21条"
    valid_from = FOUNDED


class SeatFactory(DjangoModelFactory):
    """A member organisation in a body since the founding."""

    class Meta:
        model = Seat

    body = factory.SubFactory(BodyFactory)
    organization = factory.SubFactory(MemberFactory)
    role = SeatRole.MEMBER
    valid_from = FOUNDED


class MeetingFactory(DjangoModelFactory):
    """Announced, in two weeks, online. `number` counts per test run."""

    class Meta:
        model = Meeting

    body = factory.SubFactory(BodyFactory)
    fiscal_year = factory.LazyAttribute(lambda o: fiscal_year(o.starts_at))
    number = factory.Sequence(lambda n: n + 1)
    status = MeetingStatus.ANNOUNCED
    starts_at = factory.LazyFunction(in_two_weeks)
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + timedelta(hours=2))


class AgendaItemFactory(DjangoModelFactory):
    class Meta:
        model = AgendaItem

    meeting = factory.SubFactory(MeetingFactory)
    title = "見本の議題"


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    meeting = factory.SubFactory(MeetingFactory)
    seat = factory.SubFactory(SeatFactory, body=factory.SelfAttribute("..meeting.body"))
    sent_at = LONG_AGO


class MaterialFactory(DjangoModelFactory):
    """A paper without a file yet; `make_material` gives it one."""

    class Meta:
        model = Material

    body = factory.SubFactory(BodyFactory)
    label = "資料1"
    title = factory.Sequence(lambda n: f"見本の資料{n}")
    audience = Audience.BODY
    publish_at = LONG_AGO


class MinutesFactory(DjangoModelFactory):
    class Meta:
        model = Minutes

    meeting = factory.SubFactory(MeetingFactory, status=MeetingStatus.HELD)
    due_on = date(2027, 1, 22)


class MinutesSectionFactory(DjangoModelFactory):
    class Meta:
        model = MinutesSection

    minutes = factory.SubFactory(MinutesFactory)
    heading = "見本の議題"
    text = "見本の議論がありました。"


def make_version(
    material: Material, *, data: bytes | None = None, **columns: object
) -> MaterialVersion:
    """A next version of the paper, with a small PDF in it; it becomes the current one."""
    content = pdf() if data is None else data
    number = material.versions.count() + 1
    version = MaterialVersion(
        material=material,
        number=number,
        **{
            "name": f"見本{number}.pdf",
            "content_type": "application/pdf",
            "size": len(content),
            "sha256": "0" * 64,
            "reason": "" if number == 1 else "数字の誤りをなおしました",
            "uploaded_at": LONG_AGO,
            **columns,
        },
    )
    version.file.save("見本.pdf", ContentFile(content), save=False)
    version.save()
    material.current = version
    material.save(update_fields=["current"])
    return version


def make_material(
    *, data: bytes | None = None, name: str = "見本.pdf", **columns: object
) -> Material:
    """A paper that is out, with a small PDF."""
    material = MaterialFactory(**columns)
    make_version(material, data=data, name=name)
    return material


def seated_user(seat: Seat, **affiliation: object) -> User:
    """An account of somebody who speaks for the organisation of the seat."""
    return speaking_user(seat.organization, **affiliation)


def speaking_user(organization: object, **affiliation: object) -> User:
    """An account of a main contact of the organisation."""
    user = make_user()
    person = PersonFactory(user=user)
    AffiliationFactory(person=person, organization=organization, **affiliation)
    return user


def affiliation_of(user: User) -> Affiliation:
    """The one affiliation of an account made above."""
    return Affiliation.objects.get(person__user=user)
