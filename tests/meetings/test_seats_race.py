"""Two officers act on one seat in the same moment, both having seen it as it was."""

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from core.models import Act
from meetings.errors import TooLateError
from meetings.models import Seat
from meetings.services import seats
from tests.factories.meetings import SeatFactory
from tests.factories.members import AffiliationFactory

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def both_act(seat):
    """Ending it and naming a person at once: what was done, and what was refused."""
    done, refused, start = [], [], threading.Barrier(2)
    person = AffiliationFactory(organization=seat.organization).person

    def act(service, **given):
        try:
            seen = Seat.objects.get(pk=seat.pk)
            start.wait(10)
            done.append(service(seat=seen, actor=None, at=AT, **given))
        except TooLateError as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    officers = [
        threading.Thread(target=act, args=(seats.end_seat,), kwargs={"until": date(2027, 4, 1)}),
        threading.Thread(target=act, args=(seats.name_person,), kwargs={"person": person}),
    ]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join(20)
    return done, refused


def acts():
    return Act.objects.filter(verb__startswith="meetings.seat.").count()


def test_one_act_holds_and_the_other_officer_is_told():
    done, refused = both_act(SeatFactory())
    assert (len(done), len(refused), acts()) == (1, 1, 1)
    assert "ほかの人が先に変更しました" in refused[0]


def test_without_the_lock_both_would_have_gone_through(monkeypatch):
    together = threading.Barrier(2)

    def read_only(seat):
        found = Seat.objects.select_related("body", "organization", "person").get(pk=seat.pk)
        together.wait(10)
        return found

    monkeypatch.setattr(seats, "_now", read_only)
    seat = SeatFactory()
    done, refused = both_act(seat)
    assert (len(done), len(refused), acts()) == (2, 0, 2)
    seat.refresh_from_db()
    assert seat.valid_until is None or seat.person is None  # one of the two is lost
