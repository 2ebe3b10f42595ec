"""A record chosen with suggestions while one types: the stock widget, safe against what no key is.

The stock one asks the database for whatever came in, to show it again, and falls over a NUL byte,
a word or a number of a thousand digits before the field could refuse it.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import ForeignKey
from django.http import HttpRequest

_MOST_DIGITS = 18  # of a number that fits into a key of the database

if TYPE_CHECKING:
    _BaseAdmin = admin.options.BaseModelAdmin[Any]
else:
    _BaseAdmin = object


def is_key(typed: object) -> bool:
    """Whether this text can be the number of a record."""
    text = str(typed)
    return len(text) <= _MOST_DIGITS and text.isascii() and text.isdecimal()


class RecordSelect(AutocompleteSelect):
    """For records with a number as their key, as all of ours."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """What cannot be a key is nothing to look up; the field says that it is no choice."""
        return super().optgroups(name, [typed for typed in value if is_key(typed)], attr)


class SuggestingAdmin(_BaseAdmin):
    """`autocomplete_fields` with `RecordSelect`."""

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", RecordSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
