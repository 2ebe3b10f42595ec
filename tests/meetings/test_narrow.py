"""What the office and the leads read on a telephone: nothing squeezed, nothing out of line."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.choices import Role
from meetings.choices import SeatRole
from tests.browser import NARROW, TOO_WIDE, axe_everywhere, login
from tests.factories.accounts import make_staff
from tests.factories.meetings import (
    BodyFactory,
    InvitationFactory,
    MeetingFactory,
    SeatFactory,
    make_material,
    seated_user,
)
from tests.factories.members import MemberFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG_NAME = "特定非営利活動法人見本なごみ居場所ネットワーク"


@pytest.fixture
def telephone(page: Page) -> Page:
    page.set_viewport_size({"width": NARROW, "height": 800})
    return page


@pytest.fixture
def seat():
    organization = MemberFactory(name=LONG_NAME)
    return SeatFactory(organization=organization, body=BodyFactory(name="分科会1"))


def width_of(place) -> float:
    return place.bounding_box()["width"]


def test_who_can_open_a_paper_and_since_when_one_sits_is_read_in_blocks(
    telephone, live_server, seat
):
    reader = seated_user(seat)
    paper = make_material(body=seat.body, title="声かけの事例の整理(案)")
    login(telephone, make_staff(Role.OFFICER))
    pages = {
        reverse("admin:meetings_material_readers", args=[paper.pk]): LONG_NAME,
        reverse("admin:members_person_papers", args=[reader.person.pk]): paper.title,
        reverse("admin:meetings_body_terms", args=[seat.body.pk]): LONG_NAME,
    }
    for page, words in pages.items():
        telephone.goto(live_server.url + page)
        heading = telephone.locator(".stacked th", has_text=words).first
        assert width_of(heading) > NARROW / 2
        cell = telephone.locator(".stacked td[data-label]").first
        assert width_of(cell) == width_of(heading)
        expect(cell).to_have_css("padding-left", "80px")
        axe_everywhere(telephone)
        telephone.set_viewport_size({"width": NARROW, "height": 800})


def test_the_focus_never_hides_behind_the_first_column(telephone, live_server, seat):
    login(telephone, make_staff(Role.OFFICER))
    telephone.goto(live_server.url + reverse("admin:meetings_seat_changelist"))
    row = telephone.locator("#result_list tbody tr")
    names, body = row.locator("th"), row.get_by_role("link", name="分科会1")
    row.locator("a").last.focus()  # the list moves to its right end
    body.focus()
    kept = names.bounding_box()
    assert body.bounding_box()["x"] >= kept["x"] + kept["width"]


def test_each_saved_view_comes_whole_into_sight(telephone, live_server, seat):
    login(telephone, make_staff(Role.OFFICER))
    telephone.goto(live_server.url + reverse("admin:meetings_seat_changelist"))
    for view in telephone.locator(".views a").all():
        view.focus()
        box = view.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= NARROW


def test_the_open_search_of_a_field_fits_the_screen(telephone, live_server, seat):
    login(telephone, make_staff(Role.OFFICER))
    telephone.goto(
        live_server.url + reverse("admin:meetings_body_act", args=[seat.body.pk, "seat"])
    )
    telephone.get_by_role("combobox").first.click()
    expect(telephone.locator(".select2-results__option").first).to_be_visible()
    assert telephone.evaluate(TOO_WIDE) <= 0


def test_the_acts_on_an_answer_stand_below_each_other(telephone, live_server, seat):
    lead = seated_user(SeatFactory(body=seat.body, role=SeatRole.LEAD))
    meeting = MeetingFactory(body=seat.body, number=2)
    InvitationFactory(meeting=meeting, seat=seat, sent_at=timezone.now() - timedelta(days=1))
    login(telephone, lead)
    telephone.goto(live_server.url + reverse("meetings:run", args=[meeting.public_id]))
    row = telephone.locator(".table--stack tbody tr", has_text=LONG_NAME)
    by_phone = row.get_by_role("link", name="電話の返事を入れる").bounding_box()
    again = row.get_by_role("button", name="案内をもう一度送る").bounding_box()
    assert by_phone["x"] == again["x"]
    assert by_phone["y"] + by_phone["height"] <= again["y"]
    expect(row.locator("td:empty")).to_be_hidden()
    axe_everywhere(telephone)
