import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.jp import cn

from core.japan.codes import (
    PREFECTURES,
    corporate_number_valid,
    digits_from_excel,
    local_government_code_valid,
    normalize_corporate_number,
    normalize_local_government_code,
    prefecture_name,
    prefecture_of,
)

DIGITS = "0123456789"


@pytest.mark.parametrize(
    "number", ["7000012050002", "4011001098993", "7123456789012", "7000020010006"]
)
def test_real_corporate_numbers_are_valid(number):
    assert corporate_number_valid(number)


def test_the_check_digit_cannot_tell_0_from_9():
    assert corporate_number_valid("7000012050092")


@pytest.mark.parametrize(
    "number",
    [
        "",
        "7000012050003",
        "8000012050002",
        "700001205000",
        "70000120500020",
        "７０００012050002",
        "7000012050002\n",
        "7000-0120-5000",
    ],
)
def test_wrong_corporate_numbers_are_refused(number):
    assert not corporate_number_valid(number)


@given(st.text(alphabet=DIGITS, min_size=13, max_size=13))
def test_corporate_numbers_agree_with_a_second_opinion(number):
    assert corporate_number_valid(number) == cn.is_valid(number)


@given(st.text(alphabet=DIGITS, min_size=12, max_size=12))
def test_corporate_numbers_with_computed_check_digit_are_valid(base):
    number = cn.calc_check_digit(base) + base
    assert corporate_number_valid(number)
    assert normalize_corporate_number(int(number)) == number


@pytest.mark.parametrize(
    "code", ["010006", "130001", "011002", "141003", "271403", "131016", "100005", "420000"]
)
def test_real_local_government_codes_are_valid(code):
    assert local_government_code_valid(code)


@pytest.mark.parametrize(
    "code",
    ["", "010005", "10006", "0100060", "０１０００６", "000001", "480002", "01000a", "010006\n"],
)
def test_wrong_local_government_codes_are_refused(code):
    assert not local_government_code_valid(code)


@given(st.sampled_from(PREFECTURES), st.text(alphabet=DIGITS, min_size=3, max_size=3))
def test_exactly_one_check_digit_is_right(prefecture, municipality):
    base = prefecture[0] + municipality
    assert sum(local_government_code_valid(base + digit) for digit in DIGITS) == 1


def test_there_are_47_prefectures_in_the_order_of_the_standard():
    assert len(PREFECTURES) == len({name for _, name in PREFECTURES}) == 47
    assert [PREFECTURES[at] for at in (0, 12, 25, 46)] == [
        ("01", "北海道"),
        ("13", "東京都"),
        ("26", "京都府"),
        ("47", "沖縄県"),
    ]
    assert prefecture_name("27") == "大阪府"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("東京都", "13"),
        ("東京", "13"),
        ("京都", "26"),
        ("東京都見本市中央4丁目2−3", "13"),
        ("〒932-8313 東京都見本市", "13"),
        ("〒 北海道札幌市", "01"),
        ("〒９３２－８３１３　神奈川県横浜市", "14"),
        ("１３", "13"),
        ("270008", "27"),
        (" 和歌山県 ", "30"),
        ("大阪市北区", None),
        ("東京タワー前", None),
        ("府中市東京都通り", None),
        ("48", None),
        ("", None),
    ],
)
def test_the_prefecture_is_read_from_the_start_only(text, code):
    assert prefecture_of(text) == code


@given(st.sampled_from(PREFECTURES))
def test_every_prefecture_is_found_by_name_and_code(prefecture):
    code, name = prefecture
    assert prefecture_of(name) == prefecture_of(code) == prefecture_of(f"{name}見本市1-2") == code


@pytest.mark.parametrize(
    ("value", "width", "text"),
    [
        (90000, 6, "090000"),
        (90000.0, 6, "090000"),
        ("９００００", 6, "090000"),
        ("'090000", 6, "090000"),
        ("90000.0", 6, "090000"),
        (" 090000 ", 6, "090000"),
        (7000020010006, 13, "7000020010006"),
        (7000020010006.0, 13, "7000020010006"),
        ("7-0000-2001-0006", 13, "7000020010006"),
        ("7 0000 2001 0006", 13, "7000020010006"),
        (0, 6, "000000"),
    ],
)
def test_codes_get_back_the_zeros_that_excel_took(value, width, text):
    assert digits_from_excel(value, width) == text


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "入力されていません"),
        ("　", "入力されていません"),
        (None, "入力されていません"),
        (True, "ではありません"),
        (-90000, "ではありません"),
        ("-90000", "ではありません"),
        (90000.5, "ではありません"),
        ("9.0E+4", "ではありません"),
        ("09000O", "ではありません"),
        ("٠٩٠٠٠٠", "ではありません"),
        (float("nan"), "ではありません"),
        (float("inf"), "ではありません"),
        ("09\x000000", "ではありません"),
        (1234567, "より長い"),
        (1e300, "より長い"),
    ],
)
def test_what_is_no_code_is_refused_with_a_reason(value, reason):
    with pytest.raises(ValueError, match=reason):
        digits_from_excel(value, 6)


@given(st.integers(min_value=0, max_value=10**13 - 1))
def test_numbers_of_excel_keep_all_thirteen_digits(number):
    as_text = f"{number:013}"
    assert digits_from_excel(number, 13) == as_text
    assert digits_from_excel(float(number), 13) == as_text
    assert digits_from_excel(as_text, 13) == as_text


def test_codes_are_checked_after_excel_is_undone():
    assert normalize_local_government_code(90000) == "090000"
    with pytest.raises(ValueError, match=r"検査数字.*7000020010007"):
        normalize_corporate_number(7000020010007)
    with pytest.raises(ValueError, match=r"団体コード.*90001"):
        normalize_local_government_code(90001)
