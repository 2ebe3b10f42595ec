"""Who stands for whom, as of any day; ending a duty and handing it over."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.shell.admin import RowAction, SavedView, Side
from members.admin.acts import ActPages
from members.admin.cells import day_cell, login_card, name_cell
from members.admin.filters import HoldingFilter, day_of
from members.choices import SPEAKING_DUTIES, Duty
from members.forms import AffiliationForm, EndContactForm, HandOverForm
from members.forms.logins import SendLoginForm
from members.models import Affiliation
from members.querysets import matches, search_words


@admin.register(Affiliation)
class AffiliationAdmin(ActPages):
    form = AffiliationForm
    list_display = (
        "person_column", "organization_column", "duty_column", "address_column", "from_column",
        "until_column",
    )  # fmt: skip
    list_display_links = ("person_column",)
    list_filter = (HoldingFilter, "duty")
    list_select_related = ("person", "organization", "address")
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False  # a second count of everything, for two words on the page
    search_fields = ("person__search_text",)
    search_help_text = gettext_lazy("Names, readings, organizations, mailboxes")
    in_search = False  # each hit would come twice, with its person
    ordering = ("organization__sort_key", "position", "pk")
    saved_views = (
        SavedView(gettext_lazy("All")),
        *(SavedView(duty.label, f"duty__exact={duty.value}") for duty in Duty),
    )
    actions = ()
    acts = {"hand-over": HandOverForm, "end": EndContactForm, "login": SendLoginForm}
    readonly_fields = ("person", "organization")
    fields = (
        ("person", "organization"), "duty", ("department", "title"), ("email", "phone"),
        ("valid_from", "valid_until"),
    )  # fmt: skip

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        extra = {"today": day_of(request)}  # the day that the head of the list speaks of
        return super().changelist_view(request, extra | (extra_context or {}))

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        for word in search_words(search_term):
            queryset = queryset.filter(
                matches([word], "person__search_text")
                | matches([word], "organization__search_text")
                | matches([word], "address__email")
            )
        return queryset, False

    def page_note(self, obj: Affiliation) -> str:
        return f"{obj.person.name} ・ {obj.organization.name}"

    @admin.display(description=gettext_lazy("Person"), ordering="person__name_kana")
    def person_column(self, obj: Affiliation) -> str:
        return name_cell(obj.person.name, obj.person.name_kana)

    @admin.display(description=gettext_lazy("Organization"), ordering="organization__sort_key")
    def organization_column(self, obj: Affiliation) -> str:
        url = reverse("admin:members_organization_change", args=[obj.organization_id])
        return format_html('<a href="{}">{}</a>', url, obj.organization.name)

    @admin.display(description=gettext_lazy("Duty"), ordering="duty")
    def duty_column(self, obj: Affiliation) -> str:
        return str(obj.get_duty_display())

    @admin.display(description=gettext_lazy("Mailbox"), ordering="address__email")
    def address_column(self, obj: Affiliation) -> str:
        return obj.address.email if obj.address else "—"

    @admin.display(description=gettext_lazy("from"), ordering="valid_from")
    def from_column(self, obj: Affiliation) -> str:
        return day_cell(obj.valid_from)

    @admin.display(description=gettext_lazy("until"), ordering="valid_until")
    def until_column(self, obj: Affiliation) -> str:
        return day_cell(obj.valid_until)

    def open_acts(self, obj: Affiliation) -> list[str]:
        acts = ["hand-over", "end"] if obj.valid_until is None else []
        stands = obj.valid_until is None or obj.valid_until > timezone.localdate()
        if stands and obj.duty in SPEAKING_DUTIES and (obj.address_id or obj.person.user_id):
            acts.append("login")
        return acts

    def row_actions(self, request: HttpRequest, obj: Affiliation) -> Sequence[RowAction]:
        if obj.valid_until is not None or not request.user.has_perm(HandOverForm.permission):
            return []
        return [RowAction(_("Hand over"), self.act_url("hand-over", obj))]

    def side_summary(self, request: HttpRequest, obj: Affiliation) -> Sequence[Side]:
        return [
            login_card(obj.person),
            *filter(None, [self.acts_card(request, obj)]),
            self.history_card(request, obj),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a contact is entered on its organisation

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
