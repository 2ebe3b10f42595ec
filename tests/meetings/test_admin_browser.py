"""A term from its booking to the picture, in a real browser; every kind of record once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from meetings.choices import BodyKind, MinutesStatus, Office, SeatRole
from meetings.models import Seat
from members.services import refresh_search_text
from tests.browser import axe_everywhere, complaints, login
from tests.factories.accounts import make_staff
from tests.factories.meetings import (
    LONG_AGO,
    BodyFactory,
    InvitationFactory,
    MinutesSectionFactory,
    SeatFactory,
    make_material,
    make_version,
)
from tests.factories.members import AffiliationFactory, MemberFactory
from tests.factories.subcommittees import ParticipationFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def committee():
    """Three members whose term ends in two months, one of them booked again, an observer."""
    today = timezone.localdate()
    until = today + timedelta(days=60)
    body = BodyFactory(
        kind=BodyKind.STEERING, name="幹事会", slug="steering", seats_planned=4, basis="規約第15条"
    )
    names = ("特定非営利活動法人よりそいの会", "一般社団法人あかりの輪", "社会福祉法人見本の里")
    for place, name in enumerate(names):
        SeatFactory(
            body=body, organization=MemberFactory(name=name), valid_until=until,
            office=Office.CHAIR if place == 0 else "",
        )  # fmt: skip
    first = body.seats.order_by("pk").first()
    SeatFactory(body=body, organization=first.organization, valid_from=until)
    SeatFactory(body=body, role=SeatRole.OBSERVER)
    return body


def test_a_term_is_booked_and_seen(page, live_server, committee):
    contact = AffiliationFactory(
        organization=MemberFactory(name="認定NPO法人つながる会"), person__name="見本 花子"
    )
    refresh_search_text([contact.organization])
    login(page, make_staff(Role.OFFICER))
    heard = complaints(page)
    page.goto(live_server.url + reverse("admin:index"))
    page.get_by_role("link", name="任期を予約").click()
    page.wait_for_url("**/terms/")
    axe_everywhere(page)
    page.get_by_role("link", name="席を設ける").click()
    page.wait_for_url("**/act/seat/")
    axe_everywhere(page)
    page.get_by_role("combobox").first.click()
    page.locator(".select2-search__field").fill("つながる")
    page.locator(".select2-results__option--highlighted", has_text="つながる会").click()
    day = (timezone.localdate() + timedelta(days=61)).isoformat()
    page.get_by_label("初日").fill(day)
    page.locator(".submit-row .primary").click()
    page.locator("#what-happens").wait_for()
    axe_everywhere(page)
    page.get_by_label("指名された人").select_option(label="見本 花子")
    page.get_by_role("button", name="席を設ける").click()
    page.wait_for_url("**/change/")
    assert Seat.objects.get(organization=contact.organization).person == contact.person
    axe_everywhere(page)
    assert heard == []


def test_every_record_can_be_read_by_everybody(page, live_server, committee):
    asked = ParticipationFactory()
    seat = SeatFactory(body=asked.subcommittee.body, role=SeatRole.LEAD)
    meeting = InvitationFactory(seat=seat, meeting__body=seat.body, reply="attend").meeting
    paper = make_material(body=seat.body, meeting=meeting, tags=["声かけ"])
    make_version(paper)
    minutes = MinutesSectionFactory(
        minutes__meeting__body=seat.body, minutes__status=MinutesStatus.PUBLISHED,
        minutes__publish_at=LONG_AGO,
    ).minutes  # fmt: skip
    login(page, make_staff(Role.OFFICER))
    heard = complaints(page)
    for obj in (committee, seat, meeting, paper, minutes, asked.subcommittee, asked):
        name = f"admin:{obj._meta.app_label}_{obj._meta.model_name}"
        page.goto(live_server.url + reverse(f"{name}_changelist"))
        axe_everywhere(page)
        page.goto(live_server.url + reverse(f"{name}_change", args=[obj.pk]))
        axe_everywhere(page)
    page.goto(live_server.url + reverse("admin:subcommittees_subcommittee_add"))
    axe_everywhere(page)
    assert heard == []
