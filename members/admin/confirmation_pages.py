"""Pieces of the page of a round: the bars of the answers, the letter to read before it goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from members.emails.confirmations import confirmation_preview
from members.models import ConfirmationRound
from members.queries.confirmations import members_to_ask
from members.queries.sheets import sheet_of, with_sheet_on

HEIGHT, STEP = 60, 12
MOST_DAYS = 120


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    height: int
    day: date
    count: int


@dataclass(frozen=True)
class Bars:
    width: int
    bars: list[Bar]
    busiest: tuple[date, int]


def bars(days: Sequence[tuple[date, int]]) -> Bars | None:
    """One bar for each day from the first answer to the last; None before any."""
    if not days:
        return None
    counts = dict(days)
    first, last = days[0][0], days[-1][0]
    length = min((last - first).days + 1, MOST_DAYS)
    busiest = max(days, key=lambda day: day[1])
    drawn = []
    for place in range(length):
        day = first + timedelta(days=place)
        count = counts.get(day, 0)
        height = round(HEIGHT * count / busiest[1])
        drawn.append(Bar(place * STEP, HEIGHT - height, height, day, count))
    return Bars(width=max(length, 30) * STEP, bars=drawn, busiest=busiest)


def letter_of(confirmation_round: ConfirmationRound, at: datetime) -> str:
    """The letter as the first member would get it; empty without any member."""
    day = timezone.localdate(at)
    found = with_sheet_on(members_to_ask(confirmation_round, day), day).first()
    return confirmation_preview(confirmation_round, sheet_of(found), at) if found else ""
