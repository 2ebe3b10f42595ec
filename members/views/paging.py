"""One page of a long list, and how many there are, in one query."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Window


def page_of_keys(
    listing: QuerySet[Any], *, size: int, asked: str | None, known: int | None = None
) -> "Page[Any]":
    """The keys on the page `asked` for, or on the nearest there is.

    `known` is how many there are, if somebody has counted already.
    """
    keys = listing.values_list("pk", flat=True)
    paginator = Paginator(keys, size)
    if known is not None:
        paginator.count = known
        return paginator.get_page(asked)
    number = _number(asked)
    first = (number - 1) * size
    counted = listing.annotate(number_found=Window(Count("pk"))).values_list("pk", "number_found")
    rows = list(counted[first : first + size]) if number else []
    if not rows:  # behind the end, or nothing at all
        if number == 1:
            paginator.count = 0
        return paginator.get_page(asked)
    paginator.count = rows[0][1]
    return Page([key for key, _count in rows], number, paginator)


def _number(asked: str | None) -> int:
    """0 for what is no page number: the paginator knows what to do with that."""
    if not asked:
        return 1
    return int(asked) if asked.isdecimal() and len(asked) < 6 else 0
