"""The list of organisations: as of any day, searched and narrowed, with what can be taken out."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.japan.codes import PREFECTURES
from core.shell.admin import ListTool, RowAction, SavedView
from members.admin.acts import ActPages
from members.admin.cells import category_badge, day_cell, name_cell
from members.admin.filters import (
    CategoryFilter,
    ConfirmedFilter,
    ContactFilter,
    DayFilter,
    FieldFilter,
    PrefectureFilter,
    day_of,
)
from members.admin.together import EditsTogether
from members.choices import Category
from members.forms import NewContactForm
from members.models import Organization
from members.queries import ContactSummary, contact_summaries

PREFECTURE_NAMES = dict(PREFECTURES)
_NOBODY = ContactSummary(people=0, newsletter=False)


class OrganizationList(ChangeList):
    """Asks once for the contacts of all rows on the page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        found = contact_summaries([row.pk for row in rows], day_of(request))
        for row in rows:
            row.contacts = found.get(row.pk, _NOBODY)
        self.result_list = rows


class OrganizationListPage(EditsTogether, ActPages):
    list_display = (
        "name_column", "category_column", "number_column", "prefecture_column", "people_column",
        "newsletter_column", "confirmed_column",
    )  # fmt: skip
    list_display_links = ("name_column",)
    list_filter = (
        DayFilter, CategoryFilter, "kind", PrefectureFilter, FieldFilter, ContactFilter,
        ConfirmedFilter,
    )  # fmt: skip
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False  # a second count of everything, for two words on the page
    search_fields = ("search_text",)
    search_help_text = gettext_lazy("Names, readings, former names, numbers, people, mailboxes")
    saved_views = (
        SavedView(gettext_lazy("All")),
        SavedView(gettext_lazy("All members"), "category=member"),
        *(SavedView(category.label, f"category={category.value}") for category in Category),
        SavedView(gettext_lazy("Without contact"), "category=member&contact=none"),
        SavedView(gettext_lazy("To be confirmed"), "category=member&confirmed=due"),
        SavedView(gettext_lazy("Former members"), "category=none"),
    )
    empty_text = gettext_lazy("Import the member list, or add an organization.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        return Organization.objects.with_membership_on(day_of(request)).order_by("sort_key", "pk")

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return queryset.search_with_people(search_term), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return OrganizationList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        extra = {"today": day_of(request)}  # the day that the head of the list speaks of
        return super().changelist_view(request, extra | (extra_context or {}))

    @admin.display(description=gettext_lazy("Name"), ordering="sort_key")
    def name_column(self, obj: Organization) -> str:
        return name_cell(obj.name, obj.name_kana)

    @admin.display(description=gettext_lazy("Category"), ordering="category")
    def category_column(self, obj: Any) -> str:
        return category_badge(obj.category)

    @admin.display(description=gettext_lazy("Member number"), ordering="number")
    def number_column(self, obj: Any) -> str:
        return obj.number or "—"

    @admin.display(description=gettext_lazy("Prefecture"), ordering="prefecture")
    def prefecture_column(self, obj: Organization) -> str:
        return PREFECTURE_NAMES.get(obj.prefecture, "—")

    @admin.display(description=gettext_lazy("Contacts"))
    def people_column(self, obj: Any) -> str:
        return str(obj.contacts.people) if obj.contacts.people else "—"

    @admin.display(description=gettext_lazy("Mail magazine"))
    def newsletter_column(self, obj: Any) -> str:
        return _("Gets it") if obj.contacts.newsletter else "—"

    @admin.display(description=gettext_lazy("Confirmed"), ordering="confirmed_on")
    def confirmed_column(self, obj: Organization) -> str:
        return day_cell(obj.confirmed_on)

    def row_actions(self, request: HttpRequest, obj: Organization) -> Sequence[RowAction]:
        if not request.user.has_perm(NewContactForm.permission):
            return []
        return [RowAction(NewContactForm.title, self.act_url("contact", obj))]

    def list_tools(self, request: HttpRequest) -> Sequence[ListTool]:
        tools = []
        if request.user.has_perm("members.import_members"):
            url = reverse("admin:members_organization_import")
            tools.append(ListTool(_("Import the member list"), url, "in"))
        if request.user.has_perm("members.export_members"):
            url = reverse("admin:members_organization_export")
            tools.append(ListTool(_("Save the member list"), url, "out"))
        return tools

    def search_note(self, obj: Any) -> str:
        label = Category(obj.category).label if obj.category else _("Not a member")
        return f"{label} {obj.number or ''}".strip()
