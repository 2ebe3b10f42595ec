"""Rows put together: one entry per organisation, one row per contact."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from core.japan.codes import prefecture_of
from core.japan.text import fold
from members.choices import NUMBER_PREFIX, Category
from members.roster.cells import ListRow
from members.roster.columns import CATEGORY_WORDS, CONTACT_COLUMNS, SHARED_COLUMNS, Column


@dataclass(slots=True)
class Entry:
    """What the list says about one organisation. `values` come from its first row, filled up from
    the following ones."""

    rows: list[ListRow]
    category: Category | None = None
    number: str = ""
    values: dict[Column, Any] = field(default_factory=dict)

    @property
    def first(self) -> ListRow:
        return self.rows[0]

    @property
    def name(self) -> str:
        return str(self.values.get(Column.NAME, ""))

    @property
    def refused(self) -> bool:
        return any(row.reasons for row in self.rows)

    def contacts(self) -> Iterator[ListRow]:
        return (row for row in self.rows if CONTACT_COLUMNS & row.values.keys())


def entries_of(rows: Iterable[ListRow]) -> list[Entry]:
    """The entries in the order of the list. What cannot be understood is marked on its row."""
    entries: list[Entry] = []
    numbered: dict[str, Entry] = {}
    for row in rows:
        category = _category_of(row)
        number = _number_of(row, category)
        previous = entries[-1] if entries else None
        entry = numbered.get(number) if number else None
        if entry is not None:
            _check_same_number(entry, row)
        elif previous is not None and not number and _continues(previous, row):
            entry = previous
        if entry is None:
            entry = Entry([], category, number)
            entries.append(entry)
            if number:
                numbered[number] = entry
        _add(entry, row)
    for entry in entries:
        _check_complete(entry)
    return entries


def _category_of(row: ListRow) -> Category | None:
    told: Category | None = row.values.get(Column.CATEGORY)
    if told and row.section and told != row.section:
        row.refuse(
            f"区分が「{CATEGORY_WORDS[told]}」ですが、見出し【{CATEGORY_WORDS[row.section]}】の下にあります。"
        )
    return told or row.section


def _number_of(row: ListRow, category: Category | None) -> str:
    if Column.NUMBER not in row.values or category is None:
        return ""
    prefix, number = row.values[Column.NUMBER]
    expected = NUMBER_PREFIX[category]
    if prefix and prefix != expected:
        row.refuse(
            f"会員番号の頭文字「{prefix}」が区分「{CATEGORY_WORDS[category]}」と合いません。"
        )
    return f"{expected}{number:04}"


def _check_same_number(entry: Entry, row: ListRow) -> None:
    name = row.values.get(Column.NAME, "")
    if name and fold(name) != fold(entry.name):
        row.refuse(
            f"番号 {entry.number} が{entry.first.number}行目の「{entry.name}」と重なっています。"
        )


def _continues(entry: Entry, row: ListRow) -> bool:
    """A further contact of the organisation above: the same name, or no name at all."""
    if Column.NUMBER in row.values:
        return False
    name = row.values.get(Column.NAME, "")
    if not name:
        return bool(CONTACT_COLUMNS & row.values.keys())
    category = row.values.get(Column.CATEGORY)
    return fold(name) == fold(entry.name) and (category in {None, entry.category})


def _add(entry: Entry, row: ListRow) -> None:
    entry.rows.append(row)
    for column in SHARED_COLUMNS:
        value = row.values.get(column)
        if value is None:
            continue
        told = entry.values.setdefault(column, value)
        if told != value:
            row.refuse(
                f"{column}が{entry.first.number}行目と違います"
                f"(同じ団体の行は同じ内容にしてください)。"
            )


def _check_complete(entry: Entry) -> None:
    first = entry.first
    if not entry.name:
        first.refuse("団体名がありません。")
    if entry.category is None and not any("区分" in reason for reason in first.reasons):
        first.refuse("区分がありません(見出し【会員】などもありません)。")
    prefecture = prefecture_of(entry.values.get(Column.ADDRESS, "")) or entry.values.get(
        Column.GOVERNMENT_CODE, ""
    )
    if prefecture:
        entry.values.setdefault(Column.PREFECTURE, prefecture[:2])
    seen: dict[tuple[str, str], ListRow] = {}
    for row in entry.contacts():
        same = (fold(row.values.get(Column.CONTACT_NAME, "")), row.values.get(Column.EMAIL, ""))
        other = seen.setdefault(same, row)
        if other is not row:
            row.refuse(f"{other.number}行目と同じ担当者です。")
        if Column.CONTACT_NAME not in row.values and not row.reasons:
            row.refuse("担当者名がありません。")
        if Column.NEWSLETTER in row.values and Column.EMAIL not in row.values and not row.reasons:
            row.refuse("メルマガの希望がありますが、メールアドレスがありません。")
