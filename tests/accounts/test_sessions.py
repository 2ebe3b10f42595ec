"""Staff sessions that end, second factors that staff must have."""

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.choices import Role
from core.audit.models import Act
from tests.factories.accounts import PASSWORD, make_staff, make_user, totp_code

pytestmark = pytest.mark.django_db
OWN_PAGE = "/accounts/sessions/"


def log_in_staff(client: Client, email: str) -> None:
    client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": totp_code()})


def test_staff_log_in_with_password_and_code(client: Client) -> None:
    staff = make_staff(Role.OFFICER)
    first = client.post("/accounts/login/", {"login": staff.email, "password": PASSWORD})
    assert first["Location"].startswith("/accounts/2fa/authenticate/")
    assert "_auth_user_id" not in client.session
    second = client.post("/accounts/2fa/authenticate/", {"code": totp_code()})
    assert second["Location"] == "/admin/"
    assert client.session["_auth_user_id"] == str(staff.pk)


def test_a_code_works_once(client: Client) -> None:
    staff = make_staff(Role.OFFICER)
    code = totp_code()
    for browser, welcome in ((client, True), (Client(), False)):
        browser.post("/accounts/login/", {"login": staff.email, "password": PASSWORD})
        browser.post("/accounts/2fa/authenticate/", {"code": code})
        assert ("_auth_user_id" in browser.session) is welcome


def test_a_recovery_code_works_once(client: Client) -> None:
    staff = make_staff(Role.OFFICER)
    codes = Authenticator.objects.get(user=staff, type="recovery_codes").wrap().get_unused_codes()
    assert len(codes) == 10
    for browser, welcome in ((client, True), (Client(), False)):
        browser.post("/accounts/login/", {"login": staff.email, "password": PASSWORD})
        browser.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert ("_auth_user_id" in browser.session) is welcome


def test_an_idle_staff_session_ends_after_thirty_minutes(client: Client) -> None:
    staff = make_staff(Role.OFFICER)
    with time_machine.travel("2022-06-15 10:00 +0900") as clock:
        client.force_login(staff)
        clock.shift(29 * 60)
        assert client.get(OWN_PAGE).status_code == 200
        clock.shift(29 * 60)
        assert client.get(OWN_PAGE).status_code == 200
        clock.shift(30 * 60 + 1)
        assert client.get(OWN_PAGE).status_code == 302


def test_a_busy_staff_session_ends_after_eight_hours(client: Client) -> None:
    staff = make_staff(Role.OFFICER)
    with time_machine.travel("2022-06-15 09:00 +0900") as clock:
        client.force_login(staff)
        for _n in range(23):
            clock.shift(20 * 60)
            assert client.get(OWN_PAGE).status_code == 200
        clock.shift(20 * 60 + 1)
        assert client.get(OWN_PAGE).status_code == 302


def test_a_new_login_begins_the_eight_hours_anew(client: Client) -> None:
    staff = make_staff(Role.OFFICER)
    with time_machine.travel("2022-06-15 09:00 +0900") as clock:
        client.force_login(staff)
        clock.shift(9 * 3600)
        client.force_login(staff)
        assert client.get(OWN_PAGE).status_code == 200


def test_a_member_may_be_idle_for_an_hour(client: Client) -> None:
    with time_machine.travel("2022-06-15 10:00 +0900") as clock:
        client.force_login(make_user())
        clock.shift(3600)
        assert client.get(OWN_PAGE).status_code == 200


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/"])
def test_staff_without_a_second_factor_reach_only_its_set_up(client: Client, path: str) -> None:
    client.force_login(make_staff(Role.ADMINISTRATOR, mfa=False))
    for method in (client.get, client.post, client.head):
        answer = method(path)
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")
    assert client.get("/accounts/2fa/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302


def test_recovery_codes_alone_are_no_second_factor(client: Client) -> None:
    staff = make_staff(Role.ADMINISTRATOR)
    Authenticator.objects.filter(user=staff, type="totp").delete()
    client.force_login(staff)
    assert client.get("/admin/")["Location"] == "/accounts/2fa/"


def turn_off(client: Client) -> int:
    """Prove who you are again, then ask to turn the authenticator app off."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client.post("/accounts/2fa/totp/deactivate/").status_code


def test_staff_cannot_turn_their_last_factor_off(client: Client) -> None:
    staff = make_staff(Role.OFFICER)
    log_in_staff(client, staff.email)
    assert turn_off(client) == 200
    assert Authenticator.objects.filter(user=staff, type="totp").exists()


def test_a_member_may_turn_it_off(client: Client) -> None:
    staff = make_staff(Role.OFFICER)
    log_in_staff(client, staff.email)
    type(staff).objects.filter(pk=staff.pk).update(is_staff=False)
    assert turn_off(client) == 302
    assert not Authenticator.objects.filter(user=staff).exists()


def test_second_factors_change_only_after_proving_who_you_are_again(client: Client) -> None:
    staff = make_staff(Role.OFFICER)
    log_in_staff(client, staff.email)
    answer = client.get("/accounts/2fa/recovery-codes/generate/")
    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_old_cookies_are_dead_after_logout(client: Client) -> None:
    client.force_login(make_user())
    stolen = Client()
    stolen.cookies = client.cookies.copy()
    assert stolen.get(OWN_PAGE).status_code == 200
    client.post("/accounts/logout/")
    assert stolen.get(OWN_PAGE).status_code == 302


def test_other_sessions_are_listed_and_ended(client: Client) -> None:
    user = make_user()
    other = Client()
    for browser, agent in ((other, "Firefox"), (client, "Chrome")):
        browser.post(
            "/accounts/login/",
            {"login": user.email, "password": PASSWORD},
            HTTP_USER_AGENT=agent,
        )
    page = client.get(OWN_PAGE, HTTP_USER_AGENT="Chrome").content.decode()
    assert "Firefox" in page
    client.post(OWN_PAGE)
    assert client.get(OWN_PAGE).status_code == 200
    assert other.get(OWN_PAGE).status_code == 302
    assert UserSession.objects.filter(user=user).count() == 1


def test_second_factors_used_and_failed_are_in_the_trail(client: Client) -> None:
    staff = make_staff(Role.OFFICER)
    client.post("/accounts/login/", {"login": staff.email, "password": PASSWORD})
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    client.post("/accounts/2fa/authenticate/", {"code": totp_code()})
    verbs = Act.objects.filter(verb__startswith="accounts.factor.").order_by("id")
    assert list(verbs.values_list("verb", "detail")) == [
        ("accounts.factor.failed", {"kind": "totp"}),
        ("accounts.factor.used", {"kind": "totp"}),
    ]


@pytest.mark.parametrize("name", ["login", "logout", "password/reset", "2fa/authenticate"])
def test_every_form_of_the_login_asks_for_its_token(name: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"/accounts/{name}/", {"login": "a@example.jp"}).status_code == 403
