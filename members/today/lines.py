"""Lines of Today: one a record, or one for all when they are many."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from core.shell.today import TodayRow

SHOWN = 5


def listed(
    found: QuerySet[Any], one: Callable[[Any], TodayRow], many: Callable[[int, Any], TodayRow]
) -> list[TodayRow]:
    """`many` gets how many there are and the most urgent of them. At most two queries."""
    rows = list(found[: SHOWN + 1])
    if len(rows) > SHOWN:
        return [many(found.count(), rows[0])]
    return [one(row) for row in rows]


def record(model: str, key: int) -> str:
    return reverse(f"admin:members_{model}_change", args=[key])


def listing(model: str, query: str = "") -> str:
    return reverse(f"admin:members_{model}_changelist") + (f"?{query}" if query else "")
