"""Cells that several lists print."""

from datetime import date

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.japan.calendar import era_date, era_datetime
from core.shell.admin import Side
from members.choices import Category
from members.models import Person


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


def login_card(person: Person) -> Side:
    """Whether the person can log in, and ever did."""
    user = person.user
    if user is None:
        return Side(_("Login"), "people", [_("None yet")])
    state = _("Open") if user.is_valid_on(timezone.localdate()) else _("Closed")
    if state == _("Open") and not user.has_usable_password():
        state = _("Waiting for the first login")
    last = era_datetime(user.last_login) if user.last_login else "—"
    facts = [(_("E-mail address"), user.email), (_("State"), state), (_("Last login"), last)]
    return Side(_("Login"), "facts", facts)
