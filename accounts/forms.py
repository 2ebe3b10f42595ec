"""Forms of the login library where this site differs."""

import time
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.fields import EmailField
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.base import forms as mfa_forms
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.adapter import as_login


class LoginAddressField(EmailField):
    """Takes the address as people type it: full width, capitals."""

    def to_python(self, value: str | None) -> str:
        return as_login(super().to_python(value) or "")


class LoginForm(allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = LoginAddressField()


class FirstPasswordForm(allauth_forms.SetPasswordForm):
    """The password of a new account, typed twice. Only asks: the service sets it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """Answers after the same time whether or not the address has an account."""

    email = LoginAddressField()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        started = time.monotonic()
        email = str(super().save(request, **kwargs))
        time.sleep(max(0.0, started + settings.PASSWORD_RESET_ANSWER_SECONDS - time.monotonic()))
        return email


class AddEmailForm(allauth_forms.AddEmailForm):
    """Refuses: the address is the account, and a change of it is the secretariat's to check."""

    def clean_email(self) -> str:
        raise ValidationError(_("Please ask the secretariat to change your e-mail address."))


class _UsedOnce:
    """allauth takes a code for three periods and remembers it for one: remember it for three."""

    def clean_code(self) -> str:
        code = str(super().clean_code())  # type: ignore[misc] # the forms below have it
        factor = self.authenticator  # type: ignore[attr-defined] # set by clean_code
        if factor.type == factor.Type.TOTP:
            periods = 2 * mfa_settings.TOTP_TOLERANCE + 1
            key = factor.wrap()._get_used_cache_key(code)
            cache.set(key, "y", timeout=periods * mfa_settings.TOTP_PERIOD)
        return code


class AuthenticateForm(_UsedOnce, mfa_forms.AuthenticateForm):
    """The second step of a login."""


class ReauthenticateForm(_UsedOnce, mfa_forms.ReauthenticateForm):
    """The proof before a change of the second factors."""
