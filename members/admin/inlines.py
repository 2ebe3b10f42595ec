"""What stands under an organisation or a person."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.shell.admin import ShellStackedInline, ShellTabularInline
from members.choices import LINKS_BY_HAND
from members.forms import AffiliationForm, LinkForm, PeriodForm, PeriodFormSet
from members.models import Affiliation, Membership, OrganizationLink, OrganizationName


class PeriodInline(ShellStackedInline):
    model = Membership
    form = PeriodForm
    formset = PeriodFormSet
    fields = (("category", "number"), ("valid_from", "valid_until"), ("end_reason", "note"))


class FormerNameInline(ShellTabularInline):
    model = OrganizationName


class LinkInline(ShellTabularInline):
    """Branches and services; mergers and splits are acts, and stand beside the record."""

    model = OrganizationLink
    form = LinkForm
    fk_name = "organization"
    autocomplete_fields = ("other",)
    fields = ("kind", "other", "since")
    verbose_name = _("branch or service")
    verbose_name_plural = _("branches and services")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrganizationLink]:
        return super().get_queryset(request).filter(kind__in=LINKS_BY_HAND).select_related("other")


class ContactInline(ShellStackedInline):
    """Contacts are put right here; they come, change hands and go by their own acts."""

    model = Affiliation
    form = AffiliationForm
    verbose_name = _("contact")
    verbose_name_plural = _("contacts")
    readonly_fields = ("person_cell",)
    fields = (
        ("person_cell", "duty"),
        ("department", "title"),
        ("email", "phone"),
        ("valid_from", "valid_until"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Affiliation]:
        return super().get_queryset(request).select_related("person", "address")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("person"))
    def person_cell(self, obj: Affiliation) -> str:
        return format_html(
            '<a href="{}">{}</a> <a href="{}">{}</a>',
            reverse("admin:members_person_change", args=[obj.person_id]),
            obj.person.name,
            reverse("admin:members_affiliation_change", args=[obj.pk]),
            _("Hand over or end"),
        )


class DutyInline(ShellStackedInline):
    """For whom a person stands."""

    model = Affiliation
    form = AffiliationForm
    readonly_fields = ("organization_cell",)
    fields = (
        ("organization_cell", "duty"),
        ("department", "title"),
        ("email", "phone"),
        ("valid_from", "valid_until"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Affiliation]:
        return super().get_queryset(request).select_related("organization", "address")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("organization"))
    def organization_cell(self, obj: Affiliation) -> str:
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:members_organization_change", args=[obj.organization_id]),
            obj.organization.name,
        )
