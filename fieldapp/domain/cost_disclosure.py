"""Each charge of a loan and its part in the yearly cost (DOMAIN D7, C5): all fees count, and the parts add up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from fieldapp.domain.money import Money
from fieldapp.domain.schedules import Fee, FeeTiming, Schedule
from fieldapp.domain.yearly_cost import YearlyCost, yearly_cost

_SHOWN = Decimal("0.000001")
"""A rate in per cent with four decimals."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge; ``fee`` is None for the interest. ``yearly`` is its part of the simple yearly cost, a fraction."""

    fee: Fee | None
    amount: Money
    yearly: Decimal


@dataclass(frozen=True, slots=True)
class CostDisclosure:
    """All charges of a schedule, the interest first; ``cost`` is the yearly cost of all of them together."""

    charges: tuple[Charge, ...]
    cost: YearlyCost


def cost_disclosure(schedule: Schedule) -> CostDisclosure:
    """What the loan costs, charge by charge.

    Each fee's part is what it adds to the yearly cost of those before it, so that the parts, rounded as shown, sum to
    the whole. Raises Invalid (``fees``) when the fees leave nothing of the loan.
    """
    fees = schedule.terms.fees
    totals = [_shown(_with_fees(schedule, fees[:count])) for count in range(len(fees) + 1)]
    charges = [Charge(None, schedule.total_interest, totals[0])]
    for fee, before, after in zip(fees, totals, totals[1:], strict=False):
        charges.append(Charge(fee, _amount(schedule, fee), after - before))
    return CostDisclosure(tuple(charges), yearly_cost(schedule))


def _with_fees(schedule: Schedule, fees: tuple[Fee, ...]) -> Decimal:
    return yearly_cost(replace(schedule, terms=replace(schedule.terms, fees=fees))).simple


def _amount(schedule: Schedule, fee: Fee) -> Money:
    once = fee.due_each_time(schedule.terms.principal, schedule.terms.rounding)
    return once if fee.timing is FeeTiming.DAY_0 else once * len(schedule.instalments)


def _shown(rate: Decimal) -> Decimal:
    return rate.quantize(_SHOWN, rounding=ROUND_HALF_UP)
