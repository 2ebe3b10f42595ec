"""What a change set did to each row, all in all, and the opposite of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from django.db import models

from core.audit.models import Change, ChangeSet
from core.audit.tables import model_of

MASK = "***"
Operation = Change.Operation


class Key(NamedTuple):
    """A row of the database."""

    table: str
    row_id: str


@dataclass(slots=True)
class Inverse:
    """What takes one row back: `operation` is to be done, with `values` where it writes any.

    `left` is what the set left there; of a row it added, only what that points to, unless asked.
    """

    key: Key
    operation: Operation
    values: dict[str, Any]
    left: dict[str, Any]


@dataclass(frozen=True)
class Link:
    """A column that points to a row of another table."""

    column: str
    table: str
    needed: bool


@cache
def links(table: str) -> tuple[Link, ...]:
    model = model_of(table)
    fields = model._meta.concrete_fields if model else ()
    return tuple(
        Link(str(one.column), one.related_model._meta.db_table, not one.null)
        for one in fields
        if isinstance(one.related_model, type) and issubclass(one.related_model, models.Model)
    )


def pointed_at(table: str, values: dict[str, Any]) -> Iterable[tuple[Link, Key]]:
    """The rows that these values of a row of `table` point to."""
    for link in links(table):
        value = values.get(link.column)
        if value is not None:
            yield link, Key(link.table, str(value))


def touched(change_set: ChangeSet) -> list[Key]:
    """Every row that the set changed."""
    rows = change_set.changes().order_by().values_list("table", "row_id").distinct()
    return [Key(*row) for row in rows]


def inverses(change_set: ChangeSet, whole: Collection[Key]) -> list[Inverse]:
    """The opposite of the set, row by row. Rows in `whole` keep all that the set left there."""
    rows: dict[Key, _Row] = {}
    told = change_set.changes().values_list("table", "row_id", "operation", "before", "after")
    for table, row_id, operation, before, after in told.iterator(chunk_size=2000):
        key = Key(table, row_id)
        row = rows.get(key)
        if row is None:
            row = rows[key] = _Row(added=operation == Operation.INSERT)
        row.add(Operation(operation), before or {}, after or {})
        if row.added and key not in whole:
            row.trim(table)
    found = (row.inverse(key) for key, row in rows.items())
    return [inverse for inverse in found if inverse is not None]


@dataclass(slots=True)
class _Row:
    """A row through all changes of the set: the oldest values and the newest ones."""

    added: bool
    gone: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    def add(self, operation: Operation, before: dict[str, Any], after: dict[str, Any]) -> None:
        self.gone = operation == Operation.DELETE
        if not self.added:
            self.before = before | self.before
        self.after = {} if self.gone else self.after | after

    def trim(self, table: str) -> None:
        self.after = {
            link.column: self.after[link.column]
            for link in links(table)
            if link.column in self.after
        }

    def inverse(self, key: Key) -> Inverse | None:
        if self.added:
            return None if self.gone else Inverse(key, Operation.DELETE, {}, self.after)
        if self.gone:
            return Inverse(key, Operation.INSERT, self.before, {})
        values = {
            column: value
            for column, value in self.before.items()
            if value == MASK or value != self.after.get(column)
        }
        left = {column: self.after.get(column) for column in values}
        return Inverse(key, Operation.UPDATE, values, left) if values else None
