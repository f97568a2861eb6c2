"""A revolving loan by the draws and repayments its borrower plans (DOMAIN C4): interest, balances, yearly cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from fieldapp.domain.dates import due_dates, next_due
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.domain.records import PlannedMovement
from fieldapp.domain.revolving import Movement, revolving_interest
from fieldapp.domain.schedules import FeeTiming, LoanTerms
from fieldapp.domain.wording import Sentence
from fieldapp.domain.yearly_cost import YearlyCost, cost_of_dated

MOST_MOVEMENTS = 60
FIELD = "movements"


@dataclass(frozen=True, slots=True)
class RevolvingPlan:
    """What the plan comes to on the day ``until``, its last or that of the whole loan when something is still owed.

    ``to_settle`` is the principal still owed then. ``cost`` counts all fees; None when nothing is left to reckon with.
    """

    interest: Money
    until: date
    to_settle: Money
    highest: Money
    cost: YearlyCost | None


def plan_refusals(terms: LoanTerms, planned: Sequence[PlannedMovement]) -> Iterator[Invalid]:
    """Why these draws and repayments are no plan of this loan; nothing when they are."""
    end = next_due(terms.start, terms.months)
    if len(planned) > MOST_MOVEMENTS:
        yield _refusal(Sentence("A plan has at most {most} draws and repayments.", most=MOST_MOVEMENTS))
        return
    for one in planned:
        if (one.draw_fen > 0) == (one.repay_fen > 0):
            yield _refusal(Sentence("{day}: write either a draw or a repayment.", day=one.on.isoformat()))
        if not terms.start <= one.on <= end:
            sentence = Sentence("{day} lies outside the loan, which runs from {start} to {end}.",
                                day=one.on.isoformat(), start=terms.start.isoformat(), end=end.isoformat())  # fmt: skip
            yield _refusal(sentence)
    for day, balance in _balances(planned):
        if balance < 0:
            yield _refusal(Sentence("By {day} more is repaid than was drawn.", day=day.isoformat()))
            return
        if balance > terms.principal.fen:
            yield _refusal(Sentence("By {day} more is drawn than the loan amount.", day=day.isoformat()))
            return


def revolving_plan(terms: LoanTerms, planned: Sequence[PlannedMovement]) -> RevolvingPlan:
    """The plan reckoned by day count and rounding of the loan, the interest rounded once at the end.

    Raises the first Invalid of ``plan_refusals``.
    """
    for refusal in plan_refusals(terms, planned):
        raise refusal
    balances = list(_balances(planned))
    settled = not balances or balances[-1][1] == 0
    until = balances[-1][0] if balances and settled else next_due(terms.start, terms.months)
    movements = [Movement(one.on, Money(one.draw_fen - one.repay_fen)) for one in planned]
    found = revolving_interest(movements, until, terms.yearly_rate, terms.day_count, terms.rounding)
    highest = Money(max((balance for _, balance in balances), default=0))
    return RevolvingPlan(found.interest, until, found.balance, highest, _cost(terms, movements, found.interest, until))


def _balances(planned: Sequence[PlannedMovement]) -> Iterator[tuple[date, int]]:
    """The balance in fen at the end of each day on which something moves."""
    balance = 0
    for day in sorted({one.on for one in planned}):
        balance += sum(one.draw_fen - one.repay_fen for one in planned if one.on == day)
        yield day, balance


def _cost(terms: LoanTerms, movements: Sequence[Movement], interest: Money, until: date) -> YearlyCost | None:
    owed = Money(sum(movement.amount.fen for movement in movements))
    flows = [(movement.on, movement.amount) for movement in movements]
    flows += [(terms.start, -terms.fees_due(FeeTiming.DAY_0)), (until, -(owed + interest))]
    monthly = terms.fees_due(FeeTiming.EACH_INSTALMENT)
    flows += [(due, -monthly) for due in due_dates(terms.start, terms.months, terms.first_due) if due <= until]
    try:
        return cost_of_dated(flows)
    except Invalid:
        return None


def _refusal(sentence: Sentence) -> Invalid:
    return Invalid("movements", sentence, field=FIELD)
