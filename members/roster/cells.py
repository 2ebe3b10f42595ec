"""From cells as people filled them in to values as the database keeps them.

Names stay to the letter (only blanks around them go); codes, dates and mailboxes get one spelling.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from core.japan.calendar import parse_date
from core.japan.codes import (
    normalize_corporate_number,
    normalize_local_government_code,
    prefecture_of,
)
from core.japan.contacts import normalize_email, normalize_phone, normalize_postal_code
from core.japan.tables import REPLACEMENT
from core.japan.text import excerpt, fold
from members.choices import Category
from members.roster.columns import (
    CATEGORIES,
    CATEGORY_WORDS,
    FIELD_CODES,
    KINDS,
    NEWSLETTER_WISHES,
    Column,
)
from members.roster.reading import Cell, SourceRow

_LINE_BREAK = re.compile(r"\s*[\r\n\t]+\s*")
_SEPARATORS = re.compile(r"[、,，・;/\s]+")
_NUMBER = re.compile(r"(?P<prefix>[会賛協]?)0*(?P<number>[1-9][0-9]{0,6})")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# What nearly every address looks like; the full check takes fifty times as long.
_PLAIN_URL = re.compile(r"https?://[a-z0-9]+(?:[.-][a-z0-9]+)*\.[a-z]{2,12}(?:/[a-z0-9/._~-]*)?")
_check_url = URLValidator(schemes=["http", "https"])


@dataclass(slots=True)
class ListRow:
    """One row with what could be read of it, and why it cannot be taken, if so."""

    number: int
    values: dict[Column, Any]
    section: Category | None = None
    reasons: list[str] = field(default_factory=list)

    def refuse(self, reason: str) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)


def read_rows(rows: Iterable[SourceRow]) -> list[ListRow]:
    return [_read_row(row) for row in rows]


def _read_row(source: SourceRow) -> ListRow:
    row = ListRow(source.number, {}, CATEGORIES.get(fold(source.section)))
    for column, cell in source.cells.items():
        try:
            value = _PARSERS[column](cell)
        except ValueError as error:
            row.refuse(f"{column}: {error}")
        else:
            if value not in {"", None} if not isinstance(value, list) else value:
                row.values[column] = value
    return row


def as_text(cell: Cell) -> str:
    """What the cell shows: 12.0 is 12, a date is its ISO form."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)


def _line(limit: int) -> Callable[[Cell], str]:
    def parse(cell: Cell) -> str:
        text = _LINE_BREAK.sub(" ", as_text(cell).strip())
        if len(text) > limit:
            raise ValueError(f"{limit}文字以内で入れてください(いま{len(text)}文字)。")
        return text

    return parse


def _text(cell: Cell) -> str:
    return as_text(cell).strip().replace("\r\n", "\n")


def _number(cell: Cell) -> tuple[str, int]:
    """The prefix, if one was written, and the number."""
    text = unicodedata.normalize("NFKC", as_text(cell)).strip()
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise ValueError(f"番号として読み取れません:「{excerpt(text)}」。")
    return match["prefix"], int(match["number"])


def _category(cell: Cell) -> Category:
    category = CATEGORIES.get(fold(as_text(cell)))
    if category is None:
        known = "・".join(CATEGORY_WORDS.values())
        raise ValueError(
            f"「{excerpt(as_text(cell))}」という区分はありません({known}のどれかです)。"
        )
    return category


def _kind(cell: Cell) -> str:
    kind = KINDS.get(fold(as_text(cell)))
    if kind is None:
        raise ValueError(f"「{excerpt(as_text(cell))}」という法人格はありません。")
    return kind.value


def _prefecture(cell: Cell) -> str:
    code = prefecture_of(as_text(cell))
    if code is None:
        raise ValueError(f"「{excerpt(as_text(cell))}」という都道府県はありません。")
    return code


def _url(cell: Cell) -> str:
    text = as_text(cell).strip()
    if text and not _SCHEME.match(text):
        text = f"https://{text}"
    try:
        if text and not _PLAIN_URL.fullmatch(text):
            _check_url(text)
    except ValidationError:
        raise ValueError(f"ウェブサイトのアドレスではありません:「{excerpt(text)}」。") from None
    if len(text) > 300:
        raise ValueError("300文字以内で入れてください。")
    return text


def _fields(cell: Cell) -> list[str]:
    words = _SEPARATORS.split(unicodedata.normalize("NFKC", as_text(cell)).strip())
    codes = {word.zfill(2) for word in words if word}
    unknown = sorted(codes - FIELD_CODES)
    if unknown:
        raise ValueError(f"活動分野は1から20までの番号です:「{excerpt('、'.join(unknown))}」。")
    return sorted(codes)


def _email(cell: Cell) -> str:
    return normalize_email(as_text(cell))


def _wish(cell: Cell) -> bool:
    wish = NEWSLETTER_WISHES.get(fold(as_text(cell)))
    if wish is None:
        raise ValueError(f"希望する・希望しない のどちらかです:「{excerpt(as_text(cell))}」。")
    return wish


@lru_cache(maxsize=4096)
def _joined_on(cell: Cell) -> date:
    return parse_date(cell)


_PARSERS: dict[Column, Callable[[Cell], Any]] = {
    Column.NUMBER: _number,
    Column.CATEGORY: _category,
    Column.NAME: _line(200),
    Column.NAME_KANA: _line(300),
    Column.KIND: _kind,
    Column.CORPORATE_NUMBER: normalize_corporate_number,
    Column.GOVERNMENT_CODE: normalize_local_government_code,
    Column.POSTAL_CODE: normalize_postal_code,
    Column.PREFECTURE: _prefecture,
    Column.ADDRESS: _line(300),
    Column.PHONE: normalize_phone,
    Column.URL: _url,
    Column.FIELDS: _fields,
    Column.HEAD_TITLE: _line(100),
    Column.HEAD_NAME: _line(100),
    Column.DEPARTMENT: _line(100),
    Column.CONTACT_NAME: _line(100),
    Column.CONTACT_KANA: _line(150),
    Column.EMAIL: _email,
    Column.NEWSLETTER: _wish,
    Column.JOINED_ON: _joined_on,
    Column.NOTE: _text,
}

LETTERS_LOST = f"文字が失われています(「{REPLACEMENT}」)。元の文字に直してください。"
