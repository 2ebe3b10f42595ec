"""The number of members over time, drawn on the server: stacked areas, one a category."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from members.choices import Category
from members.queries import Counts

WIDTH, HEIGHT = 720, 280
LEFT, RIGHT, TOP, BOTTOM = 48, 84, 12, 30
LINES = 4
MOST_LABELS = 9
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Area:
    category: Category
    points: str
    """Of the polygon: along its upper edge, and back along the lower one."""
    label_y: str
    count: int


@dataclass(frozen=True)
class Mark:
    """A line of the grid, or a day below it, and what is written there."""

    place: str
    label: str


@dataclass(frozen=True)
class Timeline:
    areas: tuple[Area, ...]
    heights: tuple[Mark, ...]
    days: tuple[Mark, ...]
    rows: tuple[tuple[date, Counts], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM

    @property
    def first(self) -> tuple[date, Counts]:
        return self.rows[0]

    @property
    def last(self) -> tuple[date, Counts]:
        return self.rows[-1]


def timeline(rows: Sequence[tuple[date, Counts]]) -> Timeline:
    """`rows`: at least one day with its counts, the earliest first."""
    top = _round_up(max(counts.total for _day, counts in rows))
    start, span = rows[0][0], max((rows[-1][0] - rows[0][0]).days, 1)
    places = [LEFT + (WIDTH - LEFT - RIGHT) * (day - start).days / span for day, _counts in rows]
    if len(rows) == 1:  # one day alone is a bar, not a line without width
        places, rows = [float(LEFT), float(WIDTH - RIGHT)], [rows[0], rows[0]]
    return Timeline(
        areas=_areas(places, rows, top),
        heights=tuple(
            Mark(f"{_y(top * line / LINES, top):.1f}", str(top * line // LINES))
            for line in range(LINES + 1)
        ),
        days=_days(places, [day for day, _counts in rows]),
        rows=tuple(rows) if rows[0] is not rows[-1] else (rows[0],),
    )


def _y(number: float, top: int) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * number / top


def _round_up(most: int) -> int:
    """The top of the scale: 1, 2 or 5 times a power of ten, divided by four without rest."""
    scale = LINES
    while True:
        for step in STEPS:
            if most <= step * scale:
                return step * scale
        scale *= 10


def _areas(
    places: Sequence[float], rows: Sequence[tuple[date, Counts]], top: int
) -> tuple[Area, ...]:
    below = [0] * len(rows)
    found, label_at = [], float(HEIGHT)
    for category in Category:
        above = [low + counts[category] for low, (_day, counts) in zip(below, rows, strict=True)]
        edge = [f"{x:.1f},{_y(n, top):.1f}" for x, n in zip(places, above, strict=True)]
        back = [f"{x:.1f},{_y(n, top):.1f}" for x, n in zip(places, below, strict=True)]
        middle = _y((below[-1] + above[-1]) / 2, top) + 4
        label_at = min(middle, label_at - 16)  # labels of thin areas do not lie on each other
        found.append(
            Area(
                category, " ".join([*edge, *reversed(back)]), f"{label_at:.1f}",
                rows[-1][1][category],
            )
        )  # fmt: skip
        below = above
    return tuple(found)


def _days(places: Sequence[float], days: Sequence[date]) -> tuple[Mark, ...]:
    """Each April of a long time, every so many months of a short one."""
    months = [(x, day) for x, day in zip(places, days, strict=True)]
    turns = [(x, day) for (_x, before), (x, day) in pairwise(months) if _year(before) != _year(day)]
    if len(turns) >= 3:
        every = -(-len(turns) // MOST_LABELS)
        return tuple(Mark(f"{x:.1f}", f"{day.year}年") for x, day in turns[::every])
    every = -(-len(months) // MOST_LABELS)
    return tuple(
        Mark(f"{x:.1f}", f"{day.year}年{day.month}月" if place == 0 else f"{day.month}月")
        for place, (x, day) in enumerate(months[::every])
    )


def _year(day: date) -> int:
    return day.year
