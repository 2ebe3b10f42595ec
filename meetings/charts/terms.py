"""The terms of a body, drawn on the server: a lane for each organisation, a bar for each seat."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.japan.calendar import fiscal_year
from core.japan.text import strip_legal_form
from meetings.models import Seat

WIDTH, LEFT, RIGHT = 760, 200, 40
TOP, LANE, BAR, FOOT = 8, 26, 16, 26
BEFORE, AHEAD = timedelta(days=2 * 366), timedelta(days=3 * 366)
LONGEST_NAME = 15
MOST_MARKS = 10


@dataclass(frozen=True)
class Bar:
    """One seat. `open_ended`: it goes on beyond the picture without an end."""

    seat: Seat
    x: str
    width: str
    y: str
    booked: bool
    open_ended: bool


@dataclass(frozen=True)
class Lane:
    name: str
    y: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Mark:
    x: str
    label: str


@dataclass(frozen=True)
class Terms:
    lanes: tuple[Lane, ...]
    years: tuple[Mark, ...]
    today: str
    first: date
    last: date
    height: int
    width: int = WIDTH
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bar: int = BAR

    @property
    def foot(self) -> int:
        return self.height - FOOT


def terms(seats: Sequence[Seat], today: date) -> Terms | None:
    """From two years ago to three years ahead, or as far as the seats reach within that."""
    first, last = _span(seats, today)
    shown = [seat for seat in seats if _reaches(seat, first, last)]
    if not shown:
        return None
    scale = _Scale(first, last)
    lanes: dict[int, list[Seat]] = {}
    for seat in shown:
        lanes.setdefault(seat.organization_id, []).append(seat)
    drawn = [_lane(row, rows, scale, today) for row, rows in enumerate(lanes.values())]
    return Terms(
        lanes=tuple(drawn),
        years=_years(scale),
        today=scale.x(today),
        first=first,
        last=last,
        height=TOP + LANE * len(drawn) + FOOT,
    )


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date

    def place(self, day: date) -> float:
        inside = min(max(day, self.first), self.last)
        share = (inside - self.first).days / max((self.last - self.first).days, 1)
        return LEFT + (WIDTH - LEFT - RIGHT) * share

    def x(self, day: date) -> str:
        return f"{self.place(day):.1f}"


def _span(seats: Iterable[Seat], today: date) -> tuple[date, date]:
    starts = [seat.valid_from for seat in seats]
    ends = [seat.valid_until for seat in seats if seat.valid_until]
    first = max(min([*starts, today]), today - BEFORE)
    last = min(max([*starts, *ends, today + timedelta(days=366)]), today + AHEAD)
    return date(fiscal_year(first), 4, 1), date(fiscal_year(last) + 1, 4, 1)


def _reaches(seat: Seat, first: date, last: date) -> bool:
    return seat.valid_from < last and (seat.valid_until is None or seat.valid_until > first)


def _lane(row: int, seats: Iterable[Seat], scale: _Scale, today: date) -> Lane:
    rows = list(seats)
    name = strip_legal_form(rows[-1].organization.shown_name)
    short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    top = TOP + LANE * row
    return Lane(short, str(top + 17), tuple(_bar(seat, top, scale, today) for seat in rows))


def _bar(seat: Seat, top: int, scale: _Scale, today: date) -> Bar:
    until = seat.valid_until or scale.last
    start, end = scale.place(seat.valid_from), scale.place(until)
    return Bar(
        seat=seat,
        x=f"{start:.1f}",
        # A hair of space, so that one term and the next are two bars.
        width=f"{max(end - start - 1.5, 2):.1f}",
        y=str(top + (LANE - BAR) // 2),
        booked=seat.valid_from > today,
        open_ended=seat.valid_until is None,
    )


def _years(scale: _Scale) -> tuple[Mark, ...]:
    years = range(scale.first.year, scale.last.year + 1)
    every = -(-len(years) // MOST_MARKS)
    return tuple(Mark(scale.x(date(year, 4, 1)), f"{year}年4月") for year in years[::every])
