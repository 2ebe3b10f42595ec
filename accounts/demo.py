"""The people of the demo platform, and how a newcomer gets in as one of them.

Only `seed_demo` makes them. The password is one per installation: it is derived from SECRET_KEY, so
it stands in no file and in no source.
"""

import time
from dataclasses import dataclass
from datetime import date, datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.choices import Role
from accounts.errors import NotADemoAccountError
from accounts.models import User
from accounts.services import grant_role, provision_user
from core.audit.acts import record
from core.audit.models import Act

_MADE = "accounts.demo.created"
_PERIOD = 30


@dataclass(frozen=True)
class DemoStaff:
    email: str
    name: str
    role: Role


STAFF = (
    DemoStaff("admin@example.jp", "内藤 さくら", Role.ADMINISTRATOR),
    DemoStaff("officer@example.jp", "小川 健太", Role.OFFICER),
    DemoStaff("contractor@example.jp", "森 由美", Role.CONTRACTOR),
    DemoStaff("auditor@example.jp", "石井 誠", Role.AUDITOR),
)


@dataclass(frozen=True)
class DemoCredential:
    """What `make run` prints of one demo account. Members have no code."""

    email: str
    role_label: str
    password: str
    code: str | None


@dataclass(frozen=True)
class DemoCode:
    """A one-time code that the login takes now, and for how many seconds."""

    code: str
    seconds_left: int


def create_demo_staff(at: datetime) -> list[User]:
    """The four staff accounts, with two-factor authentication really on. Twice makes none twice."""
    return [_demo_staff(person, at) for person in STAFF]


@transaction.atomic
def create_demo_account(*, email: str, name: str, at: datetime) -> User:
    """A demo account without a role, e.g. for a member's contact."""
    existing = User.objects.filter(email=email).first()
    if existing is not None:
        return existing
    user = provision_user(email=email, name=name, actor=None, at=at)
    user.set_password(demo_password())
    user.save(update_fields=["password"])
    record(None, _MADE, user, at=at)
    return user


def demo_password() -> str:
    """The same for all demo accounts of this installation, nowhere else."""
    digest = salted_hmac("accounts.demo", "password", algorithm="sha256").digest()
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    text = "".join(letters[byte % len(letters)] for byte in digest[:12])
    return f"demo-{text[:4]}-{text[4:8]}-{text[8:]}"


def credentials() -> list[DemoCredential]:
    """How to get in as each demo account. Empty outside local mode."""
    if not settings.LOCAL:
        return []
    return [
        DemoCredential(user.email, _role_label(user), demo_password(), _code_or_none(user))
        for user in User.objects.filter(pk__in=_demo_keys(), is_active=True).order_by("pk")
    ]


def demo_code(email: str) -> DemoCode:
    """A code for the demo account; refuses every other account and every other place."""
    user = User.objects.filter(email=email, pk__in=_demo_keys()).first()
    factor = _totp(user) if user and settings.LOCAL else None
    if factor is None:
        raise NotADemoAccountError
    return _unused_code(factor)


def _demo_staff(person: DemoStaff, at: datetime) -> User:
    user = create_demo_account(email=person.email, name=person.name, at=at)
    if _totp(user) is None:
        TOTP.activate(user, generate_totp_secret())
        RecoveryCodes.activate(user)
    if person.role == Role.CONTRACTOR and user.valid_until is None:
        user.valid_until = _end_of_fiscal_year(at.date())
        user.save(update_fields=["valid_until"])
    grant_role(user=user, role=person.role, actor=None, at=at)
    return user


def _end_of_fiscal_year(day: date) -> date:
    return date(day.year + (day.month > 3), 3, 31)


def _demo_keys() -> list[int]:
    return [int(key) for key in Act.objects.filter(verb=_MADE).values_list("row_id", flat=True)]


def _role_label(user: User) -> str:
    held = set(user.groups.values_list("name", flat=True))
    labels = [str(role.label) for role in Role if role.value in held]
    return "、".join(labels) or str(_("Member"))


def _totp(user: User) -> TOTP | None:
    factor = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return TOTP(factor) if factor else None


def _code_or_none(user: User) -> str | None:
    factor = _totp(user)
    return _unused_code(factor).code if factor else None


def _unused_code(factor: TOTP) -> DemoCode:
    """The current code or, when it was used already, the next, which the login takes as well."""
    secret = decrypt(factor.instance.data["secret"])
    now = int(time.time())
    for step in (0, 1):
        code = format_hotp_value(hotp_value(secret, now // _PERIOD + step))
        if cache.get(factor._get_used_cache_key(code)) is None:
            break
    return DemoCode(code, (step + 1) * _PERIOD - now % _PERIOD)
