"""All membership periods, as of any day, to read and to take out."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.japan.calendar import era_date
from core.japan.tables import encode_csv
from core.shell.admin import ListTool, RowAction, SavedView, ShellAdmin, Side
from members.admin.cells import category_badge, day_cell, name_cell
from members.admin.filters import DAY, HoldingFilter, asked_day, day_of
from members.choices import Category
from members.models import Membership
from members.querysets import search_words


@admin.register(Membership)
class MembershipAdmin(ShellAdmin):
    """Periods change by acts on their organisation, never here."""

    list_display = (
        "organization_column", "category_column", "number", "from_column", "until_column",
        "reason_column",
    )  # fmt: skip
    list_display_links = ("organization_column",)
    list_filter = (HoldingFilter, "category", "end_reason")
    list_select_related = ("organization",)
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False  # a second count of everything, for two words on the page
    search_fields = ("number",)
    search_help_text = gettext_lazy("Names, readings, former names, numbers")
    in_search = False  # each hit would come twice, with its organisation
    ordering = ("organization__sort_key", "pk")
    saved_views = (
        SavedView(gettext_lazy("All")),
        *(SavedView(category.label, f"category__exact={category.value}") for category in Category),
    )
    actions = ()
    fields = ("category", "number", "valid_from", "valid_until", "end_reason", "note")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        extra = {"today": day_of(request)}  # the day that the head of the list speaks of
        return super().changelist_view(request, extra | (extra_context or {}))

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Membership], bool]:
        for word in search_words(search_term):
            queryset = queryset.filter(organization__search_text__contains=word)
        return queryset, False

    @admin.display(description=gettext_lazy("Name"), ordering="organization__sort_key")
    def organization_column(self, obj: Membership) -> str:
        return name_cell(obj.organization.name, obj.organization.name_kana)

    @admin.display(description=gettext_lazy("Category"), ordering="category")
    def category_column(self, obj: Membership) -> str:
        return category_badge(obj.category)

    @admin.display(description=gettext_lazy("Member from"), ordering="valid_from")
    def from_column(self, obj: Membership) -> str:
        return day_cell(obj.valid_from)

    @admin.display(description=gettext_lazy("Member until"), ordering="valid_until")
    def until_column(self, obj: Membership) -> str:
        return day_cell(obj.valid_until)

    @admin.display(description=gettext_lazy("Reason"))
    def reason_column(self, obj: Membership) -> str:
        return obj.get_end_reason_display() or "—"

    def row_actions(self, request: HttpRequest, obj: Membership) -> Sequence[RowAction]:
        url = reverse("admin:members_organization_change", args=[obj.organization_id])
        return [RowAction(_("Organization"), url)]

    def list_tools(self, request: HttpRequest) -> Sequence[ListTool]:
        if not request.user.has_perm("members.export_members"):
            return []
        url = reverse("admin:members_membership_export")
        return [ListTool(_("Save as CSV"), f"{url}?{request.GET.urlencode()}", "out")]

    def page_note(self, obj: Membership) -> str:
        return obj.organization.name

    def side_summary(self, request: HttpRequest, obj: Membership) -> Sequence[Side]:
        return [self.history_card(request, obj)]

    # --- the list on screen as a file --------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/", view, name="members_membership_export"), *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("members.export_members"):
            raise PermissionDenied
        try:
            shown = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:  # as the list itself answers them
            return HttpResponseRedirect(f"{reverse('admin:members_membership_changelist')}?e=1")
        head = [
            _("Member number"), _("Category"), _("Name"), _("Reading"), _("Member from"),
            _("Member until"), _("Reason"),
        ]  # fmt: skip
        data, _lossy = encode_csv([head, *map(_row, shown.iterator())], "utf-8-sig")
        day = asked_day(request.GET.get(DAY, ""))
        name = _("membership-periods-%(day)s.csv") % {"day": era_date(day) if day else _("all")}
        attached = content_disposition_header(as_attachment=True, filename=name) or ""
        return HttpResponse(
            data, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": attached}
        )

    # --- read only ---------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _row(period: Membership) -> list[str]:
    return [
        period.number,
        str(Category(period.category).label),
        period.organization.name,
        period.organization.name_kana,
        period.valid_from.isoformat(),
        period.valid_until.isoformat() if period.valid_until else "",
        str(period.get_end_reason_display()),
    ]
