"""People who stand for an organisation, and the change of hands in April."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from core.audit.acts import record
from core.audit.context import Actor
from core.japan.contacts import normalize_email
from mailing.models import Address
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


def _mailbox_of(contact: Contact) -> Address | None:
    """One row per mailbox, whoever reads it."""
    if not contact.email:
        return None
    try:
        email = normalize_email(contact.email)
    except ValueError as error:
        raise MembersError(str(error)) from error
    return Address.objects.get_or_create(email=email)[0]


def _affiliate(
    organization: Organization, contact: Contact, duty: Duty, valid_from: date, position: int
) -> Affiliation:
    affiliation = Affiliation(
        person=_person_of(contact),
        organization=organization,
        duty=duty,
        department=contact.department,
        title=contact.title,
        address=_mailbox_of(contact),
        phone=contact.phone,
        valid_from=valid_from,
        position=position,
    )
    affiliation.clean_fields()
    affiliation.save(force_insert=True)
    return affiliation


def add_contact(
    *,
    organization: Organization,
    contact: Contact,
    duty: Duty,
    valid_from: date,
    actor: Actor | None,
    at: datetime,
) -> Affiliation:
    """Somebody stands for the organisation from `valid_from`, behind those already there."""
    with refusing():
        organization = locked(organization)
        last = organization.affiliations.aggregate(last=Max("position"))["last"]
        position = 0 if last is None else last + 1
        affiliation = _affiliate(organization, contact, duty, valid_from, position)
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
    *, affiliation: Affiliation, until: date, actor: Actor | None, at: datetime
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


def hand_over_contact(
    *,
    affiliation: Affiliation,
    successor: Contact,
    effective_on: date,
    actor: Actor | None,
    at: datetime,
) -> Affiliation:
    """The successor takes over duty and place from `effective_on`, which may lie ahead (4月1日)."""
    with refusing():
        affiliation = _locked_contact(affiliation)
        _close(affiliation, effective_on)
        duty = Duty(affiliation.duty)
        new = _affiliate(
            affiliation.organization, successor, duty, effective_on, affiliation.position
        )
        record(
            actor, "members.contact.handed_over", affiliation.organization, at=at,
            before=affiliation.person.name, after=new.person.name,
            effective_on=effective_on.isoformat(),
        )  # fmt: skip
    return new
