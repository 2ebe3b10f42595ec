"""The small words with which a ModelAdmin speaks to the shell."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True)
class RowAction:
    """A link at the end of a row. A change of state is a page of its own, so this is a GET."""

    label: Words
    url: str
    primary: bool = False


@dataclass(frozen=True)
class SavedView:
    """A named filter shown above the list: SavedView(_("Waiting"), "status__exact=received")."""

    label: Words
    query: str = ""
    count: int | None = None


@dataclass(frozen=True)
class ListTool:
    """A button beside the title of a list. `icon` is an id in parts/icons.html."""

    label: Words
    url: str
    icon: str = "in"


@dataclass(frozen=True)
class NextStep:
    """The one button that moves the object on. `key` is posted as `_step`.

    `danger`: it ends something, so it does not stand first and is not what Enter presses.
    """

    key: str
    label: Words
    hint: Words = ""
    danger: bool = False


@dataclass(frozen=True)
class Side:
    """One card of the side column.

    kind: `facts` (label, value) | `people` (text) | `history` (when, who, what).
    """

    title: Words
    kind: str
    rows: Sequence[Any] = field(default_factory=list)
    note: Words = ""
    more: str = ""
