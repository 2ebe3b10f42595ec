"""The trail, to be read: who changed what, when, from what to what. Nobody writes here."""

from functools import partial
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from core.audit.admin import ChangeSetAdmin
from core.audit.models import Act, Change, Entry
from core.audit.sight import hidden_tables, may_see
from core.audit.tables import act_words, acts, detail_words, model_of, table_words
from core.audit.words import changed_labels, differences, record_names, related_names
from core.heartbeat import WORKER
from core.shell.admin import RowAction, ShellAdmin
from core.shell.templatetags.shell import jmoment

__all__ = ["ActAdmin", "ChangeAdmin", "ChangeSetAdmin"]
TONES = {"I": "success", "U": "info", "D": "danger"}


class ActorFilter(SimpleListFilter):
    """Staff by name; machines and unnamed writes together."""

    title = _("actor")
    parameter_name = "actor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        staff = get_user_model()._default_manager.filter(is_staff=True)
        people = [(str(user.pk), user.get_full_name()) for user in staff]
        return [*people, ("none", _("machine or unnamed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(actor_id="" if self.value() == "none" else self.value())


class TableFilter(SimpleListFilter):
    title = _("kind of record")
    parameter_name = "table"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            (model._meta.db_table, model._meta.verbose_name)
            for model in apps.get_models(include_auto_created=True)
            if any(
                trigger.name == "audit_update" for trigger in getattr(model._meta, "triggers", ())
            )
            and may_see(request, model)
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(table=self.value()) if self.value() else queryset


class VerbFilter(SimpleListFilter):
    title = _("act")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(acts().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(verb=self.value()) if self.value() else queryset


class TrailAdmin(ShellAdmin):
    """What both halves of the trail have in common: they are only read."""

    in_search = False
    has_history = False
    date_hierarchy = "at"
    ordering = ("-id",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).exclude(table__in=hidden_tables(request))

    def row_actions(self, request: HttpRequest, obj: Any) -> list[RowAction]:
        url = _record_url(request, obj)
        return [RowAction(_("Open the record"), url)] if url else []

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        obj = super().get_object(request, object_id, from_field)
        if isinstance(obj, Change):
            # The columns of a read-only page are not told who asks, so the names are fetched here.
            key = (obj.table, obj.row_id)
            vars(obj)["record_name"] = record_names([obj]).get(key, "")
            vars(obj)["names"] = related_names([obj], partial(may_see, request))
        return obj

    @admin.display(description=_("at"), ordering="id")
    def when(self, obj: Entry) -> str:
        return jmoment(obj.at)

    @admin.display(description=_("actor"))
    def actor(self, obj: Entry) -> Any:
        if obj.actor_name == WORKER:
            return _("the program")
        return obj.actor_name or _("unnamed")


def _record_url(request: HttpRequest, entry: Any) -> str:
    model = model_of(entry.table) if entry.table else None
    gone = getattr(entry, "operation", "") == Change.Operation.DELETE
    if model is None or gone or not may_see(request, model):
        return ""
    try:
        opts = model._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[entry.row_id])
    except NoReverseMatch:
        return ""


def _called(change: Change) -> str:
    """What a record that is gone was called, if the trail says so."""
    row = change.before or change.after or {}
    return next(
        (str(row[key]) for key in ("name", "title", "subject", "email") if row.get(key)), ""
    )


@admin.register(Change)
class ChangeAdmin(TrailAdmin):
    list_display = ("record", "operation_badge", "what", "actor", "when", "why")
    list_display_links = ("record",)
    list_filter = (TableFilter, "operation", ActorFilter)
    search_fields = ("actor_name", "=row_id", "=request_id")
    search_help_text = _("Name of the actor, number of the record or of the request")
    fields = ("when", "actor", "record", "operation", "difference", "why", "request_id")
    readonly_fields = ("when", "actor", "record", "difference")

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist = super().get_changelist_instance(request)
        names = record_names(changelist.result_list)
        for change in changelist.result_list:
            vars(change)["record_name"] = names.get((change.table, change.row_id), "")
        return changelist

    @admin.display(description=_("record"))
    def record(self, obj: Change) -> str:
        name = vars(obj).get("record_name") or _called(obj)
        kind = f"{table_words(obj.table)} #{obj.row_id}"
        cell = '<span class="cell-main">{}</span><small>{}</small>'
        return format_html(cell, name, kind) if name else kind

    @admin.display(description=_("operation"))
    def operation_badge(self, obj: Change) -> str:
        badge = '<span class="badge" data-tone="{}">{}</span>'
        return format_html(badge, TONES[obj.operation], obj.get_operation_display())

    @admin.display(description=_("fields"))
    def what(self, obj: Change) -> str:
        return changed_labels(obj)

    @admin.display(description=_("before and after"))
    def difference(self, obj: Change) -> str:
        found = differences(obj, vars(obj).get("names"))
        return render_to_string("admin/parts/diff.html", {"changes": found})


@admin.register(Act)
class ActAdmin(TrailAdmin):
    list_display = ("what", "target_name", "actor", "when", "why")
    list_display_links = ("what",)
    list_filter = (VerbFilter, ActorFilter)
    search_fields = ("actor_name", "target_name", "=request_id")
    search_help_text = _("Name of the actor or of the record, number of the request")
    fields = ("when", "actor", "what", "target_name", "details", "why", "request_id")
    readonly_fields = ("when", "actor", "what", "details")

    @admin.display(description=_("act"), ordering="verb")
    def what(self, obj: Act) -> str:
        return act_words(obj.verb)

    @admin.display(description=_("detail"))
    def details(self, obj: Act) -> str:
        lines = (detail_words(key, value) for key, value in obj.detail.items())
        return format_html_join("", '<p><span class="quiet">{}</span> {}</p>', lines) or "-"
