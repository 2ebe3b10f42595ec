"""The trail of one record, told in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.models import Act, Change
from core.audit.tables import act_words, table_words
from core.audit.words import Difference, MaySee, Names, differences, related_names

NEWEST = 200
Row = Change | Act


@dataclass(frozen=True)
class Child:
    """A kind of rows that belong to a record: their model and the column that says so."""

    model: type[models.Model]
    column: str


@dataclass(frozen=True)
class Entry:
    """Everything one transaction did to a record: who, what, from what to what, why."""

    at: datetime
    who: str
    what: str
    why: str = ""
    tone: str = "calm"
    changes: Sequence[Difference] = field(default_factory=list)


@dataclass(frozen=True)
class Day:
    on: date
    entries: list[Entry]


def nothing_hidden(model: type[models.Model]) -> bool:
    return True


def story(
    obj: models.Model,
    limit: int = NEWEST,
    *,
    children: Iterable[Child] = (),
    may_see: MaySee = nothing_hidden,
) -> list[Entry]:
    """Changes of the record and of its `children`, and acts about it; the newest first.

    Names behind foreign keys are told only where `may_see` allows.
    """
    table, key = obj._meta.db_table, str(obj.pk)
    kinds = list(children)
    where = Q(table=table, row_id=key)
    for child in kinds:
        where |= Q(table=child.model._meta.db_table, row_id__in=_keys(child, obj))
    changes = list(Change.objects.filter(where).order_by("-id")[:limit])
    acts = list(Act.objects.filter(table=table, row_id=key).order_by("-id")[:limit])
    names = related_names(changes, may_see)
    owners = {child.model._meta.db_table: child.column for child in kinds}
    told = [_entry(rows, table, owners, names) for rows in _by_transaction([*changes, *acts])]
    return sorted(told, key=lambda entry: entry.at, reverse=True)[:limit]


def _by_transaction(rows: Iterable[Row]) -> Iterable[list[Row]]:
    """Rows written together. A restored database counts anew, so the day is part of the key."""
    together: dict[tuple[int, date], list[Row]] = {}
    for row in rows:
        key = (row.transaction_id, timezone.localdate(row.at))
        together.setdefault(key, []).append(row)
    return together.values()


def by_day(entries: Iterable[Entry]) -> list[Day]:
    days = groupby(entries, key=lambda entry: timezone.localdate(entry.at))
    return [Day(on, list(rows)) for on, rows in days]


def _keys(child: Child, obj: models.Model) -> list[str]:
    """Keys of the rows that belong to the record now, and of those that were removed from it."""
    present = child.model._base_manager.filter(**{child.column: obj.pk}).values_list(
        "pk", flat=True
    )
    removed = Change.objects.filter(
        table=child.model._meta.db_table,
        operation=Change.Operation.DELETE,
        before__contains={child.column: obj.pk},
    ).values_list("row_id", flat=True)
    return [*map(str, present), *removed]


def _entry(rows: list[Row], table: str, owners: dict[str, str], names: Names) -> Entry:
    changes = sorted((row for row in rows if isinstance(row, Change)), key=lambda row: row.pk)
    acts = sorted((row for row in rows if isinstance(row, Act)), key=lambda row: row.pk)
    told: list[Difference] = []
    for change in changes:
        kind = "" if change.table == table else f"{table_words(change.table)}: "
        found = differences(change, names, without=[owners.get(change.table, "")])
        told += [item._replace(label=f"{kind}{item.label}") for item in found]
    first = rows[0]
    sentences = [act_words(act.verb) for act in acts] or [
        _sentence(change, table) for change in changes
    ]
    return Entry(
        at=first.at,
        who=first.actor_name or _("Unknown"),
        what="、".join(dict.fromkeys(sentences)),
        why=first.why,
        tone=_tone(changes, table),
        changes=told,
    )


def _sentence(change: Change, table: str) -> str:
    own = {
        Change.Operation.INSERT: _("registered the record"),
        Change.Operation.UPDATE: _("edited the record"),
        Change.Operation.DELETE: _("deleted the record"),
    }
    of_child = {
        Change.Operation.INSERT: _("%(kind)s added"),
        Change.Operation.UPDATE: _("%(kind)s edited"),
        Change.Operation.DELETE: _("%(kind)s deleted"),
    }
    operation = Change.Operation(change.operation)
    if change.table == table:
        return own[operation]
    return of_child[operation] % {"kind": table_words(change.table)}


def _tone(changes: Iterable[Change], table: str) -> str:
    kinds = {change.operation for change in changes if change.table == table}
    if Change.Operation.DELETE in kinds:
        return "danger"
    return "success" if Change.Operation.INSERT in kinds else "calm"
