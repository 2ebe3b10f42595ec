"""退会届 and the records of expulsions: those that wait first."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.shell.admin import RowAction, SavedView, Side
from members.admin.cells import day_cell, name_cell
from members.admin.member_request import TONES, MemberRequestPages
from members.choices import OPEN_REQUESTS, LeavingKind, RequestStatus
from members.forms import (
    AcceptWithdrawalForm,
    AnswerWithdrawalForm,
    CancelEndForm,
    FileWithdrawalForm,
    RefuseWithdrawalForm,
    RetractWithdrawalForm,
    ReturnWithdrawalForm,
    WithdrawalNoteForm,
)
from members.models import Withdrawal
from members.queries.leaving import what_stops
from members.querysets import LONGEST_QUERY, matches, search_words

_WAITS = Case(When(status__in=OPEN_REQUESTS, then=Value(1)), default=Value(0))


@admin.register(Withdrawal)
class WithdrawalAdmin(MemberRequestPages):
    form, add_form = WithdrawalNoteForm, FileWithdrawalForm
    list_display = (
        "organization_column", "status_column", "received_column", "channel_column",
        "leaving_column", "receipt_number",
    )  # fmt: skip
    list_display_links = ("organization_column",)
    list_filter = ("status", "kind", "channel")
    list_select_related = ("organization",)
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    search_fields = ("receipt_number",)
    search_help_text = gettext_lazy("Names, readings, former names, numbers")
    saved_views = (
        SavedView(gettext_lazy("All")),
        SavedView(gettext_lazy("Waiting for us"), f"status__exact={RequestStatus.RECEIVED}"),
        SavedView(
            gettext_lazy("Waiting for the member"), f"status__exact={RequestStatus.RETURNED}"
        ),
        SavedView(gettext_lazy("Expulsions"), f"kind__exact={LeavingKind.EXPULSION}"),
    )
    ordering = (_WAITS.desc(), "received_on", "pk")
    empty_text = gettext_lazy("Notices from members' own pages stand here; enter paper by hand.")
    actions = ()
    autocomplete_fields = ("organization",)
    acts = {
        "accept": AcceptWithdrawalForm,
        "return": ReturnWithdrawalForm,
        "answer": AnswerWithdrawalForm,
        "refuse": RefuseWithdrawalForm,
        "retract": RetractWithdrawalForm,
    }

    # --- list ----------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Withdrawal]:
        people = ("asked_by", "received_by", "decided_by")
        return super().get_queryset(request).select_related("organization", "period", *people)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Withdrawal], bool]:
        for raw in search_term[:LONGEST_QUERY].replace("\x00", "").split():
            named = matches(search_words(raw), "organization__search_text")
            queryset = queryset.filter(named | Q(receipt_number__contains=raw))
        return queryset, False

    @admin.display(description=gettext_lazy("Name"), ordering="organization__sort_key")
    def organization_column(self, obj: Withdrawal) -> str:
        return name_cell(obj.organization.name, obj.organization.name_kana)

    @admin.display(description=gettext_lazy("State"), ordering="status")
    def status_column(self, obj: Withdrawal) -> str:
        words, tone = self.status_badge(obj)
        return format_html('<span class="badge" data-tone="{}">{}</span>', tone, words)

    @admin.display(description=gettext_lazy("Received on"), ordering="received_on")
    def received_column(self, obj: Withdrawal) -> str:
        return day_cell(obj.received_on)

    @admin.display(description=gettext_lazy("Received by"))
    def channel_column(self, obj: Withdrawal) -> str:
        if obj.kind == LeavingKind.EXPULSION:
            return str(obj.get_kind_display())
        return str(obj.get_channel_display())

    @admin.display(description=gettext_lazy("Leaves on"), ordering="leaving_on")
    def leaving_column(self, obj: Withdrawal) -> str:
        return day_cell(obj.leaving_on)

    def row_actions(self, request: HttpRequest, obj: Withdrawal) -> Sequence[RowAction]:
        may = request.user.has_perm(AcceptWithdrawalForm.permission)
        if obj.status != RequestStatus.RECEIVED or not may:
            return []
        return [RowAction(_("Look and decide"), self.act_url("accept", obj), primary=True)]

    # --- record --------------------------------------------------------------------------------

    def open_acts(self, obj: Any) -> list[str]:
        if obj.status == RequestStatus.RECEIVED:
            return ["accept", "return", "refuse", "retract"]
        if obj.status == RequestStatus.RETURNED:
            return ["answer", "refuse", "retract"]
        return []

    def status_badge(self, obj: Withdrawal) -> tuple[str, str]:
        return str(obj.get_status_display()), TONES[RequestStatus(obj.status)]

    def page_note(self, obj: Withdrawal) -> str:
        return f"{obj.get_kind_display()} ・ {obj.organization.name}"

    def acts_card(self, request: HttpRequest, obj: Any) -> Side | None:
        """What was accepted for a day to come is taken back on the organisation."""
        card = super().acts_card(request, obj)
        ahead = obj.period is not None and obj.leaving_on > timezone.localdate()
        if not ahead or not request.user.has_perm(CancelEndForm.permission):
            return card
        place = reverse("admin:members_organization_act", args=[obj.organization_id, "cancel-end"])
        link = format_html('<a href="{}">{}</a>', place, CancelEndForm.title)
        return Side(_("What can be done"), "people", [*(card.rows if card else ()), link])

    def side_summary(self, request: HttpRequest, obj: Withdrawal) -> Sequence[Side]:
        cards = [*filter(None, [self.acts_card(request, obj)])]
        if obj.status in OPEN_REQUESTS:
            stops = [stop.words for stop in what_stops(obj.organization, obj.leaving_on)]
            cards.append(Side(_("What will stop"), "people", stops))
        return [*cards, self.history_card(request, obj)]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": (
                "organization", ("channel", "received_on"), "asked_by_name", "leaving_on",
                "message", "scans", "internal_note",
            )})]  # fmt: skip
        facts = [
            "organization_link", ("receipt_number", "kind"), ("channel", "received_on"),
            ("asked_by_name", "received_by"), "leaving_on", "message",
        ]  # fmt: skip
        if obj.kind == LeavingKind.EXPULSION:
            facts = [
                "organization_link", "receipt_number", "kind", "resolution",
                ("received_on", "heard_on"), "leaving_on",
            ]  # fmt: skip
        decision = ["answer", ("decided_by", "decided_at"), "period"]
        return [
            (_("What came in"), {"fields": [*facts, "scans_cell"]}),
            (_("Answer and decision"), {"fields": decision}),
            (_("Secretariat only"), {"fields": ["internal_note"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        return (
            "organization_link", "receipt_number", "kind", "channel", "received_on", "received_by",
            "asked_by_name", "leaving_on", "message", "resolution", "heard_on", "answer",
            "decided_by", "decided_at", "period", "scans_cell",
        )  # fmt: skip

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 -- Django's signature
        **kwargs: Any,
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is None:  # nobody leaves who is not there yet
            form.base_fields["organization"].widget.can_add_related = False
        return form
