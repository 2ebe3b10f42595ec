"""Two officers replace one paper, or put papers up, in the same moment."""

import threading
from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection

from meetings.errors import TooLateError
from meetings.models import Material
from meetings.services import materials
from tests.factories.files import pdf
from tests.factories.meetings import MeetingFactory, make_material

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def both(act, **given):
    """What came back from two who act at once, and what was refused."""
    done, refused, start = [], [], threading.Barrier(2)

    def go(number):
        file = ContentFile(pdf(b"%%%d\n" % number), name=f"{number}.pdf")
        try:
            start.wait(10)
            done.append(act(**given, file=file, actor=None, at=AT))
        except (TooLateError, IntegrityError) as refusal:
            refused.append(type(refusal))
        finally:
            connection.close()

    officers = [threading.Thread(target=go, args=(number,)) for number in range(2)]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join(20)
    return done, refused


def test_one_file_replaces_and_the_other_officer_looks_first():
    paper = make_material()
    done, refused = both(materials.replace_material, material=paper, reason="誤り", seen=1)
    assert ([one.number for one in done], refused) == ([2], [TooLateError])
    paper.refresh_from_db()
    assert paper.current == done[0]


def test_without_the_lock_the_other_would_have_met_an_error(monkeypatch):
    together = threading.Barrier(2)

    def read_only(material):
        found = Material.objects.select_related("current", "body").get(pk=material.pk)
        together.wait(10)
        return found

    monkeypatch.setattr(materials, "_locked", read_only)
    done, refused = both(
        materials.replace_material, material=make_material(), reason="誤り", seen=1
    )  # fmt: skip
    assert (len(done), refused) == (1, [IntegrityError])


def test_papers_put_up_at_once_stand_behind_each_other():
    meeting = MeetingFactory()
    done, refused = both(
        materials.add_material, body=meeting.body, meeting=meeting, title="名簿"
    )  # fmt: skip
    assert (sorted(one.position for one in done), refused) == ([1, 2], [])
