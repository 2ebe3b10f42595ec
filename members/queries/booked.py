"""What is booked for an organisation and has not come yet. One query for all of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from members.choices import EndReason
from members.models import Membership, Organization


class BookedKind(StrEnum):
    CHANGE = "change"
    END = "end"
    ENTRY = "entry"


@dataclass(frozen=True)
class Booked:
    """`before` and `after` are the periods on both sides of the day; one of them may be missing."""

    kind: BookedKind
    day: date
    before: Membership | None
    after: Membership | None


def booked_acts(organization: Organization, today: date) -> list[Booked]:
    """Changes of category, ends and entries after `today`, the earliest first."""
    periods = list(organization.memberships.order_by("valid_from"))
    found: dict[date, Booked] = {}
    for before, after in zip([None, *periods], [*periods, None], strict=True):
        end = before.valid_until if before else None
        start = after.valid_from if after else None
        if end and end == start and before and before.end_reason == EndReason.CATEGORY_CHANGED:
            found[end] = Booked(BookedKind.CHANGE, end, before, after)
            continue
        if end:
            found[end] = Booked(BookedKind.END, end, before, None)
        if start:
            found.setdefault(start, Booked(BookedKind.ENTRY, start, None, after))
    return [found[day] for day in sorted(found) if day > today]


def booked_act(organization: Organization, kind: BookedKind, today: date) -> Booked | None:
    """The next one of its kind."""
    return next((one for one in booked_acts(organization, today) if one.kind == kind), None)
