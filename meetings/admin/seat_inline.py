"""The seats of a body, as they stand under its record."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.japan.calendar import era_date
from core.shell.admin import ShellTabularInline
from meetings.admin.cells import badge, last_day_cell, record_link
from meetings.admin.reading import ReadOnlyRows
from meetings.labels import role_label
from meetings.models import Seat


class SeatInline(ReadOnlyRows, ShellTabularInline):
    """Seats under way and booked ones. What is over stands on the page of the terms."""

    model = Seat
    fields = (
        "organization_cell",
        "role_cell",
        "person_cell",
        "from_cell",
        "until_cell",
        "act_cell",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        return (
            rows.not_over_on(timezone.localdate())
            .select_related("body", "organization", "person")
            .order_by("role", "organization__sort_key", "valid_from", "pk")
        )

    @admin.display(description=gettext_lazy("organization"))
    def organization_cell(self, obj: Seat) -> str:
        words = obj.organization.name
        if obj.display_name:
            words = f"{obj.display_name}({words})"
        return record_link("members_organization", obj.organization_id, words)

    @admin.display(description=gettext_lazy("role"))
    def role_cell(self, obj: Seat) -> str:
        return role_label(obj, obj.body.kind)

    @admin.display(description=gettext_lazy("named person"))
    def person_cell(self, obj: Seat) -> str:
        return obj.person.name if obj.person else "—"

    @admin.display(description=gettext_lazy("from"))
    def from_cell(self, obj: Seat) -> str:
        if obj.pk is None:  # a row that only a forged form has
            return "—"
        if obj.valid_from > timezone.localdate():
            return format_html("{} {}", era_date(obj.valid_from), badge(_("Booked"), "info"))
        return era_date(obj.valid_from)

    @admin.display(description=gettext_lazy("until"))
    def until_cell(self, obj: Seat) -> str:
        return last_day_cell(obj.valid_until)

    @admin.display(description=gettext_lazy("What can be done"))
    def act_cell(self, obj: Seat) -> str:
        return record_link("meetings_seat", obj.pk, _("Name, replace or end"))
