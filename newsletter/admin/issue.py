"""The list of issues and the writing desk of one issue."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.requests import user_of
from core.errors import DomainError
from core.japan.calendar import era_datetime
from core.shell.admin import NextStep, RowAction, SavedView, ShellStackedInline, Side
from newsletter.access import can_edit
from newsletter.admin.pages import IssuePages
from newsletter.calendar import monday_of, proposed_send_at
from newsletter.choices import IssueStatus
from newsletter.models import Issue, IssueItem
from newsletter.services import submit_issue

TONES = {
    IssueStatus.DRAFT: "calm",
    IssueStatus.SUBMITTED: "warning",
    IssueStatus.APPROVED: "info",
    IssueStatus.SCHEDULED: "info",
    IssueStatus.SENDING: "warning",
    IssueStatus.SENT: "success",
    IssueStatus.CANCELLED: "calm",
}


class ItemFormSet(BaseInlineFormSet):
    """A new item comes last unless its writer says otherwise."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if index is None or index >= self.initial_form_count():
            last = max((item.position for item in self.get_queryset()), default=0)
            form.fields["position"].initial = last + 1


class ItemInline(ShellStackedInline):
    model = IssueItem
    formset = ItemFormSet
    fields = (("section", "position"), "title", "body", "url", "contact")

    def _open(self, request: HttpRequest, obj: Issue | None) -> bool:
        return obj is None or can_edit(user_of(request), obj)

    def has_add_permission(self, request: HttpRequest, obj: Issue | None = None) -> bool:
        return super().has_add_permission(request, obj) and self._open(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Issue | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._open(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Issue | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._open(request, obj)


@admin.register(Issue)
class IssueAdmin(IssuePages):
    list_display = ("name_cell", "badge_cell", "send_cell", "recipients_cell")
    list_display_links = ("name_cell",)
    list_filter = ("status",)
    list_select_related = ("author", "message")
    search_fields = ("title", "number", "items__title", "items__body")
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Waiting for approval"), "status__exact=submitted"),
        SavedView(_("Scheduled"), "status__exact=scheduled"),
        SavedView(_("Sent"), "status__exact=sent"),
    )
    empty_text = _("The draft of the week appears here on Wednesday.")
    fieldsets = ((None, {"fields": ("title", "lead", "send_at")}),)
    inlines = (ItemInline,)
    actions = ()

    @admin.display(description=_("issue"), ordering="number")
    def name_cell(self, obj: Issue) -> str:
        number = f"第{obj.number}号" if obj.number else _("No number yet")
        return format_html('<span class="cell-main">{}</span><small>{}</small>', obj.title, number)

    @admin.display(description=_("status"), ordering="status")
    def badge_cell(self, obj: Issue) -> str:
        label, tone = self.status_badge(obj)
        return format_html('<span class="badge" data-tone="{}">{}</span>', tone, label)

    @admin.display(description=_("send at"), ordering="send_at")
    def send_cell(self, obj: Issue) -> str:
        return era_datetime(obj.send_at) if obj.send_at else "—"

    @admin.display(description=_("recipients"))
    def recipients_cell(self, obj: Issue) -> str:
        counted = self.recipient_counts.get(obj.pk)
        return f"{counted:,}" if counted else "—"

    def status_badge(self, obj: Issue) -> tuple[str, str]:
        status = IssueStatus(obj.status)
        if status == IssueStatus.SCHEDULED and obj.send_at and obj.send_at <= timezone.now():
            status = IssueStatus.SENDING  # the letters leave a moment before the clock notes it
        return str(status.label), TONES[status]

    def row_actions(self, request: HttpRequest, obj: Issue) -> Sequence[RowAction]:
        if obj.status in (IssueStatus.SENDING, IssueStatus.SENT):
            return [RowAction(_("Delivery"), self.page_url("progress", obj))]
        if obj.status == IssueStatus.SUBMITTED:
            return [RowAction(_("Read and approve"), self.page_url("proof", obj), primary=True)]
        return [RowAction(_("Preview"), self.page_url("proof", obj))]

    def next_step(self, request: HttpRequest, obj: Issue) -> NextStep | None:
        if can_edit(user_of(request), obj):
            return NextStep(
                "submit",
                _("Submit for approval"),
                _("The text closes; a second person reads and approves it."),
            )
        return None

    def do_step(self, request: HttpRequest, obj: Issue, key: str) -> HttpResponse | None:
        try:
            submit_issue(issue=obj, actor=user_of(request), at=timezone.now())
        except DomainError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return None
        self.message_user(
            request, _("Submitted. A second person can approve it now."), messages.SUCCESS
        )
        return HttpResponseRedirect(self.page_url("proof", obj))

    def side_summary(self, request: HttpRequest, obj: Issue) -> Sequence[Side]:
        facts = [
            (_("Number"), f"第{obj.number}号" if obj.number else _("given at approval")),
            (_("Author"), obj.author or "—"),
            (_("Send at"), era_datetime(obj.send_at) if obj.send_at else "—"),
        ]
        pages = [(_("Preview and recipients"), self.page_url("proof", obj))]
        if obj.message_id:
            pages.append((_("Delivery"), self.page_url("progress", obj)))
        links = [format_html('<a href="{}">{}</a>', url, label) for label, url in pages]
        return [Side(_("Summary"), "facts", facts), Side(_("Related pages"), "people", links)]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Issue | None = None
    ) -> tuple[str, ...]:
        if obj is None or can_edit(user_of(request), obj):
            return ()
        return ("title", "lead", "send_at")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        week_of = monday_of(timezone.localdate())
        return {"send_at": proposed_send_at(week_of)} | super().get_changeform_initial_data(request)

    def has_delete_permission(self, request: HttpRequest, obj: Issue | None = None) -> bool:
        return False  # what was said stays said; a draft is cancelled

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        self.recipient_counts = self.counts_of_recent_issues()
        return super().changelist_view(request, extra_context)
