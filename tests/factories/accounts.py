"""Accounts of every kind, made by the services that make the real ones."""

import time
from datetime import UTC, date, datetime
from itertools import count

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

from accounts.choices import Role
from accounts.models import User
from accounts.services import grant_role, provision_user

AT = datetime(2022, 6, 15, 3, 0, tzinfo=UTC)
PASSWORD = "a long walk by the sea 2022"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_numbers = count(1)


def make_user(
    email: str = "", name: str = "山田 花子", *, password: str = PASSWORD, **fields: object
) -> User:
    """An account that can log in; without any role."""
    email = email or f"user{next(_numbers)}@example.jp"
    user = provision_user(email=email, name=name, actor=None, at=AT)
    user.set_password(password)
    for field, value in fields.items():
        setattr(user, field, value)
    user.save()
    return user


def make_staff(
    role: Role = Role.OFFICER, *, mfa: bool = True, valid_until: date | None = None, email: str = ""
) -> User:
    """A staff account with a role and, unless told otherwise, an authenticator app."""
    user = make_user(email, f"事務局 {role.value}", valid_until=valid_until)
    grant_role(user=user, role=role, actor=None, at=AT)
    if mfa:
        enable_totp(user)
    user.refresh_from_db()
    return user


def enable_totp(user: User) -> None:
    TOTP.activate(user, TOTP_SECRET)
    RecoveryCodes.activate(user)


def totp_code(offset: int = 0) -> str:
    """The code an authenticator app shows now; `offset` 1 is the next one."""
    return format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30 + offset))
