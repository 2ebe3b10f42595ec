"""What the home page and the own page show, read across the apps."""

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from mailing.choices import AddressStatus, Purpose
from mailing.models import Address
from mailing.queries import with_consent
from members.choices import Category
from members.models import Affiliation
from members.queries import counts_by_category
from newsletter.choices import IssueStatus
from newsletter.models import Issue

WHO = {
    Category.REGULAR: "孤独・孤立対策に取り組むNPO等の支援団体、関係府省庁等",
    Category.SUPPORTING: "活動を支援する民間団体・助成団体等",
    Category.COOPERATING: (
        "活動に協力する経済団体、地方自治体等。都道府県・政令指定都市はすべて登録済みです"
    ),
}


@dataclass(frozen=True)
class CategoryCount:
    category: Category
    count: int
    share: float  # percent, one decimal

    @property
    def who(self) -> str:
        return WHO[self.category]


@dataclass(frozen=True)
class Numbers:
    """How many organisations are members on a day."""

    day: date
    rows: tuple[CategoryCount, ...]
    total: int


def numbers_on(day: date) -> Numbers:
    counts = counts_by_category(day)
    total = sum(counts[category] for category in Category)
    rows = tuple(
        CategoryCount(
            category=category,
            count=counts[category],
            share=round(100 * counts[category] / total, 1) if total else 0.0,
        )
        for category in Category
    )
    return Numbers(day=day, rows=rows, total=total)


def latest_issues(limit: int = 3) -> list[Issue]:
    """The newest numbers of the magazine that every reader already has."""
    return list(Issue.objects.filter(status=IssueStatus.SENT).order_by("-number")[:limit])


def duties_on(user: User, day: date) -> list[Affiliation]:
    """For whom this account acts on `day`, and in which duty."""
    return list(
        Affiliation.objects.active_on(day)
        .filter(person__user=user)
        .select_related("organization", "address", "person")
    )


@dataclass(frozen=True)
class Mailbox:
    """A mailbox of this account's duties, and what it wishes about the magazine."""

    address: Address
    wants_magazine: bool

    @property
    def suspended(self) -> bool:
        return self.address.status == AddressStatus.SUSPENDED


def mailboxes_of(duties: list[Affiliation]) -> list[Mailbox]:
    addresses = {duty.address.pk: duty.address for duty in duties if duty.address}
    wanting = set(
        with_consent(Address.objects.filter(pk__in=addresses), Purpose.NEWSLETTER).values_list(
            "pk", flat=True
        )
    )
    return [Mailbox(address, key in wanting) for key, address in addresses.items()]


def own_address(user: User, email: str, day: date) -> Address | None:
    """The mailbox, if this account reads it in one of its duties on `day`."""
    return (
        Address.objects.filter(
            email=email,
            affiliations__in=Affiliation.objects.active_on(day).filter(person__user=user),
        )
        .distinct()
        .first()
    )
