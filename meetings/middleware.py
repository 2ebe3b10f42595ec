"""Staff look at the portal with a member's eyes; nothing can be changed that way."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.models import User
from meetings.requests import is_viewing, kept_viewing, leave_viewing, viewing_of

# There staff are always themselves.
_OWN = ("/admin/", "/accounts/", "/dev/")
_ENDING = "papers:viewing_end"
_READS = {"GET", "HEAD"}


class ViewingAs:
    """Stands last: whoever is really there has been judged (login, second factor, idle time).

    The view finds the member in `request.user`, the member of staff in `request.acting_user` and
    both in `request.viewing`. What is written is written in the name of the member of staff.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        viewing = viewing_of(request)
        if viewing is not None:
            request.user = viewing.staff  # for those outside, the log of requests among them
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        staff = request.user
        if not (isinstance(staff, User) and staff.is_staff and is_viewing(request)):
            return None
        match = request.resolver_match
        if request.path.startswith(_OWN) or (match is not None and match.view_name == _ENDING):
            return None
        viewing = kept_viewing(request, staff)
        if viewing is None:
            return _over(request)
        request.acting_user = staff  # type: ignore[attr-defined] # ours, see above
        request.viewing = viewing  # type: ignore[attr-defined]
        request.user = viewing.person.user  # type: ignore[assignment] # there is one: see kept_viewing
        if request.method not in _READS or getattr(view, "own_eyes_only", False):
            return _refused(request)
        return None


def _over(request: HttpRequest) -> HttpResponse | None:
    """Back to one's own eyes: what was pressed with the other's is not done with these."""
    leave_viewing(request)
    messages.info(request, _("Looking with the member's eyes is over. You see your own pages."))
    return None if request.method in _READS else _refused(request)


def _refused(request: HttpRequest) -> HttpResponse:
    return render(request, "meetings/viewing/refused.html", status=403)
