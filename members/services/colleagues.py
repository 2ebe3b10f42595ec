"""What a contact does about the other contacts of the organisation, and about themselves."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from members.choices import SPEAKING_DUTIES, Duty
from members.emails.logins import first_login_letter
from members.emails.my import colleague_added, colleague_ended, mailbox_changed, taken_in
from members.errors import MembersError, NothingChangesError
from members.models import Affiliation, Organization, Person
from members.queries.colleagues import details_of
from members.querysets import AffiliationQuerySet
from members.services.contacts import Contact, add_contact, mailbox_of
from members.services.editing import own_changes
from members.services.known import known_person
from members.services.logins import open_login
from members.services.refusals import locked, refusing


class LastContactError(MembersError):
    """Nobody would be left who may act for the organisation."""


def add_colleague(
    *,
    organization: Organization,
    contact: Contact,
    duty: Duty,
    valid_from: date,
    actor: User | None,
    at: datetime,
) -> Affiliation:
    """Somebody more stands for the organisation; with a login if the duty speaks for it."""
    speaks = duty in SPEAKING_DUTIES
    with refusing():
        organization = locked(organization)
        person = known_person(contact, speaks=speaks)
        if person is not None and _rows(organization, person, valid_from).filter(duty=duty):
            raise NothingChangesError(_("This person already has this duty."))
        added = add_contact(
            organization=organization, contact=replace(contact, person=person), duty=duty,
            valid_from=valid_from, actor=actor, at=at,
        )  # fmt: skip
        if added.address is not None and speaks:
            user = open_login(person=added.person, email=added.address.email, actor=actor, at=at)
            added.person.user = user
            first_login_letter(user=user, organization=organization, starts_on=valid_from, at=at)
        else:
            taken_in(affiliation=added, at=at)
        colleague_added(affiliation=added, actor=actor, at=at)
    return added


def correct_contact(
    *,
    organization: Organization,
    person: Person,
    day: date,
    values: Mapping[str, str],
    seen: Mapping[str, str] | None = None,
    actor: User | None,
    at: datetime,
) -> list[str]:
    """Department, job title, phone and mailbox of one person here; returns what changed.

    Written to all their duties in this organisation that hold on `day` or will. The address of the
    login stays what it is; of another mailbox both the old and the new one are told.
    """
    with refusing():
        organization = locked(organization)
        rows = list(_rows(organization, person, day).select_related("person", "address"))
        if not rows:
            raise NothingChangesError(_("This contact has already ended."))
        standing = details_of(rows[0])
        changed = own_changes(values, standing, seen)
        if not changed:
            return []
        for row in rows:
            _correct(row, changed)
        fields = list(changed)
        record(
            actor, "members.contact.corrected", organization, at=at,
            person=person.name, fields=fields,
        )  # fmt: skip
        if "email" in changed:
            mailbox_changed(
                organization=organization, name=f"{person.name}様", before=standing["email"],
                after=changed["email"], actor=actor, at=at,
            )  # fmt: skip
    return fields


def end_colleague(
    *, organization: Organization, person: Person, until: date, actor: User | None, at: datetime
) -> None:
    """All duties of the person here end on that day; those that would begin later never do.

    The last one who may act for the organisation cannot leave it without a successor.
    """
    with refusing():
        organization = locked(organization)
        rows = list(
            _rows(organization, person, until)
            .select_related("person", "address")
            .select_for_update(of=("self",), no_key=True)
        )
        if not rows:
            raise NothingChangesError(_("This contact has already ended."))
        if any(row.duty == Duty.REPRESENTATIVE for row in rows):
            raise MembersError(_("The representative is changed by a change request, not here."))
        _refuse_last(organization, person, rows, until)
        for row in rows:
            if row.valid_from >= until:
                row.delete()
            else:
                row.valid_until = until
                row.save(update_fields=["valid_until"])
        record(
            actor, "members.contact.ended", organization, at=at,
            person=person.name, until=until.isoformat(),
        )  # fmt: skip
        colleague_ended(rows=rows, until=until, actor=actor, at=at)


def _rows(organization: Organization, person: Person, day: date) -> AffiliationQuerySet:
    """Duties of the person here that hold on `day` or later."""
    return organization.affiliations.not_over_on(day).filter(person=person)


def _correct(row: Affiliation, changed: Mapping[str, str]) -> None:
    if row.duty == Duty.REPRESENTATIVE:  # the title is part of the entry: a change request
        changed = {name: value for name, value in changed.items() if name != "title"}
    for name, value in changed.items():
        if name == "email":
            row.address = mailbox_of(value)
        else:
            setattr(row, name, value)
    row.clean_fields(exclude={"person", "organization", "predecessor"})
    row.save(update_fields=["address" if name == "email" else name for name in changed])


def _refuse_last(
    organization: Organization, person: Person, rows: list[Affiliation], until: date
) -> None:
    if not any(row.duty in SPEAKING_DUTIES for row in rows):
        return
    others = organization.affiliations.active_on(until).filter(duty__in=SPEAKING_DUTIES)
    if not others.exclude(person=person).exclude(address=None).exists():
        raise LastContactError(
            _(
                "Nobody else would be left who may act for the organization. Hand over to a "
                "successor, or call the secretariat."
            )
        )
