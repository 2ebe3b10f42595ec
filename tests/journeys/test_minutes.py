"""Minutes from the draft to the public, through the browser of those who write them."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from meetings.choices import MeetingStatus, MinutesStatus, Office, Reply, SeatRole
from meetings.models import Minutes, MinutesCheck
from tests.browser import axe_everywhere, complaints, login
from tests.factories.mailing import SenderIdentityFactory
from tests.factories.meetings import (
    AgendaItemFactory,
    InvitationFactory,
    MeetingFactory,
    MinutesFactory,
    MinutesSectionFactory,
    SeatFactory,
    seated_user,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def site(live_server, settings):
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    SenderIdentityFactory()
    return live_server.url


@pytest.fixture
def lead():
    return SeatFactory(role=SeatRole.LEAD, office=Office.CHAIR, body__name="分科会1")


@pytest.fixture
def meeting(lead):
    starts_at = timezone.now() - timedelta(days=3)
    found = MeetingFactory(
        body=lead.body, number=2, title="事例の共有", status=MeetingStatus.HELD, starts_at=starts_at
    )
    AgendaItemFactory(meeting=found, title="声かけの事例")
    InvitationFactory(meeting=found, seat=lead, attendance=Reply.ATTEND, attendee="見本太郎")
    return found


@pytest.fixture
def user(lead):
    return seated_user(lead, address__email="lead@example.jp")


@pytest.fixture
def plain(browser: Browser, user):
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    login(page, user)
    yield page
    context.close()


def test_from_the_draft_to_the_public_without_a_script(site, meeting, plain: Page):
    plain.goto(f"{site}{reverse('meetings:run', args=[meeting.public_id])}")
    plain.get_by_role("link", name="議事録", exact=True).click()
    plain.get_by_role("button", name="書き始める").click()
    plain.get_by_text("日時・場所・出席した団体を見る").click()
    expect(plain.get_by_text("見本太郎").first).to_be_visible()
    plain.get_by_role("textbox", name="本文").first.fill("事例を三つ話し合いました。")
    plain.get_by_role("button", name="部分をふやす").click()
    plain.get_by_label("見出し").last.fill("人事")
    plain.get_by_role("textbox", name="本文").last.fill("名前の出る話でした。")
    plain.get_by_text("この部分を非公開にするとき").last.click()
    plain.get_by_label("この部分を非公開にする").last.check()
    plain.get_by_role("button", name="保存する").last.click()
    expect(plain.locator(".error-summary")).to_contain_text("非公開にする理由")
    plain.get_by_label("非公開にする理由").last.fill("個人に関する情報のため")
    plain.get_by_role("button", name="保存する").last.click()
    expect(plain.get_by_text("保存しました。")).to_be_visible()

    plain.get_by_role("link", name="座長に確認を頼む").click()
    plain.get_by_role("button", name="確認を頼む").click()
    check = MinutesCheck.objects.get()
    plain.goto(f"{site}{reverse('minutes:check', args=[check.link_key])}")
    plain.get_by_label("このままでよい").check()
    plain.get_by_role("button", name="この内容で答える").click()
    expect(plain.get_by_text("ご確認ありがとうございました。")).to_be_visible()

    minutes = Minutes.objects.get()
    plain.goto(f"{site}{reverse('minutes:edit', args=[minutes.public_id])}")
    plain.get_by_role("link", name="確定の前に確かめる").click()
    expect(plain.get_by_text("名前の出る話でした")).to_have_count(0)
    plain.get_by_role("button", name="確定する").click()
    plain.get_by_label("すぐに公開する").check()
    plain.get_by_role("button", name="この日時に公開する").click()
    expect(plain.get_by_text("公開しました。").first).to_be_visible()
    plain.context.clear_cookies()
    plain.goto(f"{site}{reverse('meetings:meeting', args=[meeting.public_id])}")
    plain.get_by_role("link", name=re.compile("議事要旨")).first.click()
    expect(plain.get_by_text("事例を三つ話し合いました。")).to_be_visible()
    expect(plain.get_by_text("非公開(理由:個人に関する情報のため)")).to_be_visible()
    expect(plain.get_by_text("名前の出る話でした")).to_have_count(0)


def test_the_page_saves_by_itself_and_two_editors_meet(
    site, settings, meeting, page: Page, user, plain
):
    minutes = MinutesFactory(meeting=meeting)
    section = MinutesSectionFactory(minutes=minutes)
    heard = complaints(page)
    login(page, user)
    place = f"{site}{reverse('minutes:edit', args=[minutes.public_id])}"
    page.goto(place)
    plain.goto(place)
    # the text comes first; what the page fills in by itself is folded, also without the script
    expect(plain.get_by_text("会議名")).to_be_hidden()
    plain.get_by_text("日時・場所・出席した団体を見る").click()
    expect(plain.get_by_text("会議名")).to_be_visible()
    page.get_by_role("textbox", name="本文").fill("自動で保存される文")
    expect(page.locator("[data-saving]")).to_contain_text("自動で保存しました")
    section.refresh_from_db()
    assert section.text == "自動で保存される文"
    # the login ends in the midst of writing, and begins anew in another tab
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("textbox", name="本文").fill("ログインが切れても残る文")
    expect(page.get_by_role("alert")).to_contain_text("別の画面でログイン")
    login(page, user)
    page.get_by_role("textbox", name="見出し").press("End")
    page.get_by_role("textbox", name="見出し").press_sequentially("(続き)")
    expect(page.locator("[data-saving]")).to_contain_text("自動で保存しました")
    expect(page.locator("[data-trouble]")).to_be_hidden()
    section.refresh_from_db()
    assert section.text == "ログインが切れても残る文"
    plain.get_by_role("textbox", name="本文").fill("ほかの人の文")
    plain.get_by_role("button", name="保存する").last.click()
    expect(plain.get_by_role("heading", name="ほかの人も書いていました")).to_be_visible()
    plain.get_by_role("textbox", name="本文").fill("二人の文")
    plain.get_by_role("button", name="この内容で保存する").click()
    page.get_by_role("textbox", name="本文").fill("あとから書いた文")
    expect(page.get_by_role("alert")).to_contain_text("ほかの人が同じ部分を先に保存しました")
    page.get_by_role("button", name="保存する").last.click()
    expect(page.get_by_text("二人の文")).to_be_visible()
    assert page.get_by_role("textbox", name="本文").input_value() == "あとから書いた文"
    axe_everywhere(page)
    # the console of the browser mentions what was answered with 409, and the lost login
    assert all("409" in one or "Failed to" in one for one in heard)


def test_the_pages_are_usable_by_everybody(site, meeting, page: Page, user, tmp_path):
    minutes = MinutesFactory(meeting=meeting, due_on=date(2026, 1, 1))
    MinutesSectionFactory(minutes=minutes, text="事例を話し合いました。\n\n次の段落です。")
    MinutesSectionFactory(
        minutes=minutes, position=1, heading="人事", withheld=True, withheld_reason="個人のため"
    )
    login(page, user)
    for name in ("edit", "settings", "speakers", "chair", "finish", "minutes"):
        page.goto(f"{site}{reverse(f'minutes:{name}', args=[minutes.public_id])}")
        axe_everywhere(page)
    start = MeetingFactory(
        body=meeting.body, status=MeetingStatus.HELD, starts_at=meeting.starts_at, number=3
    )
    page.goto(f"{site}{reverse('minutes:start', args=[start.public_id])}")
    axe_everywhere(page)
    page.goto(f"{site}{reverse('minutes:chair', args=[minutes.public_id])}")
    page.get_by_role("button", name="確認を頼む").click()
    check = MinutesCheck.objects.get()
    for place in (
        reverse("minutes:check", args=[check.link_key]),
        reverse("minutes:take_answer", args=[minutes.public_id, check.pk]),
    ):
        page.goto(f"{site}{place}")
        axe_everywhere(page)
    page.get_by_label("このままでよい").check()
    page.get_by_role("button", name="この内容で記録する").click()
    page.get_by_role("link", name="確定の前に確かめる").click()
    page.get_by_role("button", name="確定する").click()
    axe_everywhere(page)
    Minutes.objects.update(status=MinutesStatus.PUBLISHED, publish_at=timezone.now())
    page.goto(f"{site}{reverse('minutes:correct', args=[minutes.public_id])}")
    axe_everywhere(page)
    page.get_by_label("訂正の理由").fill("件数の誤り")
    page.get_by_role("textbox", name="本文").first.fill("なおした文")
    page.get_by_role("button", name="訂正する").click()
    axe_everywhere(page)
    for place in (
        reverse("minutes:edition", args=[minutes.public_id, 1]),
        reverse("minutes:minutes", args=[minutes.public_id]),
    ):
        page.goto(f"{site}{place}")
        axe_everywhere(page)
