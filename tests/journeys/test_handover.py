"""人事異動: entered in March without a script, true on the first of April by itself."""

from datetime import UTC, datetime

import pytest
import time_machine
from playwright.sync_api import Browser, Page, expect

from mailing.models import Envelope
from members.choices import Duty
from tests.browser import axe_everywhere, complaints, login
from tests.factories.accounts import make_user
from tests.factories.mailing import SenderIdentityFactory
from tests.factories.members import AffiliationFactory, PersonFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
MARCH = datetime(2027, 3, 10, 3, 0, tzinfo=UTC)
LAST_MINUTE = datetime(2027, 3, 31, 14, 59, tzinfo=UTC)
APRIL = datetime(2027, 3, 31, 15, 1, tzinfo=UTC)
NEW_PASSWORD = "the first day of the year 2027"


@pytest.fixture
def site(live_server, settings):
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    SenderIdentityFactory()
    return live_server.url


@pytest.fixture
def contact():
    person = PersonFactory(name="前任 太郎", user=make_user("before@member.example", "前任 太郎"))
    row = AffiliationFactory(
        person=person, organization__name="見本あおぞら居場所ネット", department="総務課",
        address__email="before@member.example",
    )  # fmt: skip
    AffiliationFactory(
        organization=row.organization, duty=Duty.DEPUTY, position=1, person__name="同僚 桜"
    )
    return row


@pytest.fixture
def plain(browser: Browser):
    """A browser without scripts, as behind a municipal gateway."""
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    yield context.new_page()
    context.close()


def book(page: Page, site: str) -> None:
    page.goto(f"{site}/my/")
    page.get_by_role("link", name="担当者の交代を届け出る").click()
    expect(page.get_by_text("見本あおぞら居場所ネットとして表示しています")).to_be_visible()
    expect(page.get_by_label("年", exact=True)).to_have_value("2027")
    page.get_by_label("氏名").fill("後任 花子")
    page.get_by_role("button", name="交代を届け出る").click()
    expect(page.locator(".error-summary")).to_contain_text("か所をなおしてください")
    expect(page.get_by_label("氏名")).to_have_value("後任 花子")
    page.get_by_label("フリガナ").fill("こうにん はなこ")
    page.get_by_label("メールアドレス", exact=True).fill("next@member.example")
    page.get_by_role("button", name="交代を届け出る").click()
    expect(page.get_by_text("後任 花子さんへ交代します")).to_be_visible()


def first_login_link() -> str:
    letter = Envelope.objects.get(
        address__email="next@member.example", message__subject__contains="ログイン"
    )
    return letter.merge["first_login_url"]


def home_of(site: str, row) -> str:
    return f"{site}/my/organizations/{row.organization.slug}/"


def test_before_the_day_and_from_the_day(site, contact, plain, browser):
    home = home_of(site, contact)
    with time_machine.travel(MARCH, tick=True):
        login(plain, contact.person.user)
        book(plain, site)

        other = browser.new_context(java_script_enabled=False, locale="ja-JP").new_page()
        other.goto(first_login_link())
        for field in other.locator("input[type=password]").all():
            field.fill(NEW_PASSWORD)
        other.locator("main button[type=submit]").click()
        other.goto(f"{site}/my/")
        expect(other.get_by_text("あなたの担当は令和9年4月1日からです")).to_be_visible()
        expect(other.locator("main")).not_to_contain_text("見本あおぞら")
        assert other.goto(home).status == 404

    with time_machine.travel(LAST_MINUTE, tick=True):
        login(plain, contact.person.user)
        assert plain.goto(home).status == 200

    with time_machine.travel(APRIL, tick=True):
        login(plain, contact.person.user)
        assert plain.goto(home).status == 404
        plain.goto(f"{site}/my/")
        expect(plain.locator("main")).not_to_contain_text("見本あおぞら")

        other.context.clear_cookies()
        other.goto(f"{site}/my/")
        other.locator("input[name=login]").fill("next@member.example")
        other.locator("input[name=password]").fill(NEW_PASSWORD)
        other.get_by_role("button", name="ログインする", exact=True).click()
        assert other.goto(home).status == 200
        expect(other.get_by_role("heading", name="後任 花子 (あなた)")).to_be_visible()
        expect(other.get_by_text("総務課")).to_be_visible()
        other.get_by_role("link", name="これまでの記録").click()
        expect(other.get_by_text("前任 太郎から後任 花子へ")).to_be_visible()
    other.context.close()


def test_it_is_taken_back_and_nothing_has_happened(site, contact, plain):
    with time_machine.travel(MARCH, tick=True):
        login(plain, contact.person.user)
        book(plain, site)
        plain.goto(home_of(site, contact))
        plain.get_by_role("button", name="取りやめる").click()
        expect(plain.get_by_text("担当者の交代を取りやめました。")).to_be_visible()
        expect(plain.locator("main")).not_to_contain_text("後任 花子")
    with time_machine.travel(APRIL, tick=True):
        login(plain, contact.person.user)
        assert plain.goto(home_of(site, contact)).status == 200


def test_every_page_of_it_is_accessible(site, contact, page):
    heard = complaints(page)
    login(page, contact.person.user)
    page.goto(f"{home_of(site, contact)}handover/")
    axe_everywhere(page)
    page.get_by_role("button", name="交代を届け出る").click()
    expect(page.locator(".error-summary")).to_be_focused()
    axe_everywhere(page)
    page.get_by_label("氏名").fill("後任 花子")
    page.get_by_label("フリガナ").fill("こうにん はなこ")
    page.get_by_label("メールアドレス", exact=True).fill("next@member.example")
    page.get_by_role("button", name="交代を届け出る").click()
    expect(page.get_by_role("heading", name="担当者が交代します")).to_be_visible()
    axe_everywhere(page)
    page.goto(home_of(site, contact))
    axe_everywhere(page)
    assert heard == []
