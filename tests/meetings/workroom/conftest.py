"""A subcommittee, its members, and somebody who runs it; noon of 23 November 2026."""

import pytest
import time_machine

from meetings.choices import SeatRole
from tests.factories.mailing import AddressFactory, SenderIdentityFactory
from tests.factories.meetings import SeatFactory, seated_user
from tests.factories.members import AffiliationFactory
from tests.meetings.workroom.pages import NOW


@pytest.fixture(autouse=True)
def _clock():
    SenderIdentityFactory()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lead():
    return SeatFactory(body__name="分科会1", role=SeatRole.LEAD)


@pytest.fixture
def body(lead):
    return lead.body


@pytest.fixture
def seat(body):
    """A member organisation of the body, with a main contact."""
    seat = SeatFactory(body=body, organization__name="見本あおぞら居場所ネット")
    AffiliationFactory(
        organization=seat.organization, address=AddressFactory(email="aozora@m.example")
    )
    return seat


@pytest.fixture
def leader(lead):
    return seated_user(lead)


@pytest.fixture
def room(client, leader):
    client.force_login(leader)
    return client
