"""Every request writes in the name of whoever made it."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from core.audit.context import Actor, acting


class AuditMiddleware:
    """Stands after the authentication middleware.

    The account is looked up when something is written: a page that only reads, read by a stranger,
    asks for no session. `acting_user`: who it is that looks with another's eyes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def who() -> Actor | None:
            user = getattr(request, "acting_user", None) or getattr(request, "user", None)
            return user if user is not None and user.is_authenticated else None

        request_id = structlog.contextvars.get_contextvars().get("request_id", "")
        with acting(who=who, request_id=str(request_id)):
            return self.get_response(request)
