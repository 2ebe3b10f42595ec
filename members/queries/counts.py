"""Reads across memberships, people and mailboxes: counts and lists as of any day."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, QuerySet, Subquery

from mailing.choices import AddressStatus, ConsentAction, Purpose
from mailing.models import Address, Consent
from members.choices import Category
from members.models import Affiliation, Membership, Organization
from members.querysets import OrganizationQuerySet


class Counts(dict[Category, int]):
    """Members by category, in the order of the bylaws, none missing."""

    @property
    def total(self) -> int:
        return sum(self.values())


def counts_by_category(day: date) -> Counts:
    """How many members there were on `day`: 会員・賛助会員・協力会員 and in total. One query."""
    found = dict(
        Membership.objects.active_on(day)
        .order_by()
        .values_list("category")
        .annotate(number_of=Count("pk"))
    )
    return Counts({category: found.get(category, 0) for category in Category})


def prefecture_counts(day: date) -> dict[str, int]:
    """Members on `day` by the prefecture they are located in; "" for those without. One query."""
    return dict(
        Membership.objects.active_on(day)
        .order_by()
        .values_list("organization__prefecture")
        .annotate(number_of=Count("pk"))
    )


def breakdown_on(day: date) -> tuple[Counts, dict[str, int]]:
    """`counts_by_category` and `prefecture_counts` of one day, in one query together."""
    rows = (
        Membership.objects.active_on(day)
        .order_by()
        .values_list("category", "organization__prefecture")
        .annotate(number_of=Count("pk"))
    )
    categories: Counter[str] = Counter()
    prefectures: Counter[str] = Counter()
    for category, prefecture, number in rows:
        categories[category] += number
        prefectures[prefecture] += number
    return Counts({category: categories[category] for category in Category}), dict(prefectures)


def history_counts(days: Iterable[date]) -> list[tuple[date, Counts]]:
    """The counts on each of many days, earliest first, in two queries whatever their number."""
    steps: list[tuple[date, str, int]] = []
    for column, sign in (("valid_from", 1), ("valid_until", -1)):
        rows = (
            Membership.objects.exclude(**{column: None})
            .order_by()
            .values_list(column, "category")
            .annotate(number_of=Count("pk"))
        )
        steps += [(day, category, sign * number) for day, category, number in rows]
    steps.sort(key=lambda step: step[0])
    running: Counter[str] = Counter()
    told: list[tuple[date, Counts]] = []
    done = 0
    for day in sorted(set(days)):
        while done < len(steps) and steps[done][0] <= day:
            running[steps[done][1]] += steps[done][2]
            done += 1
        told.append((day, Counts({category: running[category] for category in Category})))
    return told


def newsletter_addresses_on(day: date) -> QuerySet[Address]:
    """The mailboxes that get the mail magazine on `day`, each once. One query.

    Read by somebody who stands for a member on `day`, able to take mail, and with the mail magazine
    as the newest wish.
    """
    newest = (
        Consent.objects.filter(address=OuterRef("pk"), purpose=Purpose.NEWSLETTER)
        .order_by("-pk")
        .values("action")[:1]
    )
    readers = Affiliation.objects.of_members_on(day).exclude(address=None)
    return (
        Address.objects.filter(status=AddressStatus.ACTIVE)
        .filter(pk__in=readers.order_by().values("address"))
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
