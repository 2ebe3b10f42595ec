"""From a person to a Reader, and from a Reader to papers. The full table is test_rights.py."""

from datetime import date

import pytest
from django.utils import timezone

from meetings.choices import Audience, BodyKind, SeatRole
from meetings.models import Material
from meetings.queries import reader_of
from tests.factories.meetings import (
    BodyFactory,
    SeatFactory,
    affiliation_of,
    make_material,
    seated_user,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)


def test_a_seat_opens_the_papers_of_its_body_and_of_no_other():
    seat = SeatFactory()
    mine = make_material(body=seat.body)
    make_material(body=BodyFactory())
    reader = reader_of(seated_user(seat), DAY)
    assert list(Material.objects.visible_to(reader, timezone.now())) == [mine]


def test_a_named_seat_opens_for_that_person_and_for_whom_the_post_was_handed_to():
    seat = SeatFactory()
    named, other = seated_user(seat), seated_user(seat)
    seat.person = named.person
    seat.save(update_fields=["person"])
    assert reader_of(named, DAY).bodies == {seat.body_id}
    assert reader_of(other, DAY).bodies == frozenset()
    later = affiliation_of(other)
    later.predecessor = affiliation_of(named)
    later.save(update_fields=["predecessor"])
    assert reader_of(other, DAY).bodies == {seat.body_id}


def test_the_steering_committee_reads_what_its_subcommittees_work_at():
    committee = BodyFactory(kind=BodyKind.STEERING)
    user = seated_user(SeatFactory(body=committee))
    paper = make_material(audience=Audience.BODY)
    assert paper in Material.objects.visible_to(reader_of(user, DAY), timezone.now())


def test_an_observer_of_the_committee_is_not_of_the_committee():
    committee = BodyFactory(kind=BodyKind.STEERING)
    user = seated_user(SeatFactory(body=committee, role=SeatRole.OBSERVER))
    assert reader_of(user, DAY).is_steering is False
