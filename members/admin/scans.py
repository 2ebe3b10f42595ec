"""Scans under a record: listed on its page, opened one by one, each opening with its name."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import user_of
from core.files import answer_file
from core.shell.admin import ShellAdmin
from members.services.scans import note_opening

VIEW_SCAN = "members.view_scan"


class ScanPages(ShellAdmin):
    """For records with `scans`. Opening is a POST: it is an act, and nobody's browser does it
    ahead of a click."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.scan_view))
        name = f"{self.opts.app_label}_{self.opts.model_name}_scan"
        return [path("<path:object_id>/scan/<int:scan>/", view, name=name), *super().get_urls()]

    def scan_view(self, request: HttpRequest, object_id: str, scan: int) -> HttpResponseBase:
        obj: Any = self.get_object(request, unquote(object_id))
        allowed = obj is not None and self.has_view_permission(request, obj)
        if obj is not None and not (allowed and request.user.has_perm(VIEW_SCAN)):
            raise PermissionDenied
        found = obj.scans.filter(pk=scan).first() if obj is not None else None
        if found is None:
            raise Http404
        answer = answer_file(file=found.file, name=found.name, content_type=found.content_type)
        note_opening(scan=found, actor=user_of(request), at=timezone.now())
        return answer
