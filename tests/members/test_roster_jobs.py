"""An uploaded list survives dead workers and double clicks, and is erased when it is done."""

from datetime import UTC, datetime, timedelta

import pytest

from core.audit.models import Act
from members.models import Organization, RosterImport
from members.roster import jobs
from members.roster.choices import LAWFUL_MOVES, ImportStatus
from members.roster.errors import RosterRefusedError, UnreadableFileError
from tests.factories.accounts import make_staff
from tests.members.roster_files import GOOD, row, workbook

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    return make_staff()


def received(actor, data: bytes = b"", at: datetime = AT) -> RosterImport:
    return jobs.receive_import(
        data=data or workbook(GOOD), filename="名簿.xlsx", actor=actor, at=at
    )


def checked(actor, data: bytes = b"") -> RosterImport:
    job = received(actor, data)
    jobs.check_import(key=job.pk, at=AT)
    job.refresh_from_db()
    return job


def confirmed(actor, data: bytes = b"") -> RosterImport:
    job = checked(actor, data)
    jobs.confirm_import(job=job, actor=actor, at=AT)
    return job


def test_from_hand_to_hand_a_list_is_written_and_erased(actor):
    job = checked(actor)
    assert job.status == ImportStatus.CHECKED
    assert job.rows[0]["name"] == GOOD["団体名"]
    assert not Organization.objects.exists()
    jobs.confirm_import(job=job, actor=actor, at=AT)
    jobs.write_import(key=job.pk, at=AT)
    job.refresh_from_db()
    assert job.status == ImportStatus.DONE
    assert (bytes(job.content), job.rows) == (b"", [])
    assert job.counts["organizations"] == 1
    assert len(job.sha256) == 64
    assert Organization.objects.count() == 1
    assert Act.objects.get(verb="members.roster.imported").actor_name == actor.name


def test_an_unreadable_file_says_why_and_is_erased(actor):
    job = checked(actor, b"PK\x03\x04 nothing")
    assert job.status == ImportStatus.UNREADABLE
    assert "壊れているか" in job.error
    assert bytes(job.content) == b""


def test_a_file_too_large_is_not_even_taken(actor):
    with pytest.raises(UnreadableFileError, match="大きすぎます"):
        received(actor, b"a" * (21 * 1024 * 1024))
    assert not RosterImport.objects.exists()


def test_a_list_with_refused_rows_cannot_be_confirmed(actor):
    job = checked(actor, workbook(row(区分="名誉会員")))
    with pytest.raises(RosterRefusedError):
        jobs.confirm_import(job=job, actor=actor, at=AT)
    job.refresh_from_db()
    assert job.status == ImportStatus.CHECKED


def test_confirming_twice_writes_once(actor):
    job = confirmed(actor)
    with pytest.raises(RosterRefusedError):
        jobs.confirm_import(job=job, actor=actor, at=AT)
    jobs.write_import(key=job.pk, at=AT)
    jobs.write_import(key=job.pk, at=AT)
    assert Act.objects.filter(verb="members.roster.imported").count() == 1


def test_two_workers_do_not_check_one_list(actor, monkeypatch):
    job = received(actor)
    RosterImport.objects.update(status=ImportStatus.CHECKING, lease_until=AT + timedelta(minutes=5))
    monkeypatch.setattr(jobs, "plan_rows", lambda *args, **options: pytest.fail("twice"))
    jobs.check_import(key=job.pk, at=AT)
    jobs.sweep_due(at=AT)


def test_what_a_killed_worker_left_goes_on_after_its_lease(actor):
    job = confirmed(actor)
    RosterImport.objects.update(status=ImportStatus.WRITING, lease_until=AT + timedelta(minutes=10))
    jobs.sweep_due(at=AT + timedelta(minutes=9))
    assert not Organization.objects.exists()
    jobs.sweep_due(at=AT + timedelta(minutes=11))
    job.refresh_from_db()
    assert job.status == ImportStatus.DONE


def test_a_list_that_kills_every_worker_is_given_up(actor):
    job = received(actor)
    RosterImport.objects.update(
        status=ImportStatus.CHECKING, lease_until=AT, attempts=jobs.MOST_ATTEMPTS
    )
    jobs.sweep_due(at=AT + timedelta(minutes=1))
    job.refresh_from_db()
    assert job.status == ImportStatus.FAILED
    assert bytes(job.content) == b""


def test_the_sweeper_finds_what_no_worker_was_told_of(actor):
    job = received(actor)
    jobs.sweep_due(at=AT)
    job.refresh_from_db()
    assert job.status == ImportStatus.CHECKED


def test_a_program_error_is_a_state_not_a_lost_list(actor, monkeypatch):
    def broken(*args, **options):
        raise ZeroDivisionError

    monkeypatch.setattr(jobs, "plan_rows", broken)
    job = checked(actor)
    assert job.status == ImportStatus.FAILED
    assert job.error


def test_a_preview_that_no_longer_holds_is_made_again(actor):
    checked(actor)
    job = checked(actor)
    first = RosterImport.objects.order_by("pk")[0]
    jobs.confirm_import(job=first, actor=actor, at=AT)
    jobs.write_import(key=first.pk, at=AT)
    jobs.confirm_import(job=job, actor=actor, at=AT)
    jobs.write_import(key=job.pk, at=AT)
    job.refresh_from_db()
    assert job.status == ImportStatus.CHECKED
    assert "もう一度" in job.error
    assert job.counts["unchanged"] == 1
    assert Organization.objects.count() == 1


@pytest.mark.parametrize("status", [ImportStatus.WAITING, ImportStatus.CHECKED])
def test_a_list_can_be_stopped_until_it_is_confirmed(actor, status):
    job = received(actor) if status == ImportStatus.WAITING else checked(actor)
    jobs.cancel_import(job=job, actor=actor, at=AT)
    job.refresh_from_db()
    assert (job.status, bytes(job.content)) == (ImportStatus.CANCELLED, b"")


def test_a_confirmed_list_can_no_longer_be_stopped(actor):
    job = confirmed(actor)
    with pytest.raises(RosterRefusedError):
        jobs.cancel_import(job=job, actor=actor, at=AT)


def test_a_preview_nobody_comes_back_to_is_erased_after_a_day(actor):
    job = checked(actor)
    jobs.sweep_due(at=AT + timedelta(hours=23))
    job.refresh_from_db()
    assert job.status == ImportStatus.CHECKED
    jobs.sweep_due(at=AT + timedelta(hours=25))
    job.refresh_from_db()
    assert (job.status, bytes(job.content), job.rows) == (ImportStatus.EXPIRED, b"", [])


def test_a_large_list_wakes_the_worker_and_a_small_one_does_not(
    actor, monkeypatch, django_capture_on_commit_callbacks
):
    asked = []
    monkeypatch.setattr(jobs, "ask_worker", lambda task, key: asked.append((task, key)))
    with django_capture_on_commit_callbacks(execute=True):
        received(actor)
        assert asked == []
        monkeypatch.setattr(jobs, "SMALL_BYTES", 10)
        job = received(actor)
    assert asked == [(jobs.CHECK_TASK, job.pk)]


def test_every_state_is_in_the_table_of_moves_or_an_end():
    ends = {
        ImportStatus.DONE, ImportStatus.UNREADABLE, ImportStatus.FAILED, ImportStatus.CANCELLED,
        ImportStatus.EXPIRED,
    }  # fmt: skip
    assert set(LAWFUL_MOVES) | ends == set(ImportStatus)
