"""Two officers decide on one notice of withdrawal in the same moment."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from core.models import Act
from members.choices import RequestStatus
from members.errors import TooLateError
from members.models import Withdrawal
from members.services import leaving
from tests.factories.members import WithdrawalFactory

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def both_decide(notice):
    """Accepting and refusing at once: what was done, and what was refused."""
    done, refused, start = [], [], threading.Barrier(2)

    def decide(act, **given):
        try:
            start.wait(10)
            done.append(act(withdrawal=notice, actor=None, at=AT, **given).status)
        except TooLateError as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    officers = [
        threading.Thread(target=decide, args=(leaving.accept_withdrawal,)),
        threading.Thread(
            target=decide, args=(leaving.refuse_withdrawal,), kwargs={"answer": "印がない"}
        ),
    ]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join(20)
    return done, refused


def decisions():
    return Act.objects.filter(
        verb__in=["members.withdrawal.accepted", "members.withdrawal.refused"]
    ).count()


def test_one_decision_holds_and_the_other_officer_is_told():
    notice = WithdrawalFactory()
    done, refused = both_decide(notice)
    assert (len(done), len(refused)) == (1, 1)
    assert "何も変えていません" in refused[0]
    assert decisions() == 1
    notice.refresh_from_db()
    ended = notice.organization.memberships.get().valid_until is not None
    assert ended == (notice.status == RequestStatus.ACCEPTED)


def test_without_the_lock_both_would_have_gone_through(monkeypatch):
    together = threading.Barrier(2)

    def read_only(withdrawal):
        found = Withdrawal.objects.select_related("organization").get(pk=withdrawal.pk)
        together.wait(10)
        return found

    monkeypatch.setattr(leaving, "_locked", read_only)
    done, refused = both_decide(WithdrawalFactory())
    assert (len(done), len(refused)) == (2, 0)
    assert decisions() == 2
