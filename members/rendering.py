"""The list that the steering committee gets, as a table of words and as a workbook."""

import io
from collections.abc import Iterable, Iterator
from typing import Any, cast

import xlsxwriter
from django.utils.translation import gettext as _

from core.japan.calendar import era_date, era_date_weekday
from core.japan.codes import prefecture_name
from core.japan.tables import neutralize
from members.choices import Category
from members.models import DecisionBatch, MembershipApplication

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (5, 15, 14, 36, 30, 20, 12, 12, 46, 22, 18)
_HEAD_ROW = 3
_SAFE = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


def committee_head() -> list[str]:
    return [
        _("No."), _("Receipt number"), _("Received on"), _("Official name"), _("Reading"),
        _("Legal form"), _("Category applied for"), _("Prefecture"), _("Summary of activities"),
        _("Subcommittees wished for"), _("Remarks"),
    ]  # fmt: skip


def committee_rows(applications: Iterable[MembershipApplication]) -> Iterator[list[str]]:
    """One row per application. What is internal stays inside: no mailbox, no note."""
    for number, row in enumerate(applications, start=1):
        yield [
            str(number),
            row.receipt_number or "",
            era_date(row.received_on) if row.received_on else "",
            row.name,
            row.name_kana,
            str(row.get_kind_display()),
            str(Category(row.category).label) if row.category else "",
            prefecture_name(row.prefecture) if row.prefecture else "",
            row.summary,
            row.wishes,
            _remarks(row),
        ]


def _remarks(row: MembershipApplication) -> str:
    """A former member, or somebody who looks like one we know."""
    remarks = []
    if row.organization is not None:
        remarks.append(_("A member before"))
    if getattr(row, "may_be_double", False):
        remarks.append(_("May be known already"))
    return "、".join(remarks)


def committee_workbook(
    batch: DecisionBatch, applications: Iterable[MembershipApplication]
) -> bytes:
    """Every cell is text: Excel runs nothing and drops no zero."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _SAFE)
    sheet = book.add_worksheet(_("Applications"))
    base = {"font_name": "Yu Gothic", "font_size": 10, "valign": "top"}
    title = book.add_format({**base, "bold": True, "font_size": 14})
    head = book.add_format({**base, "bold": True, "bg_color": "#E8F1F2", "border": 1})
    text = book.add_format({**base, "num_format": "@", "text_wrap": True, "border": 1})
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    _set_paper(sheet)
    sheet.write_string(0, 0, cast(str, neutralize(batch.title)), title)
    sheet.write_string(1, 0, _subtitle(batch), book.add_format(base))
    for place, word in enumerate(committee_head()):
        sheet.write_string(_HEAD_ROW, place, word, head)
    for line, cells in enumerate(committee_rows(applications), start=_HEAD_ROW + 1):
        for place, cell in enumerate(cells):
            sheet.write_string(line, place, cast(str, neutralize(cell)), text)
    book.close()
    return out.getvalue()


def _set_paper(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.freeze_panes(_HEAD_ROW + 1, 4)


def _subtitle(batch: DecisionBatch) -> str:
    return _("Day of the decision: %(held)s / Member from: %(member)s") % {
        "held": era_date_weekday(batch.held_on),
        "member": era_date_weekday(batch.member_from),
    }
