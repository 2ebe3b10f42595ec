"""Every file that is not a good list gets a clear sentence, quickly, before anything is written."""

import resource
import time

import openpyxl
import pytest

from members.roster.errors import UnreadableFileError
from members.roster.reading import read_roster
from tests.members import roster_files as files
from tests.members.roster_files import GOOD, HEADINGS, csv_file, row, workbook

GOOD_FILE = workbook(GOOD)
_MB = 1024 * 1024


def two_sheets() -> bytes:
    book = openpyxl.Workbook()
    for title in ("東日本", "西日本"):
        for line in files.as_lines([GOOD]):
            book.create_sheet(title) if title not in book.sheetnames else None
            book[title].append(line)
    return files.saved(book)


def many_sheets() -> bytes:
    book = openpyxl.Workbook()
    for number in range(60):
        book.create_sheet(f"シート{number}")
    return files.saved(book)


def zip_of_nothing() -> bytes:
    return files.repacked(GOOD_FILE, {"xl/workbook.xml": lambda xml: b""}).replace(
        b"xl/workbook.xml", b"xl/workbook.xmm"
    )


def without(name: str) -> list[str]:
    return [heading for heading in HEADINGS if heading != name]


DOCTYPE = b'<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>'
HOSTILE_WORKBOOKS = {
    "empty file": (b"", "ファイルが空です"),
    "too large": (lambda: b"PK\x03\x04" + b"\0" * (21 * _MB), "大きすぎます"),
    "password": (files.encrypted(), "パスワードで保護された"),
    "old xls": (files.old_excel(), "古い形式(.xls)"),
    "fake": (b"PK\x03\x04 this is not a zip at all" * 10, "壊れているか"),
    "cut in half": (GOOD_FILE[: len(GOOD_FILE) // 2], "壊れているか"),
    "zip without a workbook": (zip_of_nothing(), "中身が違います"),
    "macro": (files.repacked(GOOD_FILE, add={"xl/vbaProject.bin": b"x"}), "マクロ付き"),
    "xlsb": (files.repacked(GOOD_FILE, add={"xl/workbook.bin": b"x"}), "バイナリ形式"),
    "ods": (files.repacked(GOOD_FILE, add={"mimetype": b"x", "content.xml": b"x"}), "OpenDocument"),
    "zip bomb": (lambda: files.zip_bomb(GOOD_FILE, 400), "異常に大きくなる"),
    "bomb beside the sheet": (
        lambda: files.repacked(GOOD_FILE, add={"xl/media/image1.png": b"\0" * (60 * _MB)}),
        "異常に大きくなる",
    ),
    "size that lies": (files.with_false_size(GOOD_FILE), "壊れています"),
    "billion laughs": (
        files.repacked(GOOD_FILE, {files.SHEET: lambda xml: DOCTYPE + xml}),
        "使えない宣言",
    ),
    "broken xml": (
        files.repacked(GOOD_FILE, {files.SHEET: lambda xml: xml.replace(b"</row>", b"", 1)}),
        "壊れています",
    ),
    "UTF-16 xml": (
        files.repacked(GOOD_FILE, {files.SHEET: lambda xml: xml.decode().encode("utf-16")}),
        "壊れています",
    ),
    "value in the millionth row": (files.with_far_cell(GOOD_FILE, "A1048576"), "1,048,576行目"),
    "value in the last column": (files.with_far_cell(GOOD_FILE, "XFD9"), "16,384列目"),
    "corner of the sheet": (files.with_far_cell(GOOD_FILE, "XFD1048576"), "1,048,576行目"),
    "place that is none": (files.with_far_cell(GOOD_FILE, "AAAAA9"), "壊れています"),
    "error value": (
        files.repacked(
            GOOD_FILE,
            {files.SHEET: lambda xml: xml.replace(
                b"</sheetData>", b'<row r="3"><c r="C3" t="e"><v>#N/A</v></c></row></sheetData>'
            )},
        ),
        "3行目の3列目がエラー値",
    ),
    "empty sheet": (files.sheet_of([]), "何も書かれていません"),
    "headings only": (workbook(), "団体の行がありません"),
    "another file": (files.sheet_of([["売上", "4月"], ["東京", 3]]), "見出し"),
    "no joining day": (workbook(GOOD, headings=without("入会日")), "「入会日」"),
    "no names": (workbook(GOOD, headings=without("団体名")), "「団体名」"),
    "double heading": (workbook(GOOD, headings=[*HEADINGS, "住所"]), "「所在地」"),
    "two lists": (two_sheets(), "複数あります"),
    "sixty sheets": (many_sheets(), "シートが多すぎます"),
    "very long cell": (workbook(GOOD, row(備考="あ" * 10_001)), "3行目の「備考」が長すぎます"),
    "direction trick": (workbook(row(団体名="見本\u202e団体")), "2行目の「団体名」に見えない"),
}  # fmt: skip

HEAD = ",".join(HEADINGS)
LINE = ",".join(str(GOOD.get(name, "")) for name in HEADINGS)
HOSTILE_CSV = {
    "text file": ("会議の議事録です。\n本日は晴天なり。".encode(), "見出し"),
    "html": (b"<html><body>404</body></html>", "見出し"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4, ""),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", ""),
    "no encoding": (b"\xff\x81\xff\x81\n" * 10, "文字コード"),
    "NUL": (f"{HEAD}\n{LINE}\n".replace("見本区", "見本\0区").encode(), "2行目"),
    "open quote": (f'{HEAD}\n{LINE}\n2,会員,"あ,x\n{LINE}\n'.encode(), '3行目の引用符(")'),
    "ten megabytes": (lambda: HEAD.encode() + b"\n" + b"a" * 10_000_000, "2行目の欄が長すぎ"),
    "control letter": (f"{HEAD}\n{LINE.replace('見本区', chr(7))}\n".encode(), "U+0007"),
    "escape": (f"{HEAD}\n{LINE.replace('見本区', chr(27))}\n".encode(), "U+001B"),
    "right to left": (f"{HEAD}\n{LINE.replace('見本区', chr(0x202E))}\n".encode(), "U+202E"),
    "a million rows": (lambda: f"{HEAD}\n".encode() + b"x,\n" * 1_000_000, "行が多すぎます"),
    "a thousand columns": (f"{HEAD}\n{',' * 1000}x\n".encode(), "列が多すぎます"),
    "headings only": (f"{HEAD}\n".encode(), "団体の行がありません"),
    "blank lines": (b"\n\n\n\n", "何も書かれていません"),
    "commas only": (b",,,,\n,,,\n", "何も書かれていません"),
    "double headings": (f"{HEAD},住所\n{LINE}\n".encode(), "「所在地」"),
    "no headings": (f"{LINE}\n{LINE}\n".encode(), "見出し"),
    "one word": ("団体名".encode(), "「入会日」「区分」"),
    "UTF-16 cut": (b"\xff\xfe" + HEAD.encode("utf-16-le") + b"\x41", "文字コード"),
    "too large": (lambda: b"a" * (21 * _MB), "大きすぎます"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_WORKBOOKS)
def test_hostile_workbook_gets_a_sentence_in_time(name):
    data, sentence = HOSTILE_WORKBOOKS[name]
    started = time.monotonic()
    with pytest.raises(UnreadableFileError) as refusal:
        read_roster(data() if callable(data) else data)
    assert sentence in str(refusal.value)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("name", HOSTILE_CSV)
def test_hostile_csv_gets_a_sentence_in_time(name):
    data, sentence = HOSTILE_CSV[name]
    started = time.monotonic()
    with pytest.raises(UnreadableFileError) as refusal:
        read_roster(data() if callable(data) else data)
    assert sentence in str(refusal.value)
    assert time.monotonic() - started < 5


def test_a_dimension_of_a_million_rows_is_a_lie_and_costs_nothing():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    table = read_roster(files.with_dimension(GOOD_FILE, "A1:XFD1048576"))
    assert len(table.rows) == 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_styled_empty_cells_to_the_end_of_the_sheet_are_no_rows():
    assert len(read_roster(files.with_far_cell(GOOD_FILE, "XFD1048576", content="")).rows) == 1


def test_external_links_are_not_followed():
    linked = files.repacked(
        GOOD_FILE,
        add={"xl/externalLinks/externalLink1.xml": b"<externalLink/>"},
    )
    assert len(read_roster(linked).rows) == 1


ODD_CSV = {
    "utf-8 with BOM": csv_file(GOOD),
    "utf-8": csv_file(GOOD, encoding="utf-8"),
    "cp932": csv_file(row(担当者名="山田 花子"), encoding="cp932"),
    "utf-16": csv_file(GOOD, encoding="utf-16"),
    "semicolon": csv_file(GOOD, delimiter=";"),
    "tab": csv_file(GOOD, delimiter="\t"),
    "CR": csv_file(GOOD, end="\r"),
    "LF": csv_file(GOOD, end="\n"),
    "ragged": (f"{HEAD}\n{LINE}".rstrip(",") + "\n").encode(),
    "title above": f"会員名簿,,\n\n{HEAD}\n{LINE}\n".encode(),
}


@pytest.mark.parametrize("name", ODD_CSV)
def test_csv_from_anywhere_is_read(name):
    table = read_roster(ODD_CSV[name])
    assert [one.cells["団体名"] for one in table.rows] == [GOOD["団体名"]]


def test_headings_are_found_by_other_names_too():
    headings = ["番号", "会員区分", "名　称", "ふりがな", "住所", "入会年月日", "Ｅ－ｍａｉｌ"]
    line = [1, "会員", "見本の会", "ミホン", "東京都", "R4.2.25", "a@b.example"]
    table = read_roster(files.sheet_of([["一覧"], headings, line]))
    assert {column.value for column in table.columns} == {
        "No.", "区分", "団体名", "フリガナ", "所在地", "入会日", "メールアドレス",
    }  # fmt: skip
    assert table.rows[0].number == 3


def test_unknown_columns_and_remarks_are_named_and_left_out():
    data = files.sheet_of(
        [[*HEADINGS, "内線"], [GOOD.get(name, "") for name in HEADINGS], ["※ここまで"]]
    )
    table = read_roster(data)
    assert len(table.rows) == 1
    assert any("内線" in notice for notice in table.notices)
    assert any("※ここまで" in notice for notice in table.notices)


def test_the_name_of_the_file_is_never_trusted_only_its_bytes():
    assert read_roster(csv_file(GOOD)).encoding == "utf-8-sig"
    assert read_roster(GOOD_FILE).encoding == ""
