"""The member organisations: the list, the record, and the acts on it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import user_of
from core.errors import DomainError
from core.japan.calendar import era_date
from core.japan.codes import PREFECTURES
from core.shell.admin import ListTool, RowAction, SavedView, Side
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
from members.admin.inlines import ContactInline, FormerNameInline, LinkInline, PeriodInline
from members.choices import Category
from members.forms import (
    ChangeCategoryForm,
    EndMembershipForm,
    NewContactForm,
    OrganizationForm,
    RegisterForm,
    RejoinForm,
    RenameForm,
)
from members.models import Membership, Organization
from members.queries import ContactSummary, contact_summaries
from members.roster.admin_urls import roster_urls
from members.services import correct_periods, refresh_search_text, register_organization

_PREFECTURE_NAMES = dict(PREFECTURES)
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


@admin.register(Organization)
class OrganizationAdmin(ActPages):
    form = OrganizationForm
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
    actions = ()
    acts = {
        "contact": NewContactForm,
        "rename": RenameForm,
        "category": ChangeCategoryForm,
        "end": EndMembershipForm,
        "rejoin": RejoinForm,
    }
    inlines = (PeriodInline, ContactInline, FormerNameInline, LinkInline)
    fieldsets = (
        (
            gettext_lazy("Name"),
            {
                "fields": ("kind", "name", "name_kana", "display_name"),
                "description": gettext_lazy(
                    "Correct the spelling here. A new name is entered as an act, so that the old "
                    "one is kept."
                ),
            },
        ),
        (
            gettext_lazy("Place and reach"),
            {
                "fields": (
                    ("postal_code", "prefecture"), "address", ("phone", "fax"), "url",
                    ("corporate_number", "local_government_code"),
                )
            },
        ),
        (gettext_lazy("Activities"), {"fields": ("summary", "fields", "regions")}),
        (gettext_lazy("Release"), {"fields": ("public_fields", "confirmed_on")}),
        (gettext_lazy("Secretariat only"), {"fields": ("note",)}),
    )  # fmt: skip
    tabs = (
        (gettext_lazy("Basics"), gettext_lazy("Name"), gettext_lazy("Place and reach"),
         gettext_lazy("Secretariat only"), gettext_lazy("Membership")),
        (gettext_lazy("Contacts"), "ContactInline"),
        (gettext_lazy("Category and number"), "PeriodInline"),
        (gettext_lazy("Activities and release"), gettext_lazy("Activities"),
         gettext_lazy("Release")),
        (gettext_lazy("Names and links"), "FormerNameInline", "LinkInline"),
    )  # fmt: skip

    # --- list --------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        return Organization.objects.with_membership_on(day_of(request)).order_by("sort_key", "pk")

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return queryset.search_with_people(search_term), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return OrganizationList

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
        return _PREFECTURE_NAMES.get(obj.prefecture, "—")

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

    # --- record ------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        return [*roster_urls(), *super().get_urls()]

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 -- Django's signature
        **kwargs: Any,
    ) -> Any:
        if obj is None:
            kwargs["form"] = RegisterForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None:
            return fieldsets
        first = (gettext_lazy("Membership"), {"fields": ("category", ("valid_from", "number"))})
        return [first, *fieldsets]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None else ()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            # Somebody else was quicker between the check and the write: nothing has been written.
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.path)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        if change:
            super().save_model(request, obj, form, change)
            return
        register_organization(
            organization=obj, **form.membership(), actor=user_of(request), at=timezone.now()
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        if formset.model is not Membership:
            super().save_formset(request, form, formset, change)
            return
        changed = formset.save(commit=False)
        if changed or formset.deleted_objects:
            correct_periods(
                organization=form.instance,
                changed=changed,
                removed=formset.deleted_objects,
                actor=user_of(request),
                at=timezone.now(),
            )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        super().save_related(request, form, formsets, change)
        refresh_search_text([form.instance])

    def open_acts(self, obj: Any) -> list[str]:
        if obj.category is None:
            return ["contact", "rename", "rejoin"]
        return ["contact", "rename", "category", "end"]

    def status_badge(self, obj: Any) -> tuple[str, str]:
        if obj.category is None:
            return _("Not a member"), "calm"
        return str(Category(obj.category).label), "info"

    def side_summary(self, request: HttpRequest, obj: Any) -> Sequence[Side]:
        people = obj.affiliations.active_on(timezone.localdate()).select_related(
            "person", "address"
        )
        facts = [
            (_("Member number"), obj.number or "—"),
            (_("Member since"), era_date(obj.member_since) if obj.member_since else "—"),
            (_("Prefecture"), _PREFECTURE_NAMES.get(obj.prefecture, "—")),
            (_("Confirmed"), day_cell(obj.confirmed_on)),
        ]
        if obj.category:
            url = reverse("members:profile", args=[obj.slug])
            page = format_html('<a href="{}">{}</a>', url, _("Open"))
            facts.append((_("Public page"), page))
        contacts = [
            format_html(
                "{} <small>{} {}</small>",
                row.person.name,
                row.get_duty_display(),
                row.address or "",
            )
            for row in people
        ]
        return [
            Side(_("Summary"), "facts", facts),
            Side(_("Contacts"), "people", contacts or [_("Nobody yet")]),
            *filter(None, [self.acts_card(request, obj)]),
            self.history_card(request, obj),
        ]

    delete_hint = gettext_lazy("End the membership instead: the past stays readable.")
