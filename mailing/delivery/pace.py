"""How fast letters may leave, when the mail server sets a limit."""

from math import ceil

SECONDS_AHEAD = 20


class Pace:
    """Evenly spaced, never in bursts. Zero per minute means no limit."""

    def __init__(self, per_minute: int, *, start: float = 0.0) -> None:
        self.gap = 60 / per_minute if per_minute else 0.0
        self._next = start + self.gap

    def wait(self, now: float) -> float:
        """Seconds until the next letter may leave."""
        return max(self._next - now, 0.0) if self.gap else 0.0

    def spend(self, now: float) -> None:
        self._next = max(self._next + self.gap, now)

    def batch(self, wish: int) -> int:
        """Claim no more than leaves soon: what is claimed is not asked for its consent again."""
        return min(wish, ceil(SECONDS_AHEAD / self.gap)) if self.gap else wish
