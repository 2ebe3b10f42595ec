from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.errors import DATABASE_AWAY, service_down


class ServiceDown:
    """A view that finds no database answers with the pause page, in development too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return service_down(request) if isinstance(exception, DATABASE_AWAY) else None
