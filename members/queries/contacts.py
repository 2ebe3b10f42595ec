"""Who can be reached, and who gets the mail magazine, as of any day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery

from mailing.choices import AddressStatus, ConsentAction, Purpose
from mailing.models import Address, Consent
from members.models import Affiliation, Organization
from members.querysets import OrganizationQuerySet


def newsletter_addresses_on(day: date) -> QuerySet[Address]:
    """The mailboxes that get the mail magazine on `day`, each once. One query.

    Read by somebody who stands for a member on `day`, or the member's own, able to take mail, and
    with the mail magazine as the newest wish.
    """
    newest = (
        Consent.objects.filter(address=OuterRef("pk"), purpose=Purpose.NEWSLETTER)
        .order_by("-pk")
        .values("action")[:1]
    )
    readers = Affiliation.objects.of_members_on(day).exclude(address=None)
    shared = Organization.objects.active_on(day).exclude(mailbox=None)
    return (
        Address.objects.filter(status=AddressStatus.ACTIVE)
        .filter(
            Q(pk__in=readers.order_by().values("address"))
            | Q(pk__in=shared.order_by().values("mailbox"))
        )
        .alias(newest_wish=Subquery(newest))
        .filter(newest_wish=ConsentAction.GIVEN)
        .order_by("pk")
    )


@dataclass(frozen=True)
class ContactSummary:
    """Who of an organisation is there, and whether anyone gets the mail magazine."""

    people: int
    newsletter: bool


def contact_summaries(organizations: Iterable[int], day: date) -> dict[int, ContactSummary]:
    """Contacts on `day` of the organisations with these keys, in one query."""
    newest = (
        Consent.objects.filter(address=OuterRef("address"), purpose=Purpose.NEWSLETTER)
        .order_by("-pk")
        .values("action")[:1]
    )
    rows = (
        Affiliation.objects.active_on(day)
        .filter(organization__in=list(organizations))
        .order_by()
        .values_list("organization", "person", "address__status", Subquery(newest))
    )
    people: dict[int, set[int]] = {}
    readers: set[int] = set()
    for organization, person, status, wish in rows:
        people.setdefault(organization, set()).add(person)
        if status == AddressStatus.ACTIVE and wish == ConsentAction.GIVEN:
            readers.add(organization)
    return {key: ContactSummary(len(who), key in readers) for key, who in people.items()}


def members_without_contact(day: date) -> OrganizationQuerySet:
    """Members on `day` whom no mail reaches: nobody stands for them at a working mailbox."""
    return Organization.objects.active_on(day).unreachable_on(day)
