"""The link in the letter about a new account: its owner chooses the first password and is in.

The token is signed with the state of the account, so it ends by itself, without a table of tokens:
when a password is set, when the address changes, when the account is closed.
"""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.errors import DomainError

VALID_FOR = timedelta(days=30)
_BETWEEN = "."  # in no part of a token


class InvitationGoneError(DomainError):
    """The link was used, is too old, or never was one."""

    def __init__(self) -> None:
        super().__init__(_("This link can no longer be used."))


def invitation_path(user: User) -> str:
    """The path of a link that lets `user` choose a first password, once, within 30 days."""
    token = _signer(user).sign(int_to_base36(user.pk))
    return reverse("account_welcome", kwargs={"token": token})


def invited(token: str) -> User | None:
    """Whose link this is; None for one that is used, too old, forged, or of a closed account."""
    return _holder(token, User.objects.all())


@transaction.atomic
def accept_invitation(*, token: str, password: str, at: datetime) -> User:
    """Set the first password. The link ends by it; of two people who use it, one gets in."""
    user = _holder(token, User.objects.select_for_update())
    if user is None:
        raise InvitationGoneError
    user.set_password(password)
    user.save(update_fields=["password"])
    # Whoever has the letter reads the mailbox.
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    record(user, "accounts.password.set", user, at=at)
    return user


def _signer(user: User) -> TimestampSigner:
    state = f"{user.password}:{user.email}:{user.session_generation}"
    return TimestampSigner(sep=_BETWEEN, salt=f"accounts.invitations:{state}")


def _holder(token: str, users: QuerySet[User]) -> User | None:
    try:
        key = base36_to_int(token.split(_BETWEEN, 1)[0])
    except ValueError:
        return None
    user = users.filter(pk=key).first()
    if user is None or not user.is_valid_on(timezone.localdate()):
        return None
    try:
        _signer(user).unsign(token, max_age=VALID_FOR)
    except BadSignature:  # too old, or signed for another state of the account
        return None
    return user
