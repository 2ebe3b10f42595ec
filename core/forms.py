"""Dates as three fields: year, month and day, 西暦, no calendar and no jumping focus.

The rule is the Digital Agency's design system; the reason is that nobody has to guess a format.
And a select that is drawn without templates.
"""

import datetime
import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

PARTS = (
    ("year", "年", "input input--4"),
    ("month", "月", "input input--2"),
    ("day", "日", "input input--2"),
)
MONTHS = 12
_SELECTED = flatatt({"selected": True})
# Of Django, for every field: its own Japanese asks to "enter some letters". Ours stands in the
# catalogue, which comes first.
gettext_noop("Null characters are not allowed.")
YEAR_DIGITS = 4  # a shorter number is most likely a year of an era


class SplitDateWidget(forms.Widget):
    """Reads `name_year`, `name_month`, `name_day`; for links a plain `name=2022-06-15` too."""

    template_name = "components/date_parts.html"
    use_fieldset = True
    parts: tuple[tuple[str, str, str], ...] = PARTS

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_year" if id_ else ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        values = self.split(value)[: len(self.parts)]
        widget["subwidgets"] = [
            {
                "name": f"{name}_{part}",
                "value": shown,
                "attrs": {
                    "id": f"{widget['attrs'].get('id') or name}_{part}",
                    "class": css,
                    "label": label,
                    "invalid": bool(widget["attrs"].get("aria-invalid")),
                },
            }
            for (part, label, css), shown in zip(self.parts, values, strict=True)
        ]
        return context

    def split(self, value: Any) -> tuple[str, ...]:
        """A value as its parts, an empty text for each that is missing."""
        return _parts(value)

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Mapping[str, Any], name: str
    ) -> str | None:
        if data.get(name):
            return str(data[name])
        given = [str(data.get(f"{name}_{part}") or "").strip() for part, _label, _css in self.parts]
        return "-".join(given) if any(given) else None

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: Mapping[str, Any], name: str
    ) -> bool:
        return name not in data and not any(f"{name}_{part[0]}" in data for part in self.parts)


class SplitMonthWidget(SplitDateWidget):
    """Reads `name_year` and `name_month`; for links a plain `name=2015-04` too."""

    parts = PARTS[:2]


def _parts(value: Any) -> tuple[str, str, str]:
    if isinstance(value, datetime.date):
        return str(value.year), str(value.month), str(value.day)
    year, month, day = [*str(value or "").split("-", 2), "", "", ""][:3]
    return year, month, day


class SplitDateField(forms.DateField):
    """A date asked for in three fields, each refusal naming what is missing."""

    widget = SplitDateWidget
    default_error_messages = {
        "required": _("Enter the year, month and day."),
        "part": _("Enter the %(missing)s too."),
        "digits": _("Enter the date in digits, for example 2022, 6 and 15."),
        "year": _("Enter the year with four digits, for example 2022."),
        "absent": _("There is no such day. Please check the date."),
    }

    def to_python(self, value: Any) -> datetime.date | None:
        if isinstance(value, datetime.datetime):
            return value.date()
        if isinstance(value, datetime.date) or value in self.empty_values:
            return value or None
        parts = [unicodedata.normalize("NFKC", part).strip() for part in _parts(value)]
        missing = [label for (_n, label, _c), part in zip(PARTS, parts, strict=True) if not part]
        if missing:
            raise ValidationError(
                self.error_messages["part"], code="part", params={"missing": "・".join(missing)}
            )
        return self._date(parts)

    def _date(self, parts: list[str]) -> datetime.date:
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise ValidationError(self.error_messages["digits"], code="digits")
        if len(parts[0]) != YEAR_DIGITS:
            raise ValidationError(self.error_messages["year"], code="year")
        try:
            return datetime.date(*(int(part) for part in parts))
        except (ValueError, OverflowError):
            raise ValidationError(self.error_messages["absent"], code="absent") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class SplitMonthField(forms.CharField):
    """A month asked for in two fields and kept as YYYY-MM."""

    widget = SplitMonthWidget
    default_error_messages = {
        **SplitDateField.default_error_messages,
        "required": _("Enter the year and month."),
        "month": _("Enter the month from 1 to 12."),
    }

    def to_python(self, value: Any) -> str:
        if value in self.empty_values:
            return ""
        parts = [unicodedata.normalize("NFKC", part).strip() for part in _parts(value)[:2]]
        missing = [label for (_n, label, _c), part in zip(PARTS, parts, strict=False) if not part]
        if missing:
            raise self._refusal("part", missing="・".join(missing))
        year, month = parts
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise self._refusal("digits")
        if len(year) != YEAR_DIGITS:
            raise self._refusal("year")
        # A number of a thousand digits is no month either, and is not worth reading.
        if len(month) > 2 or not 1 <= int(month) <= MONTHS:
            raise self._refusal("month")
        return f"{year}-{int(month):02}"

    def _refusal(self, code: str, **params: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params)


class PlainSelect(forms.Select):
    """Draws its options itself: Django renders two templates for each, 3 ms for 47 prefectures."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        choices = [("" if key is None else str(key), label) for key, label in self.choices]
        if any(isinstance(label, list | tuple) for _key, label in choices):
            return super().render(name, value, attrs, renderer)  # groups
        given = self.format_value(value)
        chosen = next((n for n, (key, _label) in enumerate(choices) if key in given), None)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (key, _SELECTED if n == chosen else "", label)
                for n, (key, label) in enumerate(choices)
            ),
        )
        head = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        return format_html("<select{}>{}</select>", head, options)
