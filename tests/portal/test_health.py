from datetime import timedelta

import pytest
import redis
from django.db import OperationalError
from django.utils import timezone

from core.heartbeat import BEAT, WORKER, Heartbeat, beat, beat_both
from platform_site.tasks import DUTIES
from portal import health


@pytest.fixture
def beating(db):
    for name in (BEAT, WORKER):
        beat(name=name, at=timezone.now())


def _raise(error):
    def check():
        raise error

    return check


def test_alive_asks_nobody(client):
    answer = client.get("/healthz")  # no `db` fixture: any query would fail
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_ready_when_everything_answers(client, beating):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {
            "database": "ok", "migrations": "ok", "redis": "ok", "disk": "ok",
            "worker": "ok", "beat": "ok",
        },
    }  # fmt: skip
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("part", "error"),
    [
        ("database", OperationalError("host=secret")),
        ("redis", redis.ConnectionError("host=secret")),
        ("redis", redis.TimeoutError("host=secret")),
        ("disk", OSError("/secret")),
    ],
)
def test_not_ready_without_a_store_and_says_which_but_not_why(
    client, beating, monkeypatch, part, error
):
    monkeypatch.setitem(health.NEEDED, part, _raise(error))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "down"
    wrong = {name for name, state in answer.json()["checks"].items() if state == "ng"}
    assert wrong == ({"database", "worker", "beat"} if part == "database" else {part})
    assert "secret" not in answer.content.decode()


def test_not_ready_before_the_migrations_are_applied(client, beating, monkeypatch):
    health._migrations_complete.cache_clear()
    monkeypatch.setattr(
        health.MigrationExecutor, "migration_plan", lambda self, targets: ["one is missing"]
    )
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "ng"


def test_not_ready_when_the_disk_is_almost_full(client, beating, monkeypatch):
    monkeypatch.setattr(health, "FREE_DISK_BYTES", 1 << 62)
    assert client.get("/readyz").json()["checks"]["disk"] == "ng"


@pytest.mark.django_db
def test_without_a_sign_of_worker_and_beat_it_is_degraded_but_serves(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["checks"]["worker"] == "ng"
    assert answer.json()["checks"]["beat"] == "ng"


def test_a_sign_older_than_three_minutes_does_not_count(client, beating):
    Heartbeat.objects.filter(name=WORKER).update(at=timezone.now() - timedelta(minutes=4))
    checks = client.get("/readyz").json()["checks"]
    assert (checks["worker"], checks["beat"]) == ("ng", "ok")


@pytest.mark.django_db
def test_the_tick_is_a_sign_of_both(client):
    assert beat_both in DUTIES
    beat_both(at=timezone.now())
    assert client.get("/readyz").json()["status"] == "ok"


@pytest.mark.django_db
def test_a_beat_that_arrives_late_does_not_turn_the_clock_back():
    now = timezone.now()
    beat(name=BEAT, at=now)
    beat(name=BEAT, at=now - timedelta(minutes=2))
    assert Heartbeat.objects.get(name=BEAT).at == now
