"""Sealing while others write: nothing is sealed twice, nothing is passed over."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.utils import timezone

from core.audit.models import Change, Seal
from core.audit.seal import LOCK, seal
from core.audit.verify import verify
from mailing.models import Address

pytestmark = pytest.mark.django_db(transaction=True)
INSERT = """
    INSERT INTO mailing_address
        (email, status, suspended_reason, hard_bounces, soft_bounces, created_at)
    VALUES (%s, 'active', '', 0, 0, now())
"""


@contextmanager
def somebody_else():
    other = connection.copy()
    try:
        other.set_autocommit(False)
        yield other
    finally:
        other.rollback()
        other.close()


def test_of_two_at_once_one_does_nothing():
    Address.objects.create(email="a@example.jp")
    with somebody_else() as other:
        other.cursor().execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        assert seal(timezone.now()) == 0
    assert seal(timezone.now()) > 0
    assert verify().unsealed == 0


def test_a_row_that_commits_after_younger_ones_were_sealed_is_found_later():
    seal(timezone.now())
    with somebody_else() as other:
        other.cursor().execute(INSERT, ["slow@example.jp"])
        for number in range(3):
            Address.objects.create(email=f"fast{number}@example.jp")
            assert seal(timezone.now()) == 1
        other.commit()
    assert seal(timezone.now()) == 1
    slow = Change.objects.get(after__email="slow@example.jp")
    assert Seal.objects.latest("id").source_id == slow.pk < Change.objects.latest("id").pk
    verdict = verify()
    assert verdict.good
    assert verdict.unsealed == 0
