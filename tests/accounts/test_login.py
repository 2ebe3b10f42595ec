"""Login, its limits, passwords, and where it leads."""

from datetime import date

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client, override_settings

from accounts.choices import Role
from accounts.models import User
from core.audit.models import Act
from tests.accounts.doors import LOGIN, log_in, logged_in
from tests.factories.accounts import PASSWORD, make_staff, make_user, totp_code

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "typed", ["USER@Example.jp", " user@example.jp ", "ｕｓｅｒ＠ｅｘａｍｐｌｅ．ｊｐ"]
)
def test_the_address_may_be_typed_as_people_type_it(client: Client, typed: str) -> None:
    make_user("user@example.jp")
    assert log_in(client, typed).status_code == 302
    assert logged_in(client)


def test_login_gives_a_new_session_id(client: Client) -> None:
    make_user("user@example.jp")
    client.session["planted"] = "1"
    session = client.session
    session.save()
    before = session.session_key
    log_in(client, "user@example.jp")
    assert client.session.session_key != before


@pytest.mark.parametrize(
    "closed",
    [{"is_active": False}, {"valid_until": date(2022, 6, 14)}],
    ids=["inactive", "expired"],
)
def test_a_closed_account_does_not_come_in(client: Client, closed: dict[str, object]) -> None:
    make_user("user@example.jp", **closed)
    log_in(client, "user@example.jp")
    assert not logged_in(client)


@pytest.mark.parametrize(
    "closed",
    [{"is_active": False}, {"valid_until": date(2022, 6, 14)}],
    ids=["inactive", "expired"],
)
def test_a_live_session_ends_when_its_account_closes(
    client: Client, closed: dict[str, object]
) -> None:
    user = make_user()
    client.force_login(user)
    assert client.get("/accounts/sessions/").status_code == 200
    User.objects.filter(pk=user.pk).update(**closed)
    assert client.get("/accounts/sessions/").status_code == 302


def test_the_last_day_is_still_a_day(client: Client) -> None:
    user = make_user("user@example.jp", valid_until=date(2022, 6, 15))
    with time_machine.travel("2022-06-15 23:30 +0900"):
        client.force_login(user)
        assert client.get("/accounts/sessions/").status_code == 200
    with time_machine.travel("2022-06-16 00:30 +0900"):
        assert client.get("/accounts/sessions/").status_code == 302


def test_nobody_signs_up(client: Client) -> None:
    client.post(
        "/accounts/signup/", {"email": "new@example.jp", "password1": "a very new password 1"}
    )
    assert not User.objects.filter(email="new@example.jp").exists()


def test_nobody_adds_an_address_to_an_account(client: Client) -> None:
    user = make_user()
    client.force_login(user)
    log_in(client, user.email)
    client.post("/accounts/email/", {"action_add": "", "email": "other@example.jp"})
    assert not EmailAddress.objects.filter(email="other@example.jp").exists()


# --- limits -----------------------------------------------------------------------------------


def test_the_eleventh_bad_password_for_an_account_is_429_for_everybody() -> None:
    make_user("user@example.jp")
    answers = [
        log_in(Client(), "user@example.jp", "wrong", REMOTE_ADDR=f"192.0.2.{n}").status_code
        for n in range(11)
    ]
    assert answers == [200] * 10 + [429]
    assert log_in(Client(), "USER@example.jp", REMOTE_ADDR="198.51.100.1").status_code == 429


def test_the_owner_is_not_locked_out_for_ever(client: Client) -> None:
    make_user("user@example.jp")
    with time_machine.travel("2022-06-15 10:00 +0900") as clock:
        for _n in range(12):
            log_in(Client(), "user@example.jp", "wrong")
        clock.shift(15 * 60 + 1)
        assert log_in(client, "user@example.jp").status_code == 302


def test_the_eleventh_bad_login_from_one_place_is_429_whatever_the_account() -> None:
    answers = [log_in(Client(), f"u{n}@example.jp", "wrong").status_code for n in range(11)]
    assert answers == [200] * 10 + [429]


def test_a_forged_forwarded_for_is_no_way_around() -> None:
    answers = [
        log_in(
            Client(), f"u{n}@example.jp", "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}"
        ).status_code
        for n in range(11)
    ]
    assert answers[-1] == 429


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_a_trusted_proxy_each_client_has_its_own_limit() -> None:
    answers = [
        log_in(
            Client(), f"u{n}@example.jp", "wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.1, 203.0.113.{n}"
        ).status_code
        for n in range(11)
    ]
    assert answers == [200] * 11


def test_guessing_one_time_codes_is_429_after_ten(client: Client) -> None:
    staff = make_staff(Role.OFFICER)
    log_in(client, staff.email)
    wrong = "000000" if totp_code() != "000000" else "000001"
    answers = [
        client.post("/accounts/2fa/authenticate/", {"code": wrong}).status_code for _n in range(11)
    ]
    assert answers == [200] * 10 + [429]
    assert not logged_in(client)


# --- passwords --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("elevenchars", False),
        ("twelve-chars", True),
        ("x" * 3 + "the sea in winter " * 4, True),
        ("passwordpassword", False),
        ("platform2022", False),
        ("孤独・孤立対策官民連携", False),
        ("kodoku-koritsu", False),
        ("ｐｌａｔｆｏｒｍ２０２２", False),
        ("the platform has a blue door", True),
        ("123456789012", False),
        ("ababababababab", False),
        ("qwertyuiopas", False),
        ("user@example.jp", False),
    ],
)
def test_password_rules(client: Client, password: str, good: bool) -> None:
    user = make_user("user@example.jp")
    log_in(client, "user@example.jp")
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": password, "password2": password},
    )
    user.refresh_from_db()
    assert user.check_password(password) is good


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(client: Client) -> None:
    make_user("user@example.jp")
    other = Client()
    log_in(other, "user@example.jp")
    log_in(client, "user@example.jp")
    new = "another long walk 2023"
    client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert client.get("/accounts/sessions/").status_code == 200
    assert other.get("/accounts/sessions/").status_code == 302


# --- where next= leads ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "///evil.example", "////evil.example", "/\\evil.example",
        "\\\\evil.example", "https://evil.example", "http:evil.example", "https:/evil.example",
        "javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", " https://evil.example",
        "/%09/evil.example", "/\t/evil.example", "http://testserver@evil.example/", "ftp://x",
        "//testserver.evil.example", "https:evil.example", "\x00//evil.example",
        "mailto:x@y.example",
    ],
)  # fmt: skip
def test_next_never_leads_off_the_site(client: Client, target: str) -> None:
    make_user("user@example.jp")
    response = client.post(
        LOGIN, {"login": "user@example.jp", "password": PASSWORD, "next": target}
    )
    location = response.headers.get("Location", "/")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\", "/\t"))


def test_next_leads_on_within_the_site(client: Client) -> None:
    make_user("user@example.jp")
    response = client.post(
        LOGIN,
        {"login": "user@example.jp", "password": PASSWORD, "next": "/accounts/sessions/"},
    )
    assert response["Location"] == "/accounts/sessions/"


# --- the trail --------------------------------------------------------------------------------


def test_logins_failures_and_logouts_are_in_the_trail(client: Client) -> None:
    user = make_user("user@example.jp")
    log_in(client, "user@example.jp", "wrong")
    log_in(client, "user@example.jp")
    client.post("/accounts/logout/")
    acts = Act.objects.filter(row_id=str(user.pk)).exclude(verb="accounts.user.provisioned")
    assert list(acts.order_by("id").values_list("verb", flat=True)) == [
        "accounts.login.failed",
        "accounts.user.logged_in",
        "accounts.user.logged_out",
    ]


def test_a_failed_login_for_nobody_keeps_no_typed_text() -> None:
    log_in(Client(), "mistyped-password-here", "wrong")
    log_in(Client(), "unknown@example.jp", "wrong")
    act = Act.objects.get(verb="accounts.login.failed")
    assert (act.row_id, act.target_name, act.detail) == ("", "", {})
