"""The list's pages in a real browser: the whole way by clicks, axe 0, the CSP content."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.choices import Role
from members.models import Organization, RosterImport
from members.roster import jobs
from members.roster.choices import ImportStatus
from tests.browser import axe_everywhere, complaints, login
from tests.factories.accounts import make_staff
from tests.members.roster_files import DEMO_LIST, GOOD, many, row, workbook

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
UPLOAD = "admin:members_organization_import"


@pytest.fixture
def desk(page: Page, live_server) -> Page:
    login(page, make_staff(Role.OFFICER))
    return page


def choose(page: Page, live_server, path) -> None:
    page.goto(live_server.url + reverse(UPLOAD))
    page.set_input_files("input[type=file]", path)
    page.click("form[enctype] button.primary")


def test_an_officer_takes_the_real_list_in_by_clicks(desk, live_server):
    heard = complaints(desk)
    choose(desk, live_server, DEMO_LIST)
    expect(desk.locator(".tiles")).to_contain_text("275")
    desk.click(".submit-row button.primary")
    expect(desk.locator("main")).to_contain_text("名簿を書き込みました")
    assert Organization.objects.count() == 257
    assert heard == []


def test_the_pages_of_the_list_are_accessible(desk, live_server, tmp_path):
    desk.goto(live_server.url + reverse(UPLOAD))
    axe_everywhere(desk)
    desk.click("form[enctype] button.primary")
    expect(desk.locator("#error-summary")).to_be_visible()
    axe_everywhere(desk)
    path = tmp_path / "名簿.xlsx"
    path.write_bytes(workbook(*many(60), row(**{"No.": 99, "区分": "名誉会員"})))
    choose(desk, live_server, path)
    expect(desk.locator(".tiles")).to_be_visible()
    axe_everywhere(desk)
    desk.click(".tiles button[value='create:1']")
    expect(desk.locator("table.preview input.choice")).to_have_count(50)
    axe_everywhere(desk)
    desk.goto(live_server.url + reverse("admin:members_organization_export"))
    axe_everywhere(desk)


def test_rows_are_chosen_by_keyboard_from_page_to_page(desk, live_server, tmp_path):
    heard = complaints(desk)
    path = tmp_path / "名簿.xlsx"
    path.write_bytes(workbook(*many(60), row(**{"No.": 99, "区分": "名誉会員"})))
    choose(desk, live_server, path)
    expect(desk.locator("main")).to_contain_text("取り込めない行が1行あります")
    with desk.expect_download() as saved:
        desk.click("text=取り込めない行をExcelで保存する")
    assert saved.value.suggested_filename == "取り込めない行.xlsx"
    desk.click(".tiles button[value='create:1']")
    expect(desk.locator("[data-write]")).to_have_text("選んだ60行を書き込む")
    desk.locator("input.choice").first.focus()
    desk.keyboard.press("Space")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Space")
    expect(desk.locator("[data-write]")).to_have_text("選んだ58行を書き込む")
    desk.click(".paginator button")
    expect(desk.locator("table.preview input.choice")).to_have_count(10)
    expect(desk.locator("[data-write]")).to_have_text("選んだ58行を書き込む")
    desk.locator("input.choice").last.uncheck()
    desk.fill("#reason", "2026年度の名簿による")
    desk.keyboard.press("Enter")  # goes nowhere dangerous, and loses nothing
    expect(desk.locator("#reason")).to_have_value("2026年度の名簿による")
    desk.click("[data-write]")
    expect(desk.locator("main")).to_contain_text("名簿を書き込みました")
    assert Organization.objects.count() == 57
    axe_everywhere(desk)
    desk.click("text=この取込の記録を見る・元に戻す")
    expect(desk.locator("h1")).to_contain_text("名簿の取込")
    axe_everywhere(desk)
    desk.click("text=元に戻す…")
    desk.wait_for_selector("#h-going")
    axe_everywhere(desk)
    desk.fill("textarea", "別の年度の名簿だった")
    desk.click("button.danger")
    expect(desk.locator("main")).to_contain_text("行を元に戻しました")
    assert not Organization.objects.exists()
    assert heard == []


def test_without_script_the_choice_is_kept_too(browser, live_server, tmp_path):
    path = tmp_path / "名簿.xlsx"
    path.write_bytes(workbook(*many(60)))
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    login(page, make_staff(Role.OFFICER))
    choose(page, live_server, path)
    page.locator("input.choice").first.uncheck()
    page.click(".paginator button")
    page.locator("input.choice").first.uncheck()
    page.click("[data-write]")
    expect(page.locator("main")).to_contain_text("名簿を書き込みました")
    context.close()
    assert Organization.objects.count() == 58


def test_what_cp932_cannot_carry_is_an_accessible_page(desk, live_server, tmp_path):
    path = tmp_path / "名簿.xlsx"
    path.write_bytes(workbook(GOOD))
    choose(desk, live_server, path)
    desk.click(".submit-row button.primary")
    expect(desk.locator("main")).to_contain_text("名簿を書き込みました")
    desk.goto(live_server.url + reverse("admin:members_organization_export"))
    desk.check("input[value=csv-cp932]")
    desk.click(".submit-row button.primary")
    expect(desk.locator("table.preview")).to_contain_text("𠮷田")
    axe_everywhere(desk)


def test_a_page_that_waits_for_the_worker_goes_on_by_itself(
    desk, live_server, tmp_path, monkeypatch
):
    monkeypatch.setattr(jobs, "SMALL_BYTES", 10)
    monkeypatch.setattr(jobs, "ask_worker", lambda task, key: True)
    path = tmp_path / "名簿.xlsx"
    path.write_bytes(workbook(GOOD))
    choose(desk, live_server, path)
    expect(desk.locator("[data-wait]")).to_contain_text("この画面を閉じても")
    axe_everywhere(desk)
    job = RosterImport.objects.get()
    assert job.status == ImportStatus.WAITING
    jobs.sweep_due(at=job.created_at)
    expect(desk.locator(".tiles")).to_contain_text("新規", timeout=10_000)
    assert re.search("import", desk.url)
