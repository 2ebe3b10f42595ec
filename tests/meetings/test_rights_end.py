"""Rights end at once: the next click of an open session is refused, whatever was taken away."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from accounts.services import revoke_role
from meetings.choices import Audience, BodyKind, SeatRole
from meetings.models import Material, Seat
from members.choices import Duty
from tests.factories.accounts import make_staff
from tests.factories.meetings import (
    LONG_AGO,
    BodyFactory,
    SeatFactory,
    affiliation_of,
    make_material,
    seated_user,
)
from tests.factories.members import AffiliationFactory

pytestmark = pytest.mark.django_db


@dataclass
class Case:
    seat: Seat
    user: User
    paper: Material

    def set(self, thing: object, **columns: object) -> None:
        type(thing).objects.filter(pk=thing.pk).update(**columns)  # type: ignore[attr-defined]


def door(client: Client, paper: Material, suffix: str = "") -> int:
    response = client.get(f"/materials/{paper.public_id}/{suffix}")
    list(response)
    return response.status_code


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def today() -> object:
    return timezone.localdate()


def seat_ends(case: Case) -> None:
    case.set(case.seat, valid_until=today())


def seat_is_named_to_a_colleague(case: Case) -> None:
    colleague = AffiliationFactory(organization=case.seat.organization).person
    case.set(case.seat, person=colleague)


def affiliation_ends(case: Case) -> None:
    case.set(affiliation_of(case.user), valid_until=today())


def no_longer_speaks_for_it(case: Case) -> None:
    case.set(affiliation_of(case.user), duty=Duty.NEWSLETTER)


def membership_ends(case: Case) -> None:
    case.seat.organization.memberships.update(valid_until=today())


def account_is_closed(case: Case) -> None:
    case.set(case.user, is_active=False)


def account_passes_its_last_day(case: Case) -> None:
    case.set(case.user, valid_until=today() - timedelta(days=1))  # type: ignore[operator]


def paper_is_withdrawn(case: Case) -> None:
    case.set(case.paper, withdrawn_at=timezone.now(), withdrawn_reason="誤り")


def paper_goes_back_to_draft(case: Case) -> None:
    case.set(case.paper, publish_at=None)


def audience_is_narrowed(case: Case) -> None:
    case.set(case.paper, audience=Audience.SECRETARIAT)


@pytest.mark.parametrize(
    "taking",
    [
        seat_ends,
        seat_is_named_to_a_colleague,
        affiliation_ends,
        no_longer_speaks_for_it,
        membership_ends,
        account_is_closed,
        account_passes_its_last_day,
        paper_is_withdrawn,
        paper_goes_back_to_draft,
        audience_is_narrowed,
    ],
)
def test_the_next_click_is_refused(taking: Callable[[Case], None]):
    seat = SeatFactory()
    case = Case(seat, seated_user(seat), make_material(body=seat.body))
    client = logged_in(case.user)
    assert door(client, case.paper) == 200
    taking(case)
    assert door(client, case.paper) == 404


def test_who_leads_no_more_loses_the_drafts_and_keeps_the_papers():
    seat = SeatFactory(role=SeatRole.LEAD)
    draft = make_material(body=seat.body, publish_at=None)
    paper = make_material(body=seat.body)
    client = logged_in(seated_user(seat))
    assert door(client, draft) == 200
    assert door(client, paper, "readers/") == 200
    Seat.objects.filter(pk=seat.pk).update(role=SeatRole.MEMBER)
    assert door(client, draft) == 404
    assert door(client, paper, "readers/") == 404
    assert door(client, paper) == 200


def test_a_working_group_is_closed_to_those_above_with_its_last_day():
    seat = SeatFactory(role=SeatRole.LEAD)
    group = BodyFactory(kind=BodyKind.WORKING_GROUP, parent=seat.body)
    paper = make_material(body=group)
    client = logged_in(seated_user(seat))
    assert door(client, paper) == 200
    type(group).objects.filter(pk=group.pk).update(valid_until=today())
    assert door(client, paper) == 404


def test_who_left_the_committee_no_longer_follows_the_subcommittees():
    seat = SeatFactory(body=BodyFactory(kind=BodyKind.STEERING))
    paper = make_material(audience=Audience.STEERING)
    client = logged_in(seated_user(seat))
    assert door(client, paper) == 200
    Seat.objects.filter(pk=seat.pk).update(valid_until=today())
    assert door(client, paper) == 404


def test_a_role_taken_away_ends_the_session_too():
    officer = make_staff(Role.OFFICER)
    paper = make_material(audience=Audience.SECRETARIAT)
    client = logged_in(officer)
    assert door(client, paper) == 200
    revoke_role(user=officer, role=Role.OFFICER, actor=None, at=timezone.now())
    assert door(client, paper) == 404
    assert client.get("/my/").status_code == 302


def test_rights_begin_with_the_day_of_the_seat_and_the_moment_of_the_paper():
    tomorrow = today() + timedelta(days=1)  # type: ignore[operator]
    seat = SeatFactory(valid_from=tomorrow)
    paper = make_material(body=seat.body)
    later = make_material(body=seat.body, publish_at=timezone.now() + timedelta(minutes=1))
    client = logged_in(seated_user(seat))
    assert door(client, paper) == 404
    Seat.objects.filter(pk=seat.pk).update(valid_from=today())
    assert door(client, paper) == 200
    assert door(client, later) == 404
    Material.objects.filter(pk=later.pk).update(publish_at=LONG_AGO)
    assert door(client, later) == 200
