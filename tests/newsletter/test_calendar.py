from datetime import UTC, date, datetime

import pytest

from newsletter.calendar import draft_is_due, monday_of, proposed_send_at, send_day


@pytest.mark.parametrize(
    ("week_of", "expected"),
    [
        (date(2022, 6, 13), date(2022, 6, 17)),  # an ordinary Friday
        (date(2022, 4, 25), date(2022, 4, 28)),  # 29 April is 昭和の日
        (date(2022, 5, 2), date(2022, 5, 6)),  # three holidays, Friday is open
        (date(2026, 5, 4), date(2026, 5, 8)),
        (date(2022, 12, 26), date(2022, 12, 28)),  # offices close on the 29th
        (date(2022, 1, 3), date(2022, 1, 7)),
    ],
)
def test_the_issue_goes_on_friday_or_the_business_day_before(week_of, expected):
    assert send_day(week_of) == expected


def test_ten_in_the_morning_means_tokyo():
    assert proposed_send_at(date(2022, 6, 13)) == datetime(2022, 6, 17, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2022, 6, 14), False),  # Tuesday
        (date(2022, 6, 15), True),
        (date(2022, 6, 17), True),
        (date(2022, 6, 18), False),  # the day of sending has passed: the week is skipped
        (date(2022, 12, 28), True),
    ],
)
def test_the_draft_stands_from_wednesday_until_the_day_of_sending(day, due):
    assert draft_is_due(day) is due


def test_a_week_is_named_by_its_monday():
    assert monday_of(date(2022, 6, 19)) == date(2022, 6, 13)
