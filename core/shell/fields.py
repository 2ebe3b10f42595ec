"""Native date fields: keyboard, touch, no script. `form.js` adds era and weekday beside them."""

from typing import Any

from django import forms


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"data-date": "", **(attrs or {})}, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"data-date": "", **(attrs or {})}, format="%Y-%m-%dT%H:%M")


class DateTimeField(forms.DateTimeField):
    """One native field instead of the stock pair of date and time."""

    widget = DateTimeInput
