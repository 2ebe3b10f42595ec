"""Cells that several lists print."""

from datetime import date

from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.japan.calendar import era_date
from members.choices import Category


def name_cell(name: str, kana: str) -> str:
    return format_html('<span class="cell-main">{}</span><small>{}</small>', name, kana)


def category_badge(category: str | None) -> str:
    if category is None:
        return format_html('<span class="badge" data-tone="calm">{}</span>', _("Not a member"))
    return format_html(
        '<span class="badge" data-cat="{}">{}</span>', category, Category(category).label
    )


def day_cell(day: date | None) -> str:
    return era_date(day) if day else "—"
