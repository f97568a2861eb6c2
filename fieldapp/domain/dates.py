"""Due dates: months counted from one anchor, and the days between two dates as a bank counts them."""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import date


def next_due(start: date, months: int) -> date:
    """Due date ``months`` after ``start``; a day the month lacks becomes its last day.

    Always counted from ``start``, so 31 Jan gives 28 Feb and then 31 Mar (DOMAIN C, due dates). Raises
    OverflowError beyond the calendar (year 9999).
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(f"no calendar for year {year}")
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def due_dates(start: date, months: int, first_due: date | None = None) -> list[date]:
    """The ``months`` due dates of a loan, the first on ``first_due`` or else a month after ``start``.

    With a first due date of its own the later ones are counted from that date.
    """
    if first_due is None:
        return [next_due(start, k) for k in range(1, months + 1)]
    return [next_due(first_due, k) for k in range(months)]


def whole_months(start: date, end: date) -> int:
    """How many whole months lie between two dates, ``end`` not before ``start``; 31 Jan to 28 Feb is one."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if next_due(start, months) <= end else months - 1


def thirty_day_count(start: date, end: date) -> int:
    """Days between two dates with months of 30 days: whole months count 30 each, the odd days as they are.

    The rule for interest periods with a remainder of days (PBOC notice Yinfa 2005-129 [R]).
    """
    months = whole_months(start, end)
    return months * 30 + (end - next_due(start, months)).days


def leap_and_common_days(start: date, end: date) -> tuple[int, int]:
    """The days from ``start`` up to ``end`` that fall in leap years, and those that fall in common years."""
    leap = sum(_days_within(start, end, year) for year in range(start.year, end.year + 1) if isleap(year))
    return leap, (end - start).days - leap


def _days_within(start: date, end: date, year: int) -> int:
    first = max(start.toordinal(), date(year, 1, 1).toordinal())
    after = min(end.toordinal(), date(year, 12, 31).toordinal() + 1)
    return after - first
