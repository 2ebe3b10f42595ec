"""People who stand for an organisation: who comes, who leaves."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.japan.contacts import normalize_email
from mailing.choices import Channel
from mailing.models import Address
from mailing.services import give_consent
from members.choices import Duty
from members.errors import ImpossibleDateError, MembersError, NothingChangesError
from members.keys import search_text
from members.models import Affiliation, Organization, Person
from members.services.refusals import locked, refusing


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who is to stand for an organisation. Give `person` for somebody we already know."""

    name: str = ""
    name_kana: str = ""
    person: Person | None = None
    email: str = ""
    department: str = ""
    title: str = ""
    phone: str = ""
    newsletter: Channel | None = None
    """How the wish for the mail magazine reached us; None when there is none."""


def _person_of(contact: Contact) -> Person:
    if contact.person is not None:
        return contact.person
    person = Person(
        name=contact.name,
        name_kana=contact.name_kana,
        search_text=search_text(contact.name, contact.name_kana),
    )
    person.clean_fields()
    person.save(force_insert=True)
    return person


def mailbox_of(email: str) -> Address | None:
    """One row per mailbox, whoever reads it; None for empty text."""
    if not email:
        return None
    try:
        email = normalize_email(email)
    except ValueError as error:
        raise MembersError(str(error)) from error
    return Address.objects.get_or_create(email=email)[0]


def affiliate(
    *, affiliation: Affiliation, contact: Contact, actor: User | None, at: datetime
) -> Affiliation:
    """Fill in the contact, write it, and record the wish for the mail magazine."""
    affiliation.person = _person_of(contact)
    affiliation.address = mailbox_of(contact.email)
    affiliation.department = contact.department
    affiliation.title = contact.title
    affiliation.phone = contact.phone
    affiliation.clean_fields()
    affiliation.save(force_insert=True)
    if contact.newsletter is not None:
        if affiliation.address is None:
            raise MembersError(_("The mail magazine needs an e-mail address."))
        give_consent(address=affiliation.address, actor=actor, at=at, channel=contact.newsletter)
    return affiliation


def add_contact(
    *,
    organization: Organization,
    contact: Contact,
    duty: Duty,
    valid_from: date,
    actor: User | None,
    at: datetime,
) -> Affiliation:
    """Somebody stands for the organisation from `valid_from`, behind those already there."""
    with refusing():
        organization = locked(organization)
        last = organization.affiliations.aggregate(last=Max("position"))["last"]
        position = 0 if last is None else last + 1
        new = Affiliation(
            organization=organization, duty=duty, valid_from=valid_from, position=position
        )
        affiliation = affiliate(affiliation=new, contact=contact, actor=actor, at=at)
        record(
            actor, "members.contact.added", organization, at=at,
            person=affiliation.person.name, duty=duty, valid_from=valid_from.isoformat(),
        )  # fmt: skip
    return affiliation


def _close(affiliation: Affiliation, until: date) -> None:
    if until <= affiliation.valid_from:
        raise ImpossibleDateError(_("The period must end after it begins."))
    if affiliation.valid_until is not None and affiliation.valid_until <= until:
        raise NothingChangesError(_("This contact has already ended."))
    affiliation.valid_until = until
    affiliation.save(update_fields=["valid_until"])


def _locked_contact(affiliation: Affiliation) -> Affiliation:
    return (
        Affiliation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organization", "person")
        .get(pk=affiliation.pk)
    )


def end_contact(
    *, affiliation: Affiliation, until: date, actor: User | None, at: datetime
) -> Affiliation:
    """The person no longer stands for the organisation from `until` on; the past stays."""
    with refusing():
        affiliation = _locked_contact(affiliation)
        _close(affiliation, until)
        record(
            actor, "members.contact.ended", affiliation.organization, at=at,
            person=affiliation.person.name, until=until.isoformat(),
        )  # fmt: skip
    return affiliation
