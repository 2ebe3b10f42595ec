"""Two people press in the same moment."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from mailing.models import Message
from meetings.choices import MeetingStatus
from meetings.errors import MeetingsError
from meetings.models import Meeting
from meetings.services.inviting import announce_meeting
from meetings.services.meetings import edit_meeting
from tests.factories.mailing import SenderIdentityFactory
from tests.factories.meetings import MeetingFactory, SeatFactory
from tests.factories.members import AffiliationFactory

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture
def body():
    SenderIdentityFactory()
    seat = SeatFactory()
    AffiliationFactory(organization=seat.organization)
    return seat.body


def draft(body):
    return MeetingFactory(
        body=body, status=MeetingStatus.DRAFT, number=None, closed_reason="公表前のため",
        changed_at=NOW,
    )  # fmt: skip


def together(*acts):
    """Each in a thread of its own; the refusals come back as sentences."""
    gate, told = threading.Barrier(len(acts)), []

    def one(act):
        gate.wait()
        try:
            act()
        except MeetingsError as refusal:
            told.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_no_number_is_given_twice(body):
    """Negative control: without the lock of the body several meetings have the number 1."""
    drafts = [draft(body) for _n in range(4)]
    acts = [lambda row=row: announce_meeting(meeting=row, actor=None, at=NOW) for row in drafts]
    assert together(*acts) == []
    assert sorted(Meeting.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_pressed_twice_it_is_announced_once(body):
    """Negative control: without the lock there are two letters, or a failure."""
    row = draft(body)
    act = lambda: announce_meeting(meeting=row, actor=None, at=NOW)  # noqa: E731 -- the same act twice
    assert len(together(act, act)) == 1
    assert Message.objects.count() == 1


def test_of_two_editors_the_second_is_told(body):
    """Negative control: without the comparison of `changed_at` one title is lost unseen."""
    row = draft(body)

    def saving(title, minute):
        return lambda: edit_meeting(
            meeting=row, values={"title": title}, seen=NOW, actor=None,
            at=NOW.replace(minute=minute),
        )  # fmt: skip

    (sentence,) = together(saving("先の人", 1), saving("あとの人", 2))
    assert "ほかの人がこの会合を変えました" in sentence
