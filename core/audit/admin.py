"""Change sets, to be read and taken back."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from core.audit.changesets import RevertChangedError, RevertRefusedError, plan_revert, revert
from core.audit.lines import done_lines, going_lines, reasons, staying_lines, totals
from core.audit.models import ChangeSet
from core.audit.plans import RevertPlan
from core.audit.sight import hidden_tables, may_see
from core.audit.tables import act_words
from core.shell.admin import ShellAdmin
from core.shell.templatetags.shell import jmoment

PER_PAGE = 50


class RevertForm(forms.Form):
    """Why it is taken back, and the plan that its reader has seen."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It stands in the record of changes, beside your name."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)


class KindFilter(SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = ChangeSet.objects.order_by("kind").values_list("kind", flat=True).distinct()
        return [(kind, act_words(kind)) for kind in kinds]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(ChangeSet)
class ChangeSetAdmin(ShellAdmin):
    list_display = ("what", "rows_column", "actor", "when", "why", "state")
    list_display_links = ("what",)
    list_filter = (KindFilter,)
    search_fields = ("title", "actor_name", "why")
    search_help_text = _("Title, name of the actor or reason")
    list_select_related = ("reverted_by",)
    date_hierarchy = "at"
    ordering = ("-id",)
    show_full_result_count = False
    in_search = False
    has_history = False
    empty_text = _("Imports, mergers and edits of many records at once appear here.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # --- list ------------------------------------------------------------------------------------

    @admin.display(description=_("what was done"))
    def what(self, obj: ChangeSet) -> str:
        cell = '<span class="cell-main">{}</span><small>{}</small>'
        return format_html(cell, obj.title, act_words(obj.kind))

    @admin.display(description=_("changed rows"), ordering="rows")
    def rows_column(self, obj: ChangeSet) -> str:
        return f"{obj.rows:,}"

    @admin.display(description=_("actor"))
    def actor(self, obj: ChangeSet) -> str:
        return obj.actor_name or gettext("unnamed")

    @admin.display(description=_("at"), ordering="id")
    def when(self, obj: ChangeSet) -> str:
        return jmoment(obj.at)

    @admin.display(description=_("state"))
    def state(self, obj: ChangeSet) -> str:
        if not hasattr(obj, "reverted_by"):
            return "—"
        return format_html(
            '<span class="badge" data-tone="warning">{}</span>', gettext("taken back")
        )

    # --- one set ---------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.undo))
        return [
            path("<path:object_id>/revert/", view, name="core_changeset_revert"),
            *super().get_urls(),
        ]

    def _set(self, request: HttpRequest, object_id: str) -> ChangeSet:
        obj = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        if not isinstance(obj, ChangeSet):
            raise Http404
        return obj

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        made = self._set(request, object_id)
        if request.method == "POST":
            raise PermissionDenied
        seen = made.changes().exclude(table__in=hidden_tables(request))
        page = Paginator(seen, PER_PAGE).get_page(request.GET.get("page"))
        done = getattr(made, "reverted_by", None)
        return self._answer(
            request,
            "detail",
            made,
            page=page,
            lines=done_lines(list(page.object_list), partial(may_see, request)),
            hidden=made.rows - page.paginator.count,
            undone_by=done,
            may_revert=done is None and request.user.has_perm("core.revert_changeset"),
        )

    def undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The preview of a revert in two lists; and, posted, the revert."""
        if not request.user.has_perm("core.revert_changeset"):
            raise PermissionDenied
        made = self._set(request, object_id)
        back = reverse("admin:core_changeset_change", args=[made.pk])
        if hasattr(made, "reverted_by"):
            messages.warning(request, gettext("This has already been taken back."))
            return HttpResponseRedirect(back)
        if request.method != "POST":
            return self._preview(request, made, plan_revert(made))
        form = RevertForm(request.POST)
        if not form.is_valid():
            return self._preview(request, made, plan_revert(made), form)
        who: Any = request.user
        try:
            done = revert(made, actor=who, at=timezone.now(), **form.cleaned_data)
        except RevertChangedError as refusal:
            messages.warning(request, str(refusal))
            return self._preview(request, made, refusal.plan, form)
        except RevertRefusedError as refusal:
            messages.warning(request, str(refusal))
            return HttpResponseRedirect(back)
        messages.success(request, gettext("Taken back: %(n)s rows.") % {"n": f"{done.rows:,}"})
        return HttpResponseRedirect(reverse("admin:core_changeset_change", args=[done.pk]))

    def _preview(
        self, request: HttpRequest, made: ChangeSet, plan: RevertPlan, form: Any = None
    ) -> HttpResponse:
        told = {"reason": form.data.get("reason", "")} if form is not None else {}
        shown = RevertForm(initial=told | {"digest": plan.digest()})
        if form is not None and form.errors:
            data = {"reason": form.data.get("reason", ""), "digest": plan.digest()}
            shown = RevertForm(data)
        hidden = hidden_tables(request)
        return self._answer(
            request,
            "revert",
            made,
            form=shown,
            total=len(plan.going),
            totals=totals(plan),
            going=going_lines(plan, hidden, partial(may_see, request)),
            edited=staying_lines(plan.edited, hidden),
            reasons=reasons(plan.staying),
            staying=staying_lines(plan.staying, hidden),
        )

    def _answer(
        self, request: HttpRequest, name: str, made: ChangeSet, **more: Any
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": made.title,
            "opts": self.opts,
            "original": made,
            "kind": act_words(made.kind),
            **more,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, f"admin/core/changeset/{name}.html", context)
