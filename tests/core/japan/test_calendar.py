from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.japan.calendar import (
    EXCEL_EPOCH,
    EXCEL_SERIALS,
    TOKYO,
    add_business_days,
    era_date,
    era_date_weekday,
    era_datetime,
    fiscal_year,
    fiscal_year_label,
    is_business_day,
    next_business_day,
    parse_date,
    previous_business_day,
    tokyo_date,
)

ANY_DAY = st.dates(min_value=date(1600, 1, 1), max_value=date(2199, 12, 31))
OFFICE_DAY = st.dates(min_value=date(2000, 1, 1), max_value=date(2040, 12, 31))


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (date(2022, 6, 15), "令和4年6月15日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1873, 1, 1), "明治6年1月1日"),
        (date(1872, 12, 31), "1872年12月31日"),
    ],
)
def test_each_era_ends_the_day_before_the_next_begins(day, shown):
    assert era_date(day) == shown


def test_weekday_is_computed():
    assert era_date_weekday(date(2025, 12, 18)) == "令和7年12月18日(木)"
    assert era_date_weekday(date(2022, 6, 15)) == "令和4年6月15日(水)"


def test_moments_are_shown_in_japans_time():
    assert era_datetime(datetime(2022, 6, 21, 4, 30, tzinfo=UTC)) == "令和4年6月21日(火)13:30"
    assert era_datetime(datetime(2022, 6, 21, 0, 5, tzinfo=UTC)) == "令和4年6月21日(火)9:05"
    assert era_date(datetime(2019, 4, 30, 15, 0, tzinfo=UTC)) == "令和元年5月1日"


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="aware"):
        era_datetime(datetime(2022, 6, 21, 13, 30))  # noqa: DTZ001 - the mistake under test


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2022, 3, 31), 2021),
        (date(2022, 4, 1), 2022),
        (date(2019, 4, 30), 2019),
        (date(2020, 1, 1), 2019),
    ],
)
def test_fiscal_year_begins_on_the_first_of_april(day, year):
    assert fiscal_year(day) == year


@pytest.mark.parametrize(
    ("year", "label"),
    [
        (2021, "令和3年度"),
        (2022, "令和4年度"),
        (2019, "令和元年度"),
        (2018, "平成30年度"),
        (1989, "平成元年度"),
        (1988, "昭和63年度"),
        (1926, "大正15年度"),
        (1870, "1870年度"),
    ],
)
def test_fiscal_year_label_names_the_era_of_april_but_2019_is_reiwa(year, label):
    assert fiscal_year_label(year) == label


FEBRUARY_25 = date(2022, 2, 25)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("令和4年2月25日", FEBRUARY_25),
        ("令和４年２月２５日", FEBRUARY_25),
        (" 令和 4 年 2 月 25 日 ", FEBRUARY_25),
        ("令4.2.25", FEBRUARY_25),
        ("㋿4年2月25日", FEBRUARY_25),
        ("R4.2.25", FEBRUARY_25),
        ("r4.02.25", FEBRUARY_25),
        ("Ｒ４．２．２５", FEBRUARY_25),
        ("R4/2/25", FEBRUARY_25),
        ("R4-2-25", FEBRUARY_25),
        ("R4年2月25日", FEBRUARY_25),
        ("H31.4.30", date(2019, 4, 30)),
        ("S64.1.7", date(1989, 1, 7)),
        ("T元.7.30", date(1912, 7, 30)),
        ("M45.7.29", date(1912, 7, 29)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("令和1年5月1日", date(2019, 5, 1)),
        ("明治41年10月1日", date(1908, 10, 1)),
        ("2022/02/25", FEBRUARY_25),
        ("2022/2/25", FEBRUARY_25),
        ("2022-02-25", FEBRUARY_25),
        ("2022−02−25", FEBRUARY_25),
        ("２０２２－０２－２５", FEBRUARY_25),
        ("2022.2.25", FEBRUARY_25),
        ("2022年2月25日", FEBRUARY_25),
        ("20220225", FEBRUARY_25),
        (20220225, FEBRUARY_25),
        (20220225.0, FEBRUARY_25),
        ("令和4年2月25日(金)", FEBRUARY_25),
        ("令和4年2月25日（金曜日）", FEBRUARY_25),
        ("2022/02/25 0:00:00", FEBRUARY_25),
        ("2022-02-25T13:30:00.000", FEBRUARY_25),
        (44617, FEBRUARY_25),
        (44617.75, FEBRUARY_25),
        (FEBRUARY_25, FEBRUARY_25),
        (datetime(2022, 2, 25, 0, 0, tzinfo=TOKYO), FEBRUARY_25),
        (datetime(2022, 2, 24, 15, 0, tzinfo=UTC), FEBRUARY_25),
    ],
)
def test_dates_are_read_as_offices_write_them(written, day):
    assert parse_date(written) == day


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "入力されていません"),
        (" \u3000", "入力されていません"),
        (None, "入力されていません"),
        (True, "入力されていません"),
        ("令和4年2月30日", "存在しない日付"),
        ("2022/13/01", "存在しない日付"),
        ("20221301", "存在しない日付"),
        ("2023-02-29", "存在しない日付"),
        ("平成31年5月1日", "平成は平成31年4月30日まで"),
        ("S64.1.8", "昭和は昭和64年1月7日まで"),
        ("昭和99年1月1日", "昭和は"),
        ("令和元年4月30日", "令和は令和元年5月1日から"),
        ("明治5年12月2日", "明治は明治6年1月1日から"),
        ("令和0年1月1日", "元年"),
        ("令和7年12月18日(月)", "木曜日"),
        ("0202/03/15", "範囲外"),
        ("9999年1月1日", "範囲外"),
        ("99991231", "範囲外"),
        ("2022/3-15", "読み取れません"),
        ("22/3/15", "読み取れません"),
        ("2022年3月", "読み取れません"),
        ("44617", "読み取れません"),
        ("近日中", "読み取れません"),
        ("2022-03-15\x00", "読み取れません"),
        ("2022-03-15" + " " * 100 + "x", "読み取れません"),
        ("٢٠٢٢-٠٣-١٥", "読み取れません"),
        (2022, "数値"),
        (0, "数値"),
        (-44617, "数値"),
        (20220225.5, "数値"),
        (20221301, "存在しない日付"),
        (99991231, "数値"),
        (float("nan"), "数値"),
        (float("inf"), "数値"),
    ],
)
def test_what_is_no_date_is_refused_with_a_reason(written, reason):
    with pytest.raises(ValueError, match=reason):
        parse_date(written)


def test_a_refusal_quotes_what_was_written_but_not_a_novel():
    with pytest.raises(ValueError, match="「令和4年2月30日」"):
        parse_date("令和4年2月30日")
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the length is under test
        parse_date("あ" * 10_000)
    assert len(str(refused.value)) < 150


@given(ANY_DAY)
def test_every_shown_date_reads_back(day):
    assert parse_date(era_date(day)) == day
    assert parse_date(era_date_weekday(day)) == day
    assert parse_date(day.isoformat()) == day


@given(st.sampled_from(EXCEL_SERIALS))
def test_excel_day_numbers_count_from_the_epoch(serial):
    assert parse_date(serial) == parse_date(float(serial)) == EXCEL_EPOCH + timedelta(days=serial)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none()))
def test_reading_gives_a_date_or_a_japanese_refusal_for_anything(value):
    try:
        assert isinstance(parse_date(value), date)
    except ValueError as refusal:
        assert str(refusal).endswith(("。", ")。"))  # noqa: PT017 - both outcomes are lawful


@given(ANY_DAY)
def test_fiscal_year_holds_its_day(day):
    year = fiscal_year(day)
    assert date(year, 4, 1) <= day < date(year + 1, 4, 1)


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2022, 6, 15), True),
        (date(2022, 6, 18), False),  # Saturday
        (date(2022, 6, 19), False),  # Sunday
        (date(2022, 5, 3), False),  # 憲法記念日
        (date(2019, 4, 30), False),  # between two holidays of the change of era
        (date(2020, 7, 24), False),  # スポーツの日, moved for the Olympics
        (date(2023, 1, 2), False),  # the holiday of a Sunday's 元日
        (date(2022, 12, 28), True),
        (date(2022, 12, 29), False),
        (date(2022, 12, 30), False),
        (date(2023, 1, 3), False),
        (date(2023, 1, 4), True),
    ],
)
def test_offices_close_on_weekends_holidays_and_from_29_december_to_3_january(day, is_open):
    assert is_business_day(day) is is_open


def test_an_office_may_close_on_days_of_its_own():
    founding_day = date(2022, 6, 15)
    assert not is_business_day(founding_day, closed={founding_day})
    assert next_business_day(date(2022, 6, 14), closed={founding_day}) == date(2022, 6, 16)
    assert previous_business_day(date(2022, 6, 16), closed={founding_day}) == date(2022, 6, 14)
    assert add_business_days(date(2022, 6, 14), 1, closed={founding_day}) == date(2022, 6, 16)


def test_next_and_previous_business_day_jump_over_the_year_end():
    assert next_business_day(date(2022, 12, 28)) == date(2023, 1, 4)
    assert previous_business_day(date(2023, 1, 4)) == date(2022, 12, 28)
    assert next_business_day(date(2022, 6, 15)) == date(2022, 6, 16)


def test_three_business_days_over_golden_week():
    assert add_business_days(date(2022, 4, 28), 3) == date(2022, 5, 9)
    assert add_business_days(date(2022, 5, 9), -3) == date(2022, 4, 28)


def test_no_business_days_later_is_today_or_the_next_open_day():
    assert add_business_days(date(2022, 6, 15), 0) == date(2022, 6, 15)
    assert add_business_days(date(2022, 6, 18), 0) == date(2022, 6, 20)


@given(OFFICE_DAY, st.integers(min_value=-15, max_value=15))
def test_adding_business_days_lands_on_one_and_goes_back(day, days):
    landed = add_business_days(day, days)
    assert is_business_day(landed)
    if is_business_day(day):
        assert add_business_days(landed, -days) == day


@given(OFFICE_DAY)
def test_neighbours_in_business_days_are_strictly_apart(day):
    assert previous_business_day(day) < day < next_business_day(day)


def test_plain_dates_and_naive_moments_keep_their_day():
    naive = datetime(2022, 6, 15, 23, 59)  # noqa: DTZ001 - Excel gives naive moments
    assert tokyo_date(naive) == tokyo_date(date(2022, 6, 15)) == date(2022, 6, 15)
