import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from portal import views

BARE = ["400.html", "403_csrf.html", "429.html", "500.html", "503.html"]


@pytest.fixture
def stranger():
    """A browser that is shown the error page, as on the real site."""
    return Client(raise_request_exception=False)


@pytest.fixture
def database_away(db):
    def refuse(self):
        raise OperationalError("connection to server failed: secret-host.internal")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "ensure_connection", refuse)
        patch.setattr(BaseDatabaseWrapper, "_cursor", lambda self, name=None: refuse(self))
        yield


@pytest.mark.parametrize("name", BARE)
def test_pages_for_the_worst_case_need_no_database_no_request_and_no_context(name):
    html = render_to_string(name)  # no `db` fixture: any query would fail
    assert '<html lang="ja">' in html
    assert html.count("<h1>") == 1


@pytest.mark.parametrize(
    "path", ["/", "/about/", "/my/", "/accounts/login/", "/members/", "/nowhere/"]
)
def test_without_its_database_the_site_says_that_it_pauses(stranger, database_away, path):
    stranger.cookies["session"] = "somebody"
    answer = stranger.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    html = answer.content.decode()
    assert "ただいま休止しています" in html
    assert "secret-host" not in html


def test_whoever_watches_the_machine_learns_that_the_database_is_away(stranger, database_away):
    assert stranger.get("/healthz").status_code == 200
    answer = stranger.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "ng"
    assert "secret-host" not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_view_that_loses_the_database_pauses_too(stranger, monkeypatch, error):
    monkeypatch.setattr(views, "latest_issues", _raising(error("gone")))
    assert stranger.get("/").status_code == 503


@pytest.mark.django_db
def test_any_other_mistake_is_a_500_in_our_words_and_tells_nothing(stranger, monkeypatch):
    monkeypatch.setattr(views, "latest_issues", _raising(ValueError("SELECT secret")))
    answer = stranger.get("/")
    assert answer.status_code == 500
    html = answer.content.decode()
    assert "画面を作れませんでした" in html
    assert "SELECT" not in html
    assert "Traceback" not in html


@pytest.mark.django_db
def test_an_absent_page_is_a_404_with_a_way_on(stranger):
    answer = stranger.get("/nowhere/")
    assert answer.status_code == 404
    assert "ページが見つかりません" in answer.content.decode()


@pytest.mark.django_db
def test_a_forbidden_page_reads_like_an_absent_one(stranger, monkeypatch):
    monkeypatch.setattr(views, "latest_issues", _raising(PermissionDenied))
    answer = stranger.get("/")
    assert answer.status_code == 403
    assert "ページが見つかりません" in answer.content.decode()


@pytest.mark.django_db
def test_a_request_that_cannot_be_read_is_a_400_in_our_words(stranger, monkeypatch):
    monkeypatch.setattr(views, "latest_issues", _raising(BadRequest))
    answer = stranger.get("/")
    assert answer.status_code == 400
    assert "受け取れない形の内容でした" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_our_words():
    answer = Client(enforce_csrf_checks=True).post(reverse("account_login"), {})
    assert answer.status_code == 403
    assert "もう一度お試しください" in answer.content.decode()


def _raising(error):
    def view(*args, **kwargs):
        raise error

    return view
