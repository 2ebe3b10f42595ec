"""Whom to call: the list as a table of words and as a workbook."""

import io
from collections.abc import Iterable, Iterator
from typing import Any, cast

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from core.japan.calendar import era_date
from core.japan.tables import neutralize
from members.models import ConfirmationRound
from members.queries.confirmations import Chased

_WIDTHS = (34, 28, 30, 16, 34, 24)
_SAFE = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


def chase_head() -> list[str]:
    return [
        _("Official name"), _("Phone"), _("Contacts"), _("Last called"), _("Note"), _("Answer"),
    ]  # fmt: skip


def chase_cells(rows: Iterable[Chased]) -> Iterator[list[str]]:
    for row in rows:
        called = row.confirmation.called_at
        people = (f"{one.person.name}({one.get_duty_display()})" for one in row.contacts)
        yield [
            row.organization.name,
            "\n".join(row.phones),
            "\n".join(people),
            era_date(timezone.localdate(called)) if called else "",
            row.confirmation.note,
            "",  # to be filled in by hand
        ]


def chase_workbook(confirmation_round: ConfirmationRound, rows: Iterable[Chased]) -> bytes:
    """Every cell is text: Excel runs nothing and drops no zero of a phone number."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _SAFE)
    sheet = book.add_worksheet(_("To be called"))
    base: dict[str, Any] = {"font_name": "Yu Gothic", "font_size": 10, "valign": "top"}
    head = book.add_format({**base, "bold": True, "bg_color": "#E8F1F2", "border": 1})
    text = book.add_format({**base, "num_format": "@", "text_wrap": True, "border": 1})
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    sheet.freeze_panes(2, 1)
    title = book.add_format({**base, "bold": True, "font_size": 14})
    sheet.write_string(0, 0, cast(str, neutralize(confirmation_round.title)), title)
    for place, word in enumerate(chase_head()):
        sheet.write_string(1, place, word, head)
    for line, cells in enumerate(chase_cells(rows), start=2):
        for place, cell in enumerate(cells):
            sheet.write_string(line, place, cast(str, neutralize(cell)), text)
    book.close()
    return out.getvalue()
