"""The yearly confirmation: a round, how far it has come, and who has to be called."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import user_of
from core.errors import DomainError
from core.shell.admin import RowAction
from members.admin.acts import ActPages
from members.admin.cells import day_cell, name_cell
from members.admin.chase import chase_cells, chase_head, chase_workbook
from members.admin.confirmation_pages import bars, letter_of
from members.forms.confirmations import (
    CALL,
    CHANGE_ROUND,
    AddMembersForm,
    CallForm,
    CloseRoundForm,
    EditRoundForm,
    RemindForm,
    RoundForm,
    SendRoundForm,
    proposed,
)
from members.models import Confirmation, ConfirmationRound
from members.queries.confirmations import (
    answers_by_day,
    chase_rows,
    outlook_of,
    progress_of,
    rounds_with_counts,
    to_chase,
)
from members.rendering import XLSX_TYPE
from members.services.confirmations import open_round

_PAGES = "admin/members/confirmation/"
_PER_PAGE = 50


@admin.register(ConfirmationRound)
class ConfirmationRoundAdmin(ActPages):
    form = RoundForm
    acts = {
        "send": SendRoundForm,
        "remind": RemindForm,
        "add": AddMembersForm,
        "edit": EditRoundForm,
        "close": CloseRoundForm,
    }
    list_display = ("title_column", "due_column", "answered_column", "state_column")
    list_display_links = ("title_column",)
    ordering = ("-opens_on", "-id")
    show_full_result_count = False
    in_search = False
    empty_text = gettext_lazy("Prepare a round to ask all members whether their entry is true.")
    actions = ()
    fields = ("title", "opens_on", "due_on", "lead")

    # --- list --------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> Any:
        return rounds_with_counts(super().get_queryset(request))

    @admin.display(description=gettext_lazy("Title"), ordering="opens_on")
    def title_column(self, obj: ConfirmationRound) -> str:
        return name_cell(obj.title, day_cell(obj.opens_on))

    @admin.display(description=gettext_lazy("Answers by"), ordering="due_on")
    def due_column(self, obj: ConfirmationRound) -> str:
        return day_cell(obj.due_on)

    @admin.display(description=gettext_lazy("Answered"))
    def answered_column(self, obj: Any) -> str:
        return f"{obj.answered} / {obj.asked}"

    @admin.display(description=gettext_lazy("State"))
    def state_column(self, obj: ConfirmationRound) -> str:
        words, tone = self.status_badge(obj)
        return format_html('<span class="badge" data-tone="{}">{}</span>', tone, words)

    def row_actions(self, request: HttpRequest, obj: ConfirmationRound) -> Sequence[RowAction]:
        return [RowAction(_("Look"), self._form_url(obj), primary=obj.closed_at is None)]

    def status_badge(self, obj: ConfirmationRound) -> tuple[str, str]:
        if obj.closed_at is not None:
            return _("No more answers"), "calm"
        if obj.sent_at is None:
            return _("Not sent yet"), "warning"
        return _("Taking answers"), "info"

    def open_acts(self, obj: ConfirmationRound) -> list[str]:
        if obj.sent_at is None:
            return ["send", "edit"]
        return [] if obj.closed_at else ["remind", "add", "close"]

    # --- a new one ---------------------------------------------------------------------------

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return proposed(timezone.localdate())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        open_round(confirmation_round=obj, actor=user_of(request), at=timezone.now())

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        self.message_user(request, _("Prepared. Read the letter, then send it."), messages.SUCCESS)
        return HttpResponseRedirect(self._form_url(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # --- the record --------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "members_confirmationround"
        return [
            path("<path:object_id>/chase.xlsx", wrap(require_safe(self.export_view)),
                 name=f"{name}_export"),
            path("<path:object_id>/print/", wrap(require_safe(self.print_view)),
                 name=f"{name}_print"),
            path("<path:object_id>/call/<int:pk>/", wrap(require_POST(self.call_view)),
                 name=f"{name}_call"),
            *super().get_urls(),
        ]  # fmt: skip

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = self._seen(request, object_id)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])  # it moves by acts
        page = self._before(obj) if obj.sent_at is None else self._under_way(request, obj)
        return self._render(request, obj, "record.html", page)

    def _seen(self, request: HttpRequest, object_id: str) -> ConfirmationRound:
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        return obj

    def _before(self, obj: ConfirmationRound) -> dict[str, Any]:
        now = timezone.now()
        outlook = outlook_of(obj, timezone.localdate(now))
        return {"outlook": outlook, "letter": letter_of(obj, now)}

    def _under_way(self, request: HttpRequest, obj: ConfirmationRound) -> dict[str, Any]:
        today = timezone.localdate()
        days = answers_by_day(obj)
        page = Paginator(to_chase(obj, today), _PER_PAGE).get_page(request.GET.get("page"))
        return {
            "progress": progress_of(obj),
            "days": days,
            "bars": bars(days),
            "page": page,
            "rows": chase_rows(page.object_list, today),
            "may_call": request.user.has_perm(CALL) and obj.closed_at is None,
        }

    def _render(
        self, request: HttpRequest, obj: ConfirmationRound, template: str, context: dict[str, Any]
    ) -> HttpResponse:
        may = request.user.has_perm(CHANGE_ROUND)
        known = {
            **self.admin_site.each_context(request),
            "title": obj.title,
            "opts": self.opts,
            "original": obj,
            "badge": self.status_badge(obj),
            "acts": [
                (self.act_url(key, obj), self.acts[key].title, key)
                for key in (self.open_acts(obj) if may else ())
            ],
            "history_url": reverse("admin:members_confirmationround_history", args=[obj.pk]),
        }
        return TemplateResponse(request, f"{_PAGES}{template}", known | context)

    def call_view(self, request: HttpRequest, object_id: str, pk: int) -> HttpResponse:
        obj = self._seen(request, object_id)
        if not request.user.has_perm(CALL):
            raise PermissionDenied
        found = Confirmation.objects.filter(round=obj).select_related("organization")
        confirmation = get_object_or_404(found, pk=pk)
        try:
            words = CallForm(request.POST).perform(
                confirmation, actor=user_of(request), at=timezone.now()
            )
        except DomainError as refusal:
            told = f"{confirmation.organization.shown_name}: {refusal}"
            self.message_user(request, told, messages.ERROR)
        else:
            self.message_user(request, words, messages.SUCCESS)
        page = request.POST.get("page", "")
        query = f"?page={page}" if page.isdecimal() and len(page) < 6 else ""
        return HttpResponseRedirect(f"{self._form_url(obj)}{query}#chase")

    def export_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        obj = self._seen(request, object_id)
        today = timezone.localdate()
        data = chase_workbook(obj, chase_rows(to_chase(obj, today), today))
        name = _("to-call-%(day)s.xlsx") % {"day": today.isoformat()}
        attached = content_disposition_header(as_attachment=True, filename=name) or ""
        headers = {"Content-Disposition": attached, "Cache-Control": "private, no-store"}
        return HttpResponse(data, content_type=XLSX_TYPE, headers=headers)

    def print_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        obj = self._seen(request, object_id)
        today = timezone.localdate()
        rows = list(chase_cells(chase_rows(to_chase(obj, today), today)))
        context = {"head": chase_head(), "rows": rows, "back": self._form_url(obj)}
        return self._render(request, obj, "print.html", context)
