"""Field changes in words: columns and values as the screens call them."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext as _

from core.audit.models import Act, Change
from core.audit.tables import model_of
from core.japan.calendar import era_date, era_datetime

LONGEST = 400
MaySee = Callable[[type[models.Model]], bool]
Names = Mapping[tuple[type[models.Model], str], str]
Field = Any  # a column of any kind


class Difference(NamedTuple):
    """One column, before and after, in words; empty words for nothing.

    `whole`: the record itself came or went, so there was nothing to compare with.
    """

    label: str
    old: str
    new: str
    whole: bool = False


@cache
def _columns(model: type[models.Model]) -> dict[str, Field]:
    return {str(field.column): field for field in model._meta.concrete_fields}


def changed_labels(change: Change) -> str:
    """Names of the changed columns, for a line of a list. No query."""
    if change.operation != Change.Operation.UPDATE:
        return ""
    model = model_of(change.table)
    columns = _columns(model) if model else {}
    return "、".join(_label(columns.get(column), column) for column in change.after or {})


def differences(
    change: Change, names: Names | None = None, *, without: Iterable[str] = ()
) -> list[Difference]:
    """What the change did, column by column. `names` comes from `related_names`."""
    model = model_of(change.table)
    columns = _columns(model) if model else {}
    before, after = change.before or {}, change.after or {}
    whole = change.operation != Change.Operation.UPDATE
    skipped = set(without)
    found = []
    for column in before | after:
        field = columns.get(column)
        if column in skipped or (whole and _is_technical(field)):
            continue
        old = _value(field, before.get(column), names or {})
        new = _value(field, after.get(column), names or {})
        if old or new:
            found.append(Difference(_label(field, column), old, new, whole))
    return found


def related_names(changes: Iterable[Change], may_see: MaySee) -> Names:
    """What the foreign keys in these changes point to, by name; one query for each kind."""
    wanted: dict[type[models.Model], set[str]] = {}
    for change in changes:
        model = model_of(change.table)
        columns = _columns(model) if model else {}
        for row in (change.before or {}, change.after or {}):
            for column, value in row.items():
                target = getattr(columns.get(column), "related_model", None)
                if value is not None and target is not None and may_see(target):
                    wanted.setdefault(target, set()).add(str(value))
    return {
        (model, str(row.pk)): str(row)
        for model, keys in wanted.items()
        for row in model._base_manager.filter(pk__in=keys)
    }


def record_names(entries: Iterable[Change | Act]) -> dict[tuple[str, str], str]:
    """What the records behind these rows are called today; one query for each kind."""
    wanted: dict[str, set[str]] = {}
    for entry in entries:
        wanted.setdefault(entry.table, set()).add(entry.row_id)
    found: dict[tuple[str, str], str] = {}
    for table, keys in wanted.items():
        model = model_of(table)
        if model is None or _links_only(model):
            continue
        rows = model._base_manager.in_bulk([key for key in keys if key.isdigit()])
        found |= {(table, str(key)): str(row) for key, row in rows.items()}
    return found


def _links_only(model: type[models.Model]) -> bool:
    """A row of Django's own many-to-many table has no name, nor has a proxy of it."""
    concrete = model._meta.concrete_model
    return concrete is None or bool(concrete._meta.auto_created)


def _is_technical(field: Field) -> bool:
    """Columns that say nothing about a record as a whole: keys, search helpers."""
    return field is None or field.primary_key or not field.editable


def _label(field: Field, column: str) -> str:
    if field is None:
        return column
    target = field.related_model
    if target is not None and field.verbose_name == field.name.replace("_", " "):
        return str(target._meta.verbose_name)  # nobody named the field: say what it points to
    return _(str(field.verbose_name))  # Django's own English for a field that nobody named


def _value(field: Field, value: Any, names: Names) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if value == "***":
        return _("(not shown)")
    target = getattr(field, "related_model", None)
    if target is not None:
        return names.get((target, str(value)), f"#{value}")
    text = _plain(field, value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _plain(field: Field, value: Any) -> str:
    if isinstance(value, list):
        inner = field.base_field if isinstance(field, ArrayField) else None
        return "、".join(_plain(inner, part) for part in value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    choices = dict(getattr(field, "flatchoices", None) or ())
    return str(choices[value]) if value in choices else _moment(field, str(value))


def _moment(field: Field, text: str) -> str:
    try:
        if isinstance(field, models.DateTimeField):
            return era_datetime(datetime.fromisoformat(text))
        if isinstance(field, models.DateField):
            return era_date(date.fromisoformat(text))
    except ValueError:
        pass
    return text
