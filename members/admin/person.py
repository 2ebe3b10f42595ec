"""The people who stand for organisations."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from core.shell.admin import SavedView, ShellAdmin, Side
from members.admin.cells import login_card, name_cell
from members.admin.filters import ChoiceFilter
from members.admin.inlines import DutyInline
from members.models import Affiliation, Person
from members.services import refresh_people


class StandingFilter(ChoiceFilter):
    title = gettext_lazy("Standing")
    parameter_name = "standing"
    options = (("now", gettext_lazy("Stands for an organization today")),)

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = queryset
        if self.value() == "now":
            found = queryset.acting_on(timezone.localdate())
        return found


@admin.register(Person)
class PersonAdmin(ShellAdmin):
    list_display = ("name_column", "organizations_column", "mailboxes_column")
    list_display_links = ("name_column",)
    list_filter = (StandingFilter,)
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False  # a second count of everything, for two words on the page
    search_fields = ("search_text",)
    search_help_text = gettext_lazy("Names, readings, organizations, mailboxes")
    saved_views = (
        SavedView(gettext_lazy("All")),
        SavedView(gettext_lazy("Stands for an organization today"), "standing=now"),
    )
    empty_text = gettext_lazy("People come with the member list, or as contacts of organizations.")
    actions = ()
    fields = (("name", "name_kana"), "note")
    inlines = (DutyInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        standing = (
            Affiliation.objects.active_on(timezone.localdate())
            .select_related("organization", "address")
            .order_by("pk")
        )
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("affiliations", standing, to_attr="standing"))
        )

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return queryset.search_with_places(search_term), False

    @admin.display(description=gettext_lazy("Name"), ordering="name_kana")
    def name_column(self, obj: Person) -> str:
        return name_cell(obj.name, obj.name_kana)

    @admin.display(description=gettext_lazy("Organizations"))
    def organizations_column(self, obj: Any) -> str:
        return "、".join(dict.fromkeys(row.organization.name for row in obj.standing)) or "—"

    @admin.display(description=gettext_lazy("Mailboxes"))
    def mailboxes_column(self, obj: Any) -> str:
        found = dict.fromkeys(row.address.email for row in obj.standing if row.address)
        return " ".join(found) or "—"

    def search_note(self, obj: Any) -> str:
        return self.organizations_column(obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        super().save_model(request, obj, form, change)
        refresh_people([obj])

    def side_summary(self, request: HttpRequest, obj: Person) -> Sequence[Side]:
        return [login_card(obj), self.history_card(request, obj)]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a person enters as a contact of an organisation

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
