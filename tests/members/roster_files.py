"""Lists as they come: good ones, odd ones and hostile ones."""

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl

DEMO_LIST = Path(__file__).parents[2] / "platform_site" / "demo" / "roster-2022-06-15.xlsx"
HEADINGS = [
    "No.", "区分", "団体名", "フリガナ", "法人格", "法人番号", "団体コード", "郵便番号", "都道府県",
    "所在地", "電話番号", "URL", "活動分野", "代表者役職", "代表者名", "担当部署", "担当者名",
    "担当者フリガナ", "メールアドレス", "メルマガ", "入会日", "備考",
]  # fmt: skip
GOOD: dict[str, Any] = {
    "No.": 1, "区分": "会員", "団体名": "特定非営利活動法人みほん", "フリガナ": "ミホン",
    "法人格": "NPO法人", "都道府県": "東京都", "所在地": "東京都見本区1−2",
    "電話番号": "03-1234-5678", "代表者役職": "理事長", "代表者名": "髙橋 誠", "担当部署": "事務局",
    "担当者名": "𠮷田　花子", "担当者フリガナ": "ヨシダ　ハナコ",
    "メールアドレス": "hanako@mihon.example", "メルマガ": "希望する", "入会日": "令和4年2月25日",
}  # fmt: skip
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = "xl/worksheets/sheet1.xml"


def row(**cells: Any) -> dict[str, Any]:
    """A good row with some cells changed."""
    return {**GOOD, **cells}


def many(count: int, first: int = 1) -> list[dict[str, Any]]:
    """Organisations that differ in all that must differ."""
    return [
        row(**{
            "No.": number,
            "団体名": f"一般社団法人見本{number:05}番の会",
            "法人格": "一般社団法人",
            "代表者名": f"代表 {number}",
            "担当者名": f"担当 {number}",
            "メールアドレス": f"contact{number}@org{number}.example",
        })
        for number in range(first, first + count)
    ]  # fmt: skip


def as_lines(rows: Sequence[dict[str, Any]], headings: Sequence[str] = HEADINGS) -> list[list[Any]]:
    return [list(headings), *([one.get(name, "") for name in headings] for one in rows)]


def workbook(*rows: dict[str, Any], headings: Sequence[str] = HEADINGS) -> bytes:
    """An Excel file with the headings in the first row."""
    return sheet_of(as_lines(rows, headings))


def sheet_of(lines: Sequence[Sequence[Any]], title: str = "会員名簿") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for line in lines:
        book.active.append([None if cell == "" else cell for cell in line])
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    book.close()
    return out.getvalue()


def csv_file(
    *rows: dict[str, Any],
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
    end: str = "\r\n",
    headings: Sequence[str] = HEADINGS,
) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(as_lines(rows, headings))
    return out.getvalue().encode(encoding)


def repacked(
    data: bytes,
    change: dict[str, Callable[[bytes], bytes]] | None = None,
    add: dict[str, bytes] | None = None,
) -> bytes:
    """The workbook with some of its parts rewritten or added."""
    out = io.BytesIO()
    change = change or {}
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change[name](content) if name in change else content)
        for name, content in (add or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def with_dimension(data: bytes, reach: str) -> bytes:
    told = b'<dimension ref="%s"' % reach.encode()
    return repacked(data, {SHEET: lambda xml: re.sub(rb'<dimension ref="[^"]*"', told, xml)})


def with_far_cell(data: bytes, place: str, *, content: str = "<v>1</v>") -> bytes:
    number = re.sub(r"\D", "", place)
    cell = f'<row r="{number}"><c r="{place}">{content}</c></row></sheetData>'
    return repacked(data, {SHEET: lambda xml: xml.replace(b"</sheetData>", cell.encode())})


def zip_bomb(data: bytes, megabytes: int) -> bytes:
    """A workbook of some kilobytes with a part that unpacks to very much."""
    out = io.BytesIO(data)
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/worksheets/sheet2.xml", "w") as part,
    ):
        for _megabyte in range(megabytes):
            part.write(b" " * (1024 * 1024))
    return out.getvalue()


def with_false_size(data: bytes) -> bytes:
    """A sheet ten megabytes long that declares one kilobyte, with a checksum to match."""
    raw = b"<worksheet><sheetData>" + b" " * 10_000_000 + b"</sheetData></worksheet>"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(raw) + packer.flush()
    shown = raw[:1024]
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, packed if name == SHEET else old.read(name))
    patched = bytearray(out.getvalue())
    truth = struct.pack("<LLL", zlib.crc32(packed), len(packed), len(packed))
    lie = struct.pack("<LLL", zlib.crc32(shown), len(packed), len(shown))
    for found in list(re.finditer(re.escape(truth), bytes(patched))):
        patched[found.start() : found.end()] = lie
        method = found.start() - 6  # before time, date and checksum
        patched[method : method + 2] = struct.pack("<H", zipfile.ZIP_DEFLATED)
    return bytes(patched)


def encrypted() -> bytes:
    """What Excel writes when a password is set: an OLE2 box around the cipher."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le")
    )


def old_excel() -> bytes:
    return OLE2 + b"\0" * 512 + "Workbook".encode("utf-16-le")
