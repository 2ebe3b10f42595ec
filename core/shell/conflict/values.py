"""What a form shows and what a browser sends, in one language: lists of strings by field."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core import signing
from django.forms.models import InlineForeignKeyField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

Values = dict[str, list[str]]
"""Of one form: what stands in each field, as a browser would send it untouched."""

State = dict[str, Any]
"""Of a whole page: {"form": Values, "rows": {prefix of the inline: {key of the row: Values}}}."""

_SALT = "core.shell.conflict"
_ON = ["on"]


def _widget(field: forms.Field) -> Any:
    return getattr(field.widget, "widget", field.widget)  # without the links beside a foreign key


def kept(form: Any) -> Iterator[tuple[str, forms.Field]]:
    """The fields that a person fills in. A file cannot be shown again, so it is not compared."""
    for name, field in form.fields.items():
        technical = isinstance(field, InlineForeignKeyField) or name in {"DELETE", "ORDER"}
        key = getattr(getattr(form, "_meta", None), "model", None)
        if key is not None and name == key._meta.pk.name:
            continue
        if not (technical or field.disabled or _widget(field).needs_multipart_form):
            yield name, field


def _plain(values: Any) -> list[str]:
    """Line ends as the database keeps them; nothing chosen is the same as nothing sent."""
    return [text for text in (str(value).replace("\r\n", "\n") for value in values) if text]


def _parts(widget: Any, name: str) -> list[str]:
    return [f"{name}{tail}" for tail in widget.widgets_names]


def shown(form: Any) -> Values:
    """What an unbound form shows."""
    return {name: _shown(form[name]) for name, _field in kept(form)}


def _shown(bound: forms.BoundField) -> list[str]:
    widget, value = _widget(bound.field), bound.value()
    if isinstance(widget, forms.MultiWidget):
        pieces = zip(widget.widgets, widget.decompress(value) or (), strict=False)
        return _plain(part.format_value(piece) or "" for part, piece in pieces)
    if isinstance(widget, forms.CheckboxInput):
        return list(_ON) if widget.check_test(value) else []
    found = widget.format_value(value)
    return _plain(found if isinstance(found, list | tuple) else [found or ""])


def typed(field: forms.Field, name: str, data: QueryDict) -> list[str]:
    """What was sent for a field whose name in the page is `name`."""
    widget = _widget(field)
    if isinstance(widget, forms.MultiWidget):
        return _plain(data.get(part, "") for part in _parts(widget, name))
    if isinstance(widget, forms.CheckboxInput):
        return list(_ON) if widget.value_from_datadict(data, MultiValueDict(), name) else []
    return _plain(data.getlist(name))


def put(field: forms.Field, name: str, values: list[str], data: QueryDict) -> None:
    """As if `values` had been sent."""
    widget = _widget(field)
    if isinstance(widget, forms.MultiWidget):
        for part, value in zip(_parts(widget, name), values, strict=False):
            data[part] = value
    else:
        data.setlist(name, list(values))


# --- the slip that a page carries ----------------------------------------------------------------


def seal(of: str, opened: State, seen: State) -> str:
    """The slip: what the page was opened with, and the newest state that its reader was told."""
    slip = {"of": of, "opened": opened} | ({} if seen == opened else {"seen": seen})
    return signing.dumps(slip, salt=_SALT, compress=True)


def unseal(of: str, slip: str) -> tuple[State, State] | None:
    """What `seal` was given; None for a slip of another record, or of nobody."""
    try:
        found: Mapping[str, Any] = signing.loads(slip, salt=_SALT)
    except signing.BadSignature:
        return None
    if found.get("of") != of:
        return None
    return found["opened"], found.get("seen", found["opened"])
