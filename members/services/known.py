"""Is the person somebody we know already? One person, one login, however many organisations."""

from django.utils.translation import gettext as _

from accounts.models import User
from core.japan.contacts import normalize_email
from core.japan.text import fold
from members.errors import MembersError
from members.models import Person
from members.services.contacts import Contact


class MistakenIdentityError(MembersError):
    """The login behind this mailbox is somebody else's."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This e-mail address does not fit the name. Enter the person's own address: "
                "a login belongs to one person, not to a shared mailbox."
            )
        )


def known_person(contact: Contact, *, speaks: bool) -> Person | None:
    """The person with this name at this mailbox; None for somebody new.

    A mailbox may be read by several people, a login may not: who is to speak for an organisation
    needs a mailbox that is nobody else's login. The refusal names nobody.
    """
    if contact.person is not None or not contact.email:
        return contact.person
    email = _normal(contact.email)
    user = User.objects.filter(email=email).select_related("person").first()
    holder: Person | None = getattr(user, "person", None)
    if holder is not None and _same(holder, contact):
        return holder
    if user is not None and speaks and (holder is not None or user.is_staff):
        raise MistakenIdentityError
    readers = Person.objects.filter(affiliations__address__email=email).order_by("pk").distinct()
    return next((person for person in readers if _same(person, contact)), None)


def _same(person: Person, contact: Contact) -> bool:
    return fold(person.name) == fold(contact.name)


def _normal(email: str) -> str:
    try:
        return normalize_email(email)
    except ValueError as error:
        raise MembersError(str(error)) from error
