"""A forgotten password: the letter, its link, and who is told what."""

from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.test import Client, override_settings

from core.audit.models import Act
from tests.accounts.doors import LOCMEM, RESET
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db


@LOCMEM
def test_reset_mails_for_one_address_are_limited() -> None:
    make_user("user@example.jp")
    answers = [
        Client().post(RESET, {"email": "user@example.jp"}, REMOTE_ADDR=f"192.0.2.{n}").status_code
        for n in range(6)
    ]
    assert answers == [302] * 5 + [429]
    assert len(mail.outbox) == 5


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
