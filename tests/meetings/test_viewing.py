"""Staff look at the site with a member's eyes: marked, read-only, recorded, over after a while."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.choices import Role
from accounts.models import User
from core.audit.models import Act
from meetings.models import CalendarFeed, Material, MaterialOpening, Seat
from tests.factories.accounts import make_staff, make_user
from tests.factories.meetings import BodyFactory, SeatFactory, make_material, seated_user
from tests.factories.members import PersonFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture
def officer() -> User:
    return make_staff(Role.OFFICER)


@pytest.fixture
def seat() -> Seat:
    return SeatFactory()


@pytest.fixture
def member(seat: Seat) -> User:
    return seated_user(seat)


@pytest.fixture
def client(officer: User) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def door(client: Client, material: Material) -> int:
    """The file taken to its end, as a browser does."""
    response = client.get(f"/materials/{material.public_id}/")
    list(response)
    return response.status_code


def start(client: Client, member: User, **options: object) -> object:
    return client.post(f"/admin/members/person/{member.person.pk}/viewing/", **options)


def test_the_portal_is_shown_as_the_member_sees_it_with_a_banner(client, member, seat):
    theirs = make_material(body=seat.body)
    foreign = make_material(body=BodyFactory())
    assert door(client, foreign) == 200
    response = start(client, member, follow=True)
    page = response.content.decode()
    assert response.redirect_chain[-1][0] == "/my/"
    assert f"{member.person.name}さんの見え方で表示しています" in page
    assert f"{member.get_full_name()} さん" in page
    assert door(client, theirs) == 200
    assert door(client, foreign) == 404


def test_an_opening_is_logged_in_the_name_of_staff_with_whose_eyes_they_were(
    client, officer, member, seat
):
    theirs = make_material(body=seat.body)
    start(client, member)
    door(client, theirs)
    opening = MaterialOpening.objects.get()
    assert (opening.user, opening.seen_as) == (officer, member)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/my/magazine/", "/my/", "/newsletter/"])
def test_nothing_can_be_done_with_the_eyes_of_another(client, member, method, address):
    start(client, member)
    before = Act.objects.count()
    response = getattr(client, method)(address, {"wish": "withdrawn", "mailbox": member.email})
    assert response.status_code == 403
    assert "この操作はできません" in response.content.decode()
    assert Act.objects.count() == before


def test_a_secret_of_the_person_is_not_shown(client, member):
    """Whoever has the address of a calendar reads it without being logged in."""
    feed = CalendarFeed.objects.create(user=member)
    start(client, member)
    response = client.get("/my/calendar/")
    assert response.status_code == 403
    assert feed.link_key not in response.content.decode()


def test_the_admin_and_the_own_account_stay_those_of_staff(client, officer, member):
    start(client, member)
    for address in ("/admin/", "/accounts/sessions/"):
        response = client.get(address)
        assert response.wsgi_request.user == officer
        assert "見え方で表示しています" not in response.content.decode()


def test_the_button_ends_it(client, officer, member):
    start(client, member)
    response = client.post("/my/viewing/end/", follow=True)
    assert response.redirect_chain[-1][0] == f"/admin/members/person/{member.person.pk}/papers/"
    assert "見え方で表示しています" not in client.get("/").content.decode()
    verbs = list(Act.objects.order_by("pk").values_list("verb", "actor_id", "row_id"))[-2:]
    assert verbs == [
        ("meetings.viewing.started", str(officer.pk), str(member.person.pk)),
        ("meetings.viewing.ended", str(officer.pk), str(member.person.pk)),
    ]
    assert client.post("/my/viewing/end/")["Location"] == "/my/"  # pressed twice


def test_after_half_an_hour_it_is_over_and_a_late_button_does_nothing(client, member):
    with time_machine.travel(NOW) as clock:
        client.force_login(User.objects.get(email__startswith="user", is_staff=True))
        start(client, member)
        clock.shift(timedelta(minutes=29))
        assert "見え方で表示しています" in client.get("/").content.decode()
        clock.shift(timedelta(minutes=2))
        late = client.post("/my/magazine/", {"wish": "withdrawn", "mailbox": member.email})
        assert late.status_code == 403
        assert "見え方の確認は終わっています" in late.content.decode()
        page = client.get("/").content.decode()
        assert "見え方で表示しています" not in page


def test_it_ends_with_the_right_of_either(client, officer, member):
    start(client, member)
    member.is_active = False
    member.save(update_fields=["is_active"])
    page = client.get("/", follow=True).content.decode()
    assert "見え方で表示しています" not in page
    assert "あなたのページを表示しています" in page


@pytest.mark.parametrize("role", [Role.CONTRACTOR, Role.AUDITOR])
def test_only_who_has_the_right_may_begin(member, role):
    client = Client()
    client.force_login(make_staff(role))
    assert start(client, member).status_code == 403
    address = f"/admin/members/person/{member.person.pk}/papers/"
    assert "見え方を確かめる" not in client.get(address).content.decode()


def test_it_begins_by_post_only_and_never_with_the_eyes_of_staff_or_of_nobody(client):
    colleague = PersonFactory(user=make_staff(Role.ADMINISTRATOR))
    nobody = PersonFactory()
    gone = PersonFactory(user=make_user(is_active=False))
    address = f"/admin/members/person/{nobody.pk}/viewing/"
    assert client.get(address).status_code == 405
    for person in (colleague, nobody, gone):
        response = client.post(f"/admin/members/person/{person.pk}/viewing/", follow=True)
        assert response.redirect_chain[-1][0] == f"/admin/members/person/{person.pk}/papers/"
        assert "見え方で表示しています" not in client.get("/").content.decode()
    assert not Act.objects.filter(verb="meetings.viewing.started").exists()


def test_a_member_has_no_such_session(member):
    client = Client()
    client.force_login(member)
    session = client.session
    session["viewing_as"] = {"person": member.person.pk, "until": 4_102_444_800}
    session.save()
    assert "見え方で表示しています" not in client.get("/").content.decode()
