"""Writing rows back as they were. One statement for many rows, so that the trail stays bulk too."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audit.inverse import Inverse, Key, Operation, pointed_at
from core.audit.tables import model_of

Unit = list[Inverse]
_AT_ONCE = 5_000
_REFUSALS = {
    "23505": gettext_lazy("Another record has the same value by now."),
    "23503": gettext_lazy("It points to a record, or is used by one, that stays."),
    "23P01": gettext_lazy("Its period would overlap another one."),
    "23514": gettext_lazy("It would no longer fit its other fields."),
}


class Stuck(NamedTuple):
    """Rows that the database would not take back, with its reason in words."""

    unit: Unit
    reason: str


def hold(keys: Iterable[Key]) -> None:
    """Nobody else changes these rows, or points to them, until the transaction ends."""
    by_table: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        by_table[key.table].append(key.row_id)
    with connection.cursor() as cursor:
        for table in sorted(by_table):
            if model_of(table) is not None:
                name = connection.ops.quote_name(table)
                cursor.execute(
                    f"SELECT FROM {name} WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
                    [_keys(table, by_table[table])],
                )


def restore(going: Sequence[Inverse]) -> list[Stuck]:
    """Write all of it; what the database refuses is left as it is and told.

    The usual case is one attempt. Only when that fails, what hangs together is tried apart.
    """
    if not going or not (refusal := _refusal_of(going)):
        return []
    pending = _units(going)
    if len(pending) == 1:
        return [Stuck(pending[0], refusal)]
    while True:
        stuck = _bisect(pending)
        if not stuck or len(stuck) == len(pending):
            return stuck
        pending = [one.unit for one in stuck]  # one may have had to wait for another


def _bisect(units: list[Unit]) -> list[Stuck]:
    refusal = _refusal_of([inverse for unit in units for inverse in unit])
    if not refusal:
        return []
    if len(units) == 1:
        return [Stuck(units[0], refusal)]
    middle = len(units) // 2
    return [*_bisect(units[:middle]), *_bisect(units[middle:])]


def _refusal_of(batch: Collection[Inverse]) -> str:
    """Write the batch, or nothing of it and say why."""
    try:
        with transaction.atomic():
            _write(batch)
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", "") or ""
        if state[:2] != "23" and state != "P0001":  # a rule of the tables, or of a trigger
            raise
        return str(_REFUSALS.get(state, _("The database does not allow it.")))
    return ""


def _write(batch: Collection[Inverse]) -> None:
    """In any order: what points to what is looked at when all is written."""
    removed: dict[str, list[str]] = defaultdict(list)
    changed: dict[tuple[str, tuple[str, ...]], list[Inverse]] = defaultdict(list)
    entered: dict[tuple[str, tuple[str, ...]], list[Inverse]] = defaultdict(list)
    for inverse in batch:
        if inverse.operation == Operation.DELETE:
            removed[inverse.key.table].append(inverse.key.row_id)
        else:
            kind = changed if inverse.operation == Operation.UPDATE else entered
            kind[inverse.key.table, tuple(sorted(inverse.values))].append(inverse)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table, keys in removed.items():
            name = connection.ops.quote_name(table)
            cursor.execute(f"DELETE FROM {name} WHERE id = ANY(%s)", [_keys(table, keys)])  # noqa: S608 -- a table of ours
        for sql_of, kinds in ((_update_sql, changed), (_insert_sql, entered)):
            for (table, columns), rows in kinds.items():
                for start in range(0, len(rows), _AT_ONCE):
                    part = rows[start : start + _AT_ONCE]
                    cursor.execute(sql_of(table, columns), [_rows(part)])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _keys(table: str, keys: Iterable[str]) -> list[object]:
    model = model_of(table)
    return [model._meta.pk.to_python(key) for key in keys] if model else []


def _rows(rows: Iterable[Inverse]) -> str:
    """As JSON: the database itself reads back what its trigger wrote."""
    told = [row.values | {"id": row.key.row_id} for row in rows]
    return json.dumps(told, ensure_ascii=False)


def _update_sql(table: str, columns: Iterable[str]) -> str:
    quote = connection.ops.quote_name
    name = quote(table)
    settings = ", ".join(f"{quote(column)} = kept.{quote(column)}" for column in columns)
    return (
        f"UPDATE {name} SET {settings} "  # noqa: S608 -- names of our own models
        f"FROM jsonb_populate_recordset(NULL::{name}, %s::jsonb) AS kept "
        f"WHERE {name}.id = kept.id"
    )


def _insert_sql(table: str, columns: Iterable[str]) -> str:
    quote = connection.ops.quote_name
    name, names = quote(table), ", ".join(map(quote, columns))
    return (
        f"INSERT INTO {name} ({names}) SELECT {names} "  # noqa: S608 -- names of our own models
        f"FROM jsonb_populate_recordset(NULL::{name}, %s::jsonb)"
    )


def _units(going: Sequence[Inverse]) -> list[Unit]:
    """What points to one another goes back together or not at all."""
    head = {inverse.key: inverse.key for inverse in going}

    def top(key: Key) -> Key:
        while head[key] != key:
            head[key] = head[head[key]]
            key = head[key]
        return key

    for inverse in going:
        for values in (inverse.left, inverse.values):
            for _link, target in pointed_at(inverse.key.table, values):
                if target in head:
                    head[top(inverse.key)] = top(target)
    units: dict[Key, Unit] = defaultdict(list)
    for inverse in going:
        units[top(inverse.key)].append(inverse)
    return list(units.values())
