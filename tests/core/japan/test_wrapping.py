import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.japan.text import wrap_fullwidth
from core.japan.wrapping import columns

URL = "https://www.example.go.jp/kodoku_koritsu/torikumi/platform/katsudou/symposium/index.html"
LETTER = st.text(alphabet="あ漢ーっ、。」「（）ｱAbc .,1😀葛\U000e0100\u3099\u3000\n", max_size=300)


def test_lines_hold_thirty_five_full_width_letters():
    assert wrap_fullwidth("あ" * 71) == ["あ" * 35, "あ" * 35, "あ"]
    assert wrap_fullwidth("a" * 71) == ["a" * 70, "a"]
    assert wrap_fullwidth("ｱ" * 71) == ["ｱ" * 70, "ｱ"]
    assert wrap_fullwidth("あいう", width=2) == ["あい", "う"]


def test_lines_and_blank_lines_of_the_text_stay():
    assert wrap_fullwidth("一\n\n二\r\n三\r四\n") == ["一", "", "二", "三", "四", ""]
    assert wrap_fullwidth("") == [""]
    assert wrap_fullwidth("\u3000字下げ\n-- ") == ["\u3000字下げ", "-- "]


@pytest.mark.parametrize("mark", ["、", "。", "」", "）", "ー", "っ", "」。", "！？」"])
def test_closing_marks_never_begin_a_line(mark):
    for before in range(30, 40):
        lines = wrap_fullwidth("あ" * before + mark + "い" * 40)
        assert not any(line.startswith(tuple(mark)) for line in lines)
        assert all(columns(line) <= 70 for line in lines)


@pytest.mark.parametrize("mark", ["「", "（", "『「"])
def test_opening_marks_never_end_a_line(mark):
    for before in range(30, 40):
        lines = wrap_fullwidth("あ" * before + mark + "い" * 40)
        assert not any(line.endswith(tuple(mark)) for line in lines)


def test_a_line_of_nothing_but_closing_marks_still_ends():
    assert "".join(wrap_fullwidth("。" * 200)) == "。" * 200


def test_an_address_stands_unbroken_on_a_line_of_its_own():
    assert wrap_fullwidth(f"詳しくは{URL}をご覧ください。") == ["詳しくは", URL, "をご覧ください。"]
    assert wrap_fullwidth(f"({URL}).") == ["(", URL, ")."]
    assert wrap_fullwidth(f"\u3000{URL} ") == [URL]
    assert wrap_fullwidth(f"see:{URL}?a=1&b=2#x") == ["see:", f"{URL}?a=1&b=2#x"]
    assert wrap_fullwidth("http://a.jp/ https://b.jp/") == ["http://a.jp/", "https://b.jp/"]


def test_latin_words_stay_whole_and_blanks_at_the_break_go():
    lines = wrap_fullwidth("あ" * 33 + " platform of the ministry", width=35)
    assert lines == ["あ" * 33, "platform of the ministry"]


def test_a_variation_selector_stays_with_its_letter():
    lines = wrap_fullwidth("あ" * 34 + "葛\U000e0100飾")
    assert lines == ["あ" * 34 + "葛\U000e0100", "飾"]


@given(LETTER, st.integers(min_value=1, max_value=40))
def test_no_line_is_too_long_and_no_letter_is_lost(text, width):
    lines = wrap_fullwidth(text, width)
    assert all(columns(line) <= width * 2 for line in lines)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)


@given(LETTER, LETTER)
def test_an_address_survives_between_any_text(before, after):
    assert URL in wrap_fullwidth(f"{before} {URL} {after}")
