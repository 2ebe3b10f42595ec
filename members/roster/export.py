"""The list goes out again, in the shape in which it came: a file to be taken back unchanged."""

import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, Literal, NamedTuple, cast

import xlsxwriter
from django.db.models import Case, IntegerField, Value, When

from accounts.models import User
from core.audit.acts import record
from core.japan.calendar import era_date
from core.japan.codes import prefecture_name
from core.japan.tables import LossyCell, encode_csv, neutralize
from mailing.choices import ConsentAction, Purpose
from mailing.models import Consent
from members.choices import Category, Duty, OrganizationKind
from members.models import Affiliation, Membership, Organization, OrganizationName
from members.roster.columns import (
    CATEGORY_WORDS,
    KIND_WORDS,
    Column,
    fields_word,
    wish_word,
)

Format = Literal["xlsx", "csv", "csv-cp932"]
FORMATS: tuple[Format, ...] = ("xlsx", "csv", "csv-cp932")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHUNK = 2_000
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_WIDTHS = {
    Column.NUMBER: 6, Column.NAME: 42, Column.NAME_KANA: 34, Column.KIND: 16,
    Column.CORPORATE_NUMBER: 16, Column.ADDRESS: 38, Column.PHONE: 16, Column.URL: 26,
    Column.CONTACT_KANA: 20, Column.EMAIL: 34, Column.NOTE: 30,
}  # fmt: skip
_ORDER = Case(
    *(
        When(category=category, then=Value(place))
        for place, category in enumerate(Category, start=1)
    ),
    output_field=IntegerField(),
)
Row = dict[Column, Any]


@dataclass
class RosterFile:
    """A finished file. `lossy` names the cells that its encoding could not carry whole."""

    name: str
    content_type: str
    content: bytes
    rows: int
    lossy: list[LossyCell] = field(default_factory=list)


def export_roster(*, form: Format, as_of: date, actor: User | None, at: datetime) -> RosterFile:
    """The members on `as_of` as a file, and a line in the trail that somebody took it."""
    file = build_roster(form=form, as_of=as_of)
    record(
        actor, "members.roster.exported", None, at=at,
        format=form, as_of=as_of.isoformat(), rows=file.rows, lossy=len(file.lossy),
    )  # fmt: skip
    return file


def build_roster(*, form: Format, as_of: date) -> RosterFile:
    stem = f"会員名簿_{as_of:%Y-%m-%d}"
    if form == "xlsx":
        content, count = _workbook(as_of)
        return RosterFile(f"{stem}.xlsx", XLSX_TYPE, content, count)
    lines: list[list[object]] = [[column.value for column in Column]]
    lines += [
        [_plain(row.get(column, "")) for column in Column] for _category, row in roster_rows(as_of)
    ]
    encoding: Literal["utf-8-sig", "cp932"] = "cp932" if form == "csv-cp932" else "utf-8-sig"
    content, lossy = encode_csv(lines, encoding)
    charset = "Shift_JIS" if encoding == "cp932" else "utf-8"
    return RosterFile(f"{stem}.csv", f"text/csv; charset={charset}", content, len(lines) - 1, lossy)


def _plain(value: object) -> object:
    return f"{value:%Y/%m/%d}" if isinstance(value, date) else value


def roster_rows(as_of: date) -> Iterator[tuple[Category, Row]]:
    """The rows of the list in its order: by category and number, one row per contact."""
    wishes = dict(
        Consent.objects.filter(purpose=Purpose.NEWSLETTER)
        .order_by("address_id", "-pk")
        .distinct("address_id")
        .values_list("address_id", "action")
    )
    periods = (
        Membership.objects.active_on(as_of)
        .annotate(place=_ORDER)
        .order_by("place", "number")
        .select_related("organization")
        .defer("organization__search_text", "organization__summary")
        .iterator(chunk_size=_CHUNK)
    )
    while chunk := list(islice(periods, _CHUNK)):
        yield from _chunk_rows(chunk, as_of, wishes)


def _chunk_rows(
    periods: list[Membership], as_of: date, wishes: dict[int, str]
) -> Iterator[tuple[Category, Row]]:
    keys = [period.organization_id for period in periods]
    people: dict[int, list[_Contact]] = defaultdict(list)
    for row in (
        Affiliation.objects.active_on(as_of)
        .filter(organization__in=keys)
        .order_by("position", "pk")
        .values_list("organization_id", *_Contact._fields)
        .iterator(chunk_size=_CHUNK)
    ):
        people[row[0]].append(_Contact(*row[1:]))
    names: dict[int, tuple[str, str]] = {}  # borne on that day: the first to end after it
    for key, name, kana in (
        OrganizationName.objects.filter(organization__in=keys, valid_until__gt=as_of)
        .order_by("valid_until")
        .values_list("organization_id", "name", "name_kana")
    ):
        names.setdefault(key, (name, kana))
    for period in periods:
        key = period.organization_id
        shared = _shared(period, names.get(key)) | _head(people[key])
        contacts = [row for row in people[key] if row.duty != Duty.REPRESENTATIVE]
        first = shared | {Column.NUMBER: _number(period.number)}
        category = Category(period.category)
        yield category, first | (_contact(contacts[0], wishes) if contacts else {})
        for contact in contacts[1:]:
            yield category, shared | _contact(contact, wishes)


class _Contact(NamedTuple):
    """The columns of an affiliation that the list shows; names of fields as queries spell them."""

    duty: str
    title: str
    department: str
    person__name: str
    person__name_kana: str
    address_id: int | None
    address__email: str | None


def _number(number: str) -> int | str:
    digits = number[1:]
    return int(digits) if digits.isascii() and digits.isdigit() else number


def _shared(period: Membership, former: tuple[str, str] | None) -> Row:
    row: Organization = period.organization
    name, kana = former or (row.name, row.name_kana)
    return {
        Column.CATEGORY: CATEGORY_WORDS[Category(period.category)],
        Column.NAME: name,
        Column.NAME_KANA: kana,
        Column.KIND: KIND_WORDS[OrganizationKind(row.kind)],
        Column.CORPORATE_NUMBER: row.corporate_number,
        Column.GOVERNMENT_CODE: row.local_government_code,
        Column.POSTAL_CODE: row.postal_code,
        Column.PREFECTURE: prefecture_name(row.prefecture) if row.prefecture else "",
        Column.ADDRESS: row.address,
        Column.PHONE: row.phone,
        Column.URL: row.url,
        Column.FIELDS: fields_word(row.fields),
        Column.JOINED_ON: period.valid_from,
        Column.NOTE: row.note,
    }


def _head(people: list[_Contact]) -> Row:
    head = next((row for row in people if row.duty == Duty.REPRESENTATIVE), None)
    if head is None:
        return {}
    return {Column.HEAD_TITLE: head.title, Column.HEAD_NAME: head.person__name}


def _contact(row: _Contact, wishes: dict[int, str]) -> Row:
    action = wishes.get(row.address_id) if row.address_id is not None else None
    wish = None if action is None else action == ConsentAction.GIVEN
    return {
        Column.DEPARTMENT: row.department,
        Column.CONTACT_NAME: row.person__name,
        Column.CONTACT_KANA: row.person__name_kana,
        Column.EMAIL: row.address__email or "",
        Column.NEWSLETTER: wish_word(wish),
    }


def _workbook(as_of: date) -> tuple[bytes, int]:
    """Written row by row (constant memory), text as text: Excel runs nothing and drops no zero."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet("会員名簿")
    base = {"font_name": "Yu Gothic", "font_size": 10, "valign": "top"}
    styles = {
        "title": book.add_format({**base, "bold": True, "font_size": 14}),
        "heading": book.add_format(
            {**base, "bold": True, "bg_color": "#E8F1F2", "border": 1, "text_wrap": True}
        ),
        "section": book.add_format({**base, "bold": True, "bg_color": "#F3F3F3"}),
        "text": book.add_format({**base, "num_format": "@"}),
        "number": book.add_format({**base, "num_format": "0"}),
        "date": book.add_format({**base, "num_format": "yyyy/mm/dd"}),
    }
    for place, column in enumerate(Column):
        sheet.set_column(place, place, _WIDTHS.get(column, 13))
    sheet.freeze_panes(4, 3)
    sheet.set_landscape()
    sheet.repeat_rows(3)
    day = era_date(as_of).translate(_FULL_WIDTH)
    title = f"孤独・孤立対策官民連携プラットフォーム\u3000会員名簿（{day}時点）"
    sheet.write_string(0, 0, title, styles["title"])
    sheet.write_string(1, 0, "※１団体に担当者が複数いる場合は行を分けて記載", styles["text"])
    for place, column in enumerate(Column):
        sheet.write_string(3, place, column.value, styles["heading"])
    count = _write_rows(sheet, styles, as_of)
    book.close()
    return out.getvalue(), count


def _write_rows(sheet: Any, styles: dict[str, Any], as_of: date) -> int:
    line, count = 4, 0
    section: Category | None = None
    for category, row in roster_rows(as_of):
        if category != section:
            section = category
            sheet.write_string(line, 0, f"【{CATEGORY_WORDS[category]}】", styles["section"])
            line += 1
        for place, column in enumerate(Column):
            _write_cell(sheet, styles, line, place, row.get(column, ""))
        line += 1
        count += 1
    return count


def _write_cell(sheet: Any, styles: dict[str, Any], line: int, place: int, value: object) -> None:
    if value == "":
        return
    if isinstance(value, date):
        sheet.write_datetime(line, place, value, styles["date"])
    elif isinstance(value, int):
        sheet.write_number(line, place, value, styles["number"])
    else:
        sheet.write_string(line, place, cast(str, neutralize(value)), styles["text"])
