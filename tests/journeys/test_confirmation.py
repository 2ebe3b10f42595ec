"""The yearly confirmation: from the letter by a forwarded link on a phone to the directory."""

import os
import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.choices import Role
from core.japan.calendar import era_date
from mailing.models import Message
from members.models import ChangeRequest, Confirmation, ConfirmationRound, Organization
from tests.browser import axe_everywhere, complaints, login
from tests.factories.accounts import make_staff
from tests.factories.mailing import AddressFactory, SenderIdentityFactory
from tests.factories.members import AffiliationFactory, MemberFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def site(live_server, settings):
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    SenderIdentityFactory()
    return live_server.url


@pytest.fixture
def contact():
    MemberFactory(name="一般社団法人電話だけの会", phone="03-5555-6666")
    return AffiliationFactory(
        person__name="見本 太郎", department="総務課",
        address=AddressFactory(email="taro@member.example"),
        organization__name="特定非営利活動法人見本あおぞら", organization__phone="03-0000-1111",
        organization__public_fields=["phone"],
    )  # fmt: skip


@pytest.fixture
def desk(page: Page, site):
    login(page, make_staff(Role.OFFICER))
    return page


@pytest.fixture
def phone(browser: Browser):
    context = browser.new_context(
        java_script_enabled=False, locale="ja-JP", viewport={"width": 320, "height": 720}
    )
    yield context.new_page()
    context.close()


def _open_and_send(desk: Page, site: str) -> None:
    desk.goto(site + reverse("admin:members_confirmationround_add"))
    desk.fill("#id_due_on", (timezone.localdate().replace(year=2030)).isoformat())
    axe_everywhere(desk)
    desk.locator("button[name=_save]").click()
    desk.wait_for_url("**/change/")
    expect(desk.locator("pre.mail-text")).to_contain_text("/members/confirm/")
    axe_everywhere(desk)
    desk.get_by_role("link", name="手紙を送る").click()
    desk.wait_for_url("**/act/send/")
    expect(desk.locator(".submit-row button.primary")).to_be_visible()
    axe_everywhere(desk)
    desk.locator(".submit-row button.primary").click()
    desk.wait_for_url("**/change/")


def _link(message: Message) -> str:
    return next(line for line in message.text.splitlines() if "/members/confirm/" in line)


def _answer_with_changes(phone: Page) -> None:
    expect(phone.get_by_text("ta***@member.example")).to_be_visible()
    phone.get_by_role("link", name="変わったところをなおす").click()
    phone.get_by_label(re.compile("見本 太郎")).check()
    phone.get_by_label(re.compile("新しい担当者の氏名")).fill("見本 次郎")
    phone.locator("#id_phone").fill("０３（１２３４）５６７")
    phone.locator("#id_name").fill("特定非営利活動法人見本ひだまり")
    phone.locator("#id_answered_by").fill("見本 花子")
    phone.get_by_role("button", name="この内容で返事をする").click()
    expect(phone.locator(".error-summary")).to_contain_text("電話番号")
    expect(phone.locator("#id_name")).to_have_value("特定非営利活動法人見本ひだまり")
    phone.locator("#id_phone").fill("０３（１２３４）５６７８")
    phone.get_by_role("button", name="この内容で返事をする").click()
    expect(phone.get_by_role("heading", name="お返事をいただきました")).to_be_visible()
    expect(phone.get_by_role("cell", name="特定非営利活動法人見本ひだまり")).to_be_visible()


def test_a_letter_is_forwarded_answered_on_a_phone_and_seen_in_the_directory(
    desk, site, contact, phone
):
    heard = complaints(desk)
    _open_and_send(desk, site)
    link = _link(Message.objects.get())

    phone.goto(link)
    _answer_with_changes(phone)
    member = Organization.objects.get(pk=contact.organization_id)
    assert (member.phone, member.confirmed_on) == ("03-1234-5678", timezone.localdate())

    phone.goto(f"{site}/members/{member.slug}/")
    expect(phone.get_by_text("03-1234-5678")).to_be_visible()
    expect(phone.get_by_role("heading", name="特定非営利活動法人見本あおぞら")).to_be_visible()

    _decide(desk, site)
    phone.reload()
    expect(phone.get_by_role("heading", name="特定非営利活動法人見本ひだまり")).to_be_visible()

    _call_the_rest(desk, site)
    assert heard == []


def _decide(desk: Page, site: str) -> None:
    asked = ChangeRequest.objects.get()
    desk.goto(site + reverse("admin:members_changerequest_changelist"))
    axe_everywhere(desk)
    desk.goto(site + reverse("admin:members_changerequest_change", args=[asked.pk]))
    expect(desk.get_by_text("担当を外れた: 主担当 見本 太郎(総務課)")).to_be_visible()
    _shot(desk, "change-request")
    axe_everywhere(desk)
    desk.get_by_role("link", name="受理する").click()
    desk.wait_for_url("**/act/accept/")
    expect(desk.locator(".submit-row button.primary")).to_be_visible()
    axe_everywhere(desk)
    desk.locator(".submit-row button.primary").click()
    desk.wait_for_url("**/change/")


def _call_the_rest(desk: Page, site: str) -> None:
    round_ = ConfirmationRound.objects.get()
    desk.goto(site + reverse("admin:members_confirmationround_change", args=[round_.pk]))
    expect(desk.get_by_text("03-5555-6666")).to_be_visible()
    _shot(desk, "round")
    axe_everywhere(desk)
    desk.locator("form.call input[name=name]").fill("電話 花子")
    desk.get_by_role("button", name=re.compile("電話で確認した")).click()
    expect(desk.get_by_text("全部の団体から返事がありました。")).to_be_visible()
    desk.goto(site + reverse("admin:members_confirmationround_print", args=[round_.pk]))
    axe_everywhere(desk)


def test_the_pages_of_the_link_are_accessible(page, site, contact):
    round_ = ConfirmationRound.objects.create(
        title="令和8年度の登録内容の確認", opens_on=timezone.localdate(),
        due_on=timezone.localdate(), sent_at=timezone.now(),
    )  # fmt: skip
    row = Confirmation.objects.create(round=round_, organization=contact.organization)
    heard = complaints(page)
    here = site + reverse("members:confirm", args=[row.link_key])
    page.goto(here)
    _shot(page, "confirm")
    axe_everywhere(page)
    page.get_by_role("button", name="変わりありません").click()
    expect(page.locator(".error-summary")).to_be_visible()
    axe_everywhere(page)
    page.goto(f"{here}change/")
    _shot(page, "confirm-change")
    page.locator("details summary").last.click()
    axe_everywhere(page)
    page.goto(here)
    page.get_by_label(re.compile("お名前")).fill("見本 花子")
    page.keyboard.press("Enter")
    expect(page.get_by_text("「変わりありません」とお返事をいただきました")).to_be_visible()
    expect(page.get_by_text(era_date(timezone.localdate())).first).to_be_visible()
    _shot(page, "confirm-thanks")
    axe_everywhere(page)
    round_.closed_at = timezone.now()
    round_.save(update_fields=["closed_at"])
    page.reload()
    axe_everywhere(page)
    assert heard == []


def _shot(page: Page, name: str) -> None:
    """Pictures to look at, when asked for."""
    folder = os.environ.get("SHOTS")
    if folder:
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
