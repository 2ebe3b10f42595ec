"""The numbers of a period as tables: one source for the page, for CSV and for Excel."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add

import xlsxwriter
from django.utils.translation import gettext as _

from core.japan.calendar import era_date
from core.japan.codes import PREFECTURES
from core.japan.tables import neutralize
from members.charts import Timeline
from members.choices import Category, OrganizationKind
from members.queries.statistics import Coverage, Flow, Flows, Government

Cell = str | int


@dataclass(frozen=True)
class Table:
    """`texts`: how many columns from the left are words, the others are numbers."""

    key: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    texts: int = 1
    balances: bool = True

    @property
    def all_rows(self) -> list[tuple[Cell, ...]]:
        return [*self.rows, *filter(None, [self.total])]


def flow_tables(found: Flows, first: date, last: date) -> list[Table]:
    kinds = [(kind.value, str(kind.label)) for kind in OrganizationKind]
    return [
        _flow_table(
            "category", (_("By category"), _("Category")), found.by_category,
            [(category.value, str(category.label)) for category in Category], (first, last),
            moves=True,
        ),
        _flow_table(
            "prefecture", (_("By prefecture"), _("Prefecture")), found.by_prefecture,
            [*PREFECTURES, *([("", _("Not known"))] if "" in found.by_prefecture else [])],
            (first, last),
        ),
        _flow_table(
            "kind", (_("By legal form"), _("Legal form")), found.by_kind,
            [(key, label) for key, label in kinds if key in found.by_kind], (first, last),
        ),
    ]  # fmt: skip


def _flow_table(  # noqa: PLR0913, RUF100 -- one call for each of three tables
    key: str,
    names: tuple[str, str],
    found: Mapping[str, Flow],
    order: Sequence[tuple[str, str]],
    period: tuple[date, date],
    *,
    moves: bool = False,
) -> Table:
    (title, label), (first, last) = names, period
    head = (
        label,
        _("Before %(day)s") % {"day": era_date(first)},
        _("Joined"), _("Left"),
        *((_("Moved in"), _("Moved out")) if moves else ()),
        _("As of %(day)s") % {"day": era_date(last)},
    )  # fmt: skip
    lines = [(words, found.get(code, Flow())) for code, words in order]
    total = reduce(add, (flow for _words, flow in lines), Flow())
    return Table(
        key, title, head,
        tuple((words, *_numbers(flow, moves=moves)) for words, flow in lines),
        (_("Total"), *_numbers(total, moves=moves)),
        balances=all(flow.balances for _words, flow in lines),
    )  # fmt: skip


def _numbers(flow: Flow, *, moves: bool) -> tuple[int, ...]:
    moved = (flow.moved_in, flow.moved_out) if moves else ()
    return (flow.opening, flow.joined, flow.left, *moved, flow.closing)


def timeline_table(chart: Timeline) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (era_date(day), *(counts[category] for category in Category), counts.total)
        for day, counts in chart.rows
    ]
    head = (_("Day"), *(str(category.label) for category in Category), _("Total"))
    return Table("timeline", _("Over time"), head, tuple(rows))


def coverage_tables(found: Coverage, members: Mapping[str, Flow]) -> list[Table]:
    head = (_("Local government code"), _("Local government"), _("Member"))
    return [
        Table(
            "prefectures", _("The 47 prefectures"), (*head, _("Members located there")),
            tuple((*_row(place), members.get(place.code[:2], Flow()).closing)
                  for place in found.prefectures),
            texts=3,
        ),
        Table(
            "cities", _("The 20 designated cities"), head, tuple(map(_row, found.cities)), texts=3
        ),
    ]  # fmt: skip


def _row(place: Government) -> tuple[str, str, str]:
    return place.code, place.place, place.name or _("not a member")


def csv_rows(table: Table, note: str) -> list[Sequence[object]]:
    return [[table.title, note], list(table.head), *map(list, table.all_rows)]


def workbook(tables: Iterable[Table], note: str) -> bytes:
    """A sheet for each table; text as text, so that Excel runs nothing and drops no zero."""
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    base = {"font_name": "Yu Gothic", "font_size": 10}
    title = book.add_format({**base, "bold": True, "font_size": 13})
    head = book.add_format({**base, "bold": True, "bg_color": "#E8F1F2", "border": 1})
    text = book.add_format({**base, "num_format": "@"})
    number = book.add_format({**base, "num_format": "0"})
    for table in tables:
        sheet = book.add_worksheet(table.title[:31])
        sheet.write_string(0, 0, table.title, title)
        sheet.write_string(1, 0, note, text)
        sheet.set_column(0, len(table.head) - 1, 22)
        sheet.freeze_panes(4, 0)
        for place, words in enumerate(table.head):
            sheet.write_string(3, place, words, head)
        for line, row in enumerate(table.all_rows, start=4):
            for place, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(line, place, value, number)
                else:
                    sheet.write_string(line, place, str(neutralize(value)), text)
    book.close()
    return out.getvalue()
