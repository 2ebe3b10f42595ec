"""Reads about accounts that span the login library's tables."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

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


def holding(permission: str) -> Q:
    """Accounts that hold a permission (`app.codename`) by role, directly or as superuser."""
    app, _dot, codename = permission.partition(".")
    asked = {"codename": codename, "content_type__app_label": app}
    by_role = User.objects.filter(**{f"groups__permissions__{key}": asked[key] for key in asked})
    direct = User.objects.filter(**{f"user_permissions__{key}": asked[key] for key in asked})
    return Q(is_superuser=True) | Q(pk__in=by_role.values("pk")) | Q(pk__in=direct.values("pk"))


def _factors() -> QuerySet[Model]:
    factors: QuerySet[Model] = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    return factors
