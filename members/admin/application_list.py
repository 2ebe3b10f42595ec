"""The list of applications: what waits, for whom, since when. Drafts are never here."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.shell.admin import RowAction, SavedView
from core.shell.templatetags.shell import due_tone, due_words, jshort
from members.admin.acts import ActPages
from members.admin.cells import category_badge, name_cell
from members.admin.reporting import REPORT_EFFECT, report
from members.choices import OPEN_APPLICATIONS, ApplicationStatus, Reception
from members.forms.examining import BeginForm
from members.models import Correction, MembershipApplication
from members.queries.duplicates import flagged

TONES = {
    ApplicationStatus.RECEIVED: "info",
    ApplicationStatus.CHECKING: "warning",
    ApplicationStatus.RETURNED: "calm",
    ApplicationStatus.REPORTED: "info",
    ApplicationStatus.APPROVED: "success",
    ApplicationStatus.DECLINED: "danger",
    ApplicationStatus.RETRACTED: "calm",
}
_ANSWERED = "answered"
DECIDED = (
    ApplicationStatus.APPROVED, ApplicationStatus.DECLINED, ApplicationStatus.RETRACTED,
)  # fmt: skip
# Key in the address, words, states; `answered` further asks for a correction that came back.
STATES: tuple[tuple[str, Any, tuple[ApplicationStatus, ...]], ...] = (
    ("work", gettext_lazy("To be looked at"),
     (ApplicationStatus.RECEIVED, ApplicationStatus.CHECKING)),
    (_ANSWERED, gettext_lazy("Corrections answered"), (ApplicationStatus.CHECKING,)),
    ("returned", gettext_lazy("Waiting for a correction"), (ApplicationStatus.RETURNED,)),
    ("reported", gettext_lazy("Reported to the committee"), (ApplicationStatus.REPORTED,)),
    ("decided", gettext_lazy("Decided"), DECIDED),
)  # fmt: skip


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("State")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(key, words) for key, words, _statuses in STATES]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        for key, _words, statuses in STATES:
            if key == self.value():
                queryset = queryset.filter(status__in=statuses)
        return queryset.filter(answered=True) if self.value() == _ANSWERED else queryset


class ChargeFilter(admin.SimpleListFilter):
    title = gettext_lazy("In charge")
    parameter_name = "charge"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("me", _("Myself")), ("nobody", _("Nobody"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "me":
            return queryset.filter(assigned_to=request.user.pk)
        return queryset.filter(assigned_to=None) if self.value() == "nobody" else queryset


class ApplicationList(ChangeList):
    """Asks once which rows of the page may be doubles."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        doubles = flagged(rows)
        for row in rows:
            row.may_be_double = row.pk in doubles
        self.result_list = rows


def days_waiting(application: MembershipApplication, today: date) -> int | None:
    """Since when somebody waits for the decision; None when it has been taken."""
    if application.status not in OPEN_APPLICATIONS or application.received_on is None:
        return None
    return max((today - application.received_on).days, 0)


class ApplicationListPage(ActPages):
    list_display = (
        "name_column", "state_column", "category_column", "received_column", "waiting_column",
        "charge_column",
    )  # fmt: skip
    list_display_links = ("name_column",)
    list_filter = (StateFilter, ChargeFilter, "category", "channel")
    list_select_related = ("assigned_to",)
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    search_fields = ("search_text",)
    search_help_text = gettext_lazy("Names, readings, numbers, contacts, mailboxes")
    empty_text = gettext_lazy(
        "Applications from the web form appear here. Key in what comes by fax, post or phone."
    )
    actions = (report,)
    action_effects = {"report": REPORT_EFFECT}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        answered = Correction.objects.filter(application=OuterRef("pk"), answered_at__isnull=False)
        rows = MembershipApplication.objects.in_office().annotate(answered=Exists(answered))
        return rows.select_related("assigned_to", "batch", "organization", "received_by")

    def get_ordering(self, request: HttpRequest) -> Any:
        if request.GET.get("state") in {None, "", "decided"}:
            return ("-received_on", "-pk")
        return ("received_on", "pk")  # who waits longest stands first

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return queryset.search(search_term), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ApplicationList

    def get_saved_views(self, request: HttpRequest) -> Sequence[SavedView]:
        rows = self.get_queryset(request).order_by().values_list("status", "answered")
        counted = [(row[:2], row[2]) for row in rows.annotate(number=Count("pk"))]

        def number(key: str, statuses: tuple[ApplicationStatus, ...]) -> int | None:
            if key == "decided":
                return None  # it only grows
            return sum(
                n
                for (status, answered), n in counted
                if status in statuses and (answered or key != _ANSWERED)
            )

        views = [
            SavedView(words, f"state={key}", number(key, statuses))
            for key, words, statuses in STATES
        ]
        return [SavedView(gettext_lazy("All")), *views]

    @admin.display(description=gettext_lazy("Name"), ordering="name_kana")
    def name_column(self, obj: Any) -> str:
        cell = name_cell(obj.name or str(obj.receipt_number), obj.name_kana)
        if not getattr(obj, "may_be_double", False):
            return cell
        return format_html(
            '{} <span class="badge" data-tone="warning">{}</span>', cell, _("May be a duplicate")
        )

    @admin.display(description=gettext_lazy("State"), ordering="status")
    def state_column(self, obj: Any) -> str:
        words, tone = self.status_badge(obj)
        return format_html('<span class="badge" data-tone="{}">{}</span>', tone, words)

    def status_badge(self, obj: Any) -> tuple[str, str]:
        if obj.status == ApplicationStatus.CHECKING and obj.answered:
            return _("Correction answered"), "warning"
        return str(obj.get_status_display()), TONES[ApplicationStatus(obj.status)]

    @admin.display(description=gettext_lazy("Category"), ordering="category")
    def category_column(self, obj: Any) -> str:
        return category_badge(obj.category) if obj.category else "—"

    @admin.display(description=gettext_lazy("Received"), ordering="received_on")
    def received_column(self, obj: Any) -> str:
        channel = Reception(obj.channel).label
        return format_html("{} <small>{}</small>", jshort(obj.received_on), channel)

    @admin.display(description=gettext_lazy("Waits"))
    def waiting_column(self, obj: Any) -> str:
        days = days_waiting(obj, timezone.localdate())
        if days is None:
            return "—"
        words = _("%(n)s days") % {"n": days}
        if not obj.due_on or obj.status == ApplicationStatus.REPORTED:
            return words
        return format_html(
            '{} <small class="due" data-tone="{}">{}</small>',
            words, due_tone(obj.due_on), due_words(obj.due_on),
        )  # fmt: skip

    @admin.display(description=gettext_lazy("In charge"), ordering="assigned_to")
    def charge_column(self, obj: Any) -> str:
        return obj.assigned_to.get_full_name() if obj.assigned_to else "—"

    def row_actions(self, request: HttpRequest, obj: Any) -> Sequence[RowAction]:
        begins = obj.status == ApplicationStatus.RECEIVED
        if not begins or not request.user.has_perm(BeginForm.permission):
            return []
        return [RowAction(BeginForm.title, self.act_url("begin", obj), primary=True)]

    def search_note(self, obj: Any) -> str:
        return f"{obj.receipt_number} {obj.get_status_display()}"
