"""What an app may put on the staff's Today page.

An app answers in its own module `today.py`: `rows(user, at)` with the work that waits for this
person, and `card(user, at)` with one thing and how far it has come. Both are optional.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.shell.pieces import Words


@dataclass(frozen=True)
class TodayRow:
    """One line of the queue. `kind` groups and filters; `icon` is an id in parts/icons.html."""

    kind: Words
    icon: str
    title: Words
    who: Words
    action: Words
    url: str
    due: date | None = None


@dataclass(frozen=True)
class Step:
    """state: `done` | `now` | `next`."""

    name: Words
    state: str
    when: str = ""


@dataclass(frozen=True)
class ProgressCard:
    """One thing beside the queue and the steps it goes through."""

    title: Words
    name: Words
    url: str = ""
    status: Words = ""
    tone: str = "calm"
    steps: Sequence[Step] = ()
    note: Words = ""
