"""Accounts for the people who stand for members."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import provision_user
from core.audit.acts import record
from core.japan.contacts import normalize_email
from members.errors import MembersError
from members.models import Person
from members.services.refusals import refusing


class LoginRefusedError(MembersError):
    """This person cannot get a login with this address."""


def open_login(*, person: Person, email: str, actor: User | None, at: datetime) -> User:
    """Give the person an account, or the one that already has this address. Sends nothing.

    Whoever has an account keeps it, whatever `email` says. An account is one person's: of several
    who share a mailbox only the first gets one, the others are refused.
    """
    with refusing():
        person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
        if person.user is not None:
            return _open_to(person.user, at)
        user = _account(_login_of(email), person, actor=actor, at=at)
        person.user = user
        person.save(update_fields=["user"])
        record(actor, "members.person.account_opened", person, at=at)
    return user


def _login_of(email: str) -> str:
    try:
        return normalize_email(email)
    except ValueError as error:
        raise LoginRefusedError(str(error)) from error


def _account(email: str, person: Person, *, actor: User | None, at: datetime) -> User:
    user = User.objects.select_for_update(no_key=True).filter(email=email).first()
    if user is None:
        return provision_user(email=email, name=person.name, actor=actor, at=at)
    holder = Person.objects.filter(user=user).first()
    if holder is not None:
        raise LoginRefusedError(
            _("%(name)s already logs in with this address. A login belongs to one person.")
            % {"name": holder.name}
        )
    return _open_to(user, at)


def _open_to(user: User, at: datetime) -> User:
    if not user.is_valid_on(timezone.localdate(at)):
        raise LoginRefusedError(_("The account with this address is closed."))
    return user
