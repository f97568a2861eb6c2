"""Due dates and counted days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.domain.dates import due_dates, leap_and_common_days, next_due, thirty_day_count, whole_months
from fieldapp.domain.interest import DayCount, year_share

DATES = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def test_due_dates_count_from_the_start_and_recover_after_february() -> None:
    assert due_dates(date(2026, 1, 31), 3) == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert next_due(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert next_due(date(2026, 11, 30), 3) == date(2027, 2, 28)


def test_later_due_dates_count_from_a_first_due_date_of_its_own() -> None:
    assert due_dates(date(2026, 1, 31), 3, date(2026, 3, 20)) == [
        date(2026, 3, 20),
        date(2026, 4, 20),
        date(2026, 5, 20),
    ]


def test_a_due_date_beyond_the_calendar_is_an_overflow() -> None:
    with pytest.raises(OverflowError):
        next_due(date(9999, 12, 1), 1)


def test_a_schedule_crosses_into_years_without_holiday_tables() -> None:
    assert due_dates(date(2026, 12, 15), 30)[-1] == date(2029, 6, 15)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 30),
        (date(2026, 1, 15), date(2026, 2, 20), 35),
        (date(2026, 1, 15), date(2027, 1, 15), 360),
        (date(2026, 2, 1), date(2026, 2, 28), 27),
        (date(2026, 5, 5), date(2026, 5, 5), 0),
    ],
)
def test_whole_months_count_thirty_days_and_odd_days_as_they_are(start: date, end: date, days: int) -> None:
    assert thirty_day_count(start, end) == days


@settings(max_examples=100)
@given(DATES, st.integers(0, 400))
def test_whole_months_undo_next_due(start: date, months: int) -> None:
    due = next_due(start, months)
    assert whole_months(start, due) == months
    assert months == 0 or whole_months(start, due - timedelta(days=1)) == months - 1


@settings(max_examples=100)
@given(DATES, DATES, DATES)
def test_actual_shares_of_a_year_add_up(one: date, two: date, three: date) -> None:
    start, middle, end = sorted((one, two, three))
    for day_count in (DayCount.ACT_360, DayCount.ACT_365, DayCount.ACT_ACT):
        parts = year_share(day_count, start, middle) + year_share(day_count, middle, end)
        assert parts == year_share(day_count, start, end)


def test_actual_years_are_one_year_each() -> None:
    assert year_share(DayCount.ACT_ACT, date(2027, 1, 1), date(2029, 1, 1)) == 2
    assert leap_and_common_days(date(2027, 12, 31), date(2028, 1, 2)) == (1, 1)
