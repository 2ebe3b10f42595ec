"""A subcommittee that has met, its minutes, and who writes them; noon of 24 November 2026."""

import pytest
import time_machine

from meetings.choices import MeetingStatus, SeatRole
from tests.factories.mailing import SenderIdentityFactory
from tests.factories.meetings import (
    AgendaItemFactory,
    BodyFactory,
    MeetingFactory,
    MinutesFactory,
    MinutesSectionFactory,
    SeatFactory,
    seated_user,
)
from tests.meetings.minutes.pages import HELD, NOON


@pytest.fixture(autouse=True)
def noon():
    SenderIdentityFactory()
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def body():
    return BodyFactory(name="分科会1")


@pytest.fixture
def lead(body):
    return SeatFactory(body=body, role=SeatRole.LEAD)


@pytest.fixture
def meeting(body):
    found = MeetingFactory(
        body=body, number=2, status=MeetingStatus.HELD, starts_at=HELD, listeners=12,
        guests="見本大学 講師 見本花子",
    )  # fmt: skip
    AgendaItemFactory(meeting=found, title="声かけの事例", note="資料1")
    return found


@pytest.fixture
def writer(client, lead):
    client.force_login(seated_user(lead))
    return client


@pytest.fixture
def minutes(meeting):
    found = MinutesFactory(meeting=meeting)
    MinutesSectionFactory(minutes=found, heading="声かけの事例", text="事例を話し合いました。")
    return found
