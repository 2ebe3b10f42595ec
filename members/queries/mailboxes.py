"""At which mailbox an organisation reads what concerns it as a whole."""

from collections.abc import Iterable
from datetime import date

from mailing.choices import AddressStatus
from mailing.models import Address
from members.choices import SPEAKING_DUTIES, Duty
from members.models import Affiliation, Organization

# The main contact first, then whoever else speaks for it.
_ORDER = (Duty.PRIMARY, Duty.DEPUTY, Duty.REPRESENTATIVE)


def mailboxes_of(organizations: Iterable[int], day: date) -> dict[int, Address]:
    """One working mailbox for each organisation that has one. Two queries.

    The main contact's, else another speaking contact's, else the shared one of the organisation.
    """
    keys = list(organizations)
    found: dict[int, Address] = {
        organization.pk: organization.mailbox
        for organization in Organization.objects.filter(
            pk__in=keys, mailbox__status=AddressStatus.ACTIVE
        ).select_related("mailbox")
        if organization.mailbox
    }
    contacts = (
        Affiliation.objects.active_on(day)
        .filter(
            organization__in=keys,
            duty__in=SPEAKING_DUTIES,
            address__status=AddressStatus.ACTIVE,
        )
        .select_related("address")
    )
    # Worst first, so that the best is written last.
    for contact in sorted(contacts, key=_rank, reverse=True):
        if contact.address is not None:
            found[contact.organization_id] = contact.address
    return found


def _rank(contact: Affiliation) -> tuple[int, int, int]:
    return _ORDER.index(Duty(contact.duty)), contact.position, contact.pk
