"""Rounds of decisions: the list, the record with its table, what goes to the committee."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
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
from core.shell.admin import RowAction, SavedView
from members.admin.acts import ActPages
from members.admin.batch_record import DECIDE, PREPARE, BatchRecord
from members.admin.cells import day_cell, name_cell
from members.emails.deciding import paper_letter
from members.forms.deciding import BatchForm, ChangeBatchForm, SupersedeForm
from members.models import DecisionBatch, MembershipApplication
from members.queries.batches import decided, listed, with_number
from members.rendering import XLSX_TYPE, committee_head, committee_rows
from members.services.batches import (
    default_title,
    export_batch,
    next_round_day,
    open_batch,
    report_applications,
    unreport_application,
)

_PAGES = "admin/members/batch/"


@admin.register(DecisionBatch)
class BatchAdmin(ActPages):
    form = BatchForm
    acts = {"edit": ChangeBatchForm}
    list_display = ("title_column", "member_column", "number_column", "state_column")
    list_display_links = ("title_column",)
    search_fields = ("title", "reference")
    show_full_result_count = False
    in_search = False  # its applications are found themselves
    ordering = ("-held_on", "-id")
    saved_views = (
        SavedView(gettext_lazy("All")),
        SavedView(gettext_lazy("Not decided yet"), "decided_at__isnull=True"),
    )
    empty_text = gettext_lazy("Open a round to put applications before the steering committee.")
    actions = ()
    fields = ("held_on", "member_from", "title", "reference")

    # --- list --------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[DecisionBatch]:
        return with_number(super().get_queryset(request).select_related("decided_by"))

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup == "decided_at__isnull" or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    @admin.display(description=gettext_lazy("Title"), ordering="held_on")
    def title_column(self, obj: DecisionBatch) -> str:
        return name_cell(obj.title, day_cell(obj.held_on))

    @admin.display(description=gettext_lazy("Member from"), ordering="member_from")
    def member_column(self, obj: DecisionBatch) -> str:
        return day_cell(obj.member_from)

    @admin.display(description=gettext_lazy("Applications"))
    def number_column(self, obj: Any) -> str:
        return str(obj.done if obj.decided_at else obj.waiting)

    @admin.display(description=gettext_lazy("State"))
    def state_column(self, obj: DecisionBatch) -> str:
        words, tone = badge_of(obj)
        return format_html('<span class="badge" data-tone="{}">{}</span>', tone, words)

    def row_actions(self, request: HttpRequest, obj: DecisionBatch) -> Sequence[RowAction]:
        if obj.decided_at or not request.user.has_perm(DECIDE):
            return []
        return [RowAction(_("Decide on them"), self._form_url(obj), primary=True)]

    # --- a new one ---------------------------------------------------------------------------

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        day = next_round_day(timezone.localdate())
        return {"held_on": day, "member_from": day, "title": default_title(day)}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        value = form.cleaned_data
        title = value["title"]
        if title == self.get_changeform_initial_data(request)["title"]:
            title = ""  # what was proposed speaks of the day that was proposed
        made = open_batch(
            title=title, held_on=value["held_on"], member_from=value["member_from"],
            reference=value["reference"], actor=user_of(request), at=timezone.now(),
        )  # fmt: skip
        obj.__dict__.update(made.__dict__)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        self.message_user(request, _("The round is open. Put applications on its list."))
        return HttpResponseRedirect(self._form_url(obj))

    def open_acts(self, obj: DecisionBatch) -> list[str]:
        return [] if obj.decided_at else ["edit"]

    # --- the record --------------------------------------------------------------------------

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        batch = self.get_object(request, object_id)
        if batch is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined] # stubs lack it
        if not self.has_view_permission(request, batch):
            raise PermissionDenied
        record = BatchRecord(self, request, batch)
        if request.method != "POST":
            return record.page()
        if not request.user.has_perm(DECIDE):
            raise PermissionDenied
        return record.answer()

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, tuple[str, Any]] = {
            "report": ("<int:pk>/report/", require_POST(self.report_view)),
            "unreport": (
                "<int:pk>/unreport/<int:application_id>/", require_POST(self.unreport_view),
            ),
            "export": ("<int:pk>/list.xlsx", require_POST(self.export_view)),
            "print": ("<int:pk>/print/", require_safe(self.print_view)),
            "letter": ("<int:pk>/letter/<int:decision_id>/", require_safe(self.letter_view)),
            "supersede": ("<int:pk>/supersede/<int:decision_id>/", self.supersede_view),
        }  # fmt: skip
        own = [
            path(route, self.admin_site.admin_view(view), name=f"members_decisionbatch_{name}")
            for name, (route, view) in pages.items()
        ]
        return [*own, *super().get_urls()]

    def _batch(self, request: HttpRequest, pk: int, *needed: str) -> DecisionBatch:
        if not self.has_view_permission(request) or not request.user.has_perms(needed):
            raise PermissionDenied
        found: DecisionBatch = get_object_or_404(DecisionBatch, pk=pk)
        return found

    def report_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self._batch(request, pk, PREPARE)
        keys = [key for key in request.POST.getlist("application") if key.isdecimal()][:1000]
        chosen = MembershipApplication.objects.in_office().filter(pk__in=[int(k) for k in keys])
        try:
            number = report_applications(
                batch=batch, applications=chosen, actor=user_of(request), at=timezone.now()
            )
        except DomainError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            words = _("Applications put on the list: %(n)s") % {"n": number}
            self.message_user(request, words, messages.SUCCESS if number else messages.WARNING)
        return HttpResponseRedirect(self._form_url(batch))

    def unreport_view(self, request: HttpRequest, pk: int, application_id: int) -> HttpResponse:
        """What was typed in the other rows comes back with the page."""
        batch = self._batch(request, pk, PREPARE)
        handed_in = MembershipApplication.objects.in_office()
        application = get_object_or_404(handed_in, pk=application_id)
        try:
            unreport_application(application=application, actor=user_of(request), at=timezone.now())
        except DomainError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            words = _("%(name)s is off the list and being checked again.") % {"name": application}
            self.message_user(request, words, messages.SUCCESS)
        return BatchRecord(self, request, batch).page(request.POST)

    # --- to take away ------------------------------------------------------------------------

    def export_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who took the list out is in the trail, so a link that is only looked at must not."""
        batch = self._batch(request, pk)
        data = export_batch(batch=batch, actor=user_of(request), at=timezone.now())
        name = content_disposition_header(as_attachment=True, filename=f"{batch.title}.xlsx")
        headers = {"Content-Disposition": name or ""}
        return HttpResponse(data, content_type=XLSX_TYPE, headers=headers)

    def print_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self._batch(request, pk)
        context = {
            "batch": batch,
            "head": committee_head(),
            "rows": list(committee_rows(listed(batch))),
            "back": self._form_url(batch),
        }
        return TemplateResponse(request, f"{_PAGES}print.html", context)

    def letter_view(self, request: HttpRequest, pk: int, decision_id: int) -> HttpResponse:
        batch = self._batch(request, pk)
        decision = get_object_or_404(decided(batch), pk=decision_id)
        context = paper_letter(decision=decision) | {"back": self._form_url(batch)}
        return TemplateResponse(request, f"{_PAGES}letter.html", context)

    def supersede_view(self, request: HttpRequest, pk: int, decision_id: int) -> HttpResponse:
        batch = self._batch(request, pk, DECIDE)
        decision = get_object_or_404(decided(batch), pk=decision_id)
        form = SupersedeForm(request.POST if request.method == "POST" else None, decision=decision)
        if form.is_valid():
            try:
                form.perform(actor=user_of(request), at=timezone.now())
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                self.message_user(request, _("The decision is superseded."), messages.SUCCESS)
                return HttpResponseRedirect(self._form_url(batch))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts, "batch": batch, "decision": decision, "form": form,
            "title": _("Approve after all") if form.approves else _("Take the approval back"),
            "back": self._form_url(batch),
        }  # fmt: skip
        return TemplateResponse(request, f"{_PAGES}supersede.html", context)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def badge_of(batch: DecisionBatch) -> tuple[str, str]:
    return (_("Decided"), "success") if batch.decided_at else (_("Not decided yet"), "info")


def batch_url(batch: DecisionBatch) -> str:
    return reverse("admin:members_decisionbatch_change", args=[batch.pk])
