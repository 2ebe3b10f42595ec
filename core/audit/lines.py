"""Rows of a change set in words: what was done, what goes back, what stays and why."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy

from core.audit.inverse import Inverse, Operation
from core.audit.models import Change
from core.audit.plans import RevertPlan
from core.audit.staying import Staying
from core.audit.tables import model_of, table_words
from core.audit.words import (
    Difference,
    MaySee,
    changed_labels,
    differences,
    record_names,
    related_names,
)

MOST = 200
DONE = {
    Operation.INSERT: (gettext_lazy("added"), "success"),
    Operation.UPDATE: (gettext_lazy("changed"), "info"),
    Operation.DELETE: (gettext_lazy("removed"), "danger"),
}
BACK = {
    Operation.DELETE: (gettext_lazy("its entry is taken away"), "danger"),
    Operation.UPDATE: (gettext_lazy("gets its earlier values"), "info"),
    Operation.INSERT: (gettext_lazy("is entered again"), "success"),
}


@dataclass(frozen=True)
class Line:
    """One row of the database: which, what happens to it, why, and who was there since."""

    kind: str
    name: str
    what: str = ""
    tone: str = "calm"
    changes: Sequence[Difference] = field(default_factory=list)
    reason: str = ""
    later: Change | None = None
    later_fields: str = ""


@dataclass(frozen=True)
class Lines:
    """The first lines of a list; `total` counts those that this reader may see."""

    shown: list[Line]
    total: int
    hidden: int = 0

    @property
    def more(self) -> int:
        return self.total - len(self.shown)


def done_lines(changes: Collection[Change], may_see: MaySee) -> list[Line]:
    """What the set did, one change after the other."""
    return list(_told(changes, DONE, may_see))


def going_lines(plan: RevertPlan, hidden: Collection[str], may_see: MaySee) -> Lines:
    """What goes back, the values as they will be."""
    open_ = [one for one in plan.going if one.key.table not in hidden]
    told = [_as_change(one) for one in open_[:MOST]]
    shown = list(_told(told, BACK, may_see))
    return Lines(shown, len(open_), len(plan.going) - len(open_))


def staying_lines(rows: Sequence[Staying], hidden: Collection[str]) -> Lines:
    open_ = [one for one in rows if one.key.table not in hidden]
    names = record_names([Change(table=one.key.table, row_id=one.key.row_id) for one in open_])
    shown = [
        Line(
            kind=table_words(one.key.table),
            name=names.get(one.key) or _called(one.later) or f"#{one.key.row_id}",
            reason=one.reason,
            later=one.later,
            later_fields=changed_labels(one.later) if one.later else "",
        )
        for one in open_[:MOST]
    ]
    return Lines(shown, len(open_), len(rows) - len(open_))


def totals(plan: RevertPlan) -> list[tuple[str, str, str, int]]:
    """What goes back by kind of record: kind, what happens, its tone, how many."""
    counted = Counter((one.key.table, one.operation) for one in plan.going)
    return [
        (table_words(table), str(BACK[operation][0]), BACK[operation][1], count)
        for (table, operation), count in sorted(counted.items())
    ]


def reasons(rows: Sequence[Staying]) -> list[tuple[str, str, int]]:
    """Why rows stay: kind, reason, how many."""
    counted = Counter((table_words(one.key.table), one.reason) for one in rows)
    return [(kind, reason, count) for (kind, reason), count in sorted(counted.items())]


def _as_change(inverse: Inverse) -> Change:
    return Change(
        table=inverse.key.table,
        row_id=inverse.key.row_id,
        operation=inverse.operation,
        before=inverse.left,
        after=inverse.values,
    )


def _told(changes: Collection[Change], words: dict[Any, Any], may_see: MaySee) -> Iterable[Line]:
    known = record_names(changes)
    names = {**_gone(changes), **related_names(changes, may_see)}
    for change in changes:
        operation = Operation(change.operation)
        what, tone = words[operation]
        yield Line(
            kind=table_words(change.table),
            name=known.get((change.table, change.row_id)) or _called(change) or f"#{change.row_id}",
            what=str(what),
            tone=tone,
            changes=differences(change, names),
        )


def _gone(changes: Iterable[Change]) -> dict[tuple[Any, str], str]:
    """What records that are no longer there were called, for those that pointed to them."""
    named = ((model_of(one.table), one.row_id, _called(one)) for one in changes)
    return {(model, key): name for model, key, name in named if model is not None and name}


def _called(change: Change | None) -> str:
    """What a record that is gone was called, if the trail says so."""
    row = (change.before or change.after or {}) if change else {}
    keys = ("name", "title", "subject", "email", "number")
    return next((str(row[key]) for key in keys if row.get(key)), "")
