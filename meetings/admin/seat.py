"""Who sits where, as of any day; the acts on a seat."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.shell.admin import RowAction, SavedView, Side
from meetings.admin.cells import badge, last_day_cell, main_cell, record_link
from meetings.admin.reading import ReadOnly, bodies_for
from meetings.choices import SeatRole
from meetings.forms.seat_changes import (
    EndSeatForm,
    NamePersonForm,
    OfficeForm,
    RoleForm,
    TakeBackForm,
)
from meetings.forms.seats import ReplaceSeatForm, TransferSeatForm
from meetings.labels import role_label
from meetings.models import Seat
from meetings.queries.terms import RADAR, followed
from meetings.readers import Reader
from members.admin.acts import ActPages
from members.admin.cells import day_cell
from members.admin.filters import DAY, ChoiceFilter, DayFilter, day_of
from members.querysets import matches, search_words

EVER = "ever"


class SittingFilter(DayFilter):
    """Who sits there today. Past and booked seats come when they, or their day, are asked for."""

    title = gettext_lazy("Held on")

    @property
    def wrong(self) -> bool:
        return super().wrong and self.value() != EVER

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        all_of_them = self.value() == EVER
        found: QuerySet[Any] = queryset if all_of_them else queryset.active_on(day_of(request))
        return found

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        first, *rest = super().choices(changelist)
        ever = self.value() == EVER
        yield first | {"selected": first["selected"] and not ever}
        yield {
            "selected": ever,
            "query_string": changelist.get_query_string({DAY: EVER}),
            "display": _("Past and booked ones, too"),
        }
        yield from rest


class TermFilter(ChoiceFilter):
    """Terms that end within so many days, and whether the next one is booked."""

    title = gettext_lazy("Ends within")
    parameter_name = "ends"
    options = (
        *((str(days), gettext_lazy("%s days") % days) for days in RADAR),
        ("open", gettext_lazy("90 days, nobody booked")),
    )

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        value = self.value()
        if value not in {key for key, _label in self.options}:
            found: QuerySet[Any] = queryset
            return found
        today = timezone.localdate()
        days = RADAR[-1] if value == "open" else int(str(value))
        near = queryset.active_on(today).filter(valid_until__lte=today + timedelta(days=days + 1))
        return near.exclude(followed()) if value == "open" else near


@admin.register(Seat)
class SeatAdmin(ReadOnly, ActPages):
    list_display = (
        "organization_column", "body_column", "role_column", "person_column", "from_column",
        "until_column",
    )  # fmt: skip
    list_display_links = ("organization_column",)
    list_filter = (SittingFilter, TermFilter, "role", "body")
    list_select_related = ("body", "organization", "person")
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    search_fields = ("organization__search_text",)
    search_help_text = gettext_lazy("Names of organizations, persons and bodies")
    in_search = False  # each hit would come twice, with its organisation
    ordering = ("body__kind", "body__name", "role", "organization__sort_key", "pk")
    saved_views = (
        SavedView(gettext_lazy("Seats of today")),
        *(SavedView(role.label, f"role__exact={role.value}") for role in SeatRole),
        SavedView(gettext_lazy("Ends within 90 days"), "ends=90"),
        SavedView(gettext_lazy("90 days, nobody booked"), "ends=open"),
        SavedView(gettext_lazy("Past and booked ones, too"), f"{DAY}={EVER}"),
    )
    empty_text = gettext_lazy("Seats are given on the record of a body.")
    acts = {
        "person": NamePersonForm,
        "office": OfficeForm,
        "role": RoleForm,
        "replace": ReplaceSeatForm,
        "transfer": TransferSeatForm,
        "end": EndSeatForm,
        "take-back": TakeBackForm,
    }
    fields = (
        ("body_link", "organization_link"), ("role", "office"), "person_link", "display_name",
        ("valid_from", "valid_until"), "replaces_link", "note",
    )  # fmt: skip
    readonly_fields = ("body_link", "organization_link", "person_link", "replaces_link")

    def readable(self, queryset: Any, reader: Reader) -> QuerySet[Any]:
        related = ("body", "organization", "person", "replaces__organization")
        return queryset.filter(body__in=bodies_for(reader)).select_related(*related)

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
                matches([word], "organization__search_text")
                | matches([word], "person__search_text")
                | Q(body__name__icontains=word)
            )
        return queryset, False

    # --- list ----------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("organization"))
    def organization_column(self, obj: Seat) -> str:
        return main_cell(obj.organization.name, obj.display_name)

    @admin.display(description=gettext_lazy("body"), ordering="body__name")
    def body_column(self, obj: Seat) -> str:
        return record_link("meetings_body", obj.body_id, obj.body.name)

    @admin.display(description=gettext_lazy("role"))
    def role_column(self, obj: Seat) -> str:
        tone = {SeatRole.LEAD: "info", SeatRole.OBSERVER: "calm"}.get(SeatRole(obj.role), "success")
        return badge(role_label(obj, obj.body.kind), tone)

    @admin.display(description=gettext_lazy("named person"))
    def person_column(self, obj: Seat) -> str:
        return obj.person.name if obj.person else "—"

    @admin.display(description=gettext_lazy("from"), ordering="valid_from")
    def from_column(self, obj: Seat) -> str:
        return day_cell(obj.valid_from)

    @admin.display(description=gettext_lazy("until"), ordering="valid_until")
    def until_column(self, obj: Seat) -> str:
        return last_day_cell(obj.valid_until)

    def row_actions(self, request: HttpRequest, obj: Seat) -> Sequence[RowAction]:
        over = obj.valid_until is not None and obj.valid_until <= timezone.localdate()
        if over or not request.user.has_perm(NamePersonForm.permission):
            return []
        return [RowAction(_("Name a person"), self.act_url("person", obj))]

    # --- record --------------------------------------------------------------------------------

    def open_acts(self, obj: Any) -> list[str]:
        today = timezone.localdate()
        if obj.valid_until is not None and obj.valid_until <= today:
            return ["end"]
        acts = ["person", "office", "role", "replace", "transfer", "end"]
        return [*acts, "take-back"] if obj.valid_from > today else acts

    def _form_url(self, obj: Any) -> str:
        """After a booked seat was taken back there is only its body left to look at."""
        if Seat.objects.filter(pk=obj.pk).exists():
            return super()._form_url(obj)
        return reverse("admin:meetings_body_change", args=[obj.body_id])

    def status_badge(self, obj: Seat) -> tuple[str, str]:
        today = timezone.localdate()
        if obj.valid_from > today:
            return _("Booked"), "info"
        if obj.valid_until is not None and obj.valid_until <= today:
            return _("Over"), "calm"
        return _("Under way"), "success"

    def page_note(self, obj: Seat) -> str:
        return f"{obj.organization.name} ・ {obj.body.name}"

    def side_summary(self, request: HttpRequest, obj: Seat) -> Sequence[Side]:
        return [*filter(None, [self.acts_card(request, obj)]), self.history_card(request, obj)]

    @admin.display(description=gettext_lazy("body"))
    def body_link(self, obj: Seat) -> str:
        return record_link("meetings_body", obj.body_id, obj.body.name)

    @admin.display(description=gettext_lazy("organization"))
    def organization_link(self, obj: Seat) -> str:
        return record_link("members_organization", obj.organization_id, obj.organization.name)

    @admin.display(description=gettext_lazy("named person"))
    def person_link(self, obj: Seat) -> str:
        if obj.person is None:
            return _("Everybody who speaks for it")
        return record_link("members_person", obj.person.pk, obj.person.name)

    @admin.display(description=gettext_lazy("serves the remainder of"))
    def replaces_link(self, obj: Seat) -> str:
        before = obj.replaces
        return record_link("meetings_seat", before.pk, before.organization.name) if before else "—"
