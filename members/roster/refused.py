"""The rows that cannot be taken, as a file: to be corrected and uploaded again as it is.

It is made on the fly from the uploaded list, and stored nowhere.
"""

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import xlsxwriter

from core.japan.tables import neutralize
from core.japan.text import fold
from members.roster.cells import as_text
from members.roster.choosing import entry_of
from members.roster.columns import CATEGORIES, Column
from members.roster.models import RosterImport
from members.roster.reading import ORIGINAL_ROW, REASON, SHEET_NAME, SourceRow, read_roster
from members.roster.work import Outcome

SIBLING = "(同じ団体の行です。この行はそのままでかまいません)"
_WIDTHS = {Column.NAME: 42, Column.ADDRESS: 38, Column.EMAIL: 34, Column.NAME_KANA: 34}
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def refused_workbook(job: RosterImport) -> bytes:
    """Every row of an organisation of which a row was refused, in the order of the list."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    sheet = book.add_worksheet(SHEET_NAME)
    head = book.add_format({"bold": True, "bg_color": "#E8F1F2", "border": 1, "text_wrap": True})
    red = book.add_format({"font_color": "#B00020", "text_wrap": True, "valign": "top"})
    text = book.add_format({"num_format": "@", "valign": "top"})
    day = book.add_format({"num_format": "yyyy/mm/dd", "valign": "top"})
    headings = [REASON, ORIGINAL_ROW, *(column.value for column in Column)]
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, heading, head)
    sheet.set_column(0, 0, 60)
    for place, column in enumerate(Column, start=2):
        sheet.set_column(place, place, _WIDTHS.get(column, 13))
    sheet.freeze_panes(1, 1)
    for line, (reason, row) in enumerate(_rows(job), start=1):
        sheet.write_string(line, 0, reason, red)
        sheet.write_number(line, 1, row.number)
        section = row.section if fold(row.section) in CATEGORIES else ""
        for place, column in enumerate(Column, start=2):
            cell = row.cells.get(column, section if column is Column.CATEGORY else "")
            _write(sheet, line, place, cell, text, day)
    book.close()
    return out.getvalue()


def _rows(job: RosterImport) -> Iterator[tuple[str, SourceRow]]:
    told = {row["n"]: row for row in job.rows}
    refused = {entry_of(row) for row in job.rows if row["o"] == Outcome.REFUSED}
    for row in read_roster(bytes(job.content)).rows:
        report = told.get(row.number)
        if report is not None and entry_of(report) in refused:
            yield " ".join(report.get("reasons", [])) or SIBLING, row


def _write(sheet: Any, line: int, place: int, cell: Any, text: Any, day: Any) -> None:
    """As it was read: a date stays a date, and what looks like a formula stays text."""
    if cell == "":
        return
    if isinstance(cell, datetime | date) and cell.year >= 1900:
        sheet.write_datetime(line, place, cell, day)
    elif isinstance(cell, float) and not cell.is_integer():
        sheet.write_number(line, place, cell)
    else:
        sheet.write_string(line, place, str(neutralize(as_text(cell))), text)
