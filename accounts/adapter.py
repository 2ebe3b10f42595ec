"""What this site asks of the login library otherwise than its defaults."""

from typing import Any
from urllib.parse import urljoin, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import respond_429
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.invitations import VALID_FOR, invitation_path
from accounts.models import User
from accounts.queries import has_mfa
from core.japan.codes import normalize_email

_TOO_MANY = {"too_many_login_attempts", "rate_limited"}


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are provided by the secretariat; links come from the settings; limits answer 429."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        # Every road in passes here, passkeys too; the backend alone would only see passwords.
        if not user.is_valid_on(timezone.localdate()):
            user.is_active = False
        return super().pre_login(request, user, **kwargs)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        if credentials.get("email"):
            credentials["email"] = as_login(credentials["email"])
        return super().authenticate(request, **credentials)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if request.user.is_staff:
            return reverse("admin:index")
        return str(super().get_login_redirect_url(request))

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        if code in _TOO_MANY:
            raise ImmediateHttpResponse(respond_429(context.request))
        return super().validation_error(code, *args)

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        site = {"name": settings.MFA_TOTP_ISSUER, "domain": urlsplit(settings.SITE_URL).netloc}
        super().send_mail(template_prefix, email, {**context, "current_site": site})

    def get_reset_password_from_key_url(self, key: str) -> str:
        return from_site_url(reset_path(key))

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        if user.is_valid_on(timezone.localdate()):
            super().send_password_reset_mail(user, email, context)

    def is_safe_url(self, url: str) -> bool:
        """Only paths of this site: no page here ever needs to send anyone elsewhere."""
        return url.startswith("/") and super().is_safe_url(url)


class MfaAdapter(DefaultMFAAdapter):
    """Two-factor rules: staff cannot turn theirs off."""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = authenticator.user
        return not user.is_staff or has_mfa(user, besides=authenticator)

    def _get_site_name(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)


def send_invitation(user: User) -> None:
    """The letter of a new account: a link that sets the first password, once, within 30 days."""
    words = {
        "user": user,
        "days": VALID_FOR.days,
        "invitation_url": from_site_url(invitation_path(user)),
        "reset_url": from_site_url(reverse("account_reset_password")),
    }
    AccountAdapter().send_mail("account/email/invitation", user.email, words)


def as_login(text: str) -> str:
    """The stored form of an address typed at login; what is no address stays as it is."""
    try:
        return normalize_email(text)
    except ValueError:
        return text


def reset_path(key: str) -> str:
    """The path behind a one-time key `uid-token`."""
    uid, _dash, token = key.partition("-")
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})


def from_site_url(path: str) -> str:
    """An absolute link. Never built from the request, whose Host header a stranger may choose."""
    return urljoin(settings.SITE_URL + "/", path.lstrip("/"))
