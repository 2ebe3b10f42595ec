"""From the bytes of a file to rows with their row numbers, under known headings."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from core.japan.tables import decode_csv, restore
from core.japan.text import excerpt
from members.roster.columns import REQUIRED, Column, column_of
from members.roster.errors import UnreadableFileError
from members.roster.files import (
    MAX_COLUMNS,
    MAX_FILE_BYTES,
    MAX_ROWS,
    check_size,
    check_workbook,
    is_workbook,
)

Cell = Any
MAX_SHEETS = 50
MAX_CELL = 10_000
HEADINGS_WITHIN = 50
# In the file of refused rows: written by us, read by people only.
REASON, ORIGINAL_ROW = "取り込めない理由", "元の行"
OUR_HEADINGS = (REASON, ORIGINAL_ROW)
SHEET_NAME = "会員名簿"
CP932 = "cp932"
_SECTION = re.compile(r"\s*【(.+)】\s*")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row that says something: its number in the file, the section it stands in, its cells."""

    number: int
    section: str
    cells: dict[Column, Cell]


@dataclass
class Table:
    """The list as it was read. `encoding` is empty for a workbook."""

    rows: list[SourceRow]
    columns: frozenset[Column]
    encoding: str = ""
    notices: list[str] = field(default_factory=list)


def _refuse(sentence: str) -> NoReturn:
    raise UnreadableFileError(sentence)


def read_roster(data: bytes) -> Table:
    """The rows of the list. UnreadableFileError, with a sentence for the secretariat, if there are
    none.

    What the file is, is seen from its first bytes, never from its name.
    """
    check_size(len(data))
    if not is_workbook(data):
        return _read_csv(data)
    check_workbook(data)
    sheets = _sheets(data)
    named = [sheet for sheet in sheets if sheet[0] == SHEET_NAME and _headings(sheet[1])]
    found = named or [sheet for sheet in sheets if _headings(sheet[1])]
    if not found:
        filled = [grid for _name, grid in sheets if grid]
        return _table(max(filled, key=_best_score, default=[]))
    if len(found) > 1:
        names = "」「".join(excerpt(name) for name, _grid in found)
        _refuse(f"名簿らしいシートが複数あります(「{names}」)。1枚だけにしてください。")
    name, grid = found[0]
    table = _table([[restore(cell) for cell in row] for row in grid])
    if len(sheets) > 1:
        table.notices.append(f"シート「{excerpt(name)}」を読みました。ほかのシートは読みません。")
    return table


def _read_csv(data: bytes) -> Table:
    try:
        grid, encoding = decode_csv(
            data,
            max_bytes=MAX_FILE_BYTES,
            max_rows=MAX_ROWS,
            max_columns=MAX_COLUMNS,
            max_cell=MAX_CELL,
        )
    except ValueError as error:
        raise UnreadableFileError(str(error)) from error
    table = _table(grid)
    table.encoding = encoding
    return table


def _sheets(data: bytes) -> list[tuple[str, list[list[Cell]]]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible
        ]
        if len(sheets) > MAX_SHEETS:
            _refuse(f"シートが多すぎます({len(sheets)}枚)。名簿のシートだけにしてください。")
        return [
            (name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in sheets
        ]
    except CalamineError as error:
        raise UnreadableFileError(
            "Excelファイルとして読めません。Excelで開いて、保存し直してください。"
        ) from error


def _columns(row: Sequence[Cell]) -> dict[int, Column]:
    found = {place: column_of(cell) for place, cell in enumerate(row)}
    return {place: column for place, column in found.items() if column is not None}


def _headings(grid: Sequence[Sequence[Cell]]) -> int | None:
    """Index of the row of headings: 団体名 and two more that we know."""
    for index, row in enumerate(grid[:HEADINGS_WITHIN]):
        found = set(_columns(row).values())
        if Column.NAME in found and len(found) >= 3:
            return index + 1
    return None


def _best_score(grid: Sequence[Sequence[Cell]]) -> int:
    return max((len(_columns(row)) for row in grid[:HEADINGS_WITHIN]), default=0)


def _table(grid: Sequence[Sequence[Cell]]) -> Table:
    if not any(_filled(row) for row in grid):
        _refuse("ファイルに何も書かれていません。")
    heading_row = _headings(grid)
    if heading_row is None:
        _refuse_headings(grid)
    heading = grid[heading_row - 1]
    columns = _columns(heading)
    _check_columns(columns, heading_row)
    rows, notices = _rows(grid, heading_row, columns)
    if not rows:
        _refuse(f"見出し({heading_row}行目)の下に団体の行がありません。")
    unknown = [
        excerpt(cell)
        for place, cell in enumerate(heading)
        if place not in columns and cell not in {"", *OUR_HEADINGS}
    ]
    if unknown:
        notices.insert(0, f"読まない列があります:「{'」「'.join(unknown)}」")
    return Table(rows, frozenset(columns.values()), notices=notices)


def _refuse_headings(grid: Sequence[Sequence[Cell]]) -> NoReturn:
    best = max(grid[:HEADINGS_WITHIN], key=lambda row: len(_columns(row)))
    known = set(_columns(best).values())
    if not known:
        _refuse(
            "名簿の見出し(団体名・区分・入会日など)が見つかりません。"
            "会員名簿のファイルかどうか確かめてください。"
        )
    missing = [column.value for column in (*REQUIRED, Column.CATEGORY) if column not in known]
    _refuse(f"必要な見出しがありません:「{'」「'.join(missing or ['区分など'])}」")


def _check_columns(columns: dict[int, Column], heading_row: int) -> None:
    names = list(columns.values())
    double = sorted({column.value for column in names if names.count(column) > 1})
    if double:
        _refuse(f"{heading_row}行目に同じ見出しが2つあります:「{'」「'.join(double)}」")
    missing = [column.value for column in REQUIRED if column not in names]
    if missing:
        _refuse(f"必要な見出しがありません:「{'」「'.join(missing)}」")


def _filled(row: Sequence[Cell]) -> list[int]:
    return [
        place
        for place, cell in enumerate(row)
        if cell != "" and not (isinstance(cell, str) and cell.isspace())
    ]


def _is_remark(filled: list[int], columns: dict[int, Column]) -> bool:
    """One lone cell that is not a name: 【賛助会員】, 「※…」, 「以上」."""
    return len(filled) == 1 and columns.get(filled[0]) in {None, Column.NUMBER, Column.CATEGORY}


def _rows(
    grid: Sequence[Sequence[Cell]], heading_row: int, columns: dict[int, Column]
) -> tuple[list[SourceRow], list[str]]:
    rows: list[SourceRow] = []
    notices: list[str] = []
    section = ""
    for number, row in enumerate(grid[heading_row:], start=heading_row + 1):
        filled = _filled(row)
        for place in filled:
            _check_cell(row[place], number, columns.get(place))
        cells = {columns[place]: row[place] for place in filled if place in columns}
        if cells and not _is_remark(filled, columns):
            rows.append(SourceRow(number, section, cells))
        elif filled:
            text = str(row[filled[0]])
            title = _SECTION.fullmatch(text)
            if title:
                section = title[1].strip()
            else:
                notices.append(f"{number}行目は団体の行ではないため読みません:「{excerpt(text)}」")
    return rows, notices


def _check_cell(cell: Cell, number: int, column: Column | None) -> None:
    if not isinstance(cell, str):
        return
    where = f"{number}行目の「{column.value}」" if column else f"{number}行目の読まない列"
    if len(cell) > MAX_CELL:
        _refuse(f"{where}が長すぎます({len(cell):,}文字)。{MAX_CELL:,}文字までです。")
    bad = _CONTROL.search(cell)
    if bad:
        _refuse(f"{where}に見えない制御文字(U+{ord(bad[0]):04X})があります。取り除いてください。")
