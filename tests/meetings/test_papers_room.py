"""Papers put up, replaced, edited, put in order and withdrawn in the browser."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from meetings.choices import Audience, BodyKind, MaterialKind, MeetingStatus, SeatRole
from meetings.models import Material
from tests.factories.accounts import make_staff
from tests.factories.files import pdf, png
from tests.factories.meetings import (
    BodyFactory,
    MeetingFactory,
    SeatFactory,
    make_material,
    make_version,
    seated_user,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def lead():
    return SeatFactory(role=SeatRole.LEAD)


@pytest.fixture
def meeting(lead):
    return MeetingFactory(body=lead.body, number=2, status=MeetingStatus.DRAFT)


@pytest.fixture
def room(client, lead):
    """The browser of somebody who speaks for the lead organisation."""
    client.force_login(seated_user(lead))
    return client


def file(name="資料1 事例の整理.pdf", data=None):
    return SimpleUploadedFile(name, pdf() if data is None else data)


def add_page(meeting):
    return reverse("meetings:papers_add", args=[meeting.public_id])


def list_page(meeting):
    return reverse("meetings:papers", args=[meeting.public_id])


def fields_of(answer):
    """What a browser would send back: every field of the page as it stands."""
    page = answer.content.decode()
    data = {}
    for tag in re.findall(r"<input\b[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        picked = "checked" in tag or not re.search(r'type="(?:radio|checkbox|file|submit)"', tag)
        if name and picked and name[1] != "csrfmiddlewaretoken":
            data.setdefault(name[1], []).append(value[1] if value else "")
    for name, options in re.findall(
        r'<select\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        data[name] = [chosen[1] if chosen else re.search(r'value="([^"]*)"', options)[1]]
    for name, text in re.findall(r'<textarea name="([^"]+)".*?>(.*?)</textarea>', page, re.DOTALL):
        data[name] = [text.strip()]
    return data


def choose(room, meeting, *files):
    return room.post(add_page(meeting), {"uploads": list(files), "to": "arrange"})


def go_on(room, meeting, answer, step="check", **changes):
    """Press a button of a page of the form, with fields changed."""
    data = {**fields_of(answer), "to": step, **changes}
    return room.post(add_page(meeting), data)


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


def at_day(year, month, day, hour):
    parts = zip(("year", "month", "day", "hour"), (year, month, day, hour), strict=True)
    return {"all-when": "at", **{f"all-publish_at_{name}": str(part) for name, part in parts}}


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


# --- the list and its order -----------------------------------------------------------------


def test_papers_move_up_and_down(room, meeting):
    first, second = (
        make_material(body=meeting.body, meeting=meeting, title=title, position=n)
        for n, title in enumerate(("甲の表", "乙の表"))
    )
    answer = room.post(reverse("materials:move", args=[second.public_id]), {"step": "up"})
    assert answer["Location"].endswith(f"#paper-{second.public_id}")
    page = room.get(list_page(meeting)).content.decode()
    assert page.index("乙の表") < page.index("甲の表")
    room.post(reverse("materials:move", args=[second.public_id]), {"step": "sideways"})
    room.post(reverse("materials:move", args=[first.public_id]), {"step": "down"})
    page = room.get(list_page(meeting)).content.decode()
    assert page.index("乙の表") < page.index("甲の表")


@pytest.mark.parametrize(
    "between",
    [
        {"audience": Audience.SECRETARIAT},
        {"withdrawn_at": NOON, "withdrawn_reason": "誤り"},
    ],
    ids=["the secretariat's", "withdrawn"],
)
@pytest.mark.parametrize(("mover", "step"), [("乙の表", "up"), ("甲の表", "down")])
def test_a_paper_moves_past_what_does_not_stand_in_the_list(room, meeting, between, mover, step):
    columns = ({"title": "甲の表"}, {"title": "伏せた表", **between}, {"title": "乙の表"})
    rows = [
        make_material(body=meeting.body, meeting=meeting, position=n, **given)
        for n, given in enumerate(columns)
    ]
    paper = next(row for row in rows if row.title == mover)
    room.post(reverse("materials:move", args=[paper.public_id]), {"step": step})
    page = room.get(list_page(meeting)).content.decode()
    assert page.index("乙の表") < page.index("甲の表")
    kept = Material.objects.order_by("position").values_list("title", flat=True)
    assert list(kept) == ["乙の表", "伏せた表", "甲の表"]


def test_at_the_end_of_what_they_see_a_lead_moves_nothing(room, meeting):
    hidden, seen = (
        make_material(body=meeting.body, meeting=meeting, position=n, audience=audience)
        for n, audience in enumerate((Audience.SECRETARIAT, Audience.BODY))
    )
    room.post(reverse("materials:move", args=[seen.public_id]), {"step": "up"})
    assert list(Material.objects.order_by("position")) == [hidden, seen]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_often_for_one_paper_as_for_three(
    room, meeting, rows, django_assert_num_queries
):
    for n in range(rows):
        make_material(body=meeting.body, meeting=meeting, label=f"資料{n}")
    room.get(list_page(meeting))  # the session is written down once
    with django_assert_num_queries(10):
        room.get(list_page(meeting))


# --- one paper ------------------------------------------------------------------------------


@pytest.fixture
def paper(meeting):
    return make_material(body=meeting.body, meeting=meeting, title="事例の整理")


def act(room, paper, name, **data):
    return room.post(reverse(f"materials:{name}", args=[paper.public_id]), data)


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


def edit_fields(room, paper):
    address = reverse("materials:edit", args=[paper.public_id])
    return address, fields_of(room.get(address))


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
