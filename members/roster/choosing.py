"""Which organisations of a list are written: all that can be, less those left out by hand.

The rows of one organisation go together. What is chosen is planned as a list of its own, so that
nothing of a row that stays behind slips in.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from members.roster.choices import ImportStatus
from members.roster.errors import RosterRefusedError
from members.roster.models import RosterImport
from members.roster.plan import plan_roster
from members.roster.reading import Table
from members.roster.work import Outcome, Plan

Row = Mapping[str, Any]
KINDS = (Outcome.CREATE, Outcome.UPDATE)


def entry_of(row: Row) -> int:
    """The number of the first row of the organisation that a row of the preview speaks of."""
    return int(row.get("e", row["n"]))


@dataclass(frozen=True)
class Choice:
    """Organisations by the number of their first row: which may be taken, which are, which not."""

    open: frozenset[int]
    taken: frozenset[int]
    refused: frozenset[int]

    @classmethod
    def of(cls, job: RosterImport) -> "Choice":
        refused = frozenset(entry_of(row) for row in job.rows if row["o"] == Outcome.REFUSED)
        told = frozenset(entry_of(row) for row in job.rows if row["o"] in KINDS) - refused
        return cls(told, told - frozenset(job.skipped), refused)

    @property
    def left_out(self) -> frozenset[int]:
        return self.open - self.taken

    def rows(self, rows: Iterable[Row]) -> frozenset[int] | None:
        """The rows to be written; None for the whole list."""
        out = self.refused | self.left_out
        return frozenset(row["n"] for row in rows if entry_of(row) not in out) if out else None

    def count(self, rows: Iterable[Row]) -> int:
        """How many rows would change something."""
        return sum(row["o"] in KINDS and entry_of(row) in self.taken for row in rows)


def plan_rows(
    table: Table,
    rows: Collection[int] | None,
    *,
    actor: User | None,
    at: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Plan, Plan]:
    """The preview of the whole list, and the plan of what is chosen. The preview shows chosen rows
    as they will be written, the others as they would have been."""
    whole = plan_roster(table, actor=actor, at=at, progress=progress)
    if rows is None:
        return whole, whole
    chosen = replace(table, rows=[row for row in table.rows if row.number in rows])
    part = plan_roster(chosen, actor=actor, at=at)
    own = {report.number: report for report in part.reports}
    reports = [own.get(report.number, report) for report in whole.reports]
    return Plan(reports, part.work, whole.notices, whole.entries), part


def choose(
    *,
    job: RosterImport,
    seen: Collection[int],
    taken: Collection[int],
    reason: str | None = None,
) -> None:
    """Of the organisations `seen` on a page those `taken` are ticked; the others stay as they were.
    A `reason` typed beside them is kept too.

    RosterRefusedError when the list no longer waits for a choice.
    """
    with transaction.atomic():
        held = RosterImport.objects.select_for_update(no_key=True).defer("content").get(pk=job.pk)
        if held.status != ImportStatus.CHECKED:
            raise RosterRefusedError(_("This list is no longer waiting for a confirmation."))
        may = Choice.of(held).open
        skipped = (set(held.skipped) - set(seen)) | (set(seen) - set(taken))
        held.skipped = sorted(skipped & may)
        held.reason = held.reason if reason is None else reason
        held.save(update_fields=["skipped", "reason"])
    job.skipped, job.reason = held.skipped, held.reason


def entries_of_kind(job: RosterImport, kind: str) -> frozenset[int]:
    """All organisations of the list that may be taken and have a row of this kind; or `all`."""
    of_kind = {entry_of(row) for row in job.rows if kind in {"all", row["o"]}}
    return Choice.of(job).open & of_kind
