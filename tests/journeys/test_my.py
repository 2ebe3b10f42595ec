"""The own page: what waits, one organisation or two, what changes at once and what is asked for."""

import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from members.choices import Category, Duty, RequestStatus
from members.models import ChangeRequest, Organization, Withdrawal
from members.services.change_requests import refuse_change
from tests.browser import axe_everywhere, complaints, login
from tests.factories.accounts import make_staff, make_user
from tests.factories.mailing import SenderIdentityFactory
from tests.factories.members import (
    AffiliationFactory,
    ChangeRequestFactory,
    ConfirmationFactory,
    PersonFactory,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
SENT = datetime(2026, 11, 1, 0, 0, tzinfo=UTC)


@pytest.fixture
def site(live_server, settings):
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    SenderIdentityFactory()
    return live_server.url


@pytest.fixture
def contact():
    """Main contact of one member, further contact of another."""
    person = PersonFactory(name="見本 太郎", user=make_user("taro@member.example", "見本 太郎"))
    row = AffiliationFactory(
        person=person, organization__name="見本あおぞら居場所ネット",
        organization__phone="03-0000-1111", address__email="taro@member.example",
    )  # fmt: skip
    AffiliationFactory(
        person=person, duty=Duty.DEPUTY, organization__name="見本県居場所づくり協議会",
        organization__membership__category=Category.COOPERATING,
    )  # fmt: skip
    AffiliationFactory(organization=row.organization, duty=Duty.DEPUTY, person__name="見本 桜")
    ChangeRequestFactory(
        organization=row.organization, status=RequestStatus.RETURNED, answer="いつからですか。"
    )
    ConfirmationFactory(
        organization=row.organization, round__sent_at=SENT, round__due_on=date(2030, 6, 30)
    )
    return row


@pytest.fixture
def plain(browser: Browser, contact):
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    login(page, contact.person.user)
    yield page
    context.close()


def home_of(site: str, row) -> str:
    return f"{site}{reverse('organizations:home', args=[row.organization.slug])}"


def test_choosing_and_putting_right_without_a_script(site, contact, plain: Page):
    plain.goto(f"{site}/my/")
    expect(plain.get_by_role("heading", name="どの団体として使いますか")).to_be_visible()
    plain.get_by_role("link", name=re.compile("開く.*あおぞら")).click()
    expect(plain.get_by_text("見本あおぞら居場所ネットとして表示しています")).to_be_visible()
    plain.get_by_role("link", name="連絡先や活動の内容をなおす").click()
    plain.get_by_label("電話番号").fill("12")
    plain.get_by_role("button", name="この内容に変える").click()
    expect(plain.locator(".error-summary a")).to_have_attribute("href", "#id_phone")
    plain.get_by_label("電話番号").fill("03(2222)2222")
    plain.get_by_label("ウェブサイト").fill("https://aozora.example.jp/")
    plain.get_by_label("URL", exact=True).check()
    plain.get_by_role("button", name="この内容に変える").click()
    expect(plain.get_by_text("登録内容を変えました。")).to_be_visible()
    expect(plain.get_by_text("03-2222-2222")).to_be_visible()
    plain.get_by_role("link", name="名簿でどう見えているかを確かめる").click()
    expect(plain.get_by_text("https://aozora.example.jp/")).to_be_visible()
    plain.goto(home_of(site, contact))
    plain.get_by_role("link", name="ほかの団体に切りかえる").click()
    plain.get_by_role("link", name=re.compile("開く.*協議会")).click()
    expect(plain.get_by_text("見本県居場所づくり協議会として表示しています")).to_be_visible()


def test_asking_for_another_name_and_hearing_why_not(site, contact, plain: Page):
    ChangeRequest.objects.all().delete()
    plain.goto(home_of(site, contact))
    plain.get_by_role("link", name="正式名称・代表者などの変更を届け出る").click()
    plain.get_by_label("正式名称", exact=False).first.fill("見本みらい居場所ネット")
    plain.get_by_role("button", name="内容を確かめる").click()
    expect(plain.get_by_text("まだ届け出ていません")).to_be_visible()
    plain.get_by_role("button", name="この内容で届け出る").click()
    expect(plain.get_by_text("事務局が確かめています")).to_be_visible()
    asked = ChangeRequest.objects.get()
    assert list(asked.changes) == ["name"]
    assert Organization.objects.get(pk=contact.organization.pk).name == "見本あおぞら居場所ネット"
    refuse_change(
        change_request=asked, answer="登記簿の名称と異なります。", actor=make_staff(), at=SENT
    )
    plain.goto(plain.url)
    expect(plain.get_by_text("登記簿の名称と異なります。")).to_be_visible()


def test_leaving_after_seeing_what_stops_and_thinking_again(site, contact, plain: Page):
    plain.goto(home_of(site, contact))
    plain.get_by_role("link", name="退会を届け出る").click()
    plain.get_by_role("button", name="止まるものを確かめる").click()
    expect(plain.get_by_role("heading", name="次の日から止まるもの")).to_be_visible()
    assert not Withdrawal.objects.exists()
    plain.get_by_role("button", name="退会を届け出る").click()
    expect(plain.get_by_text("退会届を事務局が確かめています")).to_be_visible()
    plain.get_by_role("button", name="退会届を取り下げる").click()
    assert Withdrawal.objects.get().status == RequestStatus.RETRACTED


def test_every_page_of_it_is_accessible(site, contact, page: Page):
    heard = complaints(page)
    login(page, contact.person.user)
    home = home_of(site, contact)
    asked = ChangeRequest.objects.get()
    person = contact.person.public_id
    for address in (
        f"{site}/my/", home, f"{home}edit/", f"{home}history/", f"{home}people/add/",
        f"{home}people/{person}/", f"{home}people/{person}/end/", f"{home}changes/add/",
        f"{home}changes/{asked.public_id}/", f"{home}withdrawal/",
    ):  # fmt: skip
        page.goto(address)
        axe_everywhere(page)
    page.get_by_role("button", name="止まるものを確かめる").click()
    axe_everywhere(page)
    page.goto(f"{home}edit/")
    page.get_by_label("電話番号").fill("12")
    page.get_by_role("button", name="この内容に変える").click()
    expect(page.locator(".error-summary")).to_be_focused()
    axe_everywhere(page)
    page.goto(f"{home}changes/add/")
    page.get_by_label("代表者の氏名").fill("見本 次郎")
    page.get_by_role("button", name="内容を確かめる").click()
    expect(page.get_by_text("まだ届け出ていません")).to_be_visible()
    axe_everywhere(page)
    assert heard == []
