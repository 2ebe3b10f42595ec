"""No barrier that a machine can find: every page, narrow and wide, light and dark."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from mailing.models import SenderIdentity
from meetings.choices import Audience
from meetings.services.indexing import index_names
from members.choices import Category
from newsletter.choices import IssueStatus
from newsletter.models import Issue
from tests.browser import axe_everywhere, complaints, login
from tests.factories.accounts import PASSWORD, make_staff, make_user, totp_code
from tests.factories.meetings import make_material
from tests.factories.members import AffiliationFactory, MemberFactory, PersonFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SEND = ".form__actions .btn--primary"


@pytest.fixture
def heard(page):
    """What the browser complained about; the pages of this file must leave it silent."""
    found = complaints(page)
    yield found
    assert found == []


@pytest.fixture
def visit(page, live_server, heard):
    def go(address):
        page.goto(live_server.url + (address if address[0] == "/" else reverse(address)))
        axe_everywhere(page)
        return page

    return go


@pytest.fixture
def platform():
    """A secretariat with an address, a few members and a number of the magazine."""
    SenderIdentity.objects.create(
        name="見本の事務局",
        email="jimukyoku@example.jp",
        postal_address="〒100-0000 東京都千代田区見本1-2-3",
        phone="03-0000-0000",
        fax="03-0000-0001",
        office_hours="平日9:30から17:00まで",
        valid_from=date(2022, 2, 25),
    )
    for category, number in zip(Category, (9, 2, 4), strict=True):
        MemberFactory.create_batch(number, membership__category=category)
    Issue.objects.create(
        number=12,
        title="居場所ワークショップの報告書を公開しました",
        status=IssueStatus.SENT,
        sent_at=datetime(2022, 6, 10, 1, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "name",
    ["portal:home", "portal:about", "portal:privacy", "portal:accessibility", "portal:sitemap"],
)
def test_public_pages(visit, platform, name):
    visit(name)


def test_the_search_of_papers(visit, platform):
    material = make_material(audience=Audience.PUBLIC, title="声かけの事例")
    index_names(material)
    expect(visit("/materials/search/?q=声かけ").get_by_text("1件")).to_be_visible()


def test_the_figures_of_home_open_as_a_table(visit, platform, page):
    visit("portal:home")
    page.get_by_text("数を表で見る").click()
    axe_everywhere(page)


def test_the_menu_of_a_narrow_screen(visit, page):
    page.set_viewport_size({"width": 320, "height": 900})
    visit("portal:about")
    page.set_viewport_size({"width": 320, "height": 900})
    page.get_by_text("メニュー", exact=True).click()
    assert page.locator(".nav-menu a[aria-current=page]").inner_text() == "プラットフォームとは"
    axe_everywhere(page)


def test_the_way_in_with_every_mistake_on_the_way(visit, page, platform):
    user = make_staff()
    visit("account_login")
    page.fill("#id_login", user.email)
    page.fill("#id_password", "a wrong password")
    page.click(SEND)
    expect(page.locator(".error-summary")).to_be_focused()
    axe_everywhere(page)
    page.fill("#id_password", PASSWORD)
    page.click(SEND)
    axe_everywhere(page)
    page.fill("#id_code", "000000")
    page.click(SEND)
    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#id_code")
    axe_everywhere(page)
    page.fill("#id_code", totp_code())
    page.click(SEND)
    page.wait_for_url("**/admin/")


def test_the_keyboard_reaches_the_text_past_the_navigation(visit, page):
    visit("portal:about")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("name", ["account_reset_password", "account_signup", "account_inactive"])
def test_other_pages_before_the_login(visit, name):
    visit(name)


def test_the_own_page_of_a_contact(visit, page):
    contact = AffiliationFactory(person=PersonFactory(user=make_user()), title="主任")
    AffiliationFactory(person=contact.person)
    login(page, contact.person.user)
    visit("portal:my")
    page.get_by_role("button", name="配信を受ける").first.click()
    expect(page.get_by_role("status")).to_have_count(1)
    axe_everywhere(page)


@pytest.mark.parametrize("name", ["portal:my", "mfa_index", "mfa_list_webauthn"])
def test_security_pages_of_staff(visit, page, name):
    login(page, make_staff())
    visit(name)


@pytest.mark.parametrize("name", ["account_change_password", "account_logout", "usersessions_list"])
def test_account_pages(visit, page, name):
    login(page, make_user())
    visit(name)


def test_setting_up_an_authenticator_app_and_keeping_the_recovery_codes(visit, page):
    login(page, make_user())
    visit("mfa_activate_totp")  # asks who is there first
    page.fill("#id_password", PASSWORD)
    page.click(SEND)
    page.wait_for_selector(".qr")
    axe_everywhere(page)
    page.fill("#id_code", "000000")
    page.click(SEND)
    axe_everywhere(page)
    visit("mfa_generate_recovery_codes")


def test_recovery_codes_are_shown_to_be_kept(visit, page):
    login(page, make_staff())
    visit("mfa_view_recovery_codes")
    page.fill("#id_password", PASSWORD)
    page.click(SEND)
    page.wait_for_selector(".codes")
    assert page.locator(".codes li").count() == 10
    axe_everywhere(page)


def test_the_page_that_is_not_there(page, live_server):
    answer = page.goto(live_server.url + "/nowhere/")
    assert answer.status == 404
    axe_everywhere(page)
