"""From an approved application to a member: organisation, number, people, consents."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.japan.codes import PREFECTURES
from core.japan.contacts import normalize_email
from mailing.choices import Channel, ConsentAction, Purpose
from mailing.models import Address
from mailing.queries import wish
from mailing.services import give_consent
from members.choices import SPEAKING_DUTIES, Agreement, Category, Duty, Reception
from members.errors import MembersError
from members.keys import search_text
from members.models import (
    Affiliation,
    ApplicationContact,
    Membership,
    MembershipApplication,
    Organization,
    Person,
)
from members.services.contacts import Contact
from members.services.known import known_person
from members.services.logins import LoginRefusedError, open_login
from members.services.memberships import rejoin
from members.services.organizations import register_organization, rename_organization
from members.services.refusals import locked, refusing
from members.services.search import refresh_search_text

# What the register takes over as it was written.
_SAME = (
    "kind", "display_name", "name_english", "corporate_number", "local_government_code", "founded",
    "postal_code", "prefecture", "address", "phone", "fax", "url", "summary", "fields", "targets",
)  # fmt: skip
_EVERYWHERE = [code for code, _name in PREFECTURES]
_ROADS = {
    Agreement.ONLINE: Channel.WEB,
    Agreement.WRITTEN: Channel.PAPER,
    Agreement.ORAL: Channel.ORAL,
}


def admit(
    *,
    application: MembershipApplication,
    category: Category,
    member_from: date,
    actor: User | None,
    at: datetime,
) -> Membership:
    """The organisation of the application is a member from `member_from`, with its people.

    A former member that applied again gets a new period on its old record. Refused when it is a
    member on that day.
    """
    with refusing():
        if application.organization_id is None:
            organization = _registered(application, category, member_from, actor, at)
        else:
            organization = _taken_in_again(application, category, member_from, actor, at)
        application.organization = organization
        application.save(update_fields=["organization"])
        for affiliation in _people(application, organization, member_from):
            _open(affiliation, actor=actor, at=at)
        _consents(application, actor=actor, at=at)
        refresh_search_text([organization])
        return organization.memberships.get(category=category, valid_from=member_from)


# --- the organisation ----------------------------------------------------------------------------


def _facts(application: MembershipApplication) -> dict[str, Any]:
    facts = {name: getattr(application, name) for name in _SAME}
    facts["regions"] = _EVERYWHERE if application.nationwide else application.regions
    facts["mailbox"] = mailbox_of(application.organization_email)
    return {name: value for name, value in facts.items() if value}


def mailbox_of(email: str) -> Address | None:
    """One row per mailbox, whoever reads it."""
    if not email:
        return None
    try:
        normal = normalize_email(email)
    except ValueError as error:
        raise MembersError(str(error)) from error
    return Address.objects.get_or_create(email=normal)[0]


def _registered(
    application: MembershipApplication,
    category: Category,
    member_from: date,
    actor: User | None,
    at: datetime,
) -> Organization:
    return register_organization(
        organization=Organization(
            name=application.name,
            name_kana=application.name_kana,
            public_fields=application.public_fields,
            confirmed_on=application.received_on,
            created_at=at,
            **_facts(application),
        ),
        category=category,
        valid_from=member_from,
        actor=actor,
        at=at,
    )


def _taken_in_again(
    application: MembershipApplication,
    category: Category,
    member_from: date,
    actor: User | None,
    at: datetime,
) -> Organization:
    """Its record stays one: what the application says is newer, what it leaves out stays."""
    organization = application.organization
    assert organization is not None  # noqa: S101 -- asked by the caller
    rejoin(organization=organization, category=category, valid_from=member_from, actor=actor, at=at)
    organization = locked(organization)
    if application.name != organization.name:
        organization = rename_organization(
            organization=organization, name=application.name, name_kana=application.name_kana,
            effective_on=min(member_from, timezone.localdate(at)), actor=actor, at=at,
        )  # fmt: skip
    _write(organization, _facts(application) | {"public_fields": application.public_fields})
    received, confirmed = application.received_on, organization.confirmed_on
    if received and (confirmed is None or confirmed < received):
        _write(organization, {"confirmed_on": received})
    return organization


def _write(organization: Organization, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(organization, name, value)
    organization.clean_fields()
    organization.save(update_fields=list(values))


# --- its people ----------------------------------------------------------------------------------


def _people(
    application: MembershipApplication, organization: Organization, member_from: date
) -> list[Affiliation]:
    """The representative and the contacts in their order.

    Who stands there already stays; whom the application of a former member leaves out has gone.
    """
    standing = list(organization.affiliations.active_on(member_from))
    known = {(row.person_id, row.duty) for row in standing}
    met: dict[tuple[str, str], Person] = {}
    named: list[Affiliation] = []
    for affiliation, contact in _wanted(application):
        affiliation.person = _person(contact, met)
        named.append(affiliation)
    people = {row.person_id for row in named}
    for row in standing:
        if row.person_id not in people and row.valid_from < member_from:
            row.valid_until = member_from
            row.save(update_fields=["valid_until"])
    added = [row for row in named if (row.person_id, row.duty) not in known]
    for position, row in enumerate(added, start=len(standing)):
        row.organization, row.valid_from, row.position = organization, member_from, position
        row.clean_fields()
        row.save(force_insert=True)
    return added


def _wanted(application: MembershipApplication) -> Iterator[tuple[Affiliation, Contact]]:
    if application.representative_name:
        head = Contact(
            name=application.representative_name, name_kana=application.representative_kana
        )
        yield Affiliation(duty=Duty.REPRESENTATIVE, title=application.representative_title), head
    for row in application.contacts.all():
        if row.name:
            yield (
                Affiliation(
                    duty=row.duty,
                    department=row.department,
                    title=row.title,
                    phone=row.phone,
                    address=mailbox_of(row.email),
                ),
                Contact(name=row.name, name_kana=row.name_kana, email=row.email),
            )


def _person(contact: Contact, met: dict[tuple[str, str], Person]) -> Person:
    """Known by mailbox and name together, or by name within this one application; never else."""
    key = (search_text(contact.name), search_text(contact.name_kana))
    person = known_person(contact, speaks=False) or met.get(key)
    if person is None:
        person = Person(
            name=contact.name,
            name_kana=contact.name_kana,
            search_text=search_text(contact.name, contact.name_kana),
        )
        person.clean_fields()
        person.save(force_insert=True)
    met[key] = person
    return person


def _open(affiliation: Affiliation, *, actor: User | None, at: datetime) -> None:
    """A login for who speaks and reads mail. A shared mailbox has one: that of the first."""
    if affiliation.duty not in SPEAKING_DUTIES or affiliation.address is None:
        return
    try:
        user = open_login(
            person=affiliation.person, email=affiliation.address.email, actor=actor, at=at
        )
    except LoginRefusedError:
        return  # the page of the decision names who has no login
    affiliation.person.user = user


# --- the mail magazine ---------------------------------------------------------------------------


def _consents(application: MembershipApplication, *, actor: User | None, at: datetime) -> None:
    for contact in application.contacts.all():
        address = mailbox_of(contact.email) if contact.newsletter else None
        if address is None or _refused_since(address, application):
            continue
        give_consent(
            address=address, actor=actor, at=at, channel=_road(application),
            wording=_wording(application, contact),
        )  # fmt: skip


def _refused_since(address: Address, application: MembershipApplication) -> bool:
    """A word said after the application is newer than the application."""
    newest = wish(address, Purpose.NEWSLETTER)
    if newest is None or newest.action == ConsentAction.GIVEN:
        return False
    said = application.agreed_at or application.created_at
    return newest.at > said


def _road(application: MembershipApplication) -> Channel:
    if application.agreement:
        return _ROADS[Agreement(application.agreement)]
    return Channel.EMAIL if application.channel == Reception.EMAIL else Channel.PAPER


def _wording(application: MembershipApplication, contact: ApplicationContact) -> str:
    return _("Application %(number)s, %(name)s, wording of the privacy text %(version)s") % {
        "number": application.receipt_number,
        "name": contact.name,
        "version": application.privacy_version or "—",
    }
