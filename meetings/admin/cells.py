"""Cells, links and badges that several lists of this app print."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.japan.calendar import era_date, era_datetime
from core.shell.admin import Side
from meetings.choices import MeetingStatus, MinutesStatus
from meetings.labels import audience_label

Words = Any

MEETING_TONES = {
    MeetingStatus.DRAFT: "calm",
    MeetingStatus.ANNOUNCED: "info",
    MeetingStatus.HELD: "success",
    MeetingStatus.CANCELLED: "danger",
}
MINUTES_TONES = {
    MinutesStatus.DRAFT: "calm",
    MinutesStatus.SPEAKERS: "warning",
    MinutesStatus.CHAIR: "warning",
    MinutesStatus.FINAL: "info",
    MinutesStatus.PUBLISHED: "success",
}


def badge(words: Words, tone: str) -> str:
    return format_html('<span class="badge" data-tone="{}">{}</span>', tone, words)


def main_cell(first: Words, second: Words) -> str:
    return format_html('<span class="cell-main">{}</span><small>{}</small>', first, second)


def record_link(model: str, key: int, words: Words) -> str:
    """To a record of the admin; `model` as `meetings_body`."""
    return format_html('<a href="{}">{}</a>', reverse(f"admin:{model}_change", args=[key]), words)


def moment_cell(moment: datetime | None) -> str:
    return era_datetime(moment) if moment else "—"


def last_day_cell(until: date | None) -> str:
    """Of a half-open period: the last day that it holds, in words that nobody reads otherwise."""
    if until is None:
        return "—"
    return _("to %(day)s") % {"day": era_date(until - date.resolution)}


def audience_cell(audience: str, kind: str) -> str:
    return badge(audience_label(audience, kind), "calm")


def workroom_card(pages: Iterable[tuple[str, list[Any], Words]]) -> Side:
    """Links to the pages of the portal where the work is done; (name, arguments, words)."""
    links = []
    for name, arguments, words in pages:
        try:
            place = reverse(name, args=arguments)
        except NoReverseMatch:
            continue
        links.append(format_html('<a href="{}">{}</a>', place, words))
    return Side(_("In the workroom"), "people", links)
