"""A volunteer on a phone applies, breaks off, comes back by the mail's link, and corrects.

No script runs, the screen is 320 pixels wide, and every page met is free of axe's complaints.
"""

import re
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from mailing.models import Envelope, Message
from members.choices import ApplicationStatus
from members.models import Correction, MembershipApplication
from members.services.applying import submit_application
from members.services.examining import begin_checking, return_for_correction
from tests.browser import NARROW, axe_everywhere, complaints
from tests.factories.applying import ACTIVITIES, MAIN_CONTACT, ORGANIZATION, PLACE, make_draft

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def phone(browser, live_server, settings):
    """A phone with scripts turned off; axe itself is put in by the debugger, which may."""
    settings.SITE_URL = live_server.url
    context = browser.new_context(
        viewport={"width": NARROW, "height": 700},
        java_script_enabled=False,
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
    )
    page = context.new_page()
    heard = complaints(page)
    yield page
    assert heard == []
    context.close()


@pytest.fixture
def inspected(page: Page):
    """The same pages with axe, which needs scripts."""

    def inspect(url: str) -> None:
        page.goto(url)
        axe_everywhere(page)

    return inspect


def fill(page: Page, answers: dict) -> None:
    for name, value in answers.items():
        field = page.locator(f"[name='{name}']")
        if name == "contact-rows":
            continue
        if isinstance(value, list):
            for one in value:
                page.check(f"[name='{name}'][value='{one}']")
        elif field.first.get_attribute("type") == "radio":
            page.check(f"[name='{name}'][value='{value}']")
        elif value == "on":
            field.check()
        elif field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW, f"{page.url} is {wide} px wide"


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()
    fits(page)


def letter_link() -> str:
    """What stands in the mail: short enough to be typed from paper."""
    envelope = Envelope.objects.latest("pk")
    url = envelope.merge["application_url"]
    assert len(urlsplit(url).path) <= 40
    return url


def test_from_the_start_page_to_the_receipt(phone, inspected, live_server):
    phone.goto(live_server.url)
    phone.get_by_role("main").get_by_role("link", name="入会を申し込む").click()
    fits(phone)
    inspected(phone.url)
    fill(phone, {"email": "volunteer@aozora.example", "category": "regular"})
    press(phone, "続きのページをメールで受け取る")
    expect(phone.get_by_role("heading", level=1)).to_have_text("メールをご確認ください")
    inspected(phone.url)

    link = letter_link()
    phone.goto(link)
    inspected(link)
    phone.get_by_role("link", name="続きを入力する").click()
    inspected(phone.url)

    # A slip of the thumb, then a break.
    fill(phone, {**ORGANIZATION, "corporate_number": "7000012050003"})
    press(phone, "次へ進む")
    expect(phone.get_by_role("alert")).to_contain_text("1か所をなおしてください")
    expect(phone.locator("#id_name")).to_have_value(ORGANIZATION["name"])
    fill(phone, {"corporate_number": "7000012050002"})
    press(phone, "保存して中断する")
    expect(phone.get_by_role("status")).to_contain_text("保存しました")

    phone.goto(link)
    phone.get_by_role("link", name="続きを入力する").click()
    expect(phone.get_by_role("heading", name="所在地と連絡先")).to_be_visible()
    fill(phone, {**PLACE, **MAIN_CONTACT})
    press(phone, "担当者を加える")
    fill(phone, {"contact-2-name": "見本 二郎", "contact-2-name_kana": "みほん じろう"})
    # The Enter key goes on; it neither adds a person nor takes one away.
    phone.locator("#id_contact-2-name").press("Enter")
    expect(phone.get_by_role("heading", name="活動の内容")).to_be_visible()
    inspected(phone.url.replace("activities", "contacts"))
    inspected(phone.url)
    fill(phone, ACTIVITIES)
    press(phone, "次へ進む")
    inspected(phone.url)
    fill(phone, {"public_fields": ["url", "summary"]})
    press(phone, "次へ進む")

    expect(phone.get_by_role("heading", level=1)).to_have_text("申込みの内容を確かめてください")
    expect(phone.get_by_text("見本 二郎")).to_be_visible()
    inspected(phone.url)
    press(phone, "この内容で申し込む")
    expect(phone.get_by_role("alert")).to_contain_text("2か所をなおしてください")
    phone.check("#id_agree_pledge")
    phone.check("#id_agree_privacy")
    press(phone, "この内容で申し込む")
    expect(phone.locator(".receipt__no")).to_be_visible()

    application = MembershipApplication.objects.get()
    assert application.status == ApplicationStatus.RECEIVED
    assert application.contacts.count() == 2
    expect(phone.locator(".receipt__no strong")).to_have_text(application.receipt_number)
    inspected(phone.url)
    assert application.receipt_number in Message.objects.latest("pk").subject


def test_a_correction_on_a_phone_and_a_change_of_mind(phone, inspected, live_server):
    application = _sent_back()
    url = letter_link()
    assert url == f"{live_server.url}/members/apply/{application.link_key}/"
    phone.goto(url)
    fits(phone)
    expect(phone.get_by_text("電話番号のけた数をお確かめください。")).to_be_visible()
    inspected(url)
    fill(phone, {"phone": "03-00"})
    press(phone, "保存して、確かめるページへ")
    expect(phone.get_by_role("alert")).to_contain_text("1か所をなおしてください")
    fill(phone, {"phone": "03-0000-2222"})
    press(phone, "保存して、確かめるページへ")
    expect(phone.get_by_role("heading", name="直したところ")).to_be_visible()
    inspected(phone.url)
    press(phone, "事務局に送る")
    expect(phone.get_by_role("heading", level=1)).to_have_text(re.compile("受け取りました"))
    assert Correction.objects.get().changes == {"phone": ["03-0000-1111", "03-0000-2222"]}

    phone.get_by_role("link", name="申込みを取り下げる").click()
    inspected(phone.url)
    press(phone, "申込みを取り下げる")
    expect(phone.locator(".timeline .is-now")).to_contain_text("申込みを取り下げました")
    inspected(phone.url)


def test_pages_that_say_what_is_wrong_are_accessible_too(page, live_server):
    key = make_draft(complete=False).link_key
    here = f"{live_server.url}/members/apply"
    for url, button in (
        (f"{here}/", "続きのページをメールで受け取る"),
        (f"{here}/{key}/organization/", "次へ進む"),
        (f"{here}/{key}/contacts/", "次へ進む"),
        (f"{here}/{key}/activities/", "次へ進む"),
        (f"{here}/{key}/check/", "この内容で申し込む"),
    ):
        page.goto(url)
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("alert").first).to_be_focused()
        axe_everywhere(page)


def _sent_back() -> MembershipApplication:
    """The office has looked at it and asks."""
    at = timezone.now()
    application = submit_application(application=make_draft(), at=at)
    begin_checking(application=application, actor=None, at=at)
    return_for_correction(
        application=application,
        message="電話番号のけた数をお確かめください。",
        marked=["phone"],
        actor=None,
        at=at,
    )
    return application
