"""Answers when something is wrong. None of these pages asks the database."""

import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

RETRY_AFTER_SECONDS = 60
DATABASE_AWAY = (OperationalError, InterfaceError)


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: an absent database is a pause (503), anything else is our mistake (500).

    Django calls this for what views and every layer of middleware raise, so a session that cannot
    be read is a pause as well.
    """
    if isinstance(sys.exc_info()[1], DATABASE_AWAY):
        return service_down(request)
    return HttpResponse(_page("500.html"), status=500)


def service_down(request: HttpRequest) -> HttpResponse:
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS), "Cache-Control": "no-store"}
    return HttpResponse(_page("503.html"), status=503, headers=headers)


def _page(name: str) -> str:
    return loader.render_to_string(name, {"site_url": settings.SITE_URL})
