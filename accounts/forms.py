"""Forms of the login library where this site differs."""

import time
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.fields import EmailField
from django.conf import settings
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
