"""Logins and second factors, written to the trail.

The login library does these things itself and offers signals as its only hook, so this module
listens to its signals and to Django's failed-login signal, and to no other. Details hold ids and
kinds, never a typed address, a code or a password.
"""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth import signals as auth
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from accounts.middleware import start_staff_clock
from accounts.models import User
from core.audit.acts import record


def connect() -> None:
    """Wire the receivers; called once by the app's `ready`."""
    listeners = (
        (auth.user_logged_in, _logged_in),
        (auth.user_logged_out, _logged_out),
        (auth.user_login_failed, _login_failed),
        (account.password_set, _password("accounts.password.set")),
        (account.password_changed, _password("accounts.password.changed")),
        (account.password_reset, _password("accounts.password.reset")),
        (mfa.authenticator_added, _factor("accounts.factor.added")),
        (mfa.authenticator_removed, _factor("accounts.factor.removed")),
        (mfa.authenticator_reset, _factor("accounts.factor.reset")),
        (mfa.authenticator_used, _factor("accounts.factor.used")),
        (mfa.authentication_failed, _factor("accounts.factor.failed")),
    )
    for signal, receiver in listeners:
        signal.connect(receiver, weak=False, dispatch_uid=f"accounts.{id(signal)}")


def _logged_in(user: User, request: HttpRequest | None, **kwargs: Any) -> None:
    if request is not None:
        start_staff_clock(request)
    record(user, "accounts.user.logged_in", user, at=timezone.now())


def _logged_out(user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record(user, "accounts.user.logged_out", user, at=timezone.now())


def _login_failed(credentials: dict[str, Any], **kwargs: Any) -> None:
    user = User.objects.filter(email=credentials.get("email", "")).first()
    record(None, "accounts.login.failed", user, at=timezone.now())


def _password(verb: str) -> Any:
    def receive(user: User, **kwargs: Any) -> None:
        record(user, verb, user, at=timezone.now())

    return receive


def _factor(verb: str) -> Any:
    def receive(user: User, authenticator: models.Model, **kwargs: Any) -> None:
        kind = authenticator.type  # type: ignore[attr-defined] # allauth ships no types
        record(user, verb, user, at=timezone.now(), kind=str(kind))

    return receive
