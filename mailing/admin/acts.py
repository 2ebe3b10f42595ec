"""A page that says what will happen, and a button that does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from accounts.models import User
from accounts.requests import user_of
from core.errors import DomainError
from core.shell.admin import ShellAdmin
from core.shell.pieces import Words


@dataclass(frozen=True)
class ActPage:
    """One decision about one object: its words, its permission and its service."""

    title: Words
    explanation: Words
    button: Words
    done: Words
    permission: str
    service: Callable[[Any, User, datetime], object]
    danger: bool = False


class ActsAdmin(ShellAdmin):
    """Offers `acts` at `<pk>/act/<name>/`. GET shows, POST does."""

    acts: Mapping[str, ActPage] = {}
    act_related: tuple[str, ...] = ()

    @property
    def act_url_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_act"

    def act_url(self, obj: models.Model, name: str) -> str:
        return reverse(f"admin:{self.act_url_name}", args=[obj.pk, name])

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.act_view)
        return [
            path("<int:pk>/act/<slug:name>/", view, name=self.act_url_name),
            *super().get_urls(),
        ]

    def act_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        act = self.acts.get(name)
        if act is None:
            raise Http404
        if not user_of(request).has_perm(act.permission):
            raise PermissionDenied
        obj = get_object_or_404(
            self.model._default_manager.select_related(*self.act_related), pk=pk
        )
        if request.method == "POST":
            return self._do(request, obj, act)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": act.title,
            "act": act,
            "object": obj,
            "facts": self.act_facts(obj),
        }
        return TemplateResponse(request, "admin/mailing/act.html", context)

    def act_facts(self, obj: Any) -> list[tuple[Words, Words]]:
        """What the person should see before deciding."""
        return []

    def _do(self, request: HttpRequest, obj: Any, act: ActPage) -> HttpResponse:
        try:
            act.service(obj, user_of(request), timezone.now())
        except DomainError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.message_user(request, str(act.done), messages.SUCCESS)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(name, args=[obj.pk]))


class ReadOnly(ShellAdmin):
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
