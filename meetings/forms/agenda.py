"""An agenda as lines of text, as it is pasted from the draft of a 次第: one item a line."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.japan.text import clean_line
from meetings.services.meetings import MOST_ITEMS, AgendaLine

LONGEST_LINE = 200
LONGEST_TEXT = 20_000
_TIME = r"([0-9\uff10-\uff19]{1,2})(?:[:\uff1a]|\u6642(?!\u9593))([0-9\uff10-\uff19]{2})?\u5206?"
# What pastes bring along: 15:00, 15時30分, 15:00~15:50 (only the beginning is kept).
_CLOCK = re.compile(
    rf"\s*{_TIME}(?![0-9\uff10-\uff19])\s*"
    r"(?:[~\u301c\uff5e\u2013-]\s*(?:[0-9\uff10-\uff19]{1,2}[:\uff1a\u6642][0-9\uff10-\uff19]{0,2}\u5206?)?)?\s*"
)
# A slash parts with room around it, in full width, or before a paper: NPO/行政 is one word.
_PART = re.compile(r"\s*\uff0f\s*|\s+/\s+|\s*/\s*(?=参考|資料)|\t+")
_LAST_HOUR, _LAST_MINUTE = 23, 59


class AgendaField(forms.CharField):
    """「15:00 声かけの事例の整理 / 資料1」 becomes a time, an item and a note."""

    widget = forms.Textarea(attrs={"rows": 6})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_TEXT)
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", gettext_lazy("Agenda"))
        kwargs.setdefault(
            "help_text",
            gettext_lazy(
                "One item a line. The time before it and, after a slash, the speaker or the paper "
                "may be left out. Example: 15:00 聞き取りの結果について / 資料2-1"
            ),
        )
        super().__init__(**kwargs)

    def lines(self, text: str) -> list[AgendaLine]:
        """Raises ValidationError that names the lines which cannot be read."""
        rows = [(n, row) for n, row in enumerate(text.splitlines(), 1) if clean_line(row)]
        if len(rows) > MOST_ITEMS:
            raise ValidationError(_("Up to %(n)s items, please.") % {"n": MOST_ITEMS})
        found, wrong = [], []
        for number, row in rows:
            try:
                found.append(_line(row))
            except ValueError as refusal:
                wrong.append(_("Line %(n)s: %(why)s") % {"n": number, "why": refusal})
        if wrong:
            raise ValidationError(wrong)
        return found

    def clean(self, value: Any) -> Any:
        """The text stays what the field shows again; `lines` is asked once more for the items."""
        text = super().clean(value)
        self.lines(text)
        return text


def agenda_text(lines: Iterable[AgendaLine]) -> str:
    """The lines as the field shows them."""
    return "\n".join(
        f"{line.starts_at:%H:%M} {_words(line)}" if line.starts_at else _words(line)
        for line in lines
    )


def _words(line: AgendaLine) -> str:
    return f"{line.title} / {line.note}" if line.note else line.title


def _line(row: str) -> AgendaLine:
    clock = _CLOCK.match(row)
    rest = row[clock.end() :] if clock else row
    title, _slash, note = _PART.sub("\0", rest.replace("\0", "").strip(), count=1).partition("\0")
    title, note = clean_line(title), clean_line(note)
    if not title:
        raise ValueError(_("the item is missing."))
    if max(len(title), len(note)) > LONGEST_LINE:
        raise ValueError(_("up to %(n)s letters, please.") % {"n": LONGEST_LINE})
    return AgendaLine(title, _clock(clock) if clock else None, note)


def _clock(found: "re.Match[str]") -> time:
    hour, minute = (int(unicodedata.normalize("NFKC", part or "0")) for part in found.groups())
    if hour > _LAST_HOUR or minute > _LAST_MINUTE:
        raise ValueError(_("there is no such time."))
    return time(hour, minute)
