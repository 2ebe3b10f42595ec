"""A meeting of a subcommittee that its lead prepares; noon of 23 November 2026."""

import pytest
import time_machine

from meetings.choices import MeetingStatus, SeatRole
from tests.factories.meetings import MeetingFactory, SeatFactory, make_material, seated_user
from tests.meetings.papers_room.pages import NOON


@pytest.fixture(autouse=True)
def noon(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def lead():
    return SeatFactory(role=SeatRole.LEAD)


@pytest.fixture
def meeting(lead):
    return MeetingFactory(body=lead.body, number=2, status=MeetingStatus.DRAFT)


@pytest.fixture
def room(client, lead):
    """The browser of somebody who speaks for the lead organisation."""
    client.force_login(seated_user(lead))
    return client


@pytest.fixture
def paper(meeting):
    return make_material(body=meeting.body, meeting=meeting, title="事例の整理")
