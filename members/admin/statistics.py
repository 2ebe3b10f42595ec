"""会員数の推移: how many members there were and are, who came and who left, and who is missing."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.japan.calendar import era_date, fiscal_year
from core.japan.tables import encode_csv
from members.admin.statistics_tables import (
    Table,
    coverage_tables,
    csv_rows,
    flow_tables,
    timeline_table,
    workbook,
)
from members.charts import Timeline, timeline
from members.forms.statistics import PeriodChoiceForm
from members.models import Organization
from members.queries import history_counts
from members.queries.statistics import Coverage, coverage, flows, month_ends

AT_LEAST = timedelta(days=730)
"""A chart of a few weeks says little: it begins two years before the last day."""
MOST_MONTHS = 132
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Numbers:
    first: date
    last: date
    chart: Timeline
    tables: list[Table]
    """By category, prefecture, legal form; over time; prefectures and cities."""
    coverage: Coverage

    @property
    def note(self) -> str:
        days = {"first": era_date(self.first), "last": era_date(self.last)}
        return _("From %(first)s to %(last)s") % days


def numbers(first: date, last: date) -> Numbers:
    """Everything that the page tells, in six queries whatever the period."""
    found = flows(first, last)
    chart = timeline(history_counts(_days_of_chart(first, last)))
    governments = coverage(last)
    tables = [
        *flow_tables(found, first, last),
        timeline_table(chart),
        *coverage_tables(governments, found.by_prefecture),
    ]
    return Numbers(first, last, chart, tables, governments)


def _days_of_chart(first: date, last: date) -> list[date]:
    start = min(first, last - AT_LEAST) if last - date.min > AT_LEAST else first
    if (last - start).days <= MOST_MONTHS * 31:
        return list(month_ends(start, last))
    years = range(fiscal_year(start), fiscal_year(last) + 1)
    return [*(date(year, 3, 31) for year in years), last]


def statistics_urls() -> list[URLPattern]:
    """For `OrganizationAdmin.get_urls`, before the stock ones."""
    wrap = admin.site.admin_view
    name = "members_organization_statistics"
    return [
        path("statistics/", wrap(page), name=name),
        path("statistics/<slug:key>.<slug:kind>", wrap(download), name=f"{name}_download"),
    ]


def _asked(request: HttpRequest) -> PeriodChoiceForm:
    if not request.user.has_perm("members.view_organization"):
        raise PermissionDenied
    today = timezone.localdate()
    return PeriodChoiceForm(request.GET or {"year": str(fiscal_year(today))}, today=today)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    form = _asked(request)
    found = numbers(*form.period())
    *shown, over_time, prefectures, cities = found.tables
    covered = (found.coverage.prefectures, found.coverage.cities)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Number of members over time"),
        "opts": Organization._meta,
        "form": form,
        "found": found,
        "shown": shown,
        "over_time": over_time,
        "coverage_lists": [
            {"key": table.key, "title": table.title, "places": places}
            for table, places in zip((prefectures, cities), covered, strict=True)
        ],
        "covered": [sum(1 for place in places if place.key) for places in covered],
        "query": f"?first={found.first.isoformat()}&last={found.last.isoformat()}",
    }  # fmt: skip
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/members/organization/statistics.html", context)


@require_safe
def download(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """One table, or all of them in one workbook."""
    form = _asked(request)
    found = numbers(*form.period())
    tables = [table for table in found.tables if key in (table.key, "all")]
    if not tables or kind not in {"csv", "xlsx"} or (key, kind) == ("all", "csv"):
        raise Http404
    if kind == "csv":
        data, _lossy = encode_csv(csv_rows(tables[0], found.note), "utf-8-sig")
        content_type = "text/csv; charset=utf-8"
    else:
        data, content_type = workbook(tables, found.note), _XLSX
    title = tables[0].title if key != "all" else _("All tables")
    period = f"{found.first:%Y%m%d}-{found.last:%Y%m%d}"
    name = _("members-%(table)s-%(period)s") % {"table": title, "period": period}
    attached = content_disposition_header(as_attachment=True, filename=f"{name}.{kind}") or ""
    return HttpResponse(
        data, content_type=content_type,
        headers={"Content-Disposition": attached, "Cache-Control": "no-store"},
    )  # fmt: skip
