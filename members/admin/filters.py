"""Filters of the secretariat's lists. The day comes first: what is counted is counted on it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.japan.calendar import era_date, parse_date
from core.japan.codes import PREFECTURES
from members.choices import Category, Field

DAY = "on"
CONFIRMED_FOR = timedelta(days=365)


def day_of(request: HttpRequest) -> date:
    """The day that the list is asked about; today when none, or an impossible one, is given."""
    return asked_day(request.GET.get(DAY, "")) or timezone.localdate()


def asked_day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        return None


class DayFilter(admin.SimpleListFilter):
    """A day, entered in a date field. It narrows nothing by itself unless a list says so."""

    title = gettext_lazy("As of")
    parameter_name = DAY
    template = "admin/members/day_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        # The other parameters, so that the form of the date field carries them along.
        kept = request.GET.copy()
        for name in (DAY, "p", "e"):
            kept.pop(name, None)
        self.kept = [(name, value) for name, values in kept.lists() for value in values]
        return [("", "")]

    @property
    def day(self) -> date | None:
        return asked_day(self.value() or "")

    @property
    def wrong(self) -> bool:
        return bool(self.value()) and self.day is None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        today = changelist.get_query_string(remove=[DAY])
        yield {"selected": self.day is None, "query_string": today, "display": _("Today")}
        if self.day is not None:
            here = changelist.get_query_string({DAY: self.day.isoformat()})
            yield {"selected": True, "query_string": here, "display": era_date(self.day)}


class HoldingFilter(DayFilter):
    """Only what holds on the day, once a day is given."""

    title = gettext_lazy("Held on")

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = queryset.active_on(self.day) if self.day else queryset
        return found

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        first, *rest = super().choices(changelist)
        yield first | {"display": _("Any day")}
        yield from rest


class ChoiceFilter(admin.SimpleListFilter):
    """One of fixed choices, by a condition. Unknown values narrow nothing."""

    options: tuple[tuple[str, Any], ...] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, Any], ...]:
        return self.options

    def condition(self, value: str, request: HttpRequest) -> Q:
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value not in {key for key, _label in self.options}:
            return queryset
        return queryset.filter(self.condition(str(value), request))


class CategoryFilter(ChoiceFilter):
    """By category on the day of the list; `member` is any of them, `none` is nobody of them."""

    title = gettext_lazy("Category")
    parameter_name = "category"
    options = (
        ("member", gettext_lazy("All members")),
        *Category.choices,
        ("none", gettext_lazy("Not a member")),
    )

    def condition(self, value: str, request: HttpRequest) -> Q:
        if value in {"member", "none"}:
            return Q(category__isnull=value == "none")
        return Q(category=value)


class PrefectureFilter(ChoiceFilter):
    title = gettext_lazy("Prefecture")
    parameter_name = "prefecture"
    options = PREFECTURES

    def condition(self, value: str, request: HttpRequest) -> Q:
        return Q(prefecture=value) | Q(regions__contains=[value])


class FieldFilter(ChoiceFilter):
    title = gettext_lazy("Field of activity")
    parameter_name = "field"
    options = tuple(Field.choices)

    def condition(self, value: str, request: HttpRequest) -> Q:
        return Q(fields__contains=[value])


class ContactFilter(ChoiceFilter):
    title = gettext_lazy("Contact")
    parameter_name = "contact"
    options = (("none", gettext_lazy("Nobody with a working mailbox")),)

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = queryset
        if self.value() == "none":
            found = queryset.unreachable_on(day_of(request))
        return found


class ConfirmedFilter(ChoiceFilter):
    title = gettext_lazy("Confirmation")
    parameter_name = "confirmed"
    options = (("due", gettext_lazy("Not confirmed for a year")),)

    def condition(self, value: str, request: HttpRequest) -> Q:
        due = day_of(request) - CONFIRMED_FOR
        return Q(confirmed_on__isnull=True) | Q(confirmed_on__lte=due)
