"""Reads about accounts that span the login library's tables."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, Model, OuterRef, QuerySet

from accounts.models import User


def has_mfa(user: User, *, besides: Authenticator | None = None) -> bool:
    """Has the account a second factor? Recovery codes alone are none."""
    factors = _factors().filter(user_id=user.pk)
    if besides is not None:
        factors = factors.exclude(pk=besides.pk)
    return factors.exists()


def with_mfa(users: QuerySet[User]) -> QuerySet[User]:
    """Each account says `has_second_factor`, for lists."""
    return users.annotate(has_second_factor=Exists(_factors().filter(user_id=OuterRef("pk"))))


def _factors() -> QuerySet[Model]:
    factors: QuerySet[Model] = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    return factors
