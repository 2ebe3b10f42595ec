"""Searching papers, meetings and minutes: any width and kana, ranked, within rights and no more."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from core.japan.text import fold
from meetings.choices import Audience, MeetingStatus, Searchable
from meetings.demo.papers import file_of
from meetings.models import MaterialVersion, MinutesEdition, Passage
from meetings.pairs import pairs, vector, words_of
from meetings.queries.search import snippet
from meetings.services.indexing import (
    index_meeting,
    index_minutes,
    index_names,
    read_waiting,
)
from meetings.services.materials import add_material, edit_material, replace_material
from tests.factories.meetings import (
    BodyFactory,
    MaterialFactory,
    MeetingFactory,
    MinutesFactory,
    SeatFactory,
    make_version,
    seated_user,
)

pytestmark = pytest.mark.django_db
URL = "/materials/search/"
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def paper(**columns):
    """A paper with a name for the search, and no text."""
    columns = {"audience": Audience.PUBLIC, **columns}
    material = MaterialFactory(**columns)
    make_version(material, name="見本.pdf")
    index_names(material)
    return material


def text(material, words):
    Passage.objects.create(
        material=material,
        text=words,
        folded=fold(words),
        pairs=vector(fold(words)),
        place="1ページ",
    )


def found(client, query, **more):
    page = client.get(URL, {"q": query, **more})
    assert page.status_code == 200
    return page


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("ＮＰＯの居場所づくり", "npo"),
        ("髙橋さんの報告", "高橋"),
        ("ｺﾐｭﾆﾃｨカフェ", "コミュニティ"),
        ("コミュニティの力", "こみゅにてぃ"),
        ("𠮷野の事例", "吉野"),
        ("声かけ", "声"),
        ("子ども食堂", "堂"),
        ("A&B's \\ 試行", "b's"),
    ],
)
def test_any_width_and_kana_and_old_letters(client, written, asked):
    mine = paper(title=written)
    assert mine.title in found(client, asked).content.decode().replace("&amp;", "&").replace(
        "&#x27;", "'"
    )


def test_a_word_whose_pairs_stand_apart_is_not_found(client):
    paper(title="今日の日記と日本")
    assert "今日の日記" not in found(client, "今日本").content.decode()


def test_all_words_are_needed_wherever_they_stand(client):
    mine = paper(title="声かけの手引き")
    text(mine, "夜間のチャット相談について")
    assert mine.title in found(client, "手引き 夜間").content.decode()
    assert mine.title not in found(client, "手引き 昼間").content.decode()


def test_names_come_before_texts_and_new_before_old(client):
    old = paper(title="声かけその一", publish_at=AT - timedelta(days=9))
    new = paper(title="声かけその二", publish_at=AT - timedelta(days=2))
    other = paper(title="別の題", publish_at=AT - timedelta(days=1))
    text(other, "声かけのことも書いてあります")
    page = found(client, "声かけ").content.decode()
    places = [page.index(material.title) for material in (new, old, other)]
    assert places == sorted(places)
    assert "<mark>声かけ</mark>のことも書いてあります" in page
    assert "<strong>3件</strong>" in page


@pytest.mark.parametrize("audience", [Audience.MEMBERS, Audience.BODY, Audience.STEERING])
def test_outsiders_learn_nothing_by_counting(client, audience):
    secret = paper(title="ひみつの題", audience=audience)
    text(secret, "うちあけ話")
    for word in ("ひみつ", "うちあけ"):
        page = found(client, word).content.decode()
        assert "<strong>0件</strong>" in page
        assert "ひみつの題" not in page
        assert "うちあけ話" not in page


def test_the_seat_finds_it(client):
    seat = SeatFactory()
    mine = paper(title="ひみつの題", body=seat.body, audience=Audience.BODY)
    client.force_login(seated_user(seat))
    assert mine.title in found(client, "ひみつ").content.decode()


def test_not_out_yet_is_not_there(client):
    paper(title="あしたの題", publish_at=timezone.now() + timedelta(hours=1))
    assert "<strong>0件</strong>" in found(client, "あした").content.decode()


def test_within_one_body(client):
    here, there = BodyFactory(name="こちら"), BodyFactory(name="あちら")
    paper(title="共通の題 その一", body=here)
    paper(title="共通の題 その二", body=there)
    page = found(client, "共通", body=here.slug).content.decode()
    assert "その一" in page
    assert "その二" not in page


def test_meetings_by_their_agenda_and_drafts_by_nobody(client):
    meeting = MeetingFactory(title="冬の会")
    meeting.agenda.create(title="見守りの手順", position=0)
    draft = MeetingFactory(title="夏の会", status=MeetingStatus.DRAFT, number=None)
    for row in (meeting, draft):
        index_meeting(row)
    assert "冬の会" in found(client, "見守り").content.decode()
    assert "夏の会" not in found(client, "夏の会").content.decode().replace(
        "「夏の会」の検索結果", ""
    ).replace('value="夏の会"', "")


def test_withheld_parts_of_minutes_are_not_even_kept():
    minutes = MinutesFactory()
    sections = [
        {"heading": "議題1", "text": "公開の話", "withheld": False, "withheld_reason": ""},
        {"heading": "議題2", "text": "非公開の話", "withheld": True, "withheld_reason": "個人情報"},
    ]
    edition = MinutesEdition.objects.create(
        minutes=minutes, number=1, content={"head": [], "sections": sections}, made_at=AT
    )
    index_minutes(minutes, edition)
    kept = "".join(Passage.objects.filter(minutes=minutes).values_list("text", flat=True))
    assert "公開の話" in kept
    assert "非公開の話" not in kept


class TestTheWorker:
    def add(self, **columns):
        return add_material(
            body=BodyFactory(), file=file_of("sc1-examples.pdf", "事例"), title="事例の整理",
            audience=Audience.PUBLIC, publish_at=AT, actor=None, at=AT, **columns,
        )  # fmt: skip

    def test_a_file_is_found_by_its_text_when_the_worker_has_read_it(self, client):
        self.add()
        assert "<strong>0件</strong>" in found(client, "名前を聞かない").content.decode()
        assert read_waiting(at=AT) == 1
        page = found(client, "名前を聞かない").content.decode()
        assert "<mark>名前を聞かない</mark>場" in page
        assert read_waiting(at=AT) == 0

    def test_its_names_are_found_at_once_and_follow_an_edit(self, client):
        material = self.add(label="資料7")
        assert material.title in found(client, "資料7").content.decode()
        edit_material(material=material, values={"title": "まったく別"}, actor=None, at=AT)
        assert "<strong>1件</strong>" in found(client, "まったく別").content.decode()
        assert "<strong>0件</strong>" in found(client, "整理").content.decode()

    def test_the_text_of_a_replaced_file_is_gone_at_once(self, client):
        material = self.add()
        read_waiting(at=AT)
        replace_material(
            material=material, file=file_of("sc1-terms.pdf", "用語"), reason="差替え", actor=None,
            at=AT,
        )  # fmt: skip
        assert "<strong>0件</strong>" in found(client, "名前を聞かない").content.decode()
        read_waiting(at=AT)
        assert "<strong>1件</strong>" in found(client, "主観的").content.decode()

    def test_a_file_that_has_gone_is_a_state_and_no_end_of_the_round(self):
        lost, kept = self.add(), self.add()
        lost.refresh_from_db()
        lost.current.file.storage.delete(lost.current.file.name)
        assert read_waiting(at=AT) == 2
        states = dict(MaterialVersion.objects.values_list("material", "searchable"))
        assert states == {lost.pk: Searchable.FAILED, kept.pk: Searchable.DONE}


@pytest.mark.parametrize("rows", [1, 3])
def test_constant_queries(client, django_assert_num_queries, rows):
    for number in range(rows):
        meeting = MeetingFactory()
        text(paper(title=f"数の題{number}", body=meeting.body, meeting=meeting), "数の中身")
    with django_assert_num_queries(8):
        found(client, "数の")


@pytest.mark.parametrize("query", ["\x00", "・", "' | '", "x" * 5000, "a:*", "&!()<->"])
def test_no_query_breaks_the_page(client, query):
    paper(title="ふつうの題")
    found(client, query)


def test_the_page_without_words_asks_for_some(client):
    page = client.get(URL).content.decode()
    assert 'name="q"' in page
    assert "件</strong>" not in page


def test_pairs_of_a_word():
    assert pairs("今日は") == ["は", "今日", "日は"]
    assert words_of("声かけ　ＮＰＯ 声かけ ・") == ["声かけ", "npo"]


def test_a_snippet_marks_the_word_as_it_is_written():
    parts = snippet("まえがき。ｺﾐｭﾆﾃｨカフェの話", ["こみゅにてぃ"])
    assert [part.text for part in parts if part.hit] == ["ｺﾐｭﾆﾃｨ"]
