"""Two people save one section, or correct the same minutes, in the same moment."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import connection

from core.errors import DomainError
from meetings.choices import MinutesStatus
from meetings.models import Minutes, MinutesEdition
from meetings.services import minutes_text
from meetings.services.minutes_final import correct_minutes
from meetings.services.minutes_text import Draft, Wording, save_sections, wording_of
from tests.factories.meetings import MinutesFactory, MinutesSectionFactory

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def both(act):
    """What came back from two who act at once, and what was refused."""
    done, refused, start = [], [], threading.Barrier(2)

    def go(number):
        try:
            start.wait(10)
            done.append(act(number))
        except DomainError as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    people = [threading.Thread(target=go, args=(number,)) for number in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join(20)
    return done, refused


@pytest.fixture
def section():
    return MinutesSectionFactory()


def saving(section):
    seen = wording_of(section).fingerprint

    def save(number):
        draft = Draft(section.pk, Wording("見本の議題", f"文{number}"), section.edition, seen)
        return save_sections(minutes=section.minutes, drafts=[draft], actor=None, at=AT)

    return save


def test_one_is_written_and_the_other_sees_both(section):
    done, refused = both(saving(section))
    assert refused == []
    assert sorted((one.written, len(one.clashes)) for one in done) == [(0, 1), (1, 0)]
    clash = next(one.clashes[0] for one in done if one.clashes)
    section.refresh_from_db()
    assert {clash.mine.wording.text, section.text} == {"文0", "文1"}
    assert clash.theirs.text == section.text


def test_without_the_lock_one_text_would_be_lost(section, monkeypatch):
    together = threading.Barrier(2)
    real = minutes_text._clashes

    @contextmanager
    def unlocked(minutes, *_states):
        yield Minutes.objects.get(pk=minutes.pk)

    def when_both_have_read(draft, row):
        together.wait(10)
        return real(draft, row)

    monkeypatch.setattr(minutes_text, "acting_on_minutes", unlocked)
    monkeypatch.setattr(minutes_text, "_clashes", when_both_have_read)
    done, _refused = both(saving(section))
    assert [(one.written, len(one.clashes)) for one in done] == [(1, 0), (1, 0)]


def test_two_corrections_get_two_numbers_one_after_the_other():
    minutes = MinutesFactory(status=MinutesStatus.PUBLISHED, publish_at=AT)
    MinutesEdition.objects.create(
        minutes=minutes, number=1, made_at=AT, content={"head": [], "sections": []}
    )

    def correct(number):
        return correct_minutes(
            minutes=minutes, sections=[Wording("題", f"文{number}")], reason="誤り", seen=1,
            actor=None, at=AT,
        )  # fmt: skip

    done, refused = both(correct)
    assert ([one.number for one in done], len(refused)) == ([2], 1)
