"""Login, its limits, and what it does not tell."""

import statistics
import time
from datetime import date
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.http import HttpResponse
from django.test import Client, override_settings

from accounts.choices import Role
from accounts.models import User
from core.audit.models import Act
from tests.factories.accounts import PASSWORD, make_staff, make_user, totp_code

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
RESET = "/accounts/password/reset/"
LOCMEM = override_settings(
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend", PASSWORD_RESET_ANSWER_SECONDS=0
)


def log_in(client: Client, email: str, password: str = PASSWORD, **extra: str) -> HttpResponse:
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


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


@LOCMEM
def test_reset_mails_for_one_address_are_limited() -> None:
    make_user("user@example.jp")
    answers = [
        Client().post(RESET, {"email": "user@example.jp"}, REMOTE_ADDR=f"192.0.2.{n}").status_code
        for n in range(6)
    ]
    assert answers == [302] * 5 + [429]
    assert len(mail.outbox) == 5


# --- no enumeration ---------------------------------------------------------------------------


def body(response: HttpResponse, address: str) -> str:
    text = response.content.decode().replace(address, "ADDRESS")
    for token in (response.wsgi_request.META.get("CSRF_COOKIE") or "-",):
        text = text.replace(token, "TOKEN")
    return "\n".join(line for line in text.splitlines() if "csrfmiddlewaretoken" not in line)


def test_a_wrong_password_and_an_unknown_address_read_the_same() -> None:
    make_user("known@example.jp")
    make_user("closed@example.jp", is_active=False)
    known = log_in(Client(), "known@example.jp", "wrong password")
    for address in ("unknown@example.jp", "closed@example.jp"):
        other = log_in(Client(), address, "wrong password")
        assert other.status_code == known.status_code == 200
        assert body(other, address) == body(known, "known@example.jp")


@LOCMEM
def test_reset_answers_the_same_and_mails_only_the_known() -> None:
    make_user("known@example.jp")
    make_user("closed@example.jp", is_active=False)
    make_user("expired@example.jp", valid_until=date(2022, 6, 14))
    addresses = ["known", "unknown", "closed", "expired"]
    answers = [Client().post(RESET, {"email": f"{name}@example.jp"}) for name in addresses]
    assert {(a.status_code, a["Location"]) for a in answers} == {
        (302, "/accounts/password/reset/done/")
    }
    assert [message.to for message in mail.outbox] == [["known@example.jp"]]


@override_settings(
    PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"],
    ACCOUNT_RATE_LIMITS=False,
)
def test_an_unknown_address_costs_a_hash_too() -> None:
    make_user("known@example.jp")

    def median(address: str) -> float:
        times = []
        for _n in range(5):
            started = time.perf_counter()
            log_in(Client(), address, "wrong password")
            times.append(time.perf_counter() - started)
        return statistics.median(times)

    known, unknown = median("known@example.jp"), median("unknown@example.jp")
    # Without the hash it would be a tenth.
    assert 0.6 < unknown / known < 1.6


@override_settings(
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend", ACCOUNT_RATE_LIMITS=False
)
def test_a_reset_takes_the_same_time_for_known_and_unknown() -> None:
    make_user("known@example.jp")
    Client().post(RESET, {"email": "warm@example.jp"})

    def once(address: str) -> float:
        started = time.perf_counter()
        Client().post(RESET, {"email": address})
        return time.perf_counter() - started

    known = statistics.median(once("known@example.jp") for _n in range(3))
    unknown = statistics.median(once("unknown@example.jp") for _n in range(3))
    assert abs(known - unknown) < 0.1
    assert min(known, unknown) >= 0.4


# --- reset ------------------------------------------------------------------------------------


def reset_link(client: Client, address: str, **extra: str) -> str:
    client.post(RESET, {"email": address}, **extra)
    text = mail.outbox[-1].body
    return next(word for word in text.split() if "/password/reset/key/" in word)


@LOCMEM
@override_settings(ALLOWED_HOSTS=["testserver", "evil.example"])
def test_the_link_comes_from_the_settings_whatever_host_was_asked(client: Client) -> None:
    make_user("user@example.jp")
    link = reset_link(client, "user@example.jp", HTTP_HOST="evil.example")
    assert link.startswith("http://testserver/accounts/password/reset/key/")
    assert "evil.example" not in mail.outbox[-1].body + mail.outbox[-1].subject


@LOCMEM
def test_a_reset_link_works_once_and_ends_other_sessions(client: Client) -> None:
    user = make_user("user@example.jp")
    client.force_login(user)
    guest = Client()
    path = urlsplit(reset_link(guest, "user@example.jp")).path
    form = guest.get(path, follow=True)
    new = "another long walk 2023"
    changed = guest.post(
        form.redirect_chain[-1][0], {"password1": new, "password2": new}, follow=True
    )
    assert changed.status_code == 200
    user.refresh_from_db()
    assert user.check_password(new)
    assert client.get("/accounts/sessions/").status_code == 302
    again = Client().get(path, follow=True)
    assert not again.redirect_chain
    assert again.context["token_fail"]
    assert Act.objects.filter(verb="accounts.password.reset", row_id=str(user.pk)).count() == 1


@LOCMEM
def test_a_reset_link_is_dead_after_an_hour(client: Client) -> None:
    make_user("user@example.jp")
    with time_machine.travel("2022-06-15 10:00 +0900", tick=False) as clock:
        path = urlsplit(reset_link(client, "user@example.jp")).path
        clock.shift(3601)
        assert client.get(path).context["token_fail"]


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
