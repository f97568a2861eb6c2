"""Each charge of a loan and its part in the yearly cost (DOMAIN D7, C5): all fees count, and the parts add up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money, total
from fieldapp.domain.records import PlannedMovement
from fieldapp.domain.revolving_plan import planned_fees, revolving_plan
from fieldapp.domain.schedules import Fee, FeeTiming, LoanTerms, Schedule
from fieldapp.domain.wording import Sentence
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
    """All charges of a loan, the interest first; ``cost`` is the yearly cost of all of them together."""

    charges: tuple[Charge, ...]
    cost: YearlyCost

    @property
    def total(self) -> Money:
        """Interest and all fees."""
        return total([charge.amount for charge in self.charges])


def cost_disclosure(schedule: Schedule) -> CostDisclosure:
    """What the loan costs, charge by charge.

    Each fee's part is what it adds to the yearly cost of those before it, so that the parts, rounded as shown, sum to
    the whole. Raises Invalid (``fees``) when the fees leave nothing of the loan.
    """
    terms = schedule.terms
    return _disclosure(
        terms.fees,
        schedule.total_interest,
        lambda fee: _amount(schedule, fee),
        lambda fees: yearly_cost(replace(schedule, terms=replace(terms, fees=fees))),
    )


def planned_cost_disclosure(terms: LoanTerms, planned: Sequence[PlannedMovement]) -> CostDisclosure:
    """What a revolving loan costs by the draws and repayments its borrower plans (DOMAIN C4), charge by charge.

    Raises the first Invalid of ``plan_refusals``, and Invalid (``fees``) for a plan that has no yearly cost.
    """
    plan = revolving_plan(terms, planned)

    def cost(fees: tuple[Fee, ...]) -> YearlyCost:
        found = revolving_plan(replace(terms, fees=fees), planned).cost
        if found is None:
            raise Invalid("fees", Sentence("These payments have no yearly cost."), field="movements")
        return found

    def amount(fee: Fee) -> Money:
        return total([each for _, each in planned_fees(terms, fee, plan.until)])

    return _disclosure(terms.fees, plan.interest, amount, cost)


def _disclosure(
    fees: tuple[Fee, ...],
    interest: Money,
    amount: Callable[[Fee], Money],
    cost: Callable[[tuple[Fee, ...]], YearlyCost],
) -> CostDisclosure:
    totals = [_shown(cost(fees[:count]).simple) for count in range(len(fees) + 1)]
    charges = [Charge(None, interest, totals[0])]
    for fee, before, after in zip(fees, totals, totals[1:], strict=False):
        charges.append(Charge(fee, amount(fee), after - before))
    return CostDisclosure(tuple(charges), cost(fees))


def _amount(schedule: Schedule, fee: Fee) -> Money:
    once = fee.due_each_time(schedule.terms.principal, schedule.terms.rounding)
    return once if fee.timing is FeeTiming.DAY_0 else once * len(schedule.instalments)


def _shown(rate: Decimal) -> Decimal:
    return rate.quantize(_SHOWN, rounding=ROUND_HALF_UP)
