"""Half-open periods `valid_from` … `valid_until`, in queries and as constraints.

No constraint here needs a database extension: ranges of dates and of keys overlap or do not.
"""

from datetime import date

from django.contrib.postgres.fields import (
    BigIntegerRangeField,
    DateRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.db.models import F, Func, Q, Value


class DateRange(Func):
    """`daterange(from, until, '[)')`."""

    function = "DATERANGE"
    output_field = DateRangeField()


class KeyRange(Func):
    """`int8range(key, key, '[]')`: equality as a constraint takes it without btree_gist."""

    function = "INT8RANGE"
    output_field = BigIntegerRangeField()


def same(column: str) -> tuple[KeyRange, str]:
    """Part of an exclusion constraint: rows with the same key in `column`."""
    return (KeyRange(column, column, Value("[]")), RangeOperators.OVERLAPS)


def overlapping() -> tuple[DateRange, str]:
    """Part of an exclusion constraint: rows whose periods share a day."""
    return (DateRange("valid_from", "valid_until", RangeBoundary()), RangeOperators.OVERLAPS)


def runs_forward() -> Q:
    """Condition of a check constraint: the period is open or ends after it begins."""
    return Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from"))


def holds_on(day: date, *, prefix: str = "") -> Q:
    """Rows (reached over `prefix`) whose period includes `day`: from ≤ day < until."""
    begun = Q(**{f"{prefix}valid_from__lte": day})
    endless = Q(**{f"{prefix}valid_until__isnull": True})
    return begun & (endless | Q(**{f"{prefix}valid_until__gt": day}))
