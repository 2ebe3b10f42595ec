"""A member finds and reads a paper and answers an invitation: by keyboard, on a phone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from meetings.choices import Audience, MaterialKind, MeetingMode, MeetingStatus, Office, SeatRole
from meetings.models import AgendaItem, MaterialOpening
from subcommittees.choices import WayIn
from tests.browser import NARROW, axe_everywhere, complaints, login
from tests.factories.meetings import (
    InvitationFactory,
    MeetingFactory,
    SeatFactory,
    make_material,
    make_version,
    seated_user,
)
from tests.factories.members import MemberFactory
from tests.factories.subcommittees import ParticipationFactory, SubcommitteeFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Scene:
    """A subcommittee with a meeting behind it and one ahead, and people in it."""

    def __init__(self):
        now = timezone.now()
        self.subcommittee = SubcommitteeFactory(
            number=1, body__name="分科会1", theme="声をかけやすい社会に向けた取組の在り方",
            way_in=WayIn.OPEN_CALL, conditions="居場所の運営にかかわる団体",
            call_from=(now - timedelta(days=30)).date(),
            call_until=(now + timedelta(days=9)).date(),
        )  # fmt: skip
        body = self.subcommittee.body
        self.lead = seated_user(
            SeatFactory(
                body=body, role=SeatRole.LEAD, office=Office.CHAIR, display_name="あなたのいばしょ"
            )
        )
        seat = SeatFactory(
            body=body, organization=MemberFactory(name="特定非営利活動法人見本あおぞら居場所ネット")
        )
        self.member = seated_user(seat)
        self.held = MeetingFactory(
            body=body, number=1, status=MeetingStatus.HELD, starts_at=now - timedelta(days=40)
        )
        self.coming = MeetingFactory(
            body=body, number=2, starts_at=now + timedelta(days=14), mode=MeetingMode.HYBRID,
            place="見本会館3階", online_url="https://room.example/1",
            reply_by=now + timedelta(days=7), online_from=now + timedelta(days=13),
            title="声かけの事例の整理",
            closed_reason="公表前の事例をあつかうため",
        )  # fmt: skip
        AgendaItem.objects.create(
            meeting=self.coming, title="声かけの事例の整理について", note="資料1"
        )
        AgendaItem.objects.create(
            meeting=self.coming, title="聞き取りの結果について", note="資料2-1"
        )
        InvitationFactory(meeting=self.coming, seat=seat)
        for label, title, audience in (
            ("次第", "第2回会合 次第", Audience.BODY),
            ("資料1", "声かけの事例の整理(案)", Audience.BODY),
            ("資料2-1", "会員への聞き取り結果", Audience.MEMBERS),
            ("参考資料1", "重点計画(抜粋)", Audience.PUBLIC),
        ):
            self.paper = make_material(
                body=body, meeting=self.coming, label=label, title=title, audience=audience,
                publish_at=now - timedelta(days=1),
            )  # fmt: skip
        make_version(self.paper, uploaded_at=now)
        make_material(body=body, kind=MaterialKind.OUTPUT, label="", title="中間の整理")
        make_material(body=body, meeting=self.held, title="分科会1の進め方", audience="public")
        self.asked = ParticipationFactory(subcommittee=self.subcommittee)


@pytest.fixture
def scene():
    return Scene()


def press(page, key, until):
    """The key again and again until the thing has the focus; nobody has a mouse here."""
    for _n in range(80):
        if until.evaluate("element => element === element.ownerDocument.activeElement"):
            return
        page.keyboard.press(key)
    pytest.fail(f"{until} cannot be reached with {key}")


def follow(page, link):
    press(page, "Tab", link)
    page.keyboard.press("Enter")


def test_a_member_finds_and_reads_a_paper_by_keyboard_alone(page, live_server, scene):
    login(page, scene.member)
    page.goto(live_server.url + "/my/")
    follow(page, page.get_by_role("link", name="分科会1", exact=True))
    expect(page.get_by_role("heading", level=1)).to_contain_text("分科会1")
    follow(page, page.locator("#main").get_by_role("link", name="第2回会合", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("分科会1 第2回会合")
    paper = page.get_by_role("link", name="声かけの事例の整理(案) (PDF形式:1KB)")
    press(page, "Tab", paper)
    with page.expect_response(lambda response: "/materials/" in response.url) as answer:
        page.keyboard.press("Enter")
    assert answer.value.status == 200
    assert answer.value.headers["content-type"] == "application/pdf"
    opening = MaterialOpening.objects.get()
    assert (opening.material.title, opening.user) == ("声かけの事例の整理(案)", scene.member)


def test_and_answers_the_invitation_there(page, live_server, scene):
    login(page, scene.member)
    page.goto(live_server.url + "/my/")
    follow(page, page.locator(".todo").get_by_role("link", name="出欠を答える"))
    press(page, "Tab", page.get_by_role("radio").first)
    page.keyboard.press("ArrowDown")
    follow(page, page.get_by_role("button", name="この内容で答える"))
    expect(page.locator("form.action-box")).to_contain_text("いまのお返事")


def test_no_barrier_for_a_member_and_a_stranger(page, live_server, scene):
    heard = complaints(page)
    addresses = (
        "/subcommittees/", "/subcommittees/1/", "/subcommittees/1/meetings/",
        "/subcommittees/1/members/", reverse("meetings:meeting", args=[scene.coming.public_id]),
    )  # fmt: skip
    for address in addresses[1:2]:
        page.goto(live_server.url + address)
        axe_everywhere(page)
    login(page, scene.member)
    for address in (*addresses, "/my/", "/my/papers/", "/subcommittees/1/leave/"):
        page.goto(live_server.url + address)
        axe_everywhere(page)
    assert heard == []


def test_no_barrier_where_taking_part_is_asked_for_and_decided(page, live_server, scene):
    outsider = seated_user(SeatFactory())
    login(page, outsider)
    page.goto(live_server.url + "/subcommittees/1/join/")
    axe_everywhere(page)
    page.get_by_label("参加したい理由").fill("学びたいです")
    page.get_by_role("button", name="この内容で申し込む").click()
    expect(page.locator("main")).to_contain_text("申込みを確かめています")
    axe_everywhere(page)
    page.context.clear_cookies()
    login(page, scene.lead)
    page.goto(live_server.url + "/subcommittees/1/requests/")
    axe_everywhere(page)
    page.get_by_role("link", name="確かめて決める").last.click()
    page.get_by_role("radio", name="承認しない").check()
    page.get_by_role("button", name="この内容で決めて知らせる").click()
    expect(page.get_by_role("alert")).to_contain_text("理由を書いてください")
    axe_everywhere(page)
    page.get_by_role("radio", name="承認する").check()
    page.get_by_role("button", name="この内容で決めて知らせる").click()
    expect(page.locator("main")).to_contain_text("参加しました")


def test_on_a_phone_without_script_it_is_all_there(
    browser, browser_context_args, live_server, scene
):
    context = browser.new_context(
        **browser_context_args, java_script_enabled=False,
        viewport={"width": NARROW, "height": 640},
    )  # fmt: skip
    phone = context.new_page()
    login(phone, scene.member)
    phone.goto(live_server.url + "/my/papers/")
    phone.get_by_role("link", name="分科会1", exact=True).first.click()
    phone.locator("#main").get_by_role("link", name="第2回会合", exact=True).click()
    expect(phone.get_by_role("link", name="声かけの事例の整理(案)")).to_be_visible()
    box = phone.locator("main").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= NARROW
    context.close()
