"""Small presentation helpers of the shell. No queries but those a ChangeList has already made."""

from datetime import date, datetime
from typing import Any

from django import template
from django.contrib.admin.views.main import ChangeList
from django.forms import BoundField
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.japan.calendar import WEEKDAYS, era_date_weekday, tokyo_date
from core.japan.codes import prefecture_name

register = template.Library()


@register.simple_tag
def icon(name: str, extra: str = "") -> str:
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="#i-{}"></use></svg>',
        extra,
        name,
    )


@register.filter
def jdate(value: date | None) -> str:
    """令和8年11月23日(月)."""
    return era_date_weekday(tokyo_date(value)) if value else ""


@register.filter
def jshort(value: date | None) -> str:
    """11月23日(月), with the year when it is not this one."""
    if not value:
        return ""
    day = tokyo_date(value)
    head = "" if day.year == timezone.localdate().year else f"{day.year}年"
    return f"{head}{day.month}月{day.day}日({WEEKDAYS[day.weekday()]})"


@register.filter
def jmoment(value: datetime | None) -> str:
    """11月23日(月)13:30, with the year when it is not this one."""
    return f"{jshort(value)}{timezone.localtime(value):%H:%M}" if value else ""


@register.filter
def prefecture(code: str) -> str:
    """東京都 for 13; nothing for nothing."""
    return prefecture_name(code) if code else ""


def _days_left(value: date) -> int:
    return (tokyo_date(value) - timezone.localdate()).days


@register.filter
def due_words(value: date | None) -> str:
    if not value:
        return ""
    left = _days_left(value)
    if left < 0:
        return ngettext("%(n)d day over", "%(n)d days over", -left) % {"n": -left}
    if left == 0:
        return _("due today")
    return ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}


@register.filter
def due_tone(value: date | None) -> str:
    if not value:
        return ""
    left = _days_left(value)
    if left < 0:
        return "danger"
    return "warning" if left <= 1 else "calm"


@register.simple_tag
def active_filters(cl: ChangeList) -> list[dict[str, Any]]:
    """The filters that are set, each with the address that takes it off again."""
    chips = []
    for spec in cl.filter_specs:
        choices: list[Any] = list(spec.choices(cl))
        chips += [
            {
                "title": spec.title,
                "value": choice["display"],
                "remove": choices[0]["query_string"],
            }
            for choice in choices[1:]
            if choice.get("selected")
        ]
    if cl.query:
        remove = cl.get_query_string(remove=["q"])
        chips.append({"title": _("Search"), "value": cl.query, "remove": remove})
    return chips


@register.filter
def is_view(cl: ChangeList, query: str) -> bool:
    """Is this saved view the one on screen? Page and order do not count."""
    have = dict(cl.params.items())
    have |= {key: value[-1] for key, value in getattr(cl, "filter_params", {}).items()}
    passing = {"p", "o", "all", "_facets"}
    shown = {key: str(value) for key, value in have.items() if key not in passing}
    return shown == dict(QueryDict(query).items())


@register.filter
def tab_of(name: str, tabs: Any) -> int:
    """Number of the tab that holds this fieldset or inline (1 when none names it)."""
    for number, (_label, *names) in enumerate(tabs or (), start=1):
        if str(name) in map(str, names):
            return number
    return 1


@register.filter
def inline_name(formset: Any) -> str:
    return type(formset.opts).__name__


@register.filter
def page_bounds(_paginator: Any, cl: ChangeList) -> tuple[int, int]:
    """First and last row number on this page."""
    if cl.show_all or not cl.multi_page:
        return 1, cl.result_count
    first = (cl.page_num - 1) * cl.list_per_page + 1
    return first, min(first + cl.list_per_page - 1, cl.result_count)


@register.filter
def labelled(bound: BoundField) -> str:
    """A widget in a table cell, named by its column for those who cannot see the head."""
    return bound.as_widget(attrs={"aria-label": str(bound.label)})


def _error(bound: BoundField | None, text: str, *, owner: str = "", place: str = "") -> Any:
    label = " ".join(part for part in (owner, str(bound.label) if bound else "") if part)
    # Boxes to tick have no label of their own: the first of them is where to begin.
    field = bound and (bound.id_for_label or f"{bound.auto_id}_0")
    return {"id": field or place, "label": label, "text": text}


def _form_errors(form: Any, *, owner: str = "", place: str = "") -> list[Any]:
    found = []
    for name, errors in form.errors.items():
        bound = form[name] if name in form.fields else None
        found += [_error(bound, text, owner=owner, place=place) for text in errors]
    return found


@register.simple_tag
def form_errors(adminform: Any, formsets: Any) -> list[Any]:
    """Every error once, with the id of the field it belongs to."""
    found = _form_errors(adminform.form)
    for item in formsets or ():
        place = f"{item.formset.prefix}-group"
        found += [
            _error(None, text, owner=str(item.opts.verbose_name_plural), place=place)
            for text in item.formset.non_form_errors()
        ]
        for number, form in enumerate(item.formset.forms, start=1):
            found += _form_errors(form, owner=f"{item.opts.verbose_name} {number}", place=place)
    return found
