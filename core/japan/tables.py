"""CSV as Japanese offices exchange it: out for Excel without loss or formulas, in from anywhere."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

Encoding = Literal["utf-8-sig", "cp932"]
Row = list[str]
_Value = TypeVar("_Value")

# A cell that begins so is run as a formula (ASVS 1.2.10); spreadsheets with Japanese input also
# take the full-width signs. NUL and line ends are skipped by some readers, and the sign behind them
# found.
_DANGEROUS = re.compile("'*[=+\\-@\t\r\n\x00＝＋－＠]")
_UNDO = re.compile("'+[=+\\-@\t\r\n\x00＝＋－＠]")

# What Python's cp932 makes of bytes that no Shift_JIS file holds (80, A0, FD, FE, FF).
_STRAY_BYTES = re.compile("[\x80\uf8f0-\uf8f3]")
REPLACEMENT = "〓"
_DECOMPOSED_KANA = re.compile("[\u3041-\u30ff][\u3099\u309a]")
_VARIATION_SELECTOR = re.compile("[\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]")


@dataclass(frozen=True)
class LossyCell:
    """A cell that the file could not carry: its row and column (both from 1, the heading row is 1),
    the text as it is stored, and the letters that were replaced, dropped or will come back changed.
    """

    row: int
    column: int
    text: str
    characters: str


def neutralize(value: _Value) -> _Value | str:
    """The value for a spreadsheet cell: text that would run as a formula gets a ' in front.

    Nothing is taken away, since -5 and +81-3-… are honest data. Values that are not text stay as
    they are. `restore` is the exact inverse. `encode_csv` does this by itself; call it for xlsx.
    """
    if isinstance(value, str) and _DANGEROUS.match(value):
        return f"'{value}"
    return value


def restore(value: _Value) -> _Value | str:
    """What the value was before `neutralize`. `decode_csv` does this by itself; call it for
    xlsx."""
    if isinstance(value, str) and _UNDO.match(value):
        return value[1:]
    return value


def encode_csv(
    rows: Iterable[Sequence[object]], encoding: Encoding = "utf-8-sig"
) -> tuple[bytes, list[LossyCell]]:
    """The rows as a CSV file for Excel, and the cells that it could not carry whole.

    "utf-8-sig" (with BOM, without which Excel shows mojibake) carries everything but lone
    surrogates. "cp932" puts 〓 for letters it lacks (𠮷), drops variation selectors, and turns 〜 −
    ‖ ¢ £ ¬ into look-alikes: each such cell is reported, so nothing is lost in silence. Cells are
    neutralised and all quoted; None is the empty cell, everything else its str().
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    lossy: list[LossyCell] = []
    codec = "utf-8" if encoding == "utf-8-sig" else encoding
    for row_number, row in enumerate(rows, start=1):
        texts = ["" if value is None else str(value) for value in row]
        written = [_carriable(text, codec) for text in texts]
        lossy += [
            LossyCell(row_number, column, text, lost)
            for column, (text, (_, lost)) in enumerate(zip(texts, written, strict=True), start=1)
            if lost
        ]
        writer.writerow([neutralize(carried) for carried, _ in written])
    return out.getvalue().encode(encoding), lossy


def _carriable(text: str, codec: str) -> tuple[str, str]:
    """The text that the encoding can carry, and the letters of the original that it cannot."""
    if _round_trip(text, codec) == text:
        return text, ""
    composed = _DECOMPOSED_KANA.sub(lambda kana: unicodedata.normalize("NFC", kana[0]), text)
    carried = "".join(_stand_in(letter, codec) for letter in composed)
    lost = "".join(dict.fromkeys(letter for letter in text if _round_trip(letter, codec) != letter))
    return carried, lost


def _stand_in(letter: str, codec: str) -> str:
    if back := _round_trip(letter, codec):
        return back
    if _VARIATION_SELECTOR.fullmatch(letter):
        return ""
    return REPLACEMENT


def _round_trip(text: str, codec: str) -> str:
    """What comes back of the text; nothing if a letter of it cannot go."""
    if codec == "cp932" and _STRAY_BYTES.search(text):
        return ""
    try:
        return text.encode(codec).decode(codec)
    except UnicodeEncodeError:
        return ""


_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_EXCEL_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_QUOTED = re.compile('"(?:[^"]|"")*"')
_SNIFFED_LETTERS = 65_536


def decode_csv(
    data: bytes,
    *,
    max_bytes: int = 20_000_000,
    max_rows: int = 100_000,
    max_columns: int = 500,
    max_cell: int = 32_767,
) -> tuple[list[Row], str]:
    """The rows of a CSV file, and the encoding that was found.

    By BOM (UTF-8, UTF-16), else UTF-8 if it is valid, else cp932. Separated by comma, semicolon or
    TAB, whichever the first lines use; any line end; rows may have different lengths; an empty line
    is an empty row, so row numbers stay. Undoes `neutralize`. Raises ValueError in Japanese with
    the line: an Excel file, no known encoding, NUL, an open quotation mark, or beyond one of the
    limits (the defaults suit an upload; a cell of Excel holds 32,767 letters).
    """
    if len(data) > max_bytes:
        raise ValueError(f"ファイルが大きすぎます(上限{max_bytes:,}バイト)。")
    if data.startswith(_EXCEL_STARTS):
        raise ValueError("CSVではなくExcelファイルです。CSV形式で保存し直してください。")
    text, encoding = _decoded(data)
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise ValueError(f"{line}行目に使えない文字(NUL)があります。CSVファイルではないようです。")
    rows: list[Row] = []
    for row in _read(text):
        rows.append([restore(cell) for cell in row])
        if len(rows) > max_rows:
            raise ValueError(f"行が多すぎます(上限{max_rows:,}行)。")
        if len(row) > max_columns:
            raise ValueError(f"{len(rows)}行目の列が多すぎます(上限{max_columns:,}列)。")
        if max(map(len, row), default=0) > max_cell:
            raise ValueError(f"{len(rows)}行目の欄が長すぎます(上限{max_cell:,}文字)。")
    return rows, encoding


def _decoded(data: bytes) -> tuple[str, str]:
    found = next((name for bom, name in _BOMS if data.startswith(bom)), "")
    line = 1
    for encoding in [found] if found else ["utf-8", "cp932"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
        else:
            stray = _STRAY_BYTES.search(text) if encoding == "cp932" else None
            if not stray:
                return text, encoding
            line = text.count("\n", 0, stray.start()) + 1
    raise ValueError(
        f"文字コードを判別できません({line}行目付近)。UTF-8またはShift_JISで保存し直してください。"
    )


def _read(text: str) -> Iterable[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        first_line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ValueError(_reason(str(error), first_line)) from error
        yield row


def _reason(error: str, line: int) -> str:
    if "unexpected end" in error:
        return f'{line}行目の引用符(")が閉じられていません。'
    if "field larger" in error:
        return f'{line}行目の欄が長すぎるか、引用符(")が閉じられていません。'
    return f'{line}行目の引用符(")の使い方が正しくありません。'


def _delimiter(text: str) -> str:
    lines = _QUOTED.sub("", text[:_SNIFFED_LETTERS]).splitlines()[:50]

    def weight(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        return sum(1 for count in counts if count), sum(counts)

    return max(",;\t", key=weight)
