"""What holds on every request: headers, staff sessions that end, staff without a second factor."""

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import ResolverMatch
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts.queries import has_mfa

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_STARTED = "staff_started"
_SEEN = "staff_seen"
_SEEN_EVERY_SECONDS = 60  # a session row need not be written for every click
_LISTED = "session_listed"
_LISTED_EVERY_SECONDS = 300
_DOORS_WITHOUT_SECOND_FACTOR = ("account_", "mfa_", "usersessions_")

_PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
        "geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment",
        "screen-wake-lock", "serial", "usb",
    )
)  # fmt: skip


class Headers:
    """The outermost: answers that other layers refuse or fail to make carry the headers too.

    Django's SecurityMiddleware sets most of them, but not on its own refusals (a wrong Host), nor
    does anybody keep pages of a session out of shared caches.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.always = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
            "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
            "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
            "Permissions-Policy": _PERMISSIONS_POLICY,
        }
        if settings.SECURE_HSTS_SECONDS:
            self.always["Strict-Transport-Security"] = (
                f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
            )

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in self.always.items():
            if not (
                name == "X-Frame-Options" and getattr(response, "xframe_options_exempt", False)
            ):
                response.headers.setdefault(name, value)
        return response


class PrivateAnswers:
    """What is answered to somebody with a session is nobody else's, and is not kept."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        cookie = settings.SESSION_COOKIE_NAME
        if cookie in request.COOKIES or cookie in response.cookies:
            response.headers["Cache-Control"] = "private, no-store"
            patch_vary_headers(response, ["Cookie"])
        return response


class StaffSession:
    """Ends a staff session after 30 idle minutes or 8 hours, whichever comes first."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.is_staff:
            if _expired(request):
                logout(request)
                messages.info(request, _("You were logged out for safety. Please log in again."))
            else:
                _touch(request)
        return self.get_response(request)


def start_staff_clock(request: HttpRequest) -> None:
    """A login begins the eight hours anew."""
    request.session[_STARTED] = request.session[_SEEN] = time.time()


def _expired(request: HttpRequest) -> bool:
    now = time.time()
    started, seen = request.session.get(_STARTED, now), request.session.get(_SEEN, now)
    return (
        now - seen > settings.STAFF_SESSION_IDLE_SECONDS
        or now - started > settings.STAFF_SESSION_SECONDS
    )


def _touch(request: HttpRequest) -> None:
    if _STARTED not in request.session:
        start_staff_clock(request)
    elif time.time() - request.session[_SEEN] > _SEEN_EVERY_SECONDS:
        request.session[_SEEN] = time.time()


class SessionActivity:
    """Keeps "last seen" in the list of one's sessions: every five minutes, not with every click."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and self._is_due(request):
            request.session[_LISTED] = time.time()
            UserSession.objects.create_from_request(request)
        return self.get_response(request)

    @staticmethod
    def _is_due(request: HttpRequest) -> bool:
        listed = request.session.get(_LISTED, 0)
        return bool(request.session.session_key) and time.time() - listed > _LISTED_EVERY_SECONDS


class StaffMfaRequired:
    """Staff without a second factor reach their own security pages and nothing else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        user = request.user
        if not (user.is_authenticated and user.is_staff) or _own_security(request.resolver_match):
            return None
        if has_mfa(user):
            return None
        messages.warning(
            request, _("Set up two-factor authentication first: it is required of the secretariat.")
        )
        return redirect("mfa_index")


def _own_security(match: ResolverMatch | None) -> bool:
    return match is not None and (match.url_name or "").startswith(_DOORS_WITHOUT_SECOND_FACTOR)
