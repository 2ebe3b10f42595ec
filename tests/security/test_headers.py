"""Headers on every answer, whoever makes it."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from accounts.choices import Role
from platform_site import urls
from tests.factories.accounts import make_staff, make_user

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = {
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("秘密 in a message for secret@example.jp")


@login_not_required
def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("bad")


@login_not_required
def absent(request: HttpRequest) -> HttpResponse:
    raise Http404("nothing here, says the database of secret@example.jp")


urlpatterns = [
    path("test/broken/", broken),
    path("test/suspicious/", suspicious),
    path("test/absent/", absent),
    *urls.urlpatterns,
]
handler404 = getattr(urls, "handler404", "django.views.defaults.page_not_found")
handler500 = getattr(urls, "handler500", "django.views.defaults.server_error")

with_broken_pages = override_settings(ROOT_URLCONF=__name__)


def read(response: HttpResponse) -> bytes:
    """The whole answer, so that a streamed file is closed."""
    return b"".join(response)


def assert_guarded(response: HttpResponse) -> None:
    for name, value in HEADERS.items():
        assert response.headers.get(name) == value, (name, response.status_code)
    assert "camera=()" in response.headers["Permissions-Policy"]
    directives = {part.strip() for part in response.headers["Content-Security-Policy"].split(";")}
    assert directives >= POLICY
    assert "unsafe" not in response.headers["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200),
        ("/accounts/login/", 200),
        ("/admin/", 302),
        ("/my/", 302),
        ("/no-such-page/", 404),
        ("/static/css/site.css", 200),
        ("/static/no-such-file.css", 404),
        ("/admin", 301),
    ],
)
def test_every_kind_of_answer_has_the_headers(client: Client, address: str, status: int) -> None:
    response = client.get(address)
    read(response)
    assert response.status_code == status
    assert_guarded(response)


@pytest.mark.django_db
@with_broken_pages
@pytest.mark.parametrize(
    ("address", "status"), [("broken", 500), ("suspicious", 400), ("absent", 404)]
)
def test_failures_have_the_headers_and_tell_nothing(address: str, status: int) -> None:
    response = Client(raise_request_exception=False).get(f"/test/{address}/")
    assert response.status_code == status
    assert_guarded(response)
    text = response.content.decode()
    for telltale in ("Traceback", "RuntimeError", "secret@example.jp", "秘密", "Django", "SELECT"):
        assert telltale not in text


@pytest.mark.django_db
def test_a_wrong_host_is_refused_with_the_headers(client: Client) -> None:
    response = client.get("/", HTTP_HOST="evil.example")
    assert response.status_code == 400
    assert_guarded(response)


@pytest.mark.django_db
def test_a_forwarded_host_is_ignored(client: Client) -> None:
    response = client.get("/admin", HTTP_X_FORWARDED_HOST="evil.example")
    assert "evil.example" not in response["Location"]


@pytest.mark.django_db
@override_settings(
    SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True, SECURE_HSTS_PRELOAD=True
)
@pytest.mark.parametrize("address", ["/", "/no-such-page/", "/static/css/site.css", "/my/"])
def test_with_https_every_answer_asks_for_it(address: str) -> None:
    response = Client().get(address, secure=True)
    read(response)
    assert response["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/accounts/sessions/", "/no-such-page/"])
def test_answers_to_somebody_logged_in_are_kept_nowhere(client: Client, address: str) -> None:
    client.force_login(make_user())
    response = client.get(address)
    assert response["Cache-Control"] == "private, no-store"
    assert "Cookie" in response["Vary"]


@pytest.mark.django_db
def test_answers_to_staff_are_kept_nowhere(client: Client) -> None:
    client.force_login(make_staff(Role.OFFICER))
    for address in ("/admin/", "/admin/accounts/user/"):
        assert client.get(address)["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_the_login_answer_itself_is_kept_nowhere(client: Client) -> None:
    user = make_user()
    response = client.post(
        "/accounts/login/", {"login": user.email, "password": "a long walk by the sea 2022"}
    )
    assert response.status_code == 302
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_a_public_page_without_a_session_sets_no_cookie(client: Client) -> None:
    response = client.get("/")
    assert settings.SESSION_COOKIE_NAME not in response.cookies


@pytest.mark.django_db
def test_no_header_names_the_software(client: Client) -> None:
    response = client.get("/")
    assert not {"Server", "X-Powered-By"} & set(response.headers)


@pytest.mark.django_db
def test_trace_is_not_answered(client: Client) -> None:
    assert client.trace("/").status_code in {403, 405}


def test_an_exempted_frame_stays_exempted(rf: RequestFactory) -> None:
    from accounts.middleware import Headers  # noqa: PLC0415

    response = HttpResponse()
    response.xframe_options_exempt = True
    answered: Callable[[HttpRequest], HttpResponse] = Headers(lambda _request: response)
    assert "X-Frame-Options" not in answered(rf.get("/")).headers
