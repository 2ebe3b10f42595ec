"""A day and a time of the day as five fields, in Japan's time, no calendar and no jumping focus."""

import unicodedata
from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import PARTS, SplitDateField, SplitDateWidget

_TIME_PARTS = (("hour", "時", "input input--2"), ("minute", "分", "input input--2"))
_LAST_HOUR, _LAST_MINUTE = 23, 59
_LONGEST_NUMBER = 2


class SplitMomentWidget(SplitDateWidget):
    """Reads `name_year`, `name_month`, `name_day`, `name_hour`, `name_minute`."""

    parts = (*PARTS, *_TIME_PARTS)

    def split(self, value: Any) -> tuple[str, ...]:
        if isinstance(value, datetime):
            local = timezone.localtime(value)
            numbers = (local.year, local.month, local.day, local.hour)
            return (*map(str, numbers), f"{local.minute:02}")
        filled = [*str(value or "").split("-", len(self.parts) - 1), *[""] * len(self.parts)]
        return tuple(filled[: len(self.parts)])


class SplitMomentField(forms.Field):
    """A moment, the minutes may be left out on the hour. Each refusal names what is wrong."""

    widget = SplitMomentWidget
    default_error_messages = {
        **SplitDateField.default_error_messages,
        "required": _("Enter the day and the time."),
        "hour": _("Enter the hour from 0 to 23 and the minute from 0 to 59."),
    }

    def to_python(self, value: Any) -> datetime | None:
        if isinstance(value, datetime) or value in self.empty_values:
            return value or None
        parts = SplitMomentWidget().split(value)
        year, month, day, hour, minute = (
            unicodedata.normalize("NFKC", part).strip() for part in parts
        )
        on = SplitDateField(error_messages=self._of_a_date()).clean(f"{year}-{month}-{day}")
        if not hour:
            raise ValidationError(
                self.error_messages["part"], code="part", params={"missing": "時"}
            )
        at = time(self._number(hour, _LAST_HOUR), self._number(minute or "0", _LAST_MINUTE))
        return timezone.make_aware(datetime.combine(on, at))

    def _of_a_date(self) -> dict[str, Any]:
        return {code: self.error_messages[code] for code in SplitDateField.default_error_messages}

    def _number(self, text: str, most: int) -> int:
        small = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
        if not small or int(text) > most:
            raise ValidationError(self.error_messages["hour"], code="hour")
        return int(text)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True
