"""What a loan costs a year with all fees: monthly IRR, simple and compound yearly figures, XIRR (DOMAIN C5).

A rate is found in floating point and agrees with the exact root to far better than 1e-9; the money that goes in
stays whole fen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from fieldapp.domain.dates import thirty_day_count
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.domain.schedules import Schedule
from fieldapp.domain.wording import Sentence

_DECIMALS = Decimal("1e-14")
_FASTEST = 60.0  # log growth per unit of time; beyond it a figure says nothing to anybody


@dataclass(frozen=True, slots=True)
class YearlyCost:
    """The cost of a loan as fractions: 0.06 is 6 %. Always say which of the two yearly figures is shown."""

    monthly: Decimal
    simple: Decimal
    compound: Decimal


def yearly_cost(schedule: Schedule) -> YearlyCost:
    """The yearly cost of a schedule with all its fees; an odd first period counts by its 30-day months.

    Raises Invalid (``fees``) when the fees leave nothing of the loan.
    """
    flows = schedule.cash_flows()
    if flows[0][1].fen <= 0:
        raise Invalid("fees", Sentence("The fees take the whole loan: it has no yearly cost."), field="fees")
    first = thirty_day_count(flows[0][0], flows[1][0]) / 30
    times = [0.0, *(first + later for later in range(len(flows) - 1))]
    monthly = _rate(times, [float(amount.fen) for _, amount in flows], "fees")
    return _labelled(monthly)


def monthly_irr(amounts: Sequence[Money]) -> Decimal:
    """The monthly rate at which amounts one month apart, the first on day 0, are worth nothing together.

    Raises Invalid (``cash_flows``) when there is no such rate.
    """
    return _rate([float(k) for k in range(len(amounts))], [float(amount.fen) for amount in amounts], "cash_flows")


def cost_of_monthly(amounts: Sequence[Money]) -> YearlyCost:
    """The yearly cost of amounts one month apart, the first on day 0; raises like ``monthly_irr``."""
    return _labelled(monthly_irr(amounts))


def xirr(flows: Sequence[tuple[date, Money]]) -> Decimal:
    """The yearly rate, compounded by days over 365, at which dated amounts are worth nothing together.

    Where several rates would do, the one nearest to 0. Raises Invalid (``cash_flows``) when there is none.
    """
    if not flows:
        raise _no_rate("cash_flows")
    start = min(day for day, _ in flows)
    times = [(day - start).days / 365 for day, _ in flows]
    return _rate(times, [float(amount.fen) for _, amount in flows], "cash_flows")


def cost_of_dated(flows: Sequence[tuple[date, Money]]) -> YearlyCost:
    """The yearly cost of dated amounts: XIRR as the compound figure, twelve of its months as the simple one.

    Raises like ``xirr``.
    """
    compound = xirr(flows)
    with localcontext(prec=50):
        monthly = ((1 + compound) ** (Decimal(1) / 12) - 1).quantize(_DECIMALS)
    with localcontext(prec=28):
        return YearlyCost(monthly, 12 * monthly, compound)


def _labelled(monthly: Decimal) -> YearlyCost:
    with localcontext(prec=50):
        compound = (1 + monthly) ** 12 - 1
    with localcontext(prec=28):
        return YearlyCost(monthly, 12 * monthly, +compound)


def _rate(times: list[float], amounts: list[float], field: str) -> Decimal:
    if not (any(amount > 0 for amount in amounts) and any(amount < 0 for amount in amounts)):
        raise _no_rate(field)

    def worth(growth: float) -> tuple[float, float]:
        discounted = [amount * math.exp(-growth * time) for time, amount in zip(times, amounts, strict=True)]
        return math.fsum(discounted), -math.fsum(t * d for t, d in zip(times, discounted, strict=True))

    bracket = _bracket(worth, max(times))
    if bracket is None:
        raise _no_rate(field)
    growth = _root(worth, *bracket)
    with localcontext(prec=50):
        return Decimal(math.expm1(growth)).quantize(_DECIMALS)


def _bracket(worth: Callable[[float], tuple[float, float]], horizon: float) -> tuple[float, float] | None:
    """Two growths next to each other, as near to 0 as may be, between which the worth changes sign."""
    at_zero = worth(0.0)[0]
    if at_zero == 0:
        return 0.0, 0.0
    slowest = -min(_FASTEST, 600 / horizon) if horizon else 0.0  # e**600 still is a number
    step, above, below = 0.01, 0.0, 0.0
    while above < _FASTEST or below > slowest:
        if above < _FASTEST:
            higher = min(step, _FASTEST)
            if worth(higher)[0] * at_zero <= 0:
                return above, higher
            above = higher
        if below > slowest:
            lower = max(-step, slowest)
            if worth(lower)[0] * at_zero <= 0:
                return lower, below
            below = lower
        step *= 2
    return None


def _root(worth: Callable[[float], tuple[float, float]], low: float, high: float) -> float:
    """Newton's method kept inside the bracket by bisection."""
    low_sign = worth(low)[0]
    growth = (low + high) / 2
    for _ in range(200):
        value, slope = worth(growth)
        if value == 0 or high - low <= 1e-16 * max(1.0, abs(growth)):
            break
        if (value > 0) == (low_sign > 0):
            low = growth
        else:
            high = growth
        following = growth - value / slope if slope else low
        if abs(following - growth) <= 1e-15 * max(1.0, abs(growth)):
            break
        if not low < following < high:
            following = (low + high) / 2
        growth = following
    return growth


def _no_rate(field: str) -> Invalid:
    return Invalid("yearly_cost", Sentence("These payments have no yearly cost."), field=field)
