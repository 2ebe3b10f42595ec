"""Eras, weekdays, fiscal years and business days.

Dates are stored as ISO dates; what people read (era, weekday, fiscal year) is computed here and
never typed, because typed ones go wrong: 「令和3年3月30日」 for 2022, a Thursday that was a Monday.
"""

import math
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import jpholiday

from core.japan.text import excerpt

TOKYO = ZoneInfo("Asia/Tokyo")
WEEKDAYS = "月火水木金土日"


@dataclass(frozen=True)
class Era:
    """One era: its first day, its names, and the last day that may carry its name."""

    name: str
    letter: str
    first: date
    last: date

    def first_year(self) -> int:
        """Gregorian year that is 元年 of this era."""
        return MEIJI_FIRST_YEAR if self.letter == "M" else self.first.year


# Japan counted by a lunisolar calendar until 明治5年12月2日; the next day was 1873-01-01. Earlier
# days cannot be converted by counting years, so the table begins there.
MEIJI_FIRST_YEAR = 1868
ERAS = (
    Era("令和", "R", date(2019, 5, 1), date.max),
    Era("平成", "H", date(1989, 1, 8), date(2019, 4, 30)),
    Era("昭和", "S", date(1926, 12, 25), date(1989, 1, 7)),
    Era("大正", "T", date(1912, 7, 30), date(1926, 12, 24)),
    Era("明治", "M", date(1873, 1, 1), date(1912, 7, 29)),
)
_ERA_BY_NAME = {key: era for era in ERAS for key in (era.name, era.name[0], era.letter)}

# Years outside are slips of the finger (0202, 20222), not dates of organizations or people.
FIRST_YEAR, LAST_YEAR = 1600, 2199
# Excel counts days from here (1900 system). Below 10000 a number is a year or a row number; from
# 80000 it is a code. Between lie 1927-05-18 and 2119-01-10.
EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_SERIALS = range(10_000, 80_000)

_ERA_YEAR = r"(?P<era>明治|大正|昭和|平成|令和|[明大昭平令MTSHR])\s*(?P<year>元|[0-9]{1,3})"
_WEST_YEAR = r"(?P<year>[0-9]{4})"
_MONTH_DAY = (
    r"(?:\s*年\s*(?P<m1>[0-9]{1,2})\s*月\s*(?P<d1>[0-9]{1,2})\s*日"
    r"|\s*(?P<sep>[-./])\s*(?P<m2>[0-9]{1,2})\s*(?P=sep)\s*(?P<d2>[0-9]{1,2}))"
)
# What Excel and people put behind a date: 「(水)」「(水曜日)」, a time of day.
_TAIL = (
    r"\s*(?:\((?P<weekday>[月火水木金土日])(?:曜日?)?\))?"
    r"(?:[ T]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
)
_ERA_DATE = re.compile(_ERA_YEAR + _MONTH_DAY + _TAIL, re.IGNORECASE)
_WEST_DATE = re.compile(_WEST_YEAR + _MONTH_DAY + _TAIL)
_COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−ー", "-"))


def tokyo_date(value: date) -> date:
    """The plain date of a date or datetime; an aware datetime is read in Japan's time."""
    if not isinstance(value, datetime):
        return value
    return (value.astimezone(TOKYO) if value.tzinfo else value).date()


def era_of(value: date) -> Era | None:
    """The era of a day, or None before 1873-01-01 (see ERAS)."""
    day = tokyo_date(value)
    return next((era for era in ERAS if day >= era.first), None)


def _era_year_text(era: Era, year: int) -> str:
    number = year - era.first_year() + 1
    return f"{era.name}{'元' if number == 1 else number}年"


def era_date(value: date) -> str:
    """「令和4年6月15日」; year 1 is 元年; days before 1873 come with the Gregorian year."""
    day = tokyo_date(value)
    era = era_of(day)
    year = _era_year_text(era, day.year) if era else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def era_date_weekday(value: date) -> str:
    """「令和4年6月15日(水)」."""
    return f"{era_date(value)}({WEEKDAYS[tokyo_date(value).weekday()]})"


def era_datetime(value: datetime) -> str:
    """「令和4年6月21日(火)13:30」 in Japan's time. ValueError for a naive datetime."""
    if value.tzinfo is None:
        raise ValueError("era_datetime needs an aware datetime")
    local = value.astimezone(TOKYO)
    return f"{era_date_weekday(local.date())}{local.hour}:{local.minute:02}"


def fiscal_year(value: date) -> int:
    """The Gregorian year of the 1 April on or before the day (会計年度, 財政法第11条)."""
    day = tokyo_date(value)
    return day.year if day.month >= 4 else day.year - 1


def fiscal_year_label(year: int) -> str:
    """「令和4年度」 for 2022: the era of 1 April, but the whole of 2019 is 令和元年度.

    The exception is the government's decision at the change of era (April 2019 was still 平成31年).
    Years before 明治6年度 come as 「1870年度」.
    """
    opening = date(2019, 5, 1) if year == 2019 else date(year, 4, 1)
    era = era_of(opening)
    return f"{_era_year_text(era, year)}度" if era else f"{year}年度"


def parse_date(value: object) -> date:
    """Read a date as Japanese offices write it.

    Takes date and datetime objects, 令和4年2月25日, 令和元年…, R4.2.25, R4/2/25, 2022/03/15,
    2022-3-15, 2022年3月15日, 20220315 (text or number), full-width digits, any hyphen, day
    numbers that Excel stores (1900 system, EXCEL_SERIALS). A weekday behind the date must be the
    right one; a time of day is dropped. Raises ValueError with a Japanese message that quotes the
    value: empty, unreadable, impossible day, or a day on which the era had not begun or was over.
    """
    if isinstance(value, date):
        return tokyo_date(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _date_of_number(value)
    if not isinstance(value, str) or not value.strip():
        raise ValueError("日付が入力されていません。")
    # A date is short, and patterns with blanks in them are slow on a long text: read it as no date.
    text = value.strip() if len(value) <= 100 else ""
    text = unicodedata.normalize("NFKC", text).translate(_HYPHENS).strip()
    if compact := _COMPACT_DATE.fullmatch(text):
        return _west_date(value, *(int(part) for part in compact.groups()))
    match = _ERA_DATE.fullmatch(text) or _WEST_DATE.fullmatch(text)
    if not match:
        raise ValueError(
            f"日付として読み取れません:「{excerpt(value)}」"
            "(例: 令和4年6月15日、R4.6.15、2022/06/15)。"
        )
    return _date_of_match(value, match)


def _date_of_number(value: float) -> date:
    if math.isfinite(value):
        days = math.floor(value)
        if days in EXCEL_SERIALS:
            return EXCEL_EPOCH + timedelta(days=days)
        if days == value and FIRST_YEAR * 10_000 < days < (LAST_YEAR + 1) * 10_000:
            return _west_date(value, days // 10_000, days // 100 % 100, days % 100)
    raise ValueError(f"日付として読み取れない数値です:「{excerpt(value)}」。")


def _date_of_match(value: object, match: re.Match[str]) -> date:
    parts = match.groupdict()
    month, day = int(parts["m1"] or parts["m2"]), int(parts["d1"] or parts["d2"])
    if "era" in parts:
        result = _from_era(value, parts["era"].upper(), parts["year"], month, day)
    else:
        result = _west_date(value, int(parts["year"]), month, day)
    if parts["weekday"] and parts["weekday"] != WEEKDAYS[result.weekday()]:
        right = WEEKDAYS[result.weekday()]
        raise ValueError(f"曜日が日付と合いません:「{excerpt(value)}」は{right}曜日です。")
    return result


def _from_era(value: object, key: str, year_text: str, month: int, day: int) -> date:
    era = _ERA_BY_NAME[key]
    number = 1 if year_text == "元" else int(year_text)
    if number == 0:
        raise ValueError(f"元号の年は元年(1年)からです:「{excerpt(value)}」。")
    result = _west_date(value, era.first_year() + number - 1, month, day)
    if result < era.first:
        raise ValueError(
            f"{era.name}は{era_date(era.first)}からです:「{excerpt(value)}」。"
            "西暦で入力してください。"
        )
    if result > era.last:
        raise ValueError(f"{era.name}は{era_date(era.last)}までです:「{excerpt(value)}」。")
    return result


def _west_date(value: object, year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"年が範囲外です:「{excerpt(value)}」。")
    return _make_date(value, year, month, day)


def _make_date(value: object, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"存在しない日付です:「{excerpt(value)}」。") from None


def is_business_day(value: date, *, closed: Collection[date] = ()) -> bool:
    """Whether government offices are open that day.

    Closed are weekends, public holidays and 29 December to 3 January
    (行政機関の休日に関する法律第1条第1項), and the days in `closed` that an office adds itself.
    """
    day = tokyo_date(value)
    year_end = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    if day.weekday() >= 5 or year_end or day in closed:
        return False
    return not jpholiday.is_holiday(day)


def next_business_day(value: date, *, closed: Collection[date] = ()) -> date:
    """The first business day after the given day; the day itself never counts."""
    return _step(tokyo_date(value), 1, closed)


def previous_business_day(value: date, *, closed: Collection[date] = ()) -> date:
    """The last business day before the given day; the day itself never counts."""
    return _step(tokyo_date(value), -1, closed)


def add_business_days(value: date, days: int, *, closed: Collection[date] = ()) -> date:
    """The day `days` business days later (negative: earlier), the first day not counted.

    0 gives the day itself if it is a business day, else the next one.
    """
    day = tokyo_date(value)
    if days == 0 and not is_business_day(day, closed=closed):
        return _step(day, 1, closed)
    for _ in range(abs(days)):
        day = _step(day, 1 if days > 0 else -1, closed)
    return day


def _step(day: date, direction: int, closed: Collection[date]) -> date:
    day += timedelta(days=direction)
    while not is_business_day(day, closed=closed):
        day += timedelta(days=direction)
    return day
