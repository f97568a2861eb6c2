"""Interest of a period: the day count of a product, exact shares of a year, and rounding once per period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from fieldapp.domain.dates import leap_and_common_days, thirty_day_count
from fieldapp.domain.money import Money, Rounding, round_to_fen


class DayCount(StrEnum):
    """How the days of a period and of the year are counted (DOMAIN C, parameters of a real core)."""

    THIRTY_360 = "30/360"
    ACT_360 = "act/360"
    ACT_365 = "act/365"
    ACT_ACT = "act/act"


def year_share(day_count: DayCount, start: date, end: date) -> Fraction:
    """The exact share of a year between two dates, ``end`` not before ``start``.

    ``act/act`` divides the days that fall in a leap year by 366 and the others by 365.
    """
    if day_count is DayCount.THIRTY_360:
        return Fraction(thirty_day_count(start, end), 360)
    return _share_of_days(day_count, *_days(day_count, start, end))


def period_factors(yearly_rate: Fraction, day_count: DayCount, dates: Sequence[date]) -> list[Fraction]:
    """The interest factor (yearly rate × share of the year) of each period from one date to the next, by real days.

    Periods of as many days have one and the same factor, which is reckoned once.
    """
    known: dict[tuple[int, int], Fraction] = {}
    factors = []
    for start, end in pairwise(dates):
        days = _days(day_count, start, end)
        factor = known.get(days)
        if factor is None:
            factor = known[days] = yearly_rate * _share_of_days(day_count, *days)
        factors.append(factor)
    return factors


def _days(day_count: DayCount, start: date, end: date) -> tuple[int, int]:
    """The days of a period in leap years and in common ones; where the product makes no difference all are common."""
    return leap_and_common_days(start, end) if day_count is DayCount.ACT_ACT else (0, (end - start).days)


def _share_of_days(day_count: DayCount, leap: int, common: int) -> Fraction:
    return Fraction(leap, 366) + Fraction(common, 360 if day_count is DayCount.ACT_360 else 365)


def fraction_to_fen(fen: Fraction, rounding: Rounding = Rounding.HALF_UP) -> Money:
    """An exact fraction of fen as whole fen, right in every mode: no digit is lost before the rounding.

    A decimal quotient would turn the 500.00 of 6000/12 into 499.99 when the product truncates.
    """
    return _quotient_to_fen(fen.numerator, fen.denominator, rounding)


def interest(balance: Money, factor: Fraction, rounding: Rounding) -> Money:
    """Interest on ``balance`` for a period whose factor is yearly rate × share of the year, rounded once."""
    return _quotient_to_fen(balance.fen * factor.numerator, factor.denominator, rounding)


def _quotient_to_fen(numerator: int, denominator: int, rounding: Rounding) -> Money:
    """A quotient that need not be in its lowest terms; only below, at or above the half matters to any mode."""
    whole, rest = divmod(numerator, denominator)
    twice = 2 * rest
    quarters = 0 if not rest else 1 if twice < denominator else 2 if twice == denominator else 3
    return round_to_fen(Decimal(4 * whole + quarters) / 4, rounding)
