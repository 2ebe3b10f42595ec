"""One paper: replaced, edited, withdrawn."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from meetings.choices import Audience
from meetings.models import Material
from tests.factories.files import pdf, png
from tests.factories.meetings import SeatFactory, make_material, make_version, seated_user
from tests.meetings.papers_room.pages import (
    NOON,
    act,
    add_page,
    edit_fields,
    fields_of,
    file,
    list_page,
)

pytestmark = pytest.mark.django_db


def test_the_page_for_replacing_remembers_which_file_it_showed(room, paper):
    page = room.get(reverse("materials:replace", args=[paper.public_id])).content.decode()
    assert '<input type="hidden" name="version" value="1"' in page
    assert "error" not in page


@pytest.mark.parametrize("name", ["edit", "replace", "withdraw"])
def test_a_page_that_is_only_opened_complains_of_nothing(room, paper, name):
    page = room.get(reverse(f"materials:{name}", args=[paper.public_id])).content.decode()
    assert "error-summary" not in page
    assert "エラー:" not in page


def test_a_paper_is_replaced_with_a_reason_and_keeps_its_link(room, paper, meeting):
    answer = act(
        room, paper, "replace", uploads=file("新しい.png", png()), reason="数の誤り", version=1
    )
    assert answer.status_code == 302
    page = room.get(answer["Location"]).content.decode()
    assert "差替 令和8年11月23日" in page
    assert "数の誤り" in page
    assert f'href="/materials/{paper.public_id}/"' in page
    paper.refresh_from_db()
    assert (paper.current.number, paper.current.content_type) == (2, "image/png")
    old = room.get(reverse("materials:replace", args=[paper.public_id])).content.decode()
    assert f"/materials/{paper.public_id}/versions/1/" in old


def test_the_new_file_is_kept_while_the_reason_is_missing(room, paper):
    address = reverse("materials:replace", args=[paper.public_id])
    answer = room.post(address, {"uploads": file("新しい.png", png()), "reason": " ", "version": 1})
    page = answer.content.decode()
    assert "「差し替えの理由」を入れてください。" in page
    assert "新しい.pngを受け取っています" in page
    data = fields_of(answer) | {"reason": "数の誤り"}
    assert room.post(address, data).status_code == 302
    assert paper.versions.count() == 2


def test_replacing_needs_a_file_and_another_one(room, paper):
    none = act(room, paper, "replace", reason="数の誤り", version=1).content.decode()
    assert "新しいファイルを選んでください" in none
    bad = act(room, paper, "replace", reason="数の誤り", version=1, uploads=file(data=b"<html>"))
    assert 'id="id_uploads_error"' in bad.content.decode()
    make_version(paper, data=pdf(b"x"), sha256="a" * 64)
    same = act(room, paper, "replace", reason="数の誤り", version=2, uploads=file(data=pdf()))
    assert same.status_code == 302
    again = act(room, paper, "replace", reason="数の誤り", version=3, uploads=file(data=pdf()))
    assert "前と同じファイルです" in again.content.decode()


def test_whoever_replaces_second_hears_of_the_first(room, paper):
    address = reverse("materials:replace", args=[paper.public_id])
    make_version(paper, reason="先に")
    data = {"uploads": file("新しい.png", png()), "reason": "あとから", "version": 1}
    answer = room.post(address, data)
    page = answer.content.decode()
    assert "ほかの方が差し替えました" in page
    assert "先に" in page
    assert room.post(address, fields_of(answer)).status_code == 302
    assert paper.versions.first().reason == "あとから"


def test_words_are_changed_at_once(room, paper):
    address, data = edit_fields(room, paper)
    answer = room.post(address, data | {"title": "新しい題名", "tags": "居場所、 若者,居場所"})
    assert answer.status_code == 302
    paper.refresh_from_db()
    assert (paper.title, paper.tags) == ("新しい題名", ["居場所", "若者"])


def test_another_audience_is_compared_before_it_is_saved(room, paper, lead):
    other = SeatFactory()
    seated_user(other)
    address, data = edit_fields(room, paper)
    asked = room.post(address, data | {"audience": "members", "title": "変えた題名"})
    page = asked.content.decode()
    assert "開ける人が変わります" in page
    assert "1団体1人" in page
    assert "2団体2人" in page
    assert "+1人" in page
    paper.refresh_from_db()
    assert paper.audience == Audience.BODY
    back = room.post(address, fields_of(asked) | {"again": "1"})
    assert 'value="変えた題名"' in back.content.decode()
    assert room.post(address, fields_of(asked) | {"sure": "1"}).status_code == 302
    paper.refresh_from_db()
    assert (paper.audience, paper.title) == (Audience.MEMBERS, "変えた題名")


def test_two_editors_lose_nothing(room, paper):
    address, data = edit_fields(room, paper)
    Material.objects.filter(pk=paper.pk).update(title="同僚の題名", label="資料9")
    answer = room.post(address, data | {"title": "わたしの題名"})
    page = answer.content.decode()
    assert "「同僚の題名」に変えました" in page
    assert 'value="わたしの題名"' in page
    assert 'value="資料9"' in page
    assert room.post(address, fields_of(answer)).status_code == 302
    paper.refresh_from_db()
    assert (paper.title, paper.label) == ("わたしの題名", "資料9")


def test_the_time_of_a_paper_that_waits_is_moved(room, meeting):
    paper = make_material(
        body=meeting.body, meeting=meeting, publish_at=datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
    )
    address, data = edit_fields(room, paper)
    assert data["all-when"] == ["keep"]
    room.post(address, data | {"title": "題名だけ"})
    paper.refresh_from_db()
    assert paper.publish_at == datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
    assert room.post(address, edit_fields(room, paper)[1] | {"all-when": "now"}).status_code == 302
    paper.refresh_from_db()
    assert paper.publish_at == NOON
    assert "all-when" not in edit_fields(room, paper)[1]


def test_a_paper_is_withdrawn_with_a_reason_and_comes_back(room, paper, meeting):
    assert "理由" in act(room, paper, "withdraw", reason="").content.decode()
    assert act(room, paper, "withdraw", reason="個人名が入っていました").status_code == 302
    page = room.get(list_page(meeting)).content.decode()
    assert "取り下げた資料" in page
    assert "個人名が入っていました" in page
    twice = act(room, paper, "withdraw", reason="もう一度").content.decode()
    assert "すでに取り下げ" in twice
    answer = act(room, paper, "restore")
    assert "取り下げた資料" not in room.get(answer["Location"]).content.decode()
    late = room.post(reverse("materials:restore", args=[paper.public_id]), follow=True)
    assert "すでに元にもどされています" in late.content.decode()


def test_others_find_none_of_these_pages(client, paper, meeting, lead):
    member = SeatFactory(body=meeting.body)
    addresses = [list_page(meeting), reverse("bodies:papers", args=[lead.body.slug])]
    addresses += [add_page(meeting), reverse("bodies:papers_add", args=[lead.body.slug])]
    pages = ("edit", "replace", "withdraw", "restore", "move")
    addresses += [reverse(f"materials:{name}", args=[paper.public_id]) for name in pages]
    for user in (seated_user(member), seated_user(SeatFactory())):
        client.force_login(user)
        answers = [client.get(address) for address in addresses[:-2]]
        answers += [client.post(address, {"step": "up"}) for address in addresses[2:]]
        assert {answer.status_code for answer in answers} == {404}
    client.logout()
    assert {client.get(address).status_code for address in addresses[:4]} == {302}
