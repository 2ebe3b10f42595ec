"""What the public directory can be narrowed by."""

from collections.abc import Callable
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from core.japan.calendar import era_date, parse_date
from core.japan.codes import PREFECTURES
from members.choices import Category, Field, PublicField, Target
from members.models import Organization
from members.querysets import OrganizationQuerySet, matches, search_words, stands_in

_FIELDS_RELEASED = Q(public_fields__contains=[PublicField.FIELDS.value])

# Activities count only where they are released: a filter must not tell what a page hides.
CONDITIONS: dict[str, Callable[[Any], Q]] = {
    "q": lambda text: matches(search_words(text), holds=stands_in),
    "category": lambda categories: Q(category__in=categories),
    "prefecture": lambda code: (
        Q(prefecture=code) | (Q(regions__contains=[code]) & _FIELDS_RELEASED)
    ),
    "field": lambda code: Q(fields__contains=[code]) & _FIELDS_RELEASED,
    "target": lambda code: Q(targets__contains=[code]) & _FIELDS_RELEASED,
}


class DayField(forms.CharField):
    """A day as offices write it: 2022年6月15日, 2022-06-15, 令和4年6月15日, R4.6.15."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_date(text)
        except ValueError as error:
            raise ValidationError(str(error), code="day") from error


class DayFilter(django_filters.CharFilter):
    field_class = DayField


class DirectoryFilter(django_filters.FilterSet):
    """Members as of a day (`today` unless asked otherwise), narrowed by what is valid.

    A wrong value gets its message and narrows nothing.
    """

    q = django_filters.CharFilter(
        label=_("Words"),
        help_text=_("Searched in names, former names, readings and activities"),
        method="narrow",
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    category = django_filters.MultipleChoiceFilter(
        label=_("Category"),
        choices=Category.choices,
        method="narrow",
        widget=forms.CheckboxSelectMultiple,
    )
    prefecture = django_filters.ChoiceFilter(
        label=_("Prefecture"),
        help_text=_("Where it is located or active"),
        choices=PREFECTURES,
        empty_label=_("All"),
        method="narrow",
    )
    field = django_filters.ChoiceFilter(
        label=_("Field of activity"),
        choices=Field.choices,
        empty_label=_("All"),
        method="narrow",
    )
    target = django_filters.ChoiceFilter(
        label=_("Whom it stands by"),
        choices=Target.choices,
        empty_label=_("All"),
        method="narrow",
    )
    as_of = DayFilter(
        label=_("Members as of"),
        help_text=_("Today when empty. For example 2022年6月15日 or 令和4年6月15日"),
        method="keep",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    class Meta:
        model = Organization
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    @property
    def values(self) -> dict[str, Any]:
        """What is set and valid, by filter."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def day(self) -> date:
        return self.values.get("as_of") or self.today

    @property
    def is_narrowed(self) -> bool:
        """Is anything asked beside the day?"""
        return bool(self.values.keys() - {"as_of"})

    def filter_queryset(self, queryset: OrganizationQuerySet) -> OrganizationQuerySet:
        found: OrganizationQuerySet = super().filter_queryset(queryset.active_on(self.day))
        return found

    def narrow(self, queryset: OrganizationQuerySet, name: str, value: Any) -> OrganizationQuerySet:
        return queryset.filter(CONDITIONS[name](value)) if value else queryset

    def keep(self, queryset: OrganizationQuerySet, name: str, value: Any) -> OrganizationQuerySet:
        return queryset

    def tags(self) -> list[tuple[str, str, str]]:
        """(filter, value as in the address, words) of everything that is set."""
        return [
            (name, _in_address(single), self._words(name, single))
            for name, value in self.values.items()
            for single in (value if isinstance(value, list) else [value])
        ]

    def _words(self, name: str, value: Any) -> str:
        if isinstance(value, date):
            return str(_("As of %(day)s") % {"day": era_date(value)})
        if name == "q":
            return str(_("Words: %(words)s") % {"words": value[:40]})
        labels = {
            "category": Category.choices,
            "prefecture": PREFECTURES,
            "field": Field.choices,
            "target": Target.choices,
        }
        return str(dict(labels[name])[value])

    def found_without(self) -> dict[str, int]:
        """How many there would be without each filter that is set, in one query."""
        wanted = {name: CONDITIONS[name](v) for name, v in self.values.items() if name != "as_of"}
        if not wanted:
            return {}
        counts = {f"without_{name}": Count("pk", filter=_all_but(name, wanted)) for name in wanted}
        told = Organization.objects.active_on(self.day).aggregate(**counts)
        return {name: told[f"without_{name}"] for name in wanted}


def _in_address(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _all_but(left_out: str, wanted: dict[str, Q]) -> Q:
    together = Q(pk__isnull=False)
    for name, condition in wanted.items():
        if name != left_out:
            together &= condition
    return together
