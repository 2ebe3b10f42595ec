"""The chart of the home page: one mark for one organisation, so that everyone can be seen."""

from collections.abc import Sequence
from dataclasses import dataclass

COLUMNS = 26
STEP = 20
MOST_MARKS = 300
PER_MARK = (1, 5, 10, 50, 100)


@dataclass(frozen=True)
class Dot:
    x: int
    y: int
    kind: str


@dataclass(frozen=True)
class DotChart:
    dots: tuple[Dot, ...]
    width: int
    height: int
    per_mark: int


def dot_chart(counts: Sequence[tuple[str, int]]) -> DotChart:
    """Marks in reading order, about 300 at most: then each stands for 5, 10, … organisations.

    A kind never vanishes: what is left over counts as one mark.
    """
    total = sum(count for _kind, count in counts)
    per_mark = next((step for step in PER_MARK if total <= MOST_MARKS * step), PER_MARK[-1])
    kinds = [kind for kind, count in counts for _n in range(-(-count // per_mark))]
    dots = tuple(
        Dot(x=STEP // 2 + STEP * (n % COLUMNS), y=STEP // 2 + STEP * (n // COLUMNS), kind=kind)
        for n, kind in enumerate(kinds)
    )
    rows = max(1, -(-len(dots) // COLUMNS))
    return DotChart(dots=dots, width=COLUMNS * STEP, height=rows * STEP, per_mark=per_mark)
