"""会員数の推移 in a real browser."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.choices import Role
from core.japan.codes import DESIGNATED_CITIES
from members.choices import Category
from tests.browser import axe_everywhere, complaints, login
from tests.factories.accounts import make_staff
from tests.factories.members import MemberFactory, MembershipFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = reverse("admin:members_organization_statistics")


@pytest.fixture
def office(page, live_server):
    for place, (code, name) in enumerate(DESIGNATED_CITIES[:12]):
        MemberFactory(
            name=name, local_government_code=code, prefecture=code[:2], kind="local",
            membership__category=Category.COOPERATING,
            membership__valid_from=date(2022 + place // 3, 3 + place % 3, 1),
        )  # fmt: skip
    for year in range(2022, 2027):
        MemberFactory.create_batch(6, membership__valid_from=date(year, 5, 15))
        MemberFactory(membership__category=Category.SUPPORTING)
    moved = MemberFactory(membership__valid_until=date(2026, 7, 1))
    MembershipFactory(organization=moved, category=Category.SUPPORTING, valid_from=date(2026, 7, 1))
    login(page, make_staff(Role.OFFICER))

    def go(query=""):
        page.goto(live_server.url + PAGE + query)
        return page

    return go


@pytest.mark.parametrize("query", ["", "?first=2022-04-01&last=2026-03-31", "?last=x"])
def test_the_page_is_accessible_and_fits_a_phone(office, query):
    page = office()
    heard = complaints(page)
    page = office(query)
    page.locator(".chart-card summary").click()
    axe_everywhere(page)
    assert heard == []


def test_it_is_reached_from_the_sidebar_and_a_year_is_chosen_by_keyboard(office, live_server):
    page = office()
    page.goto(live_server.url + reverse("admin:index"))
    page.get_by_role("link", name="会員数の推移").first.click()
    page.wait_for_url(f"**{PAGE}")
    page.locator("#id_first").fill("2022-04-01")
    page.locator("#id_last").fill("2023-03-31")
    page.keyboard.press("Enter")
    page.wait_for_url("**last=2023-03-31")
    expect(page.locator(".page-sub").first).to_contain_text("令和5年3月31日")
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV (区分別)").or_(
            page.get_by_role("link", name="CSV(区分別)")
        ).click()
    assert saved.value.suggested_filename.startswith("会員数-区分別-20220401-20230331")
