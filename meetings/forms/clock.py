"""A time of the day in two fields."""

import unicodedata
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import SplitDateWidget
from meetings.forms.moments import SplitMomentWidget

_LONGEST_NUMBER = 2
_LAST = (23, 59)


class SplitClockWidget(SplitDateWidget):
    """Reads `name_hour`, `name_minute`."""

    parts = SplitMomentWidget.parts[3:]

    def split(self, value: Any) -> tuple[str, ...]:
        if isinstance(value, time):
            return str(value.hour), f"{value.minute:02}"
        hour, minute = [*str(value or "").split("-", 1), "", ""][:2]
        return hour, minute


class SplitClockField(forms.Field):
    """The minutes may be left out on the hour."""

    widget = SplitClockWidget
    default_error_messages = {
        "required": _("Enter the hour and the minute."),
        "clock": _("Enter the hour from 0 to 23 and the minute from 0 to 59."),
    }

    def to_python(self, value: Any) -> time | None:
        if isinstance(value, time) or value in self.empty_values:
            return value or None
        parts = SplitClockWidget().split(value)
        hour, minute = (unicodedata.normalize("NFKC", part).strip() for part in parts)
        return time(self._number(hour, _LAST[0]), self._number(minute or "0", _LAST[1]))

    def _number(self, text: str, most: int) -> int:
        small = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
        if not small or int(text) > most:
            raise ValidationError(self.error_messages["clock"], code="clock")
        return int(text)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True
