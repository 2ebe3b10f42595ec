"""What a ModelAdmin may say to the shell. Every hook has a quiet default: opt in by overriding."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import model_format_dict, unquote
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms.models import _get_foreign_key
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

from core.audit.queries import NEWEST, Child, Entry, by_day, story
from core.japan.calendar import era_datetime
from core.shell.choosing import SuggestingAdmin
from core.shell.conflict.admin import TwoEditors
from core.shell.fields import DateInput, DateTimeField, DateTimeInput
from core.shell.lists import CarefulLists
from core.shell.pages import RecordPage, pages_of
from core.shell.pieces import ListTool, NextStep, RowAction, SavedView, Side, Words

__all__ = [
    "DateInput", "DateTimeField", "DateTimeInput", "ListTool", "NextStep", "RowAction",
    "SavedView", "ShellAdmin", "ShellStackedInline", "ShellTabularInline", "Side",
]  # fmt: skip

if TYPE_CHECKING:
    _TabularInline = admin.TabularInline[Any, Any]
    _StackedInline = admin.StackedInline[Any, Any]
else:
    _TabularInline = admin.TabularInline
    _StackedInline = admin.StackedInline

FIELD_OVERRIDES: dict[Any, dict[str, Any]] = {
    # An address typed without its scheme is one of today's web.
    models.URLField: {"assume_scheme": "https"},
    models.DateField: {"widget": DateInput},
    models.DateTimeField: {"form_class": DateTimeField, "widget": DateTimeInput},
}


class ShellTabularInline(SuggestingAdmin, _TabularInline):
    """Rows of a table below the form; empty rows are asked for with a button."""

    formfield_overrides = FIELD_OVERRIDES
    extra = 0


class ShellStackedInline(SuggestingAdmin, _StackedInline):
    """Records as cards of their own below the form."""

    formfield_overrides = FIELD_OVERRIDES
    extra = 0


class ShellAdmin(SuggestingAdmin, CarefulLists, TwoEditors):
    """Base of every ModelAdmin of ours. The README beside this file shows each hook in use."""

    formfield_overrides = FIELD_OVERRIDES
    saved_views: tuple[SavedView, ...] = ()
    tabs: tuple[tuple[Words, ...], ...] = ()
    """(label, then fieldset names or inline class names). Empty: one page, no tabs."""
    action_effects: dict[str, Words] = {}
    """What a bulk action does, in words, by action name."""
    empty_text: Words = ""
    delete_hint: Words = ""
    """What to do instead of deleting, shown on the confirmation page."""
    in_search = True
    """Does the search of the whole site look into this list?"""
    add_form: "type[forms.ModelForm[Any]] | None" = None
    """The form of a new record, when it asks for other things than `form`."""
    rows_when_adding = True
    """Are the inlines on the page of a new record, too?"""
    has_history = True
    """Does the page of a record lead to its history?"""
    list_per_page = 50
    actions_on_top, actions_on_bottom = True, False

    # --- hooks -------------------------------------------------------------------------------

    def row_actions(self, request: HttpRequest, obj: Any) -> Sequence[RowAction]:
        return []

    def list_tools(self, request: HttpRequest) -> Sequence[ListTool]:
        return []

    def get_saved_views(self, request: HttpRequest) -> Sequence[SavedView]:
        return self.saved_views

    def search_note(self, obj: Any) -> Words:
        """Second line of a hit of the site's search."""
        return ""

    def side_summary(self, request: HttpRequest, obj: Any) -> Sequence[Side]:
        return []

    def next_step(self, request: HttpRequest, obj: Any) -> NextStep | None:
        return None

    def status_badge(self, obj: Any) -> tuple[Words, str] | None:
        return None

    def page_note(self, obj: Any) -> Words:
        """One line below the name of a record: whose it is, when its name does not tell."""
        return ""

    def do_step(self, request: HttpRequest, obj: Any, key: str) -> HttpResponse | None:
        """After a valid save, in the same transaction: one service; may return a response."""
        raise NotImplementedError

    # --- form --------------------------------------------------------------------------------

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 -- Django's signature
        **kwargs: Any,
    ) -> Any:
        if obj is None and self.add_form is not None:
            kwargs["form"] = self.add_form
        return super().get_form(request, obj, change=change, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        rows = super().get_inlines(request, obj)
        return rows if obj is not None or self.rows_when_adding else ()

    # --- list --------------------------------------------------------------------------------

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = list(super().get_list_display(request))
        if type(self).row_actions is ShellAdmin.row_actions:
            return columns

        @admin.display(description="")
        def row_menu(obj: Any) -> str:
            links = (
                (action.url, "primary" if action.primary else "", action.label, obj)
                for action in self.row_actions(request, obj)
            )
            # by hand, not by template: this runs once per row
            link = '<a href="{}" class="{}">{}<span class="visually-hidden"> {}</span></a>'
            return format_html(
                '<span class="row-actions">{}</span>', format_html_join("", link, links)
            )

        return [*columns, row_menu]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        extra = {
            "saved_views": self.get_saved_views(request),
            "bulk_actions": self._bulk_actions(request),
            "list_tools": self.list_tools(request),
            "empty_text": self.empty_text,
        }
        return super().changelist_view(request, extra | (extra_context or {}))

    def _bulk_actions(self, request: HttpRequest) -> list[dict[str, Any]]:
        found: dict[str, Any] = self.get_actions(request) or {}
        actions = [
            {
                "name": name,
                "label": str(label) % model_format_dict(self.opts),
                "effect": self.action_effects.get(name, ""),
                "danger": name.startswith("delete"),
            }
            for _func, name, label in found.values()
        ]
        return sorted(actions, key=lambda action: bool(action["danger"]))

    # --- form --------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        extra: dict[str, Any] = {"tabs": self.tabs, "has_history": self.has_history}
        obj = self.get_object(request, unquote(object_id)) if object_id else None
        # Asked before the stock view has looked: show nothing to those who may not see it.
        if obj is not None and self.has_view_or_change_permission(request, obj):
            extra |= {
                "side": [*self.side_summary(request, obj), *self._pages_card(request, obj)],
                "next_step": self.next_step(request, obj),
                "badge": self.status_badge(obj),
                "page_sub": self.page_note(obj),
            }
        return super().changeform_view(request, object_id, form_url, extra | (extra_context or {}))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        key = request.POST.get("_step")
        if key:
            return self.do_step(request, obj, key) or HttpResponseRedirect(request.path)
        return super().response_change(request, obj)

    # --- pages of other apps under a record ----------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<path:object_id>/{page.part}/",
                self.admin_site.admin_view(partial(self.record_page, page=page)),
                name=self._name_of(page),
            )
            for page in pages_of(self.opts.label_lower)
        ]
        return [*own, *super().get_urls()]

    def record_page(
        self, request: HttpRequest, object_id: str, page: RecordPage
    ) -> HttpResponseBase:
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not (self.has_view_permission(request, obj) and request.user.has_perm(page.permission)):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": page.label,
            "opts": self.opts,
            "original": obj,
        }
        request.current_app = self.admin_site.name
        return page.view(request, obj, context)

    def _pages_card(self, request: HttpRequest, obj: Any) -> list[Side]:
        links = [
            format_html(
                '<a href="{}">{}</a>',
                reverse(f"admin:{self._name_of(page)}", args=[obj.pk]),
                page.label,
            )
            for page in pages_of(self.opts.label_lower)
            if page.label and request.user.has_perm(page.permission)
        ]
        return [Side(gettext("More about it"), "people", links)] if links else []

    def _name_of(self, page: RecordPage) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page.part}"

    # --- history: the trail is the truth, so the stock log is not written ----------------------

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None

    def history(self, request: HttpRequest, obj: Any, limit: int = NEWEST) -> list[Entry]:
        """The trail of this record and of the rows of its inlines, as far as the asker may see."""
        children = [
            Child(inline.model, _get_foreign_key(self.model, inline.model, inline.fk_name).column)
            for inline in self.get_inline_instances(request, obj)
            if inline.has_view_permission(request, obj)
        ]

        def may_see(model: type[models.Model]) -> bool:
            name = get_permission_codename("view", model._meta)
            return request.user.has_perm(f"{model._meta.app_label}.{name}")

        return story(obj, limit, children=children, may_see=may_see)

    def history_card(self, request: HttpRequest, obj: Any, limit: int = 4) -> Side:
        """The newest lines of the trail, for `side_summary`."""
        rows = [
            (era_datetime(entry.at), entry.who, entry.what)
            for entry in self.history(request, obj, limit)
        ]
        place = f"admin:{self.opts.app_label}_{self.opts.model_name}_history"
        return Side(gettext("History"), "history", rows, more=reverse(place, args=[obj.pk]))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        obj = self.get_object(request, unquote(object_id))
        extra: dict[str, Any] = {}
        if obj is not None and self.has_view_or_change_permission(request, obj):
            extra = {"story": by_day(self.history(request, obj))}
        return super().history_view(request, object_id, extra | (extra_context or {}))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        extra = {"delete_hint": self.delete_hint}
        return super().delete_view(request, object_id, extra | (extra_context or {}))
