"""The chart of the home page: one mark for one organisation, so that everyone can be seen."""

from collections.abc import Sequence
from dataclasses import dataclass

COLUMNS = 26
STEP = 20
ONE_EACH_UNTIL = 300
THEN_EACH = 5


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
    """Marks in reading order. Above 300 each mark stands for five; a kind never vanishes."""
    per_mark = 1 if sum(count for _kind, count in counts) <= ONE_EACH_UNTIL else THEN_EACH
    kinds = [kind for kind, count in counts for _n in range(-(-count // per_mark))]
    dots = tuple(
        Dot(x=STEP // 2 + STEP * (n % COLUMNS), y=STEP // 2 + STEP * (n // COLUMNS), kind=kind)
        for n, kind in enumerate(kinds)
    )
    rows = max(1, -(-len(dots) // COLUMNS))
    return DotChart(dots=dots, width=COLUMNS * STEP, height=rows * STEP, per_mark=per_mark)
