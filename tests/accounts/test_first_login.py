"""The link in the letter about a new account: once, within 30 days, and GET changes nothing."""

import threading
from datetime import date, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from accounts.choices import Role
from accounts.invitations import (
    InvitationGoneError,
    accept_invitation,
    invitation_path,
    invited,
)
from accounts.models import User
from accounts.services import (
    change_email,
    deactivate_user,
    grant_role,
    provision_user,
    reactivate_user,
)
from core.audit.models import Act
from tests.factories.accounts import AT, PASSWORD, enable_totp, make_user, totp_code

pytestmark = pytest.mark.django_db
NEW = {"password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def guest() -> User:
    return provision_user(email="guest@example.jp", name="見本 次郎", actor=None, at=AT)


def who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_the_link_sets_a_password_and_logs_in(client: Client, guest: User) -> None:
    path = invitation_path(guest)
    page = client.get(path)
    assert page.status_code == 200
    assert "guest@example.jp" in page.text
    answer = client.post(path, NEW)
    assert (answer.status_code, answer.url) == (302, "/my/")
    assert who(client) == str(guest.pk)
    guest.refresh_from_db()
    assert guest.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=guest).verified
    assert Act.objects.filter(verb="accounts.password.set", actor_id=str(guest.pk)).exists()
    assert client.get("/my/").status_code == 200


def test_get_and_head_change_nothing(client: Client, guest: User) -> None:
    path, before = invitation_path(guest), guest.password
    for _n in range(3):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    guest.refresh_from_db()
    assert (guest.password, who(client)) == (before, None)
    assert client.post(path, NEW).status_code == 302


def test_the_address_of_the_page_stays_here(client: Client, guest: User) -> None:
    for path in (invitation_path(guest), "/accounts/welcome/no-such-token/"):
        page = client.get(path)
        assert page.headers["Referrer-Policy"] == "strict-origin"
        assert "no-store" in page.headers["Cache-Control"]


def test_a_used_an_old_and_a_forged_link_get_the_same_page(client: Client, guest: User) -> None:
    used, other = invitation_path(guest), make_user()
    with time_machine.travel(timezone.now() - timedelta(days=31)):
        fresh = provision_user(email="old@example.jp", name="", actor=None, at=AT)
        old = invitation_path(fresh)
    Client().post(used, NEW)
    token = invitation_path(other).split("/")[3]
    forged = f"/accounts/welcome/{token[:-1]}{'A' if token[-1] != 'A' else 'B'}/"
    pages = [client.get(path) for path in (used, old, forged, "/accounts/welcome/zzzzzzzzzzzzz.1/")]
    assert {page.status_code for page in pages} == {410}
    assert len({page.text for page in pages}) == 1
    assert "/accounts/password/reset/" in pages[0].text
    assert client.post(used, NEW).status_code == 410
    assert who(client) is None


def test_it_lives_thirty_days(guest: User) -> None:
    with time_machine.travel("2022-06-15 10:00 +0900", tick=False) as clock:
        token = invitation_path(guest).split("/")[3]
        clock.shift(timedelta(days=30) - timedelta(seconds=1))
        assert invited(token) == guest
        clock.shift(timedelta(seconds=2))
        assert invited(token) is None


def _set_password(user: User) -> None:
    user.set_password("another long walk")
    user.save()


@pytest.mark.parametrize(
    "happens",
    [
        _set_password,
        lambda user: change_email(user=user, email="moved@example.jp", actor=None, at=AT),
        lambda user: deactivate_user(user=user, actor=None, at=AT),
        lambda user: User.objects.filter(pk=user.pk).update(valid_until=date(2022, 1, 1)),
        lambda user: grant_role(user=user, role=Role.OFFICER, actor=None, at=AT),
    ],
    ids=["password", "address", "closed", "run out", "new role"],
)
def test_it_ends_with_the_state_it_was_made_for(happens, client: Client, guest: User) -> None:
    path = invitation_path(guest)
    happens(guest)
    assert client.get(path).status_code == 410
    assert client.post(path, NEW).status_code == 410


def test_an_account_opened_again_does_not_wake_an_old_link(client: Client, guest: User) -> None:
    path = invitation_path(guest)
    deactivate_user(user=guest, actor=None, at=AT)
    reactivate_user(user=guest, actor=None, at=AT)
    assert client.get(path).status_code == 410


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"password1": "short", "password2": "short"}, "12 文字以上"),
        ({"password1": PASSWORD, "password2": PASSWORD + "x"}, "同じ"),
        ({"password1": "guest@example.jp", "password2": "guest@example.jp"}, "似"),
        ({"password1": "a\x00" + PASSWORD, "password2": "a\x00" + PASSWORD}, "文字"),
        ({}, "入力"),
    ],
    ids=["short", "different", "like the address", "nul", "empty"],
)
def test_a_bad_password_is_refused_at_its_field(sent, sentence, client, guest) -> None:
    path = invitation_path(guest)
    page = client.post(path, sent)
    assert page.status_code == 200
    errors = " ".join(str(e) for found in page.context["form"].errors.values() for e in found)
    assert sentence in errors
    assert who(client) is None
    assert client.post(path, NEW).status_code == 302


def test_staff_still_set_up_a_second_factor(client: Client, guest: User) -> None:
    grant_role(user=guest, role=Role.OFFICER, actor=None, at=AT)
    guest.refresh_from_db()
    answer = client.post(invitation_path(guest), NEW)
    assert (answer.status_code, answer.url) == (302, "/admin/")
    assert client.get("/admin/").url == "/accounts/2fa/"


def test_a_second_factor_that_stands_is_asked_for(client: Client, guest: User) -> None:
    enable_totp(guest)
    answer = client.post(invitation_path(guest), NEW)
    assert answer.url == "/accounts/2fa/authenticate/"
    assert who(client) is None
    client.post(answer.url, {"code": totp_code()})
    assert who(client) == str(guest.pk)


def test_on_a_shared_computer_the_other_session_ends(client: Client, guest: User) -> None:
    client.force_login(make_user())
    client.post(invitation_path(guest), NEW)
    assert who(client) == str(guest.pk)


def test_without_a_csrf_token_nothing_happens(guest: User) -> None:
    strict, path = Client(enforce_csrf_checks=True), invitation_path(guest)
    assert strict.post(path, NEW).status_code == 403
    strict.get(path)
    token = strict.cookies["csrf"].value
    sent = NEW | {"csrfmiddlewaretoken": token}
    assert strict.post(path, sent, headers={"origin": "http://testserver"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_people_with_one_letter_only_one_gets_in() -> None:
    guest = provision_user(email="guest@example.jp", name="見本 次郎", actor=None, at=AT)
    token = invitation_path(guest).split("/")[3]
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def use(password: str) -> None:
        start.wait()
        try:
            accept_invitation(token=token, password=password, at=timezone.now())
            outcomes.append(password)
        except InvitationGoneError:
            outcomes.append("gone")
        finally:
            connection.close()

    threads = [threading.Thread(target=use, args=(f"a long walk number {n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("gone") == 1
    guest.refresh_from_db()
    (winner,) = (password for password in outcomes if password != "gone")
    assert guest.check_password(winner)


@override_settings(
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend", PASSWORD_RESET_ANSWER_SECONDS=0
)
def test_who_lost_the_letter_gets_a_link_from_the_reset_page(client: Client, guest: User) -> None:
    answers = [
        client.post("/accounts/password/reset/", {"email": email}).url
        for email in (guest.email, "nobody@example.jp")
    ]
    assert len(set(answers)) == 1
    (letter,) = mail.outbox
    assert letter.to == [guest.email]
