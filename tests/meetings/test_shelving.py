"""Several papers put up together: all or none, and none twice."""

import threading
from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from core.files import FileRefusedError
from meetings.errors import TooLateError
from meetings.models import Material, MaterialVersion
from meetings.services import shelving
from meetings.services.shelving import NewPaper, put_up_papers
from tests.factories.files import pdf
from tests.factories.meetings import BodyFactory, MeetingFactory, make_material

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def paper(title="名簿", data=None):
    return NewPaper(file=ContentFile(data or pdf(), name="名簿.pdf"), title=title)


def put_up(body, meeting, *papers):
    return put_up_papers(
        body=body, meeting=meeting, papers=papers, publish_at=AT, actor=None, at=AT
    )


@pytest.mark.django_db
def test_they_stand_in_their_order_behind_what_lies_there():
    meeting = MeetingFactory()
    make_material(body=meeting.body, meeting=meeting, position=7)
    made = put_up(meeting.body, meeting, paper("甲"), paper("乙"))
    assert [(one.title, one.position) for one in made] == [("甲", 8), ("乙", 9)]


@pytest.mark.django_db
def test_one_bad_file_keeps_all_of_them_out():
    body = BodyFactory()
    with pytest.raises(FileRefusedError):
        put_up(body, None, paper("甲"), paper("乙", b"<html>"))
    assert not Material.objects.exists()
    assert not MaterialVersion.objects.exists()


@pytest.mark.django_db
def test_the_same_paper_may_lie_with_another_meeting_or_come_after_it_was_withdrawn():
    meeting = MeetingFactory()
    [first] = put_up(meeting.body, meeting, paper())
    put_up(meeting.body, None, paper())
    put_up(meeting.body, meeting, paper("別の題名"))
    Material.objects.filter(pk=first.pk).update(withdrawn_at=AT, withdrawn_reason="誤り")
    put_up(meeting.body, meeting, paper())
    with pytest.raises(TooLateError, match="名簿"):
        put_up(meeting.body, meeting, paper())


def pressed_twice(meeting):
    """How many of two presses of one button got through."""
    through, start = [], threading.Barrier(2)

    def press():
        try:
            start.wait(10)
            through.append(put_up(meeting.body, meeting, paper()))
        except TooLateError:
            pass
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _n in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join(20)
    return len(through)


@pytest.mark.django_db(transaction=True)
def test_a_button_pressed_twice_at_once_puts_them_up_once():
    assert pressed_twice(MeetingFactory()) == 1
    assert Material.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_lie_there(monkeypatch):
    together = threading.Barrier(2)
    seen = shelving._refuse_twice

    def both_look(*args):
        seen(*args)
        together.wait(10)

    monkeypatch.setattr(shelving, "_lock", lambda *_args: None)
    monkeypatch.setattr(shelving, "add_material", unlocked)
    monkeypatch.setattr(shelving, "_refuse_twice", both_look)
    assert pressed_twice(MeetingFactory()) == 2


def unlocked(*, body, meeting, title, at, **_rest):
    return Material.objects.create(body=body, meeting=meeting, title=title, created_at=at)
