"""Is this file safe to open? Asked before any parser sees it.

A workbook is a zip of XML written by anybody. The reader (calamine) lays a sheet out as a full
rectangle and ends the whole process when that does not fit into memory, so what a file really
holds, not what it says it holds, is measured here first, in a stream and within limits.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import NoReturn
from xml.parsers import expat

from members.roster.errors import UnreadableFileError

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_RATIO = 250
SMALL_PART = 5 * 1024 * 1024
MAX_PARTS = 1_000
MAX_ROWS = 50_000
MAX_COLUMNS = 200
_CHUNK = 1024 * 1024

_ZIP, _OLE2 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_WIDE_XML = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")


def _refuse(sentence: str) -> NoReturn:
    raise UnreadableFileError(sentence)


def is_workbook(data: bytes) -> bool:
    """Whether the bytes want to be an Excel file; `check_workbook` says whether they are a good
    one."""
    return data.startswith((b"PK", _OLE2))


def check_size(size: int) -> None:
    if size == 0:
        _refuse("ファイルが空です(0バイト)。")
    if size > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // 1024 // 1024
        _refuse(f"ファイルが大きすぎます({size / 1024 / 1024:.1f}MB)。上限は{limit}MBです。")


def check_workbook(data: bytes) -> None:
    """Raises UnreadableFileError with a sentence that says what to do, or returns."""
    if data.startswith(_OLE2):
        if _ENCRYPTED in data:
            _refuse(
                "パスワードで保護されたExcelファイルです。パスワードを外して保存し直してください。"
            )
        _refuse("古い形式(.xls)のExcelファイルです。「Excelブック(.xlsx)」で保存し直してください。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, struct.error, OSError, NotImplementedError):
        _refuse("ファイルが壊れているか、Excelファイル(.xlsx)ではありません。")
    _check_names(parts)
    _check_declared(parts)
    unpacked = 0
    for part in parts:
        content = _unpacked(data, part)
        unpacked += len(content)
        if unpacked > MAX_UNPACKED_BYTES:
            _refuse_bomb()
        _check_part(part.filename, content)


def _check_names(parts: list[zipfile.ZipInfo]) -> None:
    names = {part.filename.lower().lstrip("/") for part in parts}
    if any(part.flag_bits & 0x1 for part in parts):
        _refuse("暗号化されたファイルです。パスワードを外して保存し直してください。")
    if "xl/workbook.bin" in names:
        _refuse("バイナリ形式(.xlsb)です。「Excelブック(.xlsx)」で保存し直してください。")
    if any(name.endswith("vbaproject.bin") for name in names):
        _refuse(
            "マクロ付きのファイル(.xlsm)は受け取れません。「Excelブック(.xlsx)」で保存し直してください。"
        )
    if "mimetype" in names and "content.xml" in names:
        _refuse("OpenDocument形式(.ods)です。「Excelブック(.xlsx)」で保存し直してください。")
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        _refuse("Excelファイル(.xlsx)ではありません(中身が違います)。")


def _check_declared(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        _refuse_bomb()
    for part in parts:
        if part.file_size > SMALL_PART and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            _refuse_bomb()


def _refuse_bomb() -> NoReturn:
    _refuse("展開すると異常に大きくなるファイルのため、受け取れません。")


def _unpacked(data: bytes, part: zipfile.ZipInfo) -> bytes:
    """The content of one part as any reader would find it, whatever sizes the zip declares.

    The stream itself is followed to its end: `zipfile` stops at the declared size, other readers
    do not.
    """
    start = part.header_offset
    header = data[start : start + 30]
    if len(header) < 30 or not header.startswith(_ZIP):
        _refuse_broken()
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    begin = start + 30 + name_length + extra_length
    packed = data[begin : begin + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        content = packed
    elif part.compress_type == zipfile.ZIP_DEFLATED:
        content = b"".join(_inflated(packed, part.file_size))
    else:
        _refuse_broken()
    if len(content) != part.file_size or zlib.crc32(content) != part.CRC:
        _refuse_broken()
    return content


def _inflated(packed: bytes, declared: int) -> Iterator[bytes]:
    stream = zlib.decompressobj(-15)
    length = 0
    while not stream.eof:
        try:
            piece = stream.decompress(packed, _CHUNK)
        except zlib.error:
            _refuse_broken()
        packed = stream.unconsumed_tail
        length += len(piece)
        if length > declared or (not piece and not packed):
            _refuse_broken()
        yield piece


def _refuse_broken() -> NoReturn:
    _refuse("ファイルが壊れています。Excelで開いて、保存し直してください。")


def _check_part(name: str, content: bytes) -> None:
    if content.startswith(_WIDE_XML):
        _refuse_broken()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        _refuse("ファイルに使えない宣言(DOCTYPE)があります。Excelで保存し直してください。")
    # By content, not by name: the workbook may call any part a sheet.
    if b"sheetData" in content:
        _SheetSurvey().read(content)


class _SheetSurvey:
    """Walks one sheet and refuses it when the cells that hold something reach too far."""

    def __init__(self) -> None:
        self.row = self.column = 0
        self.kind = ""

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EntityDeclHandler = None
        try:
            parser.Parse(content, True)  # noqa: FBT003 -- expat takes it by position only
        except expat.ExpatError:
            _refuse_broken()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._cell(attributes)
        elif name == "row":
            place = attributes.get("r", "")
            self.row = int(place) if place.isascii() and place.isdigit() else self.row + 1
            self.column = 0
        elif name in {"v", "is"}:
            self._content()

    def _cell(self, attributes: dict[str, str]) -> None:
        self.kind = attributes.get("t", "")
        self.column += 1
        if "r" in attributes:
            match = _CELL.fullmatch(attributes["r"])
            if match is None:
                _refuse_broken()
            self.row, self.column = int(match[2]), _column_number(match[1])

    def _content(self) -> None:
        if self.row > MAX_ROWS:
            _refuse(f"{self.row:,}行目に値があります。読めるのは{MAX_ROWS:,}行までです。")
        if self.column > MAX_COLUMNS:
            _refuse(
                f"{self.row}行目の{self.column:,}列目に値があります。読めるのは{MAX_COLUMNS}列までです。"
            )
        if self.kind == "e":
            _refuse(
                f"{self.row}行目の{self.column}列目がエラー値(#N/Aなど)です。値に直してください。"
            )


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
