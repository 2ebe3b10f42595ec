"""Two people take the same change set back at once, or one edits a row meanwhile."""

import threading
from contextlib import suppress
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone

from core.audit import changesets
from core.audit.changesets import RevertRefusedError, change_set, revert
from core.audit.models import Act, ChangeSet
from members.models import Person
from tests.factories.members import PersonFactory

pytestmark = pytest.mark.django_db(transaction=True)


def deed():
    with change_set(
        kind="members.roster.imported", title="取込", reason="", actor=None, at=timezone.now()
    ) as made:
        PersonFactory()
        PersonFactory()
    return made


def together(*works):
    """Run each in a thread of its own; the answers, or what was raised."""
    found = []

    def run(work):
        try:
            found.append(work())
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.fixture
def both_at_the_rows(monkeypatch):
    """Whoever has looked whether it is taken back already waits a moment for the other."""
    gate, hold = threading.Barrier(2), changesets.hold

    def slow(keys):
        with suppress(threading.BrokenBarrierError):
            gate.wait(1)
        hold(keys)

    monkeypatch.setattr(changesets, "hold", slow)


def test_of_two_at_once_one_wins(both_at_the_rows):
    """The other is told so, not only that there is nothing left to do."""
    made = deed()
    answers = together(*[lambda: revert(made, actor=None, at=timezone.now())] * 2)
    won = [one for one in answers if isinstance(one, ChangeSet)]
    lost = [str(one) for one in answers if isinstance(one, RevertRefusedError)]
    assert (len(won), lost) == (1, ["この変更はすでに元に戻されています。"])
    assert Act.objects.filter(verb="core.changeset.reverted").count() == 1


def test_an_edit_that_comes_while_the_revert_waits_is_seen():
    """The revert plans under lock: an edit that commits just before is not overwritten."""
    person = PersonFactory()
    with change_set(
        kind="members.roster.imported", title="取込", reason="", actor=None, at=timezone.now()
    ) as made:
        Person.objects.filter(pk=person.pk).update(note="取込")
        PersonFactory()
    assert edited_meanwhile(made, person) == "手で"


def test_without_the_lock_the_edit_would_be_lost():
    """The negative control: planned before the lock, the same revert overwrites."""
    person = PersonFactory()
    with change_set(
        kind="members.roster.imported", title="取込", reason="", actor=None, at=timezone.now()
    ) as made:
        Person.objects.filter(pk=person.pk).update(note="取込")
        PersonFactory()
    early = changesets.plan_revert(made)
    with patch.object(changesets, "plan_revert", return_value=early):
        assert edited_meanwhile(made, person) == ""


def edited_meanwhile(made, person):
    """Somebody holds the row when the revert begins, edits it and commits."""
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute("UPDATE members_person SET note = '手で' WHERE id = %s", [person.pk])
        thread = threading.Thread(target=lambda: together_revert(made))
        thread.start()
        wait_for_a_lock()
        other.commit()
        thread.join()
    finally:
        other.close()
    person.refresh_from_db()
    return person.note


def together_revert(made):
    try:
        revert(made, actor=None, at=timezone.now())
    finally:
        connection.close()


def wait_for_a_lock():
    """Until somebody in this database stands before a lock."""
    with connection.cursor() as cursor:
        for _attempt in range(2000):
            cursor.execute(
                "SELECT count(*), pg_sleep(0.005) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
    pytest.fail("Nobody waited for the lock.")
