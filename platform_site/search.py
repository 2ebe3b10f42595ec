"""One search over everything the asker may see: each list's own search, five rows of each."""

from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from core.shell.admin import ShellAdmin

PER_KIND = 5
LONGEST = 200


def everything(site: AdminSite, request: HttpRequest, query: str) -> list[dict[str, Any]]:
    """Groups with hits, in the order of registration; nothing for an empty question."""
    if not query or "\x00" in query or len(query) > LONGEST:
        return []
    groups = [
        _group(model_admin, request, query)
        for model_admin in site._registry.values()
        if isinstance(model_admin, ShellAdmin)
        and model_admin.in_search
        and model_admin.get_search_fields(request)
        and model_admin.has_view_or_change_permission(request)
    ]
    return [group for group in groups if group["n"]]


def _group(model_admin: ShellAdmin, request: HttpRequest, query: str) -> dict[str, Any]:
    opts = model_admin.opts
    hits = _hits(model_admin, request, query)
    number = hits.count()
    place = f"admin:{opts.app_label}_{opts.model_name}"
    rows = [
        {
            "url": reverse(f"{place}_change", args=[row.pk]),
            "title": str(row),
            "sub": model_admin.search_note(row),
        }
        for row in (hits[:PER_KIND] if number else ())
    ]
    more = f"{reverse(f'{place}_changelist')}?{urlencode({'q': query})}"
    return {
        "label": opts.verbose_name_plural,
        "n": number,
        "rows": rows,
        "more": more if number > PER_KIND else "",
    }


def _hits(model_admin: ShellAdmin, request: HttpRequest, query: str) -> QuerySet[Any]:
    queryset = model_admin.get_queryset(request)
    hits, may_repeat = model_admin.get_search_results(request, queryset, query)
    return hits.distinct() if may_repeat else hits
