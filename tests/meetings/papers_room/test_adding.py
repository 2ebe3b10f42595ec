"""Papers are put up, several at once."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from meetings.choices import Audience, BodyKind, MaterialKind
from meetings.models import Material
from tests.factories.accounts import make_staff
from tests.factories.meetings import BodyFactory, MeetingFactory, seated_user
from tests.meetings.papers_room.pages import NOON, add_page, at_day, choose, fields_of, file, go_on

pytestmark = pytest.mark.django_db


def test_four_files_are_put_up_in_the_usual_order_with_who_can_open_them(room, meeting, lead):
    names = ["参考資料1 計画.pdf", "資料2-1_聞き取り.pdf", "資料1 事例の整理.pdf", "次第.pdf"]
    arranged = choose(room, meeting, *map(file, names))
    page = arranged.content.decode()
    assert re.findall(r'name="p\d-label" value="([^"]*)"', page) == [
        "次第", "資料1", "資料2-1", "参考資料1",
    ]  # fmt: skip
    assert "分科会限り(1団体1人)" in page
    assert not Material.objects.exists()
    checked = go_on(room, meeting, arranged, **{"p2-audience": "members", "p4-audience": "public"})
    words = checked.content.decode()
    assert "だれが開けるかの確認" in words
    assert "だれでも開けます(ログイン不要)" in words
    assert not Material.objects.exists()
    answer = go_on(room, meeting, checked, "save")
    assert answer.status_code == 302
    papers = Material.objects.filter(meeting=meeting).order_by("position")
    assert [(paper.label, paper.title, paper.audience) for paper in papers] == [
        ("次第", "次第", Audience.BODY),
        ("資料1", "事例の整理", Audience.MEMBERS),
        ("資料2-1", "聞き取り", Audience.BODY),
        ("参考資料1", "計画", Audience.PUBLIC),
    ]
    assert all(paper.publish_at == NOON and paper.current.size for paper in papers)
    assert "4件の資料を加えました" in room.get(answer["Location"]).content.decode()


def test_pressing_twice_puts_nothing_up_twice(room, meeting):
    checked = go_on(room, meeting, choose(room, meeting, file()))
    go_on(room, meeting, checked, "save")
    again = go_on(room, meeting, checked, "save")
    assert "すでに" in again.content.decode()
    assert Material.objects.count() == 1


def test_a_refused_file_is_named_and_the_others_are_kept(room, meeting):
    answer = choose(room, meeting, file("わるい.pdf", b"<html>"), file("資料1 事例.pdf"))
    page = answer.content.decode()
    assert "わるい.pdf:" in page
    assert 'name="p1-title" value="事例"' in page
    assert "p2-title" not in page
    checked = go_on(room, meeting, answer)
    assert "だれが開けるかの確認" in checked.content.decode()


@pytest.mark.parametrize(
    ("name", "data", "shown"),
    [
        ("空.pdf", b"", "空です"),
        ("図.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "使えません"),
        ("a.pdf\0.html", b"<!doctype html><html>", "ウェブページ"),
        ("../../a.pdf", b"%PDF-1.7 cut", "壊れている"),
        ("あ" * 85 + ".pdf", b"PK\x05\x06", ""),
    ],
)
def test_what_is_no_paper_is_refused_at_its_field(room, meeting, name, data, shown):
    page = choose(room, meeting, file(name, data)).content.decode()
    assert 'id="id_uploads_error"' in page
    assert shown in page
    assert not Material.objects.exists()


def test_nothing_chosen_is_a_sentence(room, meeting):
    assert "ファイルを選んでください" in choose(room, meeting).content.decode()


def test_the_limit_is_said_before_and_more_files_than_that_are_not_taken(room, meeting):
    page = room.get(add_page(meeting)).content.decode()
    assert "50MBまで" in page
    files = [file(f"資料{n} 表.pdf") for n in range(30)]
    page = choose(room, meeting, *files).content.decode()
    assert page.count('name="rows"') == 20
    assert "ファイルは一度に20個までです" in page


def test_rows_move_leave_and_come_without_losing_what_was_typed(room, meeting):
    arranged = choose(room, meeting, file("資料1 甲.pdf"), file("資料2 乙.pdf"))
    data = fields_of(arranged) | {"p1-title": "変えた題名", "p1-comment": "覚え", "up": "p2"}
    moved = room.post(add_page(meeting), data)
    page = moved.content.decode()
    assert fields_of(moved)["rows"] == ["p2", "p1"]
    assert 'value="変えた題名"' in page
    assert "をなおしてください" not in page
    more = room.post(add_page(meeting), fields_of(moved) | {"uploads": file("資料3 丙.pdf")})
    assert fields_of(more)["rows"] == ["p2", "p1", "p3"]
    assert 'value="変えた題名"' in more.content.decode()
    fewer = room.post(add_page(meeting), fields_of(more) | {"drop": "p2"})
    assert fields_of(fewer)["rows"] == ["p1", "p3"]
    down = room.post(add_page(meeting), fields_of(fewer) | {"down": "p1"})
    assert fields_of(down)["rows"] == ["p3", "p1"]


def test_what_is_wrong_is_said_at_its_field_and_no_file_is_lost(room, meeting):
    arranged = choose(room, meeting, file("資料1.pdf"), file("資料2 乙.pdf"))
    answer = go_on(
        room, meeting, arranged,
        **{
            "p2-title": "あ" * 201, "p2-label": "a\0b", "p2-tags": "語" * 31,
            "all-when": "at", "all-publish_at_year": "2026", "all-publish_at_month": "2",
            "all-publish_at_day": "30", "all-publish_at_hour": "10",
        },
    )  # fmt: skip
    page = answer.content.decode()
    for anchor, sentence in (
        ("id_p1-title", "1件目:「題名」を入れてください。"),
        ("id_p2-title", "2件目:"),
        ("id_p2-label", "NUL"),
        ("id_p2-tags", "30文字まで"),
        ("id_all-publish_at_year", "その日付はありません"),
    ):
        assert f'href="#{anchor}"' in page, anchor
        assert sentence in page
    assert len(fields_of(answer)["rows"]) == 2
    assert not Material.objects.exists()


def test_papers_wait_for_their_time(room, meeting):
    arranged = choose(room, meeting, file())
    past = go_on(room, meeting, arranged, **at_day(2026, 11, 23, 11))
    assert "過ぎた日時です" in past.content.decode()
    checked = go_on(room, meeting, arranged, **at_day(2026, 12, 1, 10))
    assert "令和8年12月1日(火)10:00に公開します" in checked.content.decode()
    go_on(room, meeting, checked, "save")
    assert Material.objects.get().publish_at == datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


def test_a_draft_is_out_at_no_time(room, meeting):
    checked = go_on(room, meeting, choose(room, meeting, file()), **{"all-when": "draft"})
    assert "下書きとして加えます" in checked.content.decode()
    go_on(room, meeting, checked, "save")
    assert Material.objects.get().publish_at is None


def test_a_file_that_waited_too_long_is_told(room, meeting):
    arranged = choose(room, meeting, file("資料1 甲.pdf"))
    user = arranged.wsgi_request.user
    with time_machine.travel(datetime(2026, 11, 25, 3, 0, tzinfo=UTC), tick=False):
        room.force_login(user)
        page = go_on(room, meeting, arranged, "save").content.decode()
    assert "もう一度選んでください" in page
    assert not Material.objects.exists()


def test_the_ticket_of_a_file_is_good_for_its_owner_only(room, client, meeting, lead):
    arranged = choose(room, meeting, file())
    client.force_login(seated_user(lead))
    page = go_on(client, meeting, arranged, "save").content.decode()
    assert "もう一度選んでください" in page
    assert not Material.objects.exists()


def test_an_output_of_the_body_belongs_to_no_meeting(room, lead):
    address = reverse("bodies:papers_add", args=[lead.body.slug])
    arranged = room.post(address, {"uploads": [file("手引き.pdf")]})
    checked = room.post(address, fields_of(arranged) | {"to": "check"})
    answer = room.post(address, fields_of(checked) | {"to": "save"})
    paper = Material.objects.get()
    assert (paper.meeting, paper.kind, paper.title) == (None, MaterialKind.OUTPUT, "手引き")
    assert "手引き" in room.get(answer["Location"]).content.decode()


def test_a_lead_is_not_offered_what_they_could_not_see(room, meeting):
    lead = choose(room, meeting, file())
    assert 'value="secretariat"' not in lead.content.decode()
    page = go_on(room, meeting, lead, **{"p1-audience": "secretariat"}).content.decode()
    assert 'href="#id_p1-audience"' in page
    room.force_login(make_staff())
    assert 'value="secretariat"' in choose(room, meeting, file()).content.decode()


def test_in_the_committee_itself_one_choice_means_its_seats(client):
    meeting = MeetingFactory(body=BodyFactory(kind=BodyKind.STEERING))
    client.force_login(make_staff())
    page = choose(client, meeting, file()).content.decode()
    assert page.count("幹事会限り(") == 1
