"""A lead organisation puts the papers of a meeting up, and replaces one."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from meetings.choices import Audience, MeetingStatus, SeatRole
from meetings.models import Material
from tests.browser import axe_everywhere, complaints, login
from tests.factories.files import pdf, png
from tests.factories.meetings import MeetingFactory, SeatFactory, make_material, seated_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
NAMES = (
    "資料2-1_会員への聞き取り結果.pdf", "次第.pdf", "資料1 声かけの事例の整理(案).pdf",
    "参考資料1 重点計画(抜粋).pdf",
)  # fmt: skip


@pytest.fixture
def site(live_server, settings, tmp_path):
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    settings.MEDIA_ROOT = tmp_path
    return live_server.url


@pytest.fixture
def lead():
    return SeatFactory(role=SeatRole.LEAD, body__name="分科会1")


@pytest.fixture
def meeting(lead):
    seated_user(SeatFactory(body=lead.body))
    return MeetingFactory(body=lead.body, number=2, status=MeetingStatus.ANNOUNCED)


@pytest.fixture
def user(lead):
    return seated_user(lead)


@pytest.fixture
def plain(browser: Browser, user):
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    login(page, user)
    yield page
    context.close()


def sent(name: str, data: bytes | None = None) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data or pdf()}


def test_a_lead_publishes_the_four_papers_of_a_meeting_without_a_script(site, meeting, plain: Page):
    plain.goto(f"{site}{reverse('meetings:papers', args=[meeting.public_id])}")
    plain.get_by_role("link", name="資料を加える").first.click()
    expect(plain.get_by_text("50MBまで")).to_be_visible()
    files = [sent("写真.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), *map(sent, NAMES)]
    plain.get_by_label("資料のファイル(いくつでも)").set_input_files(files)
    plain.get_by_role("button", name="次へ進む").click()
    # the one that is no paper is named; the four others are there, in their usual order
    expect(plain.locator(".error-summary")).to_contain_text("写真.svg:")
    titles = plain.get_by_label(re.compile("^題名"))
    expect(titles).to_have_count(4)
    assert [titles.nth(n).input_value() for n in range(4)] == [
        "次第", "声かけの事例の整理(案)", "会員への聞き取り結果", "重点計画(抜粋)",
    ]  # fmt: skip
    titles.first.fill("")
    plain.get_by_label(re.compile("^開ける人")).nth(3).select_option("public")
    plain.get_by_role("button", name=re.compile(r"上へ.*聞き取り結果")).click()
    assert titles.nth(1).input_value() == "会員への聞き取り結果"
    plain.get_by_role("button", name=re.compile(r"下へ.*聞き取り結果")).click()
    plain.locator(".form__actions").get_by_role("button", name="開ける人を確かめる").click()
    plain.get_by_role("link", name="1件目:「題名」を入れてください。").click()
    titles.first.fill("第2回会合 次第")
    titles.first.press("Enter")
    expect(plain.get_by_role("heading", name="だれが開けるかの確認")).to_be_visible()
    expect(plain.get_by_text("2団体2人が開けます").first).to_be_visible()
    expect(plain.get_by_text("すぐに公開します", exact=True)).to_be_visible()
    assert not Material.objects.exists()
    plain.get_by_role("button", name="この内容で加える").click()
    expect(plain.get_by_text("4件の資料を加えました。")).to_be_visible()
    papers = list(Material.objects.order_by("position"))
    assert [paper.label for paper in papers] == ["次第", "資料1", "資料2-1", "参考資料1"]
    assert [paper.audience for paper in papers][-2:] == [Audience.BODY, Audience.PUBLIC]


def test_a_lead_replaces_a_paper(site, meeting, page: Page, user):
    paper = make_material(body=meeting.body, meeting=meeting, title="声かけの事例の整理(案)")
    heard = complaints(page)
    login(page, user)
    page.goto(f"{site}{reverse('meetings:papers', args=[meeting.public_id])}")
    page.get_by_role("link", name=re.compile("^差し替える")).click()
    # too big is said before it is sent
    chosen = page.get_by_label("新しいファイル")
    page.route("**/replace/", lambda route: route.abort())
    drop(page, "大きい.pdf", padding=51 * 1024 * 1024)
    expect(page.locator("[data-drop-list]")).to_contain_text("大きい.pdfは50MBをこえています。")
    page.get_by_role("button", name="差し替える").click()
    expect(chosen).to_be_focused()
    page.unroute("**/replace/")
    chosen.set_input_files(sent("整理.png", png()))
    expect(page.locator("[data-drop-list]")).to_contain_text("整理.png(1KB)")
    page.get_by_role("button", name="差し替える").click()
    expect(page.get_by_text("整理.pngを受け取っています")).to_be_visible()
    page.get_by_label(re.compile("差し替えの理由")).fill("事例の数の誤りをなおしました")
    page.get_by_role("button", name="差し替える").click()
    expect(page.get_by_text("リンクはそのままです(第2版)。")).to_be_visible()
    expect(page.get_by_text("事例の数の誤りをなおしました")).to_be_visible()
    link = page.get_by_role("link", name=re.compile(r"声かけの事例の整理.*PNG形式"))
    expect(link).to_have_attribute("href", f"/materials/{paper.public_id}/")
    assert not heard


def test_the_pages_of_the_workroom_are_usable_by_everybody(site, meeting, page: Page, user):
    paper = make_material(body=meeting.body, meeting=meeting, title="声かけの事例の整理(案)")
    make_material(body=meeting.body, meeting=meeting, label="資料2-1", comment="覚え書き")
    heard = complaints(page)
    login(page, user)
    for name in ("papers", "papers_add"):
        page.goto(f"{site}{reverse(f'meetings:{name}', args=[meeting.public_id])}")
        axe_everywhere(page)
    drop(page, "資料3 落としたもの.pdf", "資料4.pdf")
    expect(page.locator("[data-drop-list] li")).to_have_count(2)
    page.get_by_role("button", name="次へ進む").click()
    axe_everywhere(page)
    page.locator(".form__actions").get_by_role("button", name="開ける人を確かめる").click()
    expect(page.locator(".error-summary")).to_be_focused()
    axe_everywhere(page)
    page.get_by_label(re.compile("^題名")).last.fill("題名")
    page.locator(".form__actions").get_by_role("button", name="開ける人を確かめる").click()
    axe_everywhere(page)
    for name in ("edit", "replace", "withdraw"):
        page.goto(f"{site}{reverse(f'materials:{name}', args=[paper.public_id])}")
        axe_everywhere(page)
    page.goto(f"{site}{reverse('materials:edit', args=[paper.public_id])}")
    page.get_by_label(re.compile("^開ける人")).select_option("public")
    page.get_by_role("button", name="この内容に変える").click()
    expect(page.get_by_role("heading", name="開ける人が変わります")).to_be_visible()
    axe_everywhere(page)
    assert not heard


def drop(page: Page, *names: str, padding: int = 0) -> None:
    """Let files fall on the box, as from a folder beside the browser; `padding` in bytes."""
    page.wait_for_load_state()  # the box takes nothing before its script is there
    page.evaluate(
        """([names, text, padding]) => {
            const all = new DataTransfer();
            for (const name of names) {
                all.items.add(new File([text, new Uint8Array(padding)], name));
            }
            const box = document.querySelector("[data-drop-zone]");
            const kinds = {dataTransfer: all, bubbles: true, cancelable: true};
            box.dispatchEvent(new DragEvent("dragover", kinds));
            box.dispatchEvent(new DragEvent("drop", kinds));
        }""",
        [list(names), pdf().decode("latin-1").replace("\xe2\xe3\xcf\xd3", ""), padding],
    )
