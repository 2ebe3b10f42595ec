"""What the lists of bodies, meetings and papers share: each member of staff sees their own part."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from core.shell.admin import ShellAdmin
from meetings.models import Body
from meetings.pairs import words_of
from meetings.queries import reader_of
from meetings.queries.search import having
from meetings.readers import Reader


def reader_behind(request: HttpRequest) -> Reader:
    """The rights of whoever asks, made once for a request."""
    known = getattr(request, "_reader", None)
    if isinstance(known, Reader):
        return known
    reader = reader_of(request.user, timezone.localdate())
    request._reader = reader  # type: ignore[attr-defined] # ours, for this request alone
    return reader


class ForReader(ShellAdmin):
    """Lists, records, search and choices hold only what the asker may read in the portal, too.

    The papers of the steering committee ask for a right of their own.
    """

    def readable(self, queryset: Any, reader: Reader) -> QuerySet[Any]:
        raise NotImplementedError

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.readable(super().get_queryset(request), reader_behind(request))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FindsText(ForReader):
    """Searches what the portal searches, the text of files too, beside the columns of the list."""

    passages_of = ""

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        by_columns, _may_repeat = super().get_search_results(request, queryset, search_term)
        words = words_of(search_term)
        if not words:
            return by_columns, False
        columns = Q(pk__in=by_columns.order_by().values("pk"))
        return queryset.filter(columns | having(self.passages_of, words)), False


class ReadOnly(ForReader):
    """What changes by acts, or in the workroom of the body, is only read here."""

    actions = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyRows:
    """For inlines of the same kind."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def bodies_for(reader: Reader) -> QuerySet[Body]:
    return Body.objects.visible_to(reader)
