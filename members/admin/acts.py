"""Pages under a record, one per act: a small form, what will happen in words, one service."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.requests import user_of
from core.errors import DomainError
from core.shell.admin import ShellAdmin, Side

ActForm = Any  # a form class with `title`, `effect`, `permission` and `perform`


def _is_confirmed(form: Any, request: HttpRequest) -> bool:
    """Whether what will happen has been read, where there is something to read."""
    if not hasattr(form, "preview") or getattr(form, "preview_first", False):
        return True
    return "_confirm" in request.POST


class ActPages(ShellAdmin):
    """`acts`: key in the address → form. Each page asks the right, calls `perform` and answers.

    What `perform` returns, if anything, is the sentence that tells of the success. A form that
    `wants_record` is made with `record=`. One that has a `preview(at)` says in words what would
    happen: with the page when `preview_first`, else on a second page that asks to confirm.
    """

    acts: Mapping[str, ActForm] = {}

    def open_acts(self, obj: Any) -> list[str]:
        """The acts that make sense for this record now."""
        return list(self.acts)

    def act_url(self, key: str, obj: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_act"
        return reverse(name, args=[obj.pk, key])

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.act_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        return [path("<path:object_id>/act/<slug:key>/", view, name=name), *super().get_urls()]

    def act_view(self, request: HttpRequest, object_id: str, key: str) -> HttpResponse:
        form_class = self.acts.get(key)
        obj = self.get_object(request, unquote(object_id))
        if form_class is None or obj is None:
            raise Http404
        if not request.user.has_perm(form_class.permission):
            raise PermissionDenied
        form = self.act_form(form_class, request, obj)
        asked = request.method == "POST" and form.is_valid() and "_edit" not in request.POST
        if asked and _is_confirmed(form, request):
            words = self._perform(form, request, obj)
            if words:
                self.message_user(request, words, messages.SUCCESS)
                return HttpResponseRedirect(self._form_url(obj))
        first = getattr(form, "preview_first", False)
        preview = None
        if first or (asked and hasattr(form, "preview")):
            preview = form.preview(at=timezone.now())
        context = {
            **self.admin_site.each_context(request),
            "title": form_class.title,
            "effect": form_class.effect,
            "form": form,
            "preview": preview,
            "second": preview is not None and not first,
            "previewed": hasattr(form, "preview") and not first,
            "later": getattr(form, "confirmed_fields", ()),
            "opts": self.opts,
            "original": obj,
            "note": self.page_note(obj),
            "back": self._form_url(obj),
        }
        return TemplateResponse(request, "admin/members/act.html", context)

    def _perform(self, form: Any, request: HttpRequest, obj: Any) -> str:
        """The sentence of success; empty when it was refused, and the form says why."""
        try:
            words = form.perform(obj, actor=user_of(request), at=timezone.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            return ""
        return str(words or _("Done: %(act)s.") % {"act": form.title})

    def act_form(self, form_class: ActForm, request: HttpRequest, obj: Any) -> Any:
        """The form of this act; override it where the form must know the record."""
        posted = request.method == "POST"
        known = {"record": obj} if getattr(form_class, "wants_record", False) else {}
        return form_class(request.POST or None, request.FILES if posted else None, **known)

    def _form_url(self, obj: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[obj.pk])

    def acts_card(self, request: HttpRequest, obj: Any) -> Side | None:
        """Links to the acts that this person may do on this record."""
        links = [
            format_html('<a href="{}">{}</a>', self.act_url(key, obj), self.acts[key].title)
            for key in self.open_acts(obj)
            if request.user.has_perm(self.acts[key].permission)
        ]
        return Side(_("What can be done"), "people", links) if links else None
