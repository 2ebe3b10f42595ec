"""Logs: structured, with a request id, without anybody's personal data."""

import json
import logging

import pytest
import structlog
from django.conf import settings
from django.test import Client, override_settings

from platform_site.logs import scrub, shown_path
from tests.factories.accounts import PASSWORD, make_user
from tests.security import test_headers

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the handler of the settings writes, formatted as it is in production."""
    written: list[str] = []
    handler = next(h for h in logging.getLogger().handlers if _ours(h))

    def emit(record: logging.LogRecord) -> None:
        written.append(handler.format(record))

    monkeypatch.setattr(handler, "emit", emit)
    return written


def _ours(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)


def test_each_request_has_lines_with_its_own_id(client: Client, lines: list[str]) -> None:
    client.get("/accounts/login/")
    client.get("/accounts/login/")
    entries = [json.loads(line) for line in lines]
    finished = [entry for entry in entries if entry["event"] == "request_finished"]
    assert len({entry["request_id"] for entry in entries}) == 2
    assert [entry["code"] for entry in finished] == [200, 200]
    assert finished[0]["request"] == "GET /accounts/login/"
    assert {"timestamp", "level", "logger"} <= set(finished[0])


def test_a_user_is_a_number_in_the_log(client: Client, lines: list[str]) -> None:
    user = make_user("taro.yamada@example.jp", "山田 太郎")
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.get("/accounts/sessions/?q=taro.yamada@example.jp&name=山田")
    client.post("/accounts/password/reset/", {"email": user.email})
    text = "\n".join(lines)
    assert f'"user_id": {user.pk}' in text
    for personal in ("taro.yamada", "山田", PASSWORD, "user_agent", "127.0.0.1"):
        assert personal not in text


@override_settings(ROOT_URLCONF="tests.security.test_headers")
def test_a_failure_is_reported_with_its_place_and_without_addresses(lines: list[str]) -> None:
    assert test_headers.urlpatterns
    Client(raise_request_exception=False).get("/test/broken/")
    failed = [e for e in map(json.loads, lines) if e["event"] == "request_failed"]
    assert len(failed) == 1
    assert "test_headers.py" in failed[0]["exception"]
    assert "secret@example.jp" not in "\n".join(lines)


def test_foreign_log_lines_are_scrubbed_too(lines: list[str]) -> None:
    logging.getLogger("some.library").warning("could not reach %s", "taro@example.jp")
    assert json.loads(lines[-1])["event"] == "could not reach …@…"


def test_the_row_that_postgresql_quotes_is_left_out() -> None:
    text = "duplicate key value\nDETAIL:  Key (name)=(山田太郎) already exists."
    assert scrub(None, "", {"exception": text})["exception"] == "duplicate key value\nDETAIL: …"


def test_what_is_no_text_is_scrubbed_as_text() -> None:
    assert scrub(None, "", {"who": ["a@example.jp"], "n": 3, "none": None, "yes": True}) == {
        "who": "['…@…']",
        "n": 3,
        "none": None,
        "yes": True,
    }


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/members/k2m4p6r8/", "/members/k2m4p6r8/"),
        (
            "/accounts/password/reset/key/3-cxyz12-a8f5f167f44f4964e6c998dee827110c/",
            "/accounts/password/reset/key/…/",
        ),
        ("/newsletter/unsubscribe/eyJhIjoxfQ:1tVh0k:abcdefghij/", "/newsletter/unsubscribe/…/"),
        (
            "/accounts/welcome/n.1xVRjI.bmyehSfRrvU7rAXDvbEV7JTmE1OiQHPBMoZqj8YALO4/",
            "/accounts/welcome/…/",
        ),
        ("/members/apply/k7dm-2pqa-x9fh-4tuv/", "/members/apply/…/"),
        ("/x/a@example.jp/", "/x/…/"),
        (
            "/materials/6d7a1f6e-0f3e-4b1c-9d53-0a8f5f167f44/",
            "/materials/6d7a1f6e-0f3e-4b1c-9d53-0a8f5f167f44/",
        ),
    ],
)
def test_secrets_in_paths_are_left_out(path: str, shown: str) -> None:
    assert shown_path(path) == shown


def test_a_refusal_of_django_names_no_token(lines: list[str]) -> None:
    token = "n.1xVRjI.bmyehSfRrvU7rAXDvbEV7JTmE1OiQHPBMoZqj8YALO4"
    Client(enforce_csrf_checks=True).post(f"/accounts/welcome/{token}/")
    told = [e["event"] for e in map(json.loads, lines) if e["logger"] == "django.security.csrf"]
    assert told == ["Forbidden (CSRF cookie not set.): /accounts/welcome/…/"]
    assert token not in "\n".join(lines)


def test_the_worker_writes_the_same_kind_of_lines() -> None:
    assert settings.DJANGO_STRUCTLOG_CELERY_ENABLED
    assert not settings.CELERY_WORKER_HIJACK_ROOT_LOGGER
