from datetime import date
from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.querysets import UserQuerySet
from core.audit.triggers import audited


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc] # dynamic base
    """Makes accounts with a normalised address."""

    use_in_migrations = False

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who may log in. Holds nothing about memberships: those are asked of `members`.

    Accounts are deactivated, never deleted, so that the trail keeps its names.
    """

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("full name"), max_length=100, blank=True)
    is_staff = models.BooleanField(_("secretariat staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    valid_until = models.DateField(
        _("valid until"),
        null=True,
        blank=True,
        help_text=_("Last day this account can be used. Contractors: end of the contract."),
    )
    session_generation = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text=_("Part of every session's signature: one more ends them all."),
    )
    date_joined = models.DateTimeField(_("created at"), default=timezone.now)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower")
        ]
        triggers: ClassVar = audited(ignored=("last_login",), masked=("password",))

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.get_full_name()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django's own, with the generation added: a demotion ends sessions as a new password does.
        return salted_hmac(
            "accounts.User.session_auth_hash",
            f"{self.password}:{self.session_generation}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def is_valid_on(self, day: date) -> bool:
        """May this account be used on `day`?"""
        return self.is_active and (self.valid_until is None or day <= self.valid_until)


# --- tables of Django and allauth, watched ---
# Proxies change nothing in their tables but the triggers: who got or lost a right, a second factor
# or an address is in the trail whichever door it came through.


class RoleMembership(User.groups.through):  # type: ignore[name-defined] # made by Django
    """An account holding a role."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("role of an account")
        verbose_name_plural = _("roles of accounts")
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return f"{self.user_id} {self.group_id}"


class DirectPermission(User.user_permissions.through):  # type: ignore[name-defined] # made by Django
    """A permission given to an account past its roles. The product gives none."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("permission of an account")
        verbose_name_plural = _("permissions of accounts")
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return f"{self.user_id} {self.permission_id}"


class RolePermission(Group.permissions.through):  # type: ignore[name-defined] # made by Django
    """A permission of a role, as `sync_roles` wrote it."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("permission of a role")
        verbose_name_plural = _("permissions of roles")
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return f"{self.group_id} {self.permission_id}"


class SecondFactor(Authenticator):
    """An authenticator app, a passkey or a set of recovery codes. Secrets never enter the trail."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")
        triggers: ClassVar = audited(ignored=("last_used_at",), masked=("data",))


class LoginAddress(EmailAddress):
    """The login library's own row for the account's address."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("login address")
        verbose_name_plural = _("login addresses")
        triggers: ClassVar = audited()
