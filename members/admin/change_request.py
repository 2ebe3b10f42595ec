"""変更届: those that wait first; what is asked for beside what is registered."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.shell.admin import RowAction, SavedView, Side
from members.admin.cells import day_cell, name_cell
from members.admin.member_request import TONES, MemberRequestPages
from members.change_fields import CHANGE_FIELDS
from members.choices import OPEN_REQUESTS, RequestStatus
from members.forms.change_requests import (
    AcceptChangeForm,
    AnswerChangeForm,
    ChangeNoteForm,
    FileChangeForm,
    RefuseChangeForm,
    RetractChangeForm,
    ReturnChangeForm,
)
from members.models import ChangeRequest
from members.queries.registered import changed_labels, differences_of
from members.querysets import matches, search_words

_WAITS_FIRST = Case(When(status__in=OPEN_REQUESTS, then=0), default=1)
_READ = (
    "organization_link", "receipt_number", "channel", "received_on", "received_by",
    "asked_by_name", "effective_on", "message", "diff", "answer", "decided_by", "decided_at",
    "scans_cell",
)  # fmt: skip


class ChangeRequestListPage(MemberRequestPages):
    list_display = (
        "organization_column", "status_column", "what_column", "received_column",
        "asker_column", "effective_column", "receipt_number",
    )  # fmt: skip
    list_display_links = ("organization_column",)
    list_filter = ("status", "channel")
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
    )
    empty_text = gettext_lazy("Requests from members' own pages stand here; enter paper by hand.")
    actions = ()
    ordering = (_WAITS_FIRST, "received_on", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChangeRequest]:
        people = ("asked_by", "received_by", "decided_by")
        return super().get_queryset(request).select_related("organization", *people)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[ChangeRequest], bool]:
        for word in search_words(search_term):
            found = matches([word], "organization__search_text")
            queryset = queryset.filter(found | matches([word], "receipt_number"))
        return queryset, False

    @admin.display(description=gettext_lazy("Name"), ordering="organization__sort_key")
    def organization_column(self, obj: ChangeRequest) -> str:
        return name_cell(obj.organization.name, obj.organization.name_kana)

    @admin.display(description=gettext_lazy("State"), ordering="status")
    def status_column(self, obj: ChangeRequest) -> str:
        words, tone = self.status_badge(obj)
        return format_html('<span class="badge" data-tone="{}">{}</span>', tone, words)

    @admin.display(description=gettext_lazy("About"))
    def what_column(self, obj: ChangeRequest) -> str:
        return "、".join(changed_labels(obj)) or _("Words only")

    @admin.display(description=gettext_lazy("Received on"), ordering="received_on")
    def received_column(self, obj: ChangeRequest) -> str:
        if obj.received_on is None or obj.status not in OPEN_REQUESTS:
            return day_cell(obj.received_on)
        days = (timezone.localdate() - obj.received_on).days
        waited = _("waiting for %(n)s days") % {"n": days}
        return format_html("{}<small>{}</small>", day_cell(obj.received_on), waited)

    @admin.display(description=gettext_lazy("Asked by"))
    def asker_column(self, obj: ChangeRequest) -> str:
        asker, channel = obj.asked_by_name or "—", obj.get_channel_display()
        return format_html("{}<small>{}</small>", asker, channel)

    @admin.display(description=gettext_lazy("Effective on"), ordering="effective_on")
    def effective_column(self, obj: ChangeRequest) -> str:
        return day_cell(obj.effective_on)

    def row_actions(self, request: HttpRequest, obj: ChangeRequest) -> Sequence[RowAction]:
        may = request.user.has_perm(AcceptChangeForm.permission)
        if obj.status != RequestStatus.RECEIVED or not may:
            return []
        return [RowAction(_("Look and decide"), self.act_url("accept", obj), primary=True)]

    def status_badge(self, obj: ChangeRequest) -> tuple[str, str]:
        return str(obj.get_status_display()), TONES[RequestStatus(obj.status)]


@admin.register(ChangeRequest)
class ChangeRequestAdmin(ChangeRequestListPage):
    form, add_form = ChangeNoteForm, FileChangeForm
    autocomplete_fields = ("organization",)
    acts = {
        "accept": AcceptChangeForm,
        "return": ReturnChangeForm,
        "answer": AnswerChangeForm,
        "refuse": RefuseChangeForm,
        "retract": RetractChangeForm,
    }

    def open_acts(self, obj: Any) -> list[str]:
        if obj.status == RequestStatus.RECEIVED:
            return ["accept", "return", "refuse", "retract"]
        if obj.status == RequestStatus.RETURNED:
            return ["answer", "refuse", "retract"]
        return []

    def page_note(self, obj: ChangeRequest) -> str:
        return str(obj.organization.name)

    def side_summary(self, request: HttpRequest, obj: ChangeRequest) -> Sequence[Side]:
        return [
            *filter(None, [self.acts_card(request, obj)]),
            self.history_card(request, obj),
        ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            paper: Any = (
                "organization", ("channel", "received_on"), "asked_by_name", "called_back",
                "effective_on", "message", "scans", "internal_note",
            )  # fmt: skip
            note = _("Only what the paper changes. What is left empty stays as it is.")
            changes = {"fields": (*CHANGE_FIELDS, "emptied"), "description": note}
            return [(_("The paper"), {"fields": paper}), (_("What is to change"), changes)]
        facts = (
            "organization_link", "diff", "effective_on", "message",
            ("receipt_number", "received_on"), ("asked_by_name", "channel"), "received_by",
            "scans_cell",
        )  # fmt: skip
        return [
            (_("What came in"), {"fields": facts}),
            (_("Answer and decision"), {"fields": ("answer", ("decided_by", "decided_at"))}),
            (_("Secretariat only"), {"fields": ("internal_note",)}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else _READ

    @admin.display(description=gettext_lazy("What is to change"))
    def diff(self, obj: ChangeRequest) -> str:
        lines = differences_of(obj, timezone.localdate())
        context = {"lines": lines, "waits": obj.status in OPEN_REQUESTS}
        return render_to_string("admin/members/change_request/diff.html", context)
