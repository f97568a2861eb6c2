"""A revolving loan by the draws and repayments its borrower plans (DOMAIN C4): interest, balances, yearly cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from fieldapp.domain.dates import due_dates, thirty_day_count
from fieldapp.domain.errors import Invalid
from fieldapp.domain.interest import DayCount
from fieldapp.domain.money import ZERO, Money
from fieldapp.domain.records import PlannedMovement
from fieldapp.domain.revolving import Movement, revolving_interest
from fieldapp.domain.schedules import Fee, FeeTiming, LoanTerms
from fieldapp.domain.wording import Sentence
from fieldapp.domain.yearly_cost import YearlyCost, cost_of_dated

MOST_MOVEMENTS = 60
FIELD = "movements"


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """What moves on a day; its ``balance`` then stands for ``days``, as the loan counts them, until the next one."""

    on: date
    drawn: Money
    repaid: Money
    balance: Money
    days: int

    @property
    def money_days(self) -> Money:
        """The balance times its days (积数), an amount whose unit is a day's worth of money."""
        return self.balance * self.days


@dataclass(frozen=True, slots=True)
class RevolvingPlan:
    """What the plan comes to on the day ``until``, its last or that of the whole loan when something is still owed.

    ``to_settle`` is the principal still owed then. ``cost`` counts all fees; None when nothing is left to reckon with.
    ``days`` tells the plan day by day, the settlement last.
    """

    interest: Money
    until: date
    to_settle: Money
    highest: Money
    cost: YearlyCost | None
    days: tuple[PlannedDay, ...] = ()


def plan_refusals(terms: LoanTerms, planned: Sequence[PlannedMovement]) -> Iterator[Invalid]:
    """Why these draws and repayments are no plan of this loan; nothing when they are."""
    end = _last_due(terms)
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
    until = balances[-1][0] if balances and settled else _last_due(terms)
    movements = [Movement(one.on, Money(one.draw_fen - one.repay_fen)) for one in planned]
    found = revolving_interest(movements, until, terms.yearly_rate, terms.day_count, terms.rounding)
    highest = Money(max((balance for _, balance in balances), default=0))
    cost = _cost(terms, movements, found.interest, until)
    return RevolvingPlan(found.interest, until, found.balance, highest, cost, _days(terms, planned, until))


def planned_fees(terms: LoanTerms, fee: Fee, until: date) -> list[tuple[date, Money]]:
    """When a fee is paid on a loan that is settled on ``until``, and how much each time.

    What other loans pay with their instalments, a revolving one pays on the same due dates while it lasts.
    """
    each = fee.due_each_time(terms.principal, terms.rounding)
    if fee.timing is FeeTiming.DAY_0:
        return [(terms.start, each)]
    return [(due, each) for due in due_dates(terms.start, terms.months, terms.first_due) if due <= until]


def _days(terms: LoanTerms, planned: Sequence[PlannedMovement], until: date) -> tuple[PlannedDay, ...]:
    balances = list(_balances(planned))
    days = []
    for (day, balance), following in zip(balances, [*(on for on, _ in balances[1:]), until], strict=True):
        moved = [one for one in planned if one.on == day]
        drawn, repaid = Money(sum(one.draw_fen for one in moved)), Money(sum(one.repay_fen for one in moved))
        days.append(PlannedDay(day, drawn, repaid, Money(balance), _day_count(terms, day, following)))
    if balances and balances[-1][1]:
        days.append(PlannedDay(until, ZERO, Money(balances[-1][1]), ZERO, 0))
    return tuple(days)


def _last_due(terms: LoanTerms) -> date:
    return due_dates(terms.start, terms.months, terms.first_due)[-1]


def _day_count(terms: LoanTerms, start: date, end: date) -> int:
    return thirty_day_count(start, end) if terms.day_count is DayCount.THIRTY_360 else (end - start).days


def _balances(planned: Sequence[PlannedMovement]) -> Iterator[tuple[date, int]]:
    """The balance in fen at the end of each day on which something moves."""
    balance = 0
    for day in sorted({one.on for one in planned}):
        balance += sum(one.draw_fen - one.repay_fen for one in planned if one.on == day)
        yield day, balance


def _cost(terms: LoanTerms, movements: Sequence[Movement], interest: Money, until: date) -> YearlyCost | None:
    owed = Money(sum(movement.amount.fen for movement in movements))
    flows = [(movement.on, movement.amount) for movement in movements]
    flows += [(on, -amount) for fee in terms.fees for on, amount in planned_fees(terms, fee, until)]
    flows.append((until, -(owed + interest)))
    try:
        return cost_of_dated(flows)
    except Invalid:
        return None


def _refusal(sentence: Sentence) -> Invalid:
    return Invalid("movements", sentence, field=FIELD)
