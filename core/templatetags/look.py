"""What the page components need beyond the template language. No query, no domain word."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.utils.safestring import SafeString

from core.forms import PlainSelect, SplitDateWidget
from core.japan import calendar

register = template.Library()

AGING_MONTHS = 6
OLD_MONTHS = 12

_CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.filter
def control_kind(field: forms.BoundField) -> str:
    """How a field is laid out: `checkbox`, `choices`, `date`, or "" for one labelled control."""
    widget = field.field.widget
    if isinstance(widget, SplitDateWidget):
        return "date"
    if isinstance(widget, _CHOICES):
        return "choices"
    return "checkbox" if isinstance(widget, forms.CheckboxInput) else ""


@register.simple_tag
def control(field: forms.BoundField) -> SafeString:
    """The control alone, with the class of its kind and without a placeholder."""
    widget = field.field.widget
    widget.attrs.pop("placeholder", None)
    css = _css(widget)
    given = widget.attrs.get("class", "")
    attrs: dict[str, str | bool] = {"class": f"{css} {given}".strip()} if css else {}
    if type(widget) is forms.Select:
        return field.as_widget(PlainSelect(widget.attrs, widget.choices), attrs)
    return field.as_widget(attrs=attrs)


def _css(widget: forms.Widget) -> str:
    if isinstance(widget, forms.Textarea):
        return "textarea"
    if isinstance(widget, forms.CheckboxInput | SplitDateWidget):
        return ""
    if isinstance(widget, forms.Select):
        return "select"
    code = widget.attrs.get("autocomplete") == "one-time-code"
    return "input input--code" if code else "input"


@register.filter
def first_control_id(field: forms.BoundField) -> str:
    """Where a link of the error summary leads: the first control of the field."""
    if control_kind(field) == "choices":
        return f"{field.auto_id}_0"
    return str(field.field.widget.id_for_label(str(field.auto_id)))


@register.filter
def error_count(form: forms.BaseForm) -> int:
    return sum(len(errors) for errors in form.errors.values())


@register.filter
def page_numbers(page: "Page[Any]") -> Iterator[int | None]:
    """First, last and the neighbours; None where numbers are left out."""
    shown = {1, page.paginator.num_pages, *range(page.number - 2, page.number + 3)}
    last = 0
    for number in sorted(n for n in shown if 1 <= n <= page.paginator.num_pages):
        if number - last > 1:
            yield None
        yield number
        last = number


@register.filter
def with_page(query: str, number: int) -> str:
    """`?q=a` and 3 make `?q=a&page=3`."""
    rest = (query or "").lstrip("?")
    return f"?{rest}&page={number}" if rest else f"?page={number}"


@register.filter
def leads_to(path: str, url: str) -> bool:
    """Whether a page at `path` stands below `url`: for the current place in the navigation."""
    return bool(url) and path.startswith(url)


@register.filter
def era_date(day: date | None) -> str:
    return calendar.era_date(day) if day else ""


@register.filter
def era_date_weekday(day: date | None) -> str:
    return calendar.era_date_weekday(day) if day else ""


@register.filter
def era_datetime(moment: datetime | None) -> str:
    return calendar.era_datetime(moment) if moment else ""


@register.filter
def year_month(text: str) -> str:
    """2015-04 is told as 2015年4月(平成27年)."""
    first = date(int(text[:4]), int(text[5:7]), 1)
    era, _rest = calendar.era_date(first).split("年")
    return f"{first.year}年{first.month}月({era}年)"


@register.simple_tag
def freshness(confirmed_on: date | None, today: date) -> dict[str, str]:
    """In words and as a mark: how long ago someone confirmed this."""
    if confirmed_on is None:
        return {"kind": "old", "label": "まだ確認がありません"}
    months = (today.year - confirmed_on.year) * 12 + today.month - confirmed_on.month
    months -= today.day < confirmed_on.day
    era, _day = calendar.era_date(confirmed_on).split("月")
    label = f"{era}月に確認"
    if months >= OLD_MONTHS:
        return {"kind": "old", "label": f"{label}(1年以上前)"}
    if months >= AGING_MONTHS:
        return {"kind": "aging", "label": f"{label}({months}か月前)"}
    return {"kind": "", "label": label}


_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@register.filter
def browser_name(user_agent: str) -> str:
    """`Mozilla/5.0 (Windows NT …) Chrome/…` is told as 「Windows の Chrome」."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return f"{system} の {browser}"
    return browser or system or "不明な端末"
