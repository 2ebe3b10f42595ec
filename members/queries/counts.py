"""How many members there are or were, as of any day."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db.models import Count

from members.choices import Category
from members.models import Membership


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
