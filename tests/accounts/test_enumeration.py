"""Nobody learns at the doors who has an account: neither from the words nor from the wait.

What is done is counted, not timed: a busy machine says nothing about the code.
"""

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import mail
from django.http import HttpResponse
from django.test import Client, override_settings

from accounts import forms
from accounts.adapter import AccountAdapter
from mailing.models import Envelope
from tests.accounts.doors import LOCMEM, RESET, log_in
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db


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


# --- the hash -----------------------------------------------------------------------------------

Work = list[tuple[str, int]]
"""Algorithm and iterations of every hash, in order."""


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """What the hasher of a real server did, with fewer rounds."""
    done: Work = []
    real = PBKDF2PasswordHasher.encode

    def encode(self: Any, password: str, salt: str, iterations: int | None = None) -> str:
        done.append((self.algorithm, iterations or self.iterations))
        return real(self, password, salt, iterations)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", encode)
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1000)
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"]):
        yield done


@pytest.mark.parametrize("address", ["known", "unknown", "closed", "invited"])
def test_every_address_costs_one_hash_of_the_same_kind(hashed: Work, address: str) -> None:
    """Seen red for the unknown without `_mitigate_timing_attack`."""
    make_user("known@example.jp")
    make_user("closed@example.jp", is_active=False)
    invited = make_user("invited@example.jp")
    invited.set_unusable_password()
    invited.save(update_fields=["password"])
    hashed.clear()
    log_in(Client(), f"{address}@example.jp", "wrong password")
    assert hashed == [("pbkdf2_sha256", 1000)]


# --- the letter ---------------------------------------------------------------------------------


class Clock:
    """Stands still except where somebody works or sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Writing a letter takes a quarter of a second, everything else no time."""
    made, real = Clock(), AccountAdapter.send_mail

    def slow(self: AccountAdapter, *given: Any) -> None:
        made.pass_by(0.25)
        real(self, *given)

    monkeypatch.setattr(AccountAdapter, "send_mail", slow)
    mocked = SimpleNamespace(monotonic=made.monotonic, sleep=made.pass_by)
    monkeypatch.setattr(forms, "time", mocked)
    return made


@pytest.mark.parametrize(("address", "letters"), [("known", 1), ("unknown", 0), ("closed", 0)])
def test_a_reset_is_answered_after_the_same_time(
    clock: Clock, settings: Any, address: str, letters: int
) -> None:
    """Seen red without the rest of the time, and with a wait that is the same for all."""
    make_user("known@example.jp")
    make_user("closed@example.jp", is_active=False)
    settings.EMAIL_BACKEND = "mailing.backend.OutboxBackend"
    Client().post(RESET, {"email": f"{address}@example.jp"})
    assert clock.now == pytest.approx(settings.PASSWORD_RESET_ANSWER_SECONDS)
    assert settings.PASSWORD_RESET_ANSWER_SECONDS > 0.25
    # Only written down here: how long the mail server takes is nothing to the visitor.
    assert Envelope.objects.count() == letters
