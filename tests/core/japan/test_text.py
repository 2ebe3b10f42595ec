import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.japan.characters import NEW_FORMS
from core.japan.text import (
    SORT_KEY_LENGTH,
    clean_line,
    excerpt,
    fold,
    organization_key,
    sort_key,
    strip_legal_form,
)

JAPANESE = st.text(
    alphabet="あいかがきゃっーアガｶﾞﾊﾟ゛゜\u3099\u309a髙﨑𠮷邊-－−〜～・ \u3000\u200d\U000e0100ABＡ１"
)


@pytest.mark.parametrize(
    "spellings",
    [
        ("高橋", "髙橋"),
        ("山崎", "山﨑", "山嵜"),
        ("渡辺", "渡邊", "渡邉"),
        ("斉藤", "齋藤", "齊藤", "斎藤"),
        ("浜", "濵", "濱"),
        ("吉田", "𠮷田", "𠮷\u3000田"),
        ("中島", "中嶋", "中嶌"),
        ("沢", "澤"),
        ("広", "廣"),
        ("国", "國"),
        ("真", "眞"),
        ("恵", "惠"),
        ("徳", "德"),
        ("塚", "\ufa10"),
        ("神谷", "\ufa19谷"),
        ("福", "\ufa1b"),
        ("猪", "\ufa16"),
        ("葛飾", "葛\U000e0100飾", "葛\ufe00飾"),
        ("長", "⻑"),
        ("戸", "⼾"),
        ("NPO", "ＮＰＯ", "npo", "Ｎpo", "N-P-O"),
        ("(株)見本", "㈱見本", "（株）見本"),
        ("第1回", "第①回", "第１回"),
        ("ガード", "ｶﾞｰﾄﾞ", "がーど", "カ\u3099ート\u3099", "カ゛ード"),
        ("パ", "ﾊﾟ", "ハ゜", "ぱ"),
        ("トクシマカケハシフードバンク", "ﾄｸｼﾏｶｹﾊｼﾌードバﾝｸ", "とくしま かけはし・フードバンク"),
        ("霞ヶ関", "霞ケ関", "霞け関"),
        (
            "０３－３５８１－０１０１",
            "03-3581-0101",
            "03−3581‐0101",
            "03ー3581ー0101",
            "0335810101",
        ),
        ("子ども〜広場", "子ども～広場", "子ども~広場", "子ども 広場", "子ども\u200b広場"),
        ("straße", "STRASSE"),
    ],
)
def test_what_a_searcher_takes_for_the_same_has_one_key(spellings):
    assert len({fold(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("はは", "ばば"), ("ビル", "ビール"), ("大阪", "大坂"), ("社会", "会社")]
)
def test_what_sounds_or_means_otherwise_keeps_its_own_key(one, other):
    assert fold(one) != fold(other)


def test_the_long_vowel_stays_in_kana_words_only():
    assert fold("サポートセンター") == "さぽーとせんたー"
    assert fold("A－1ー2") == "a12"
    assert fold("ーアーー") == "あーー"


def test_an_empty_or_invisible_text_has_the_empty_key():
    assert fold("") == fold(" \u3000-\u200b\ufeff\x00\ud800") == ""


@given(st.one_of(JAPANESE, st.text()))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.one_of(JAPANESE, st.text()))
def test_width_and_normal_form_never_matter(text):
    assert fold(unicodedata.normalize("NFC", text)) == fold(text)
    assert fold(unicodedata.normalize("NFKC", text)) == fold(text)


@given(st.text())
def test_keys_hold_no_blanks_no_controls_and_can_be_stored(text):
    key = fold(text)
    assert not any(letter.isspace() or unicodedata.category(letter) == "Cc" for letter in key)
    key.encode()


def test_every_letter_folds_to_a_settled_form():
    assert not set(NEW_FORMS.values()) & {chr(old) for old in NEW_FORMS}
    unsettled = [
        letter for letter in map(chr, range(0x110000)) if fold(fold(letter)) != fold(letter)
    ]
    assert unsettled == []


def test_old_forms_in_the_table_are_not_already_the_business_of_nfkc():
    assert [old for old in map(chr, NEW_FORMS) if unicodedata.normalize("NFKC", old) != old] == []


def names_in_order(*readings):
    return sorted(readings, key=lambda reading: sort_key(reading, ""))


def test_names_stand_in_the_order_of_the_fifty_sounds():
    expected = [
        "NPOサポート",
        "あい",
        "アイウ",
        "ｶｷ",
        "かぎ",
        "ガキ",
        "きやく",
        "さんかく",
        "ハハ",
        "はば",
        "パパ",
        "ん",
    ]
    assert names_in_order(*reversed(expected)) == expected


def test_voiced_letters_decide_only_between_equal_plain_ones():
    assert names_in_order("がい", "かう", "かい") == ["かい", "がい", "かう"]


def test_small_letters_and_long_vowels_count_as_large_ones():
    assert names_in_order("きやら", "きゃり", "きゃら") == ["きゃら", "きやら", "きゃり"]
    assert names_in_order("かあと", "カード", "かいと", "カート") == [
        "かあと",
        "カート",
        "カード",
        "かいと",
    ]
    assert sort_key("ガーデン", "").startswith("かあてん ")
    assert sort_key("ビール", "").startswith("ひいる ")
    assert sort_key("ンー", "").startswith("ん ")


@pytest.mark.parametrize(
    "reading",
    [
        "アナタノイバショ",
        "トクテイヒエイリカツドウホウジンアナタノイバショ",
        "トクテイヒエイリカツドウホウジン　アナタノイバショ",
        "ニンテイトクテイヒエイリカツドウホウジンアナタノイバショ",
        "エヌピーオーホウジンアナタノイバショ",
        "エヌ・ピー・オー ホウジン アナタノイバショ",
        "ＮＰＯホウジンアナタノイバショ",
        "イッパンシャダンホウジンアナタノイバショ",
        "コウエキザイダンホウジンアナタノイバショ",
        "シャカイフクシホウジンアナタノイバショ",
        "ガッコウホウジンアナタノイバショ",
        "イリョウホウジンシャダンアナタノイバショ",
        "カブシキガイシャアナタノイバショ",
        "アナタノイバショカブシキカイシャ",
        "ｱﾅﾀﾉｲﾊﾞｼｮ ﾕｳｹﾞﾝｶﾞｲｼｬ",
    ],
)
def test_the_legal_form_in_the_reading_does_not_sort(reading):
    assert sort_key(reading, "名") == sort_key("アナタノイバショ", "名")


def test_a_name_that_ends_like_a_qualifier_keeps_its_letters():
    assert sort_key("ヒカリカブシキガイシャ", "") == sort_key("ヒカリ", "")
    assert sort_key("カブシキガイシャ", "").startswith("かふしきかいしや ")


def test_without_a_reading_the_name_sorts_without_its_legal_form():
    assert sort_key("", "NPO法人あなたのいばしょ").startswith("あなたのいはしよ ")
    assert sort_key(" ", "株式会社見本").startswith("見本 ")


def test_equal_readings_are_parted_by_the_name():
    assert sort_key("タカハシ", "高橋") != sort_key("タカハシ", "高梁")


@given(JAPANESE, JAPANESE)
def test_sort_keys_can_be_stored_and_are_not_too_long(kana, name):
    key = sort_key(kana * 20, name)
    assert len(key) <= SORT_KEY_LENGTH
    assert "\x00" not in key
    key.encode()


@given(st.text(alphabet="あいうかきくさたなはん", min_size=1, max_size=5), st.data())
def test_the_beginning_of_a_name_comes_before_the_whole(name, data):
    longer = name + data.draw(st.text(alphabet="あいうん", min_size=1, max_size=3))
    assert sort_key(name, "んん") < sort_key(longer, "")


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("株式会社見本", "見本"),
        ("見本株式会社", "見本"),
        ("(株)岩手よりそい", "岩手よりそい"),
        ("（株）岩手よりそい", "岩手よりそい"),
        ("㈱ 岩手よりそい", "岩手よりそい"),
        ("岩手よりそい㈱", "岩手よりそい"),
        ("㈲見本", "見本"),
        ("有限会社 見本", "見本"),
        ("見本合同会社", "見本"),
        ("特定非営利活動法人あなたのいばしょ", "あなたのいばしょ"),
        ("認定特定非営利活動法人日本NPOセンター", "日本NPOセンター"),
        ("特例認定特定非営利活動法人見本", "見本"),
        ("NPO法人岡山かけはし", "岡山かけはし"),
        ("ＮＰＯ法人　広島みなと", "広島みなと"),
        ("認定ＮＰＯ法人広島みなと", "広島みなと"),
        ("npo法人見本", "見本"),
        ("一般社団法人新公益連盟", "新公益連盟"),
        ("公益社団法人見本", "見本"),
        ("一般財団法人 見本", "見本"),
        ("公益財団法人見本", "見本"),
        ("見本(一社)", "見本"),
        ("社会福祉法人全国社会福祉協議会", "全国社会福祉協議会"),
        ("（福）見本会", "見本会"),
        ("学校法人見本学園", "見本学園"),
        ("医療法人社団\u3000青空会", "青空会"),
        ("社会医療法人財団見本会", "見本会"),
        ("宗教法人見本寺", "見本寺"),
        ("独立行政法人見本機構", "見本機構"),
        ("国立大学法人見本大学", "見本大学"),
        ("国立研究開発法人見本所", "見本所"),
        ("任意団体 見本の会", "見本の会"),
        ("日本NPOセンター", "日本NPOセンター"),
        ("株式会社研究会議", "研究会議"),
        ("全国株式会社連盟", "全国株式会社連盟"),
        ("𠮷田・髙橋の会 株式会社", "𠮷田・髙橋の会"),
        ("株式会社", "株式会社"),
        ("一般社団法人", "一般社団法人"),
        ("", ""),
    ],
)
def test_the_legal_form_goes_from_either_end_and_the_rest_keeps_its_letters(name, rest):
    assert strip_legal_form(name) == rest
    assert strip_legal_form(rest) == rest


def test_two_spellings_of_one_organization_share_a_key():
    spellings = [
        "特定非営利活動法人髙橋フードバンク",
        "NPO法人 高橋ﾌｰﾄﾞﾊﾞﾝｸ",
        "認定ＮＰＯ法人　高橋フードバンク",
        "高橋フード・バンク(特非)",
    ]
    assert {organization_key(name) for name in spellings} == {"高橋ふーどばんく"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("小林\u3000真由美", "小林\u3000真由美"),
        (" 小林 真由美 \u3000", "小林 真由美"),
        ("一行目\r\n二行目\t三", "一行目 二行目 三"),
        ("件名\nBcc: x@example.jp", "件名 Bcc: x@example.jp"),
        ("請求書\u202efdp.exe", "請求書fdp.exe"),
        ("\u2066a\u2069\u200f\u061cb\u200bc\ufeff", "abc"),
        ("a\x00b\x1bc\x7fd", "abcd"),
        ("a\ud800b", "ab"),
        ("葛\U000e0100飾区𠮷田髙﨑\ufa10㈱①ｱ", "葛\U000e0100飾区𠮷田髙﨑\ufa10㈱①ｱ"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("", ""),
    ],
)
def test_a_clean_line_loses_what_is_dangerous_and_nothing_else(text, line):
    assert clean_line(text) == line


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=())))
def test_a_clean_line_is_one_line_and_stable(text):
    line = clean_line(text)
    assert len(line.splitlines()) <= 1
    assert clean_line(line) == line
    line.encode()


def test_an_excerpt_is_short_and_printable():
    assert excerpt("令和\x00４年") == "令和４年"
    assert excerpt("あ" * 41) == "あ" * 40 + "…"
    assert excerpt(None) == "None"
    assert excerpt("あ" * 10, 5) == "あああああ…"
