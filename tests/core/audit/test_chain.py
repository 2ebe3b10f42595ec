"""The chain over the trail: agrees when untouched, goes red for every kind of touch."""

import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from core.audit.acts import record
from core.audit.models import Change, Seal
from core.audit.seal import GENESIS, head, seal
from core.audit.verify import verify
from mailing.models import Address

pytestmark = pytest.mark.django_db


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def tamper(table, statement, *params):
    """What a database administrator with bad intent would do."""
    sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    sql(statement, *params)
    sql(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


@pytest.fixture
def trail():
    """Five field changes and an act, sealed."""
    addresses = [Address.objects.create(email=f"m{n}@example.jp") for n in range(5)]
    record(None, "mailing.address.suspended", addresses[0], at=timezone.now(), ratio=0.1)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    assert seal(timezone.now()) == Seal.objects.count() >= 6
    return list(Change.objects.order_by("id"))


def test_an_untouched_trail_agrees(trail):
    verdict = verify()
    assert verdict.good
    assert verdict.sealed == Seal.objects.count()
    assert verdict.unsealed == 0
    assert verdict.head == head() != GENESIS


def test_sealing_twice_adds_nothing(trail):
    assert seal(timezone.now()) == 0


def test_what_comes_later_is_sealed_later(trail):
    Address.objects.create(email="later@example.jp")
    assert verify().unsealed == 1
    assert seal(timezone.now()) == 1
    assert verify().unsealed == 0


def test_an_altered_row_is_named(trail):
    victim = trail[2]
    tamper("core_change", "UPDATE core_change SET actor_name = '別人' WHERE id = %s", victim.pk)
    verdict = verify()
    assert not verdict.good
    assert str(victim.pk) in verdict.fault


def test_an_altered_value_inside_the_json_is_noticed(trail):
    tamper(
        "core_change",
        """UPDATE core_change SET after = jsonb_set(after, '{email}', '"x@example.jp"')
        WHERE id = %s""",
        trail[1].pk,
    )
    assert not verify().good


def test_an_altered_moment_is_noticed(trail):
    tamper(
        "core_change",
        "UPDATE core_change SET at = at - interval '1 second' WHERE id = %s",
        trail[1].pk,
    )
    assert not verify().good


def test_an_altered_act_is_noticed(trail):
    tamper("core_act", """UPDATE core_act SET detail = '{"ratio": 0.10}'""")
    assert verify().good is False


def test_a_removed_row_is_named(trail):
    victim = trail[3]
    tamper("core_change", "DELETE FROM core_change WHERE id = %s", victim.pk)
    assert str(victim.pk) in verify().fault


def test_a_row_removed_together_with_its_link_breaks_the_chain(trail):
    victim = trail[1]
    tamper("core_change", "DELETE FROM core_change WHERE id = %s", victim.pk)
    tamper(
        "core_seal",
        "DELETE FROM core_seal WHERE source = 'change' AND source_id = %s",
        victim.pk,
    )
    assert not verify().good


def test_a_cut_tail_is_noticed_by_a_head_noted_elsewhere(trail):
    noted = head()
    last = Seal.objects.latest("id")
    tamper("core_seal", "DELETE FROM core_seal WHERE id = %s", last.pk)
    statement = "DELETE FROM core_act WHERE id = %s"
    assert last.source == "act"
    tamper("core_act", statement, last.source_id)
    assert verify().good
    assert not verify(expect=noted).good


def test_an_older_head_is_still_in_the_chain(trail):
    noted = head()
    Address.objects.create(email="later@example.jp")
    seal(timezone.now())
    assert verify(expect=noted).good


def test_the_session_settings_of_the_server_do_not_change_a_digest(trail):
    sql("SET LOCAL TIME ZONE 'America/New_York'")
    sql("SET LOCAL extra_float_digits = 0")
    assert verify().good


def test_a_restored_database_whose_transactions_count_anew_is_sealed_completely(trail):
    sql("ALTER TABLE core_seal DISABLE TRIGGER ALL")
    sql("UPDATE core_seal SET horizon = 9000000000000000000")
    sql("ALTER TABLE core_seal ENABLE TRIGGER ALL")
    Address.objects.create(email="later@example.jp")
    assert seal(timezone.now()) == 1


def test_a_batch_that_is_full_is_followed_by_the_next(trail, monkeypatch):
    monkeypatch.setattr("core.audit.seal.BATCH", 3)
    monkeypatch.setattr("core.audit.verify.BATCH", 4)
    for n in range(10):
        Address.objects.create(email=f"more{n}@example.jp")
    assert seal(timezone.now()) == 10
    verdict = verify()
    assert verdict.good
    assert verdict.unsealed == 0


def test_the_command_tells_the_head_and_what_waits(trail):
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert head() in out.getvalue()


def test_the_command_ends_with_one_when_a_row_was_touched(trail):
    tamper("core_change", "UPDATE core_change SET why = 'x' WHERE id = %s", trail[0].pk)
    err = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_audit", stderr=err)
    assert stopped.value.code == 1
    assert str(trail[0].pk) in err.getvalue()


def test_sealing_and_verifying_fifty_thousand_rows_takes_seconds(trail):
    sql(
        "INSERT INTO mailing_address (email, status, suspended_reason, hard_bounces, soft_bounces,"
        " created_at) SELECT 'n' || n || '@example.jp', 'active', '', 0, 0, now()"
        " FROM generate_series(1, 50000) AS n"
    )
    began = time.monotonic()
    assert seal(timezone.now()) == 50_000
    assert verify().good
    assert time.monotonic() - began < 60
