"""Subcommittees: set up under Article 21, put right, and who asks to take part."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import user_of
from core.shell.admin import RowAction, SavedView, Side
from core.shell.refusals import SaysRefusals
from meetings.admin.cells import badge, main_cell, moment_cell, record_link, workroom_card
from meetings.admin.reading import ForReader, ReadOnly, bodies_for
from meetings.models import Meeting, Seat
from meetings.readers import Reader
from members.admin.acts import ActPages
from members.admin.cells import name_cell
from members.querysets import matches, search_words
from subcommittees.choices import ParticipationStatus
from subcommittees.forms import ApproveForm, DeclineForm, SetUpForm, SubcommitteeForm
from subcommittees.models import ParticipationRequest, Subcommittee

TONES = {
    ParticipationStatus.RECEIVED: "warning",
    ParticipationStatus.APPROVED: "success",
    ParticipationStatus.DECLINED: "danger",
    ParticipationStatus.RETRACTED: "calm",
}
_SET_UP = [
    (
        gettext_lazy("The subcommittee"),
        {
            "fields": (
                ("number", "name"), "theme", "purpose", ("basis", "resolution"), "valid_from",
                "leads",
            ),
            "description": gettext_lazy(
                "Article 21 of the bylaws: when the work asks for it, part of the members may be "
                "brought together in a subcommittee."
            ),
        },
    ),
    (
        gettext_lazy("Taking part"),
        {"fields": ("way_in", ("call_from", "call_until"), "conditions", "takes_observers")},
    ),
    (gettext_lazy("Meetings"), {"fields": ("numbering", "audience")}),
]  # fmt: skip


@admin.register(Subcommittee)
class SubcommitteeAdmin(SaysRefusals, ForReader):
    form = SubcommitteeForm
    list_display = (
        "name_column", "leads_column", "members_column", "next_column", "way_in", "waiting_column",
    )  # fmt: skip
    list_display_links = ("name_column",)
    list_filter = ("way_in",)
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    search_fields = ("theme", "purpose", "body__name")
    search_help_text = gettext_lazy("Names, themes and purposes")
    ordering = ("number",)
    empty_text = gettext_lazy("Set up the first subcommittee with “Add”.")
    actions = ()
    fieldsets = (
        (
            gettext_lazy("The subcommittee"),
            {"fields": ("body_cell", "theme", "purpose", "resolution")},
        ),
        (
            gettext_lazy("Taking part"),
            {"fields": ("way_in", ("call_from", "call_until"), "conditions", "takes_observers")},
        ),
    )

    def readable(self, queryset: Any, reader: Reader) -> QuerySet[Any]:
        today, now = timezone.localdate(), timezone.now()
        standing = Seat.objects.standing_on(today)
        mine = standing.filter(body=OuterRef("body")).order_by().values("body")
        coming = Meeting.objects.coming(now).visible_to(reader).filter(body=OuterRef("body"))
        leads = standing.leading().select_related("organization")
        open_ones = Q(requests__status=ParticipationStatus.RECEIVED)
        return (
            queryset.visible_to(reader)
            .select_related("body")
            .annotate(
                waiting=Count("requests", filter=open_ones),
                seats=Subquery(mine.annotate(n=Count("pk")).values("n")),
                next_meeting=Subquery(coming.values("starts_at")[:1]),
            )
            .prefetch_related(Prefetch("body__seats", leads, to_attr="leading"))
        )

    # --- list ----------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("subcommittee"), ordering="number")
    def name_column(self, obj: Subcommittee) -> str:
        return main_cell(obj.body.name, obj.theme)

    @admin.display(description=gettext_lazy("leads"))
    def leads_column(self, obj: Any) -> str:
        names = [seat.display_name or seat.organization.shown_name for seat in obj.body.leading]
        return "、".join(names) or "—"

    @admin.display(description=gettext_lazy("seats"))
    def members_column(self, obj: Any) -> str:
        return str(obj.seats or 0)

    @admin.display(description=gettext_lazy("next meeting"))
    def next_column(self, obj: Any) -> str:
        return moment_cell(obj.next_meeting)

    @admin.display(description=gettext_lazy("requests"))
    def waiting_column(self, obj: Any) -> str:
        return badge(obj.waiting, "warning") if obj.waiting else "—"

    def row_actions(self, request: HttpRequest, obj: Subcommittee) -> Sequence[RowAction]:
        place = reverse("admin:meetings_body_change", args=[obj.body_id])
        return [RowAction(_("Seats"), place)]

    def search_note(self, obj: Subcommittee) -> str:
        return obj.theme

    # --- record --------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("body"))
    def body_cell(self, obj: Subcommittee) -> str:
        return format_html(
            "{} <small>{}</small>",
            record_link("meetings_body", obj.body_id, obj.body.name),
            obj.body.basis,
        )

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 -- Django's signature
        **kwargs: Any,
    ) -> Any:
        if obj is None:
            kwargs["form"] = SetUpForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_fieldsets(request, obj) if obj is not None else _SET_UP

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("body_cell",) if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        if change:
            super().save_model(request, obj, form, change)
        else:
            form.set_up(actor=user_of(request), at=timezone.now())

    def page_note(self, obj: Subcommittee) -> str:
        return obj.theme

    def side_summary(self, request: HttpRequest, obj: Any) -> Sequence[Side]:
        facts = [
            (_("Lead organizations"), self.leads_column(obj)),
            (_("Seats taken"), obj.seats or 0),
            (_("Next meeting"), moment_cell(obj.next_meeting)),
            (_("Requests to take part"), obj.waiting),
        ]
        seats = record_link("meetings_body", obj.body_id, _("Seats and terms"))
        return [
            Side(_("Summary"), "facts", facts),
            Side(_("Related pages"), "people", [seats]),
            workroom_card((
                ("bodies:run", [obj.body.slug], _("Meetings and papers of this body")),
                ("subcommittees:requests", [obj.number], _("Requests to take part")),
                ("subcommittees:subcommittee", [obj.number], _("Page that its readers see")),
            )),
            self.history_card(request, obj),
        ]  # fmt: skip


@admin.register(ParticipationRequest)
class ParticipationRequestAdmin(ReadOnly, ActPages):
    list_display = (
        "organization_column", "subcommittee_column", "role", "status_column", "asked_column",
    )  # fmt: skip
    list_display_links = ("organization_column",)
    list_filter = ("status", "subcommittee", "role")
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    search_fields = ("organization__search_text",)
    search_help_text = gettext_lazy("Names, readings, former names, numbers")
    saved_views = (
        SavedView(gettext_lazy("All")),
        *(SavedView(one.label, f"status__exact={one.value}") for one in ParticipationStatus),
    )
    empty_text = gettext_lazy("Members ask on the page of a subcommittee.")
    acts = {"approve": ApproveForm, "decline": DeclineForm}
    fields = (
        ("organization_link", "subcommittee"), ("role", "status"), "message",
        ("asked_by", "asked_at"), "answer", ("decided_by", "decided_at"),
    )  # fmt: skip
    readonly_fields = ("organization_link", "decided_at")

    def readable(self, queryset: Any, reader: Reader) -> QuerySet[Any]:
        related = ("organization", "subcommittee__body", "asked_by", "decided_by")
        return queryset.filter(subcommittee__body__in=bodies_for(reader)).select_related(*related)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        for word in search_words(search_term):
            queryset = queryset.filter(matches([word], "organization__search_text"))
        return queryset, False

    @admin.display(description=gettext_lazy("organization"), ordering="organization__sort_key")
    def organization_column(self, obj: ParticipationRequest) -> str:
        return name_cell(obj.organization.name, obj.organization.name_kana)

    @admin.display(description=gettext_lazy("subcommittee"), ordering="subcommittee__number")
    def subcommittee_column(self, obj: ParticipationRequest) -> str:
        return obj.subcommittee.body.name

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_column(self, obj: ParticipationRequest) -> str:
        words, tone = self.status_badge(obj)
        return badge(words, tone)

    @admin.display(description=gettext_lazy("asked at"), ordering="asked_at")
    def asked_column(self, obj: ParticipationRequest) -> str:
        return moment_cell(obj.asked_at)

    @admin.display(description=gettext_lazy("organization"))
    def organization_link(self, obj: ParticipationRequest) -> str:
        return record_link("members_organization", obj.organization_id, obj.organization.name)

    def row_actions(self, request: HttpRequest, obj: ParticipationRequest) -> Sequence[RowAction]:
        may = request.user.has_perm(ApproveForm.permission)
        if obj.status != ParticipationStatus.RECEIVED or not may:
            return []
        return [RowAction(_("Look and decide"), self.act_url("approve", obj), primary=True)]

    def open_acts(self, obj: Any) -> list[str]:
        return list(self.acts) if obj.status == ParticipationStatus.RECEIVED else []

    def status_badge(self, obj: ParticipationRequest) -> tuple[str, str]:
        return str(obj.get_status_display()), TONES[ParticipationStatus(obj.status)]

    def page_note(self, obj: ParticipationRequest) -> str:
        return f"{obj.organization.name} ・ {obj.subcommittee.body.name}"

    def search_note(self, obj: ParticipationRequest) -> str:
        return self.page_note(obj)

    def side_summary(self, request: HttpRequest, obj: Any) -> Sequence[Side]:
        return [*filter(None, [self.acts_card(request, obj)]), self.history_card(request, obj)]
