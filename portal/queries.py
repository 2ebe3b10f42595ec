"""What the home page shows, read across the apps."""

from dataclasses import dataclass
from datetime import date

from members.choices import Category
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
