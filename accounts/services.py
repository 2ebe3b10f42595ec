"""What the secretariat does with accounts: provide, give and take roles, end."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import F

from accounts.choices import Role
from accounts.errors import AccountExistsError, LastAdministratorError
from accounts.models import User
from core.audit.acts import record
from core.japan.codes import normalize_email


@transaction.atomic
def provision_user(*, email: str, name: str, actor: User | None, at: datetime) -> User:
    """Make an account without a password; its owner sets one by the link of a reset mail.

    The address counts as verified: the secretariat knows whose it is.
    """
    email = normalize_email(email)
    if User.objects.filter(email=email).exists():
        raise AccountExistsError
    user = User.objects.create_user(email, name=name, date_joined=at)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    record(actor, "accounts.user.provisioned", user, at=at)
    return user


@transaction.atomic
def change_email(*, user: User, email: str, actor: User | None, at: datetime) -> None:
    """Give the account another address, which the secretariat has checked. Sessions end."""
    email = normalize_email(email)
    user = _locked(user)
    if user.email == email:
        return
    if User.objects.filter(email=email).exists():
        raise AccountExistsError
    User.objects.filter(pk=user.pk).update(email=email)
    EmailAddress.objects.filter(user_id=user.pk).delete()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    end_sessions(user=user)
    record(actor, "accounts.user.email_changed", user, at=at)


@transaction.atomic
def grant_role(*, user: User, role: Role, actor: User | None, at: datetime) -> None:
    """Give a staff role. The person logs in anew, with a second factor."""
    user = _locked(user)
    group, _created = Group.objects.get_or_create(name=Role(role).value)
    if user.groups.filter(pk=group.pk).exists():
        return
    user.groups.add(group)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    end_sessions(user=user)
    record(actor, "accounts.role.granted", user, at=at, role=Role(role).value)


@transaction.atomic
def revoke_role(*, user: User, role: Role, actor: User | None, at: datetime) -> None:
    """Take a staff role; its holder's sessions end at once."""
    user = _locked(user)
    if not user.groups.filter(name=role).exists():
        return
    if role == Role.ADMINISTRATOR:
        _refuse_last_administrator(user)
    user.groups.remove(Group.objects.get(name=role))
    still_staff = user.is_superuser or user.groups.filter(name__in=Role.values).exists()
    User.objects.filter(pk=user.pk).update(is_staff=still_staff)
    end_sessions(user=user)
    record(actor, "accounts.role.revoked", user, at=at, role=Role(role).value)


@transaction.atomic
def set_roles(*, user: User, roles: set[Role], actor: User | None, at: datetime) -> None:
    """Grant and revoke until the account holds exactly these roles."""
    held = {
        Role(name)
        for name in user.groups.filter(name__in=Role.values).values_list("name", flat=True)
    }
    for role in sorted(roles - held):
        grant_role(user=user, role=role, actor=actor, at=at)
    for role in sorted(held - roles):
        revoke_role(user=user, role=role, actor=actor, at=at)


@transaction.atomic
def deactivate_user(*, user: User, actor: User | None, at: datetime) -> None:
    """Close an account. It is never deleted, so that the trail keeps its name."""
    user = _locked(user)
    if not user.is_active:
        return
    _refuse_last_administrator(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    end_sessions(user=user)
    record(actor, "accounts.user.deactivated", user, at=at)


@transaction.atomic
def reactivate_user(*, user: User, actor: User | None, at: datetime) -> None:
    """Open a closed account again, with the roles it had."""
    user = _locked(user)
    if user.is_active:
        return
    User.objects.filter(pk=user.pk).update(is_active=True)
    record(actor, "accounts.user.reactivated", user, at=at)


def end_sessions(*, user: User) -> None:
    """Every session of the account is over with its next request."""
    User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
    for session in UserSession.objects.filter(user_id=user.pk):
        session.end()


@transaction.atomic
def sync_roles() -> None:
    """Make the groups hold exactly what the apps declare in `role_grants`.

    Runs after every migration, so a role is what the code says and nothing else.
    """
    for role in Role:
        group, _created = Group.objects.get_or_create(name=role.value)
        wanted = _declared(role)
        held = set(group.permissions.all())
        if held - wanted:
            group.permissions.remove(*(held - wanted))
        if wanted - held:
            group.permissions.add(*(wanted - held))


def _declared(role: Role) -> set[Permission]:
    permissions: set[Permission] = set()
    for config in apps.get_app_configs():
        codenames = getattr(config, "role_grants", {}).get(role.value, ())
        found = Permission.objects.filter(
            content_type__app_label=config.label, codename__in=codenames
        )
        missing = set(codenames) - {permission.codename for permission in found}
        if missing:
            raise LookupError(
                f"{config.label}.apps grants {role.value} the unknown {sorted(missing)}: "
                "correct the codename or declare it in Meta.permissions."
            )
        permissions.update(found)
    return permissions


def _locked(user: User) -> User:
    locked: User = User.objects.select_for_update().get(pk=user.pk)
    return locked


def _refuse_last_administrator(user: User) -> None:
    administrators = User.objects.filter(is_active=True, groups__name=Role.ADMINISTRATOR)
    holds = administrators.filter(pk=user.pk).exists()
    if holds and not administrators.exclude(pk=user.pk).exists():
        raise LastAdministratorError
