"""The minute tick and the settings of the worker: what holds without starting processes."""

import re
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone

from core.audit.context import acting
from core.audit.models import Act
from core.audit.seal import seal
from core.audit.verify import verify
from core.files.waiting import sweep_waiting
from core.heartbeat import BEAT, WORKER, Heartbeat, beat_both
from mailing.choices import EnvelopeStatus
from mailing.delivery.connect import DOT_PATIENCE
from mailing.models import Envelope
from mailing.sweeper import sweep
from mailing.wake import wake_worker
from meetings.services.digest import send_digests
from meetings.services.indexing import read_waiting
from meetings.services.inviting import remind_invited
from meetings.services.minutes_checks import remind_checkers
from meetings.services.versions import sweep_papers_daily
from members.roster.jobs import sweep_due
from members.services.applying import forget_old_drafts
from members.services.scans import sweep_daily
from newsletter.choices import IssueStatus
from newsletter.models import Issue
from newsletter.services import weekly_round
from platform_site.celery import app
from platform_site.tasks import DUTIES, run_duties, tick
from tests.factories.mailing import EnvelopeFactory
from tests.factories.newsletter import IssueFactory

WEDNESDAY = datetime(2022, 6, 15, 1, 0, tzinfo=UTC)
OUR_CLOCK_MAY_BE_OFF_BY = timedelta(hours=3)


def _broken(*, at: datetime) -> None:
    raise RuntimeError("one duty fails")


def _cut(*, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


class TestDuties:
    def test_one_that_fails_does_not_stop_the_others(self, caplog):
        """Negative control: without the `except` nothing after the failure is called."""
        called = []

        def fine(*, at: datetime) -> None:
            called.append(at)

        assert run_duties((fine, _broken, fine), WEDNESDAY) == 1
        assert called == [WEDNESDAY, WEDNESDAY]
        assert "duty_failed" in caplog.text
        assert "_broken" in caplog.text

    @pytest.mark.django_db(transaction=True)
    def test_a_lost_connection_costs_one_duty_only(self):
        """Negative control: without the fresh connection the heartbeat fails as well."""
        assert run_duties((_cut, beat_both), WEDNESDAY) == 1
        assert Heartbeat.objects.count() == 2

    def test_every_app_is_asked(self):
        assert set(DUTIES) == {
            beat_both, weekly_round, sweep, seal, forget_old_drafts, sweep_daily, remind_invited,
            sweep_papers_daily, remind_checkers, send_digests, read_waiting, sweep_due,
            sweep_waiting,
        }  # fmt: skip

    def test_signs_of_life_come_first(self):
        """A duty that hangs or takes long must not make the clock look dead."""
        assert DUTIES[0] is beat_both

    @pytest.mark.django_db
    @pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.__module__)
    def test_each_needs_only_the_hour_and_may_be_repeated(self, duty):
        for _again in range(2):
            assert run_duties((duty,), WEDNESDAY) == 0

    @pytest.mark.django_db
    def test_with_nothing_to_do_they_ask_little(self, django_assert_max_num_queries):
        """A pile of ticks after a night without a worker must be through in seconds."""
        run_duties(DUTIES, WEDNESDAY)
        with django_assert_max_num_queries(27):
            assert run_duties(DUTIES, WEDNESDAY + timedelta(minutes=1)) == 0

    @pytest.mark.django_db(transaction=True)
    def test_two_ticks_at_once_do_each_thing_once(self):
        """Negative control: with `create` instead of `get_or_create` in `prepare_weekly_issue`
        there are two drafts or a failure; without the compare-and-set in `_advance`, two acts."""
        issue = IssueFactory(
            status=IssueStatus.SCHEDULED,
            number=7,
            message=EnvelopeFactory(status=EnvelopeStatus.CANCELLED).message,
            send_at=WEDNESDAY,
        )
        for _round in range(5):
            _together(4)

        drafts = Issue.objects.filter(week_of=datetime(2022, 6, 13, tzinfo=UTC).date())
        assert drafts.count() == 1
        acts = Act.objects.filter(verb__startswith="newsletter.issue.")
        assert sorted(acts.values_list("verb", flat=True)) == [
            "newsletter.issue.prepared", "newsletter.issue.sending", "newsletter.issue.sent",
        ]  # fmt: skip
        assert Issue.objects.get(pk=issue.pk).status == IssueStatus.SENT
        assert verify().good


def _together(number: int) -> None:
    """So many ticks that start in the same moment; every one must succeed."""
    gate, failures = threading.Barrier(number), []

    def one() -> None:
        gate.wait()
        try:
            failures.append(run_duties(DUTIES, WEDNESDAY))
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == [0] * number


class TestTick:
    def test_beat_calls_a_task_that_the_worker_knows(self):
        app.loader.import_default_modules()
        plans = settings.CELERY_BEAT_SCHEDULE
        assert {plan["task"] for plan in plans.values()} == {tick.name}
        assert tick.name in app.tasks
        assert plans["tick"]["schedule"] == 60

    def test_old_ticks_make_no_pile_but_a_wrong_clock_throws_none_away(self):
        """Expiry compares beat's clock with the worker's: a minute of it would stop a worker that
        is two minutes ahead for good."""
        expires = timedelta(seconds=settings.CELERY_BEAT_SCHEDULE["tick"]["options"]["expires"])
        assert OUR_CLOCK_MAY_BE_OFF_BY < expires <= timedelta(hours=6)

    @pytest.mark.django_db
    def test_the_hour_is_the_databases(self, monkeypatch):
        """Negative control: seen red with `timezone.now()` in `tick`."""
        wrong = timezone.now() + timedelta(hours=3)
        monkeypatch.setattr(timezone, "now", lambda: wrong)
        tick()
        beats = dict(Heartbeat.objects.values_list("name", "at"))
        assert beats.keys() == {BEAT, WORKER}
        assert max(beats.values()) < wrong - timedelta(hours=2)

    def test_a_hanging_duty_is_cut_off(self):
        assert 60 < tick.soft_time_limit < settings.CELERY_TASK_TIME_LIMIT


class TestWorkerSettings:
    """What reliability asks of the worker. The truth is in PostgreSQL: a task is only a hint."""

    def test_a_task_is_dropped_rather_than_run_again(self):
        """Late acknowledgement would bring a killed task back an hour later, or in a loop."""
        assert not app.conf.task_acks_late
        assert all(not task.acks_late for task in _ours().values())

    def test_no_result_is_kept_and_only_plain_data_travels(self):
        assert app.conf.task_ignore_result
        assert app.conf.result_backend is None
        assert app.conf.accept_content == ["json"]
        assert app.conf.task_serializer == "json"

    def test_a_dead_broker_is_not_retried_by_who_asks_but_found_again_by_the_worker(self):
        assert app.conf.task_publish_retry is False
        assert app.conf.broker_connection_max_retries is None
        assert app.conf.broker_connection_retry_on_startup
        assert {"socket_timeout", "socket_connect_timeout"} <= set(
            app.conf.broker_transport_options
        )

    def test_the_worker_lives_longer_than_the_patience_with_the_mail_server(self):
        patience = settings.SMTP_TIMEOUT_SECONDS * DOT_PATIENCE
        assert app.conf.task_time_limit > patience + settings.SMTP_TIMEOUT_SECONDS

    def test_nothing_waits_in_the_broker_for_later(self):
        """What is due later is a column: Redis delivers what waits in it twice."""
        folders = (
            "accounts", "core", "mailing", "meetings", "members", "newsletter", "portal",
            "subcommittees",
        )  # fmt: skip
        later = re.compile(r"countdown=|\beta=|apply_async\(|\.retry\(")
        guilty = [
            str(path)
            for folder in (*folders, "platform_site")
            for path in (Path(settings.BASE_DIR) / folder).rglob("*.py")
            if later.search(path.read_text("utf-8"))
        ]
        assert guilty == []


def _ours() -> dict[str, object]:
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def test_a_broker_that_takes_calls_and_says_nothing_costs_a_second(settings):
    """Negative control: without socket timeouts in `mailing.wake` this never comes back."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        started = time.monotonic()
        assert wake_worker() is False
        assert time.monotonic() - started < 4


@pytest.mark.django_db
def test_waking_the_worker_is_only_a_hint(settings):
    """With the broker gone a sweep still brings back what a dead worker held."""
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    row = EnvelopeFactory(
        status=EnvelopeStatus.IN_FLIGHT, lease_holder="gone", lease_until=WEDNESDAY
    )
    sweep(at=WEDNESDAY)
    assert Envelope.objects.get(pk=row.pk).status == EnvelopeStatus.QUEUED


@pytest.mark.django_db(transaction=True)
def test_a_write_on_a_cut_connection_fails_as_a_database_that_is_away():
    """The name of the actor goes out before the write: it must fail in Django's words as well, or
    the visitor gets page 500 and the worker does not wait for the database."""
    with acting(name="worker"):
        Heartbeat.objects.create(name="before", at=WEDNESDAY)
        _terminate(connection.connection.info.backend_pid)
        with pytest.raises(OperationalError):
            Heartbeat.objects.filter(name="before").update(at=WEDNESDAY)
    connection.close()


def _terminate(pid: int) -> None:
    """Somebody else ends the session, as a restart of the server does."""

    def elsewhere() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
