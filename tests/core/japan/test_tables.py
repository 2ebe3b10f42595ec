import codecs
import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.japan.tables import LossyCell, decode_csv, encode_csv, neutralize, restore

DANGEROUS = ["=1+1", "+81-3-3581-0101", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1"]
DANGEROUS += ["＝1+1", "＋1", "－1", "＠a", '=HYPERLINK("http://x")', "-2+3+cmd|' /C calc'!A0"]
# Everything that a file can hold: NUL and lone surrogates are refused before they come this far.
CELL = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
TABLE = st.lists(st.lists(st.one_of(CELL, st.sampled_from(DANGEROUS[:7])), max_size=5), max_size=6)


@pytest.mark.parametrize("value", DANGEROUS)
def test_text_that_would_run_as_a_formula_gets_an_apostrophe(value):
    assert neutralize(value) == "'" + value
    assert restore(neutralize(value)) == value


@pytest.mark.parametrize("value", ["見本", "", "1-2", "a=b", "'", "''", "'見本", "O'Brien", " =1"])
def test_harmless_text_stays_as_it_is(value):
    assert neutralize(value) == restore(value) == value


@pytest.mark.parametrize("value", [None, -5, 1.5, date(2022, 6, 15), True])
def test_values_that_are_not_text_stay_as_they_are(value):
    assert neutralize(value) is value
    assert restore(value) is value


@given(st.text(alphabet="'=-＋a\t", max_size=6))
def test_restoring_is_the_exact_inverse(value):
    assert restore(neutralize(value)) == value


def test_a_file_for_excel_has_a_bom_quotes_and_no_formulas():
    data, lossy = encode_csv([["団体名", "人数", None], ["=1+1", -5, date(2022, 6, 15)]])
    assert lossy == []
    assert data.startswith(codecs.BOM_UTF8)
    assert data.decode("utf-8-sig") == '"団体名","人数",""\r\n"\'=1+1","\'-5","2022-06-15"\r\n'


@given(TABLE)
def test_out_and_in_again_changes_nothing(rows):
    data, lossy = encode_csv(rows)
    assert lossy == []
    assert decode_csv(data) == (rows, "utf-8-sig")


@given(TABLE)
def test_no_cell_of_any_file_begins_a_formula(rows):
    data, _ = encode_csv(rows)
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        assert not any(cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) for cell in row)


@given(TABLE)
def test_cp932_is_exact_or_reported(rows):
    data, lossy = encode_csv(rows, "cp932")
    back, encoding = decode_csv(data)
    if encoding == "cp932" or data.isascii():
        changed = {
            (at + 1, column + 1, cell)
            for at, row in enumerate(rows)
            for column, cell in enumerate(row)
            if back[at][column] != cell
        }
        assert changed <= {(cell.row, cell.column, cell.text) for cell in lossy}


@pytest.mark.parametrize(
    ("text", "written", "characters"),
    [
        ("𠮷田", "〓田", "𠮷"),
        ("葛\U000e0100飾", "葛飾", "\U000e0100"),
        ("10〜12時", "10～12時", "〜"),
        ("2−3", "2－3", "−"),
        ("a—b—c", "a〓b〓c", "—"),
        ("𠮷−𠮷〜", "〓－〓～", "𠮷−〜"),
        ("か\u3099", "が", "\u3099"),
        ("é", "〓", "é"),
        ("£", "￡", "£"),
        ("a\ud800", "a〓", "\ud800"),
        ("\uf8f3a", "〓a", "\uf8f3"),
    ],
)
def test_what_cp932_cannot_carry_is_replaced_and_reported(text, written, characters):
    data, lossy = encode_csv([["団体名"], ["見本", text]], "cp932")
    assert data.decode("cp932") == f'"団体名"\r\n"見本","{written}"\r\n'
    assert lossy == [LossyCell(row=2, column=2, text=text, characters=characters)]


def test_what_cp932_carries_comes_back_to_the_letter():
    rows = [["髙橋", "山﨑", "\ufa10", "\ufa19", "㈱①ｱ～－∥", "ｶﾞ", "Ⅲ"]]
    data, lossy = encode_csv(rows, "cp932")
    assert lossy == []
    assert decode_csv(data) == (rows, "cp932")


def test_a_lone_surrogate_is_reported_in_utf8_too():
    data, lossy = encode_csv([["a\ud800"]])
    assert data.decode("utf-8-sig") == '"a〓"\r\n'
    assert lossy == [LossyCell(1, 1, "a\ud800", "\ud800")]


def test_a_replacement_that_looks_like_a_formula_is_neutralised():
    data, _ = encode_csv([["−5"]], "cp932")
    assert data.decode("cp932") == '"\'－5"\r\n'


ROWS = [["団体名", "人数"], ["見本の会", "5"]]
PLAIN = "団体名,人数\r\n見本の会,5\r\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (PLAIN.encode("utf-8-sig"), "utf-8-sig"),
        (PLAIN.encode(), "utf-8"),
        (PLAIN.encode("cp932"), "cp932"),
        (PLAIN.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"), "utf-16"),
        (PLAIN.replace(",", ";").encode(), "utf-8"),
        (PLAIN.replace(",", "\t").encode(), "utf-8"),
        (PLAIN.replace(",", "\t").encode("utf-16"), "utf-16"),
        (PLAIN.replace("\r\n", "\r").encode(), "utf-8"),
        (PLAIN.replace("\r\n", "\n").encode(), "utf-8"),
        (PLAIN.rstrip().encode(), "utf-8"),
    ],
)
def test_files_are_read_whatever_encoding_delimiter_and_line_end(data, encoding):
    assert decode_csv(data) == (ROWS, encoding)


def test_ragged_and_empty_lines_keep_their_row_numbers():
    rows, _ = decode_csv("名簿\n\na,b,c\nd\n".encode())
    assert rows == [["名簿"], [], ["a", "b", "c"], ["d"]]


def test_quoted_cells_hold_delimiters_quotes_and_lines():
    rows, _ = decode_csv(b'"a;b;c;d","e ""f""\ng"\n')
    assert rows == [["a;b;c;d", 'e "f"\ng']]


def test_a_semicolon_file_with_a_few_commas_is_still_one():
    rows, _ = decode_csv(b"a;b\nc,d;e\nf;g\n")
    assert rows == [["a", "b"], ["c,d", "e"], ["f", "g"]]


def test_an_empty_file_has_no_rows():
    assert decode_csv(b"") == ([], "utf-8")
    assert decode_csv(codecs.BOM_UTF8) == ([], "utf-8-sig")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a,b\nc,\x00d\n", "2行目に使えない文字"),
        (PLAIN.encode("utf-16-le"), "NUL"),
        (b"PK\x03\x04rest", "Excelファイル"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Excelファイル"),
        (b'a,b\nc,"d\ne,f\n', "2行目の引用符.*閉じられていません"),
        (b'a,b\n"c"d,e\n', "2行目の引用符.*正しくありません"),
        (b'a\n"' + b"x" * 200_000, "2行目の欄が長すぎるか"),
        (b"a\n\xff\xff\xff", "文字コード.*2行目"),
        (codecs.BOM_UTF8 + b"a\n\xff", "文字コード.*2行目"),
        (codecs.BOM_UTF16_LE + b"\x00", "文字コード"),
    ],
)
def test_broken_files_are_refused_with_the_line(data, reason):
    with pytest.raises(ValueError, match=reason):
        decode_csv(data)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"max_bytes": 10}, "ファイルが大きすぎます"),
        ({"max_rows": 1}, "行が多すぎます"),
        ({"max_columns": 1}, "1行目の列が多すぎます"),
        ({"max_cell": 3}, "2行目の欄が長すぎます"),
    ],
)
def test_limits_are_kept(limits, reason):
    with pytest.raises(ValueError, match=reason):
        decode_csv(PLAIN.encode(), **limits)
    generous = {"max_bytes": 100, "max_rows": 2, "max_columns": 2, "max_cell": 4}
    assert decode_csv(PLAIN.encode(), **generous) == (ROWS, "utf-8")


@given(st.binary(max_size=200))
def test_any_bytes_give_rows_or_a_japanese_refusal(data):
    try:
        rows, encoding = decode_csv(data)
    except ValueError as refusal:
        assert str(refusal).endswith("。")  # noqa: PT017 - both outcomes are lawful
    else:
        assert encoding in {"utf-8", "utf-8-sig", "utf-16", "cp932"}
        assert all(isinstance(cell, str) for row in rows for cell in row)
