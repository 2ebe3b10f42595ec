"""Accounts for the people who stand for members."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import provision_user
from core.audit.acts import record
from core.japan.contacts import normalize_email
from members.choices import SPEAKING_DUTIES
from members.emails.logins import first_login_letter
from members.errors import MembersError
from members.models import Affiliation, Person
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


def send_login(*, affiliation: Affiliation, actor: User | None, at: datetime) -> User:
    """Give a contact a login if need be, and send the letter about it. Again is no harm."""
    with refusing():
        affiliation = Affiliation.objects.select_related("person", "organization", "address").get(
            pk=affiliation.pk
        )
        _check_stands(affiliation, timezone.localdate(at))
        email = affiliation.address.email if affiliation.address else ""
        user = open_login(person=affiliation.person, email=email, actor=actor, at=at)
        first_login_letter(
            user=user,
            organization=affiliation.organization,
            starts_on=affiliation.valid_from,
            at=at,
        )
        record(actor, "members.person.login_sent", affiliation.person, at=at)
    return user


def _check_stands(affiliation: Affiliation, day: date) -> None:
    if affiliation.valid_until is not None and affiliation.valid_until <= day:
        raise LoginRefusedError(_("This contact has already ended."))
    if affiliation.duty not in SPEAKING_DUTIES:
        raise LoginRefusedError(_("This duty has no page of its own to log in to."))
    if affiliation.address is None and affiliation.person.user_id is None:
        raise LoginRefusedError(_("Enter the person's e-mail address first."))


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
