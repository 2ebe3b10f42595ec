"""A lead calls a meeting; a member answers by the letter's link; it moves, and is cancelled."""

from datetime import UTC, datetime

import pytest
import time_machine
from playwright.sync_api import Page, expect

from mailing.models import Envelope
from meetings.choices import SeatRole
from meetings.models import Meeting
from tests.browser import axe_everywhere, complaints, login
from tests.factories.mailing import AddressFactory, SenderIdentityFactory
from tests.factories.meetings import BodyFactory, SeatFactory, seated_user
from tests.factories.members import AffiliationFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture
def site(live_server, settings):
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    SenderIdentityFactory()
    with time_machine.travel(NOW, tick=True):
        yield live_server.url


@pytest.fixture
def lead():
    body = BodyFactory(slug="subcommittee-1", name="分科会1")
    seat = SeatFactory(
        body=body,
        role=SeatRole.LEAD,
        organization__name="見本いのちの電話",
        display_name="見本ライン",
    )
    member = SeatFactory(body=body, organization__name="見本あおぞら居場所ネット")
    AffiliationFactory(
        organization=member.organization, person__name="見本 桜",
        address=AddressFactory(email="aozora@member.example"),
    )  # fmt: skip
    SeatFactory(body=body, organization__name="メールのない会")
    return seat


@pytest.fixture
def plain(browser):
    """A browser without scripts, as behind a municipal gateway."""
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    yield context.new_page()
    context.close()


def letter_to(email: str) -> Envelope:
    return Envelope.objects.filter(address__email=email).latest("id")


def fill_day(page: Page, day: str) -> None:
    for label, value in (("年", "2026"), ("月", "12"), ("日", day), ("時", "15"), ("分", "00")):
        group = page.get_by_role("group", name="開催日と始まる時刻")
        group.get_by_label(label, exact=True).fill(value)


def prepare(page: Page, site: str) -> None:
    page.goto(f"{site}/bodies/subcommittee-1/run/")
    page.get_by_role("link", name="新しい会合を準備する").click()
    page.get_by_label("テーマ").fill("声かけの事例")
    page.get_by_role("button", name="保存する").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.get_by_label("テーマ")).to_have_value("声かけの事例")
    fill_day(page, "8")
    page.get_by_label("議題").fill("15:00 事例の整理 / 資料1\n16:40 報告に向けて")
    page.get_by_label("公開しない理由").fill("公表前の事例をあつかうため")
    page.get_by_label("オンラインの入室先", exact=False).first.fill("https://meet.example.jp/abc")
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_text("まだだれにも知らせていません")).to_be_visible()


def announce(page: Page) -> None:
    page.get_by_role("link", name="案内の内容を確かめる").click()
    expect(page.get_by_text("分科会1 第1回会合")).to_be_visible()
    expect(page.get_by_text("メールで届けられない団体が1あります")).to_be_visible()
    page.get_by_role("button", name="3団体に案内を送る").click()
    expect(page.get_by_text("分科会1 第1回会合の案内を送りました")).to_be_visible()


def test_called_answered_moved_and_cancelled(site, lead, plain, browser):
    login(plain, seated_user(lead, address__email="lead@member.example"))
    prepare(plain, site)
    announce(plain)

    member = browser.new_context(java_script_enabled=False, locale="ja-JP").new_page()
    link = letter_to("aozora@member.example").merge["reply_url"]
    member.goto(link)
    expect(member.get_by_text("入室先は令和8年12月7日(月)15:00からここに出ます")).to_be_visible()
    member.get_by_label("オンラインで出席する").check()
    member.get_by_label("出席する人のお名前").fill("見本 桜")
    member.get_by_role("button", name="この内容で答える").click()
    expect(member.get_by_text("お返事をいただきました。")).to_be_visible()
    with member.expect_download() as download:
        member.get_by_role("link", name="予定表に入れる").click()
    assert download.value.suggested_filename == "meeting.ics"

    plain.reload()
    expect(plain.get_by_text("3団体に案内し、1団体が答えました")).to_be_visible()
    plain.get_by_role("row", name="メールのない会").get_by_role("link").click()
    plain.get_by_label("欠席する").check()
    plain.get_by_role("button", name="この内容で記録する").click()
    expect(plain.get_by_text("3団体に案内し、2団体が答えました")).to_be_visible()

    plain.get_by_role("link", name="日時・場所・議題をなおす").click()
    fill_day(plain, "9")
    plain.get_by_role("button", name="保存する").click()
    expect(
        plain.get_by_text("会合を変えました。案内した団体にメールで知らせます。")
    ).to_be_visible()
    moved = letter_to("aozora@member.example")
    assert "(変更後)令和8年12月9日(水)15:00から17:00まで" in moved.message.text
    assert moved.merge["reply_url"] == link

    plain.get_by_role("link", name="この会合を中止する").click()
    plain.get_by_label("中止の理由").fill("台風のため")
    plain.get_by_role("button", name="中止して知らせる").click()
    expect(plain.get_by_text("会合を中止にしました。")).to_be_visible()
    member.goto(link)
    expect(member.get_by_text("この会合は中止になりました")).to_be_visible()
    assert Meeting.objects.get().sequence == 2
    member.context.close()


def test_every_page_of_it_is_accessible(site, lead, page, browser):
    heard = complaints(page)
    login(page, seated_user(lead, address__email="lead@member.example"))
    page.goto(f"{site}/bodies/subcommittee-1/run/add/")
    page.get_by_role("button", name="保存する").click()
    expect(page.locator(".error-summary")).to_be_focused()
    axe_everywhere(page)
    prepare(page, site)
    meeting = Meeting.objects.get()
    page.goto(f"{site}/meetings/{meeting.public_id}/announce/")
    axe_everywhere(page)
    page.get_by_role("button", name="3団体に案内を送る").click()
    axe_everywhere(page)
    for address in ("/bodies/subcommittee-1/run/", f"/meetings/{meeting.public_id}/cancel/",
                    "/my/calendar/"):  # fmt: skip
        page.goto(f"{site}{address}")
        axe_everywhere(page)
    page.get_by_role("button", name="予定表のアドレスを作る").click()
    axe_everywhere(page)
    page.goto(letter_to("aozora@member.example").merge["reply_url"])
    page.get_by_role("button", name="この内容で答える").click()
    axe_everywhere(page)
    Meeting.objects.update(starts_at=datetime(2026, 11, 22, tzinfo=UTC))
    page.goto(f"{site}/meetings/{meeting.public_id}/attendance/")
    axe_everywhere(page)
    assert heard == []
