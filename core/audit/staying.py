"""What a revert leaves alone: rows edited since, rows that never go, rows that others need."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext as _

from core.audit.inverse import MASK, Inverse, Key, Operation, pointed_at
from core.audit.models import Change, ChangeSet
from core.audit.tables import model_of, table_words


@dataclass(frozen=True, slots=True)
class Staying:
    """A row that is not taken back, and why. `later` is the newest change that speaks against."""

    key: Key
    reason: str
    later: Change | None = None


def later_changes(change_set: ChangeSet) -> dict[Key, list[Change]]:
    """What was changed after the set in the rows that it changed, oldest first."""
    found = Change.objects.raw(
        """
        SELECT later.* FROM core_change AS later JOIN (
            SELECT "table", row_id, max(id) AS newest FROM core_change
            WHERE transaction_id = %s AND id > %s AND id <= %s GROUP BY "table", row_id
        ) AS mine ON later."table" = mine."table" AND later.row_id = mine.row_id
            AND later.id > mine.newest
        ORDER BY later.id
        """,
        [change_set.transaction_id, change_set.after_change, change_set.until_change],
    )
    later: dict[Key, list[Change]] = defaultdict(list)
    for change in found:
        later[Key(change.table, change.row_id)].append(change)
    return later


def edited_since(inverse: Inverse, later: list[Change]) -> Staying | None:
    """Whoever changed the same places afterwards is not overwritten. Changed there and back again
    counts as nothing."""
    if not later:
        return None
    newest = later[-1]
    if newest.operation == Operation.DELETE:
        if inverse.operation == Operation.INSERT:
            return None
        return Staying(inverse.key, _("It has been removed since."), newest)
    now: dict[str, Any] = {}
    for change in later:
        now |= change.after or {}
    if inverse.operation == Operation.INSERT:
        return Staying(inverse.key, _("It has been entered again since."), newest)
    for change in reversed(later):
        if any(
            column in inverse.left and now[column] != inverse.left[column]
            for column in change.after or {}
        ):
            return Staying(inverse.key, _("It has been changed since."), change)
    return None


def kept_for_good(inverse: Inverse) -> Staying | None:
    """Rows that may never be changed, and values that the trail does not keep."""
    model = model_of(inverse.key.table)
    if model is None:
        return Staying(inverse.key, _("The program no longer knows this kind of record."))
    if any(one.name == "append_only" for one in getattr(model._meta, "triggers", ())):
        return Staying(inverse.key, _("Records of this kind are never changed or removed."))
    columns = {str(field.column) for field in model._meta.concrete_fields}
    if MASK in inverse.values.values():
        return Staying(inverse.key, _("Its earlier value is secret and was not kept."))
    if not inverse.values.keys() <= columns:
        return Staying(inverse.key, _("It had a field that no longer exists."))
    return None


def needed_by_others(going: dict[Key, Inverse]) -> Iterator[Staying]:
    """Rows that the set added, and to which a record points that would stay."""
    added: dict[str, list[str]] = defaultdict(list)
    for key, inverse in going.items():
        if inverse.operation == Operation.DELETE:
            added[key.table].append(key.row_id)
    for table, keys in added.items():
        model = model_of(table)
        if model is None:
            continue
        values = [model._meta.pk.to_python(key) for key in keys]
        for child, column in _pointing_to(model):
            for child_id, parent in _references(child, column, values):
                plan = going.get(Key(child._meta.db_table, child_id))
                leaves = plan is not None and (
                    plan.operation == Operation.DELETE or column in plan.values
                )
                if not leaves:
                    reason = _("It is used by a record that stays: %(kind)s.")
                    words = reason % {"kind": table_words(child._meta.db_table)}
                    yield Staying(Key(table, parent), words)


def _pointing_to(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or relation.many_to_many:
            continue
        child, column = relation.related_model, getattr(relation.field, "column", None)
        if isinstance(child, type) and column and child._meta.managed and not child._meta.proxy:
            yield child, str(column)


def _references(child: type[models.Model], column: str, values: list[Any]) -> list[tuple[str, str]]:
    quote = connection.ops.quote_name
    key, table = quote(str(child._meta.pk.column)), quote(child._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}::text, {quote(column)}::text FROM {table} "  # noqa: S608 -- names of our own models
            f"WHERE {quote(column)} = ANY(%s)",
            [values],
        )
        return list(cursor.fetchall())


def kept_whole(going: dict[Key, Inverse], staying: Iterable[Key]) -> list[Staying]:
    """What was added together with a row that stays: what that points to, and what cannot be
    without it."""
    above: dict[Key, list[Key]] = defaultdict(list)
    below: dict[Key, list[Key]] = defaultdict(list)
    for inverse in going.values():
        for link, target in pointed_at(inverse.key.table, inverse.left):
            above[inverse.key].append(target)
            if link.needed:
                below[target].append(inverse.key)
    found: dict[Key, Staying] = {}
    waiting = list(staying)
    while waiting:
        key = waiting.pop()
        for near in (*above[key], *below[key]):
            plan = going.get(near)
            if plan is None or plan.operation != Operation.DELETE or near in found:
                continue
            found[near] = Staying(near, _("It belongs to a record that stays."))
            waiting.append(near)
    return list(found.values())
