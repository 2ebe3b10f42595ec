"""The member organisations: the list, the record, and the acts on it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.requests import user_of
from core.shell.refusals import SaysRefusals
from members.admin.duplicates import AsksAboutDuplicates
from members.admin.inlines import ContactInline, FormerNameInline, LinkInline, PeriodInline
from members.admin.organization_acts import OrganizationActs
from members.admin.statistics import statistics_urls
from members.forms import OrganizationForm, RegisterForm
from members.models import Membership, Organization
from members.roster.admin_urls import roster_urls
from members.services import correct_periods, refresh_search_text, register_organization


@admin.register(Organization)
class OrganizationAdmin(SaysRefusals, AsksAboutDuplicates, OrganizationActs):
    form, add_form = OrganizationForm, RegisterForm
    inlines = (PeriodInline, ContactInline, FormerNameInline, LinkInline)
    rows_when_adding = False
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
         gettext_lazy("Secretariat only")),
        (gettext_lazy("Contacts"), "ContactInline"),
        (gettext_lazy("Category and number"), "PeriodInline"),
        (gettext_lazy("Activities and release"), gettext_lazy("Activities"),
         gettext_lazy("Release")),
        (gettext_lazy("Names and links"), "FormerNameInline", "LinkInline"),
    )  # fmt: skip

    # --- record ------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        return [*roster_urls(), *statistics_urls(), *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None:
            return fieldsets
        first = (gettext_lazy("Membership"), {"fields": ("category", ("valid_from", "number"))})
        # Nothing to correct yet: the note under the name stays away.
        return [first, *((name, {"fields": parts["fields"]}) for name, parts in fieldsets)]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        extra = dict(extra_context or {})
        if object_id is None:
            extra["tabs"] = ()  # a new organisation has no contacts and periods to turn to
        return super().changeform_view(request, object_id, form_url, extra)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        if change:
            super().save_model(request, obj, form, change)
            return
        self.ask_about_duplicates(request, obj)
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

    delete_hint = gettext_lazy("End the membership instead: the past stays readable.")
