"""Random loans beside pyxirr, numpy-financial and a second reckoning, by every method, day count and rounding."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

import numpy_financial as npf
import pytest
import pyxirr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fieldapp.domain.errors import Invalid
from fieldapp.domain.interest import DayCount
from fieldapp.domain.money import Money, Rounding, total
from fieldapp.domain.records import PlannedMovement
from fieldapp.domain.revolving_plan import plan_refusals, revolving_plan
from fieldapp.domain.schedules import Fee, FeeTiming, LoanTerms, RepaymentMethod, Schedule, repayment_schedule
from fieldapp.domain.yearly_cost import xirr, yearly_cost
from tests.depth import examples

MODES = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.TRUNCATE: ROUND_DOWN, Rounding.CEILING: ROUND_CEILING}
FEES = st.lists(
    st.builds(Fee, st.just("x"), st.sampled_from(FeeTiming), st.builds(Money, st.integers(0, 50_000)))
    | st.builds(Fee, st.just("x"), st.sampled_from(FeeTiming), st.none(), st.decimals(0, "0.004", places=4)),
    max_size=3,
)


@st.composite
def loans(draw: st.DrawFn, months: int = 60) -> LoanTerms:
    """A loan of 1,000 to 10 million yuan with its fees, due on any day of a month, the first due early or late."""
    start = draw(st.dates(date(2024, 1, 1), date(2031, 12, 31)))
    gap = draw(st.none() | st.integers(1, 90))
    return LoanTerms(
        principal=Money(draw(st.integers(100_000, 10**9))),
        yearly_rate=Decimal(draw(st.integers(0, 3_600))) / 10_000,
        months=draw(st.integers(1, months)),
        method=draw(st.sampled_from(RepaymentMethod)),
        start=start,
        first_due=None if gap is None else start + timedelta(days=gap),
        day_count=draw(st.sampled_from(DayCount)),
        rounding=draw(st.sampled_from(Rounding)),
        fees=tuple(draw(FEES)),
    )


def thirty_days_a_month(start: date, end: date) -> int:
    """Whole months of 30 days, and the odd days as they are; a day that a month lacks is its last."""
    before, months = start, 0
    for day in (start + timedelta(days=one + 1) for one in range((end - start).days)):
        month_over = day.day == start.day or (day.day < start.day and (day + timedelta(days=1)).day == 1)
        before, months = (day, months + 1) if month_over else (before, months)
    return 30 * months + (end - before).days


def share_of_a_year(day_count: DayCount, start: date, end: date) -> Fraction:
    """The share again, counted day by day."""
    days = (end - start).days
    match day_count:
        case DayCount.ACT_360:
            return Fraction(days, 360)
        case DayCount.ACT_365:
            return Fraction(days, 365)
        case _:
            each = ((start + timedelta(days=one)).year for one in range(days))
            return sum((Fraction(1, 366 if year % 4 == 0 else 365) for year in each), Fraction(0))


def rounded(fen: Fraction, rounding: Rounding) -> int:
    """Rounded by the decimal library, with more digits than could matter."""
    exact = Decimal(fen.numerator * 10**12 // fen.denominator).scaleb(-12)
    if rounding is Rounding.CEILING:
        return math.ceil(fen)
    return int(exact.quantize(Decimal(1), MODES[rounding]))


def fees_of(terms: LoanTerms, timing: FeeTiming) -> int:
    """The fees of one time again, each rounded by itself."""
    fixed = sum(fee.amount.fen for fee in terms.fees if fee.timing is timing and fee.amount is not None)
    shares = (fee.rate for fee in terms.fees if fee.timing is timing and fee.rate is not None)
    return fixed + sum(rounded(terms.principal.fen * Fraction(rate), terms.rounding) for rate in shares)


@settings(max_examples=examples(90, 400))
@given(loans())
def test_each_interest_is_the_balance_times_the_days_rounded_once_and_the_last_principal_is_what_is_left(
    terms: LoanTerms,
) -> None:
    schedule = repayment_schedule(terms)
    dues = [terms.start, *(row.due for row in schedule.instalments)]
    balance = terms.principal.fen
    for number, (row, (before, due)) in enumerate(zip(schedule.instalments, pairwise(dues), strict=True)):
        if terms.day_count is not DayCount.THIRTY_360:
            share = share_of_a_year(terms.day_count, before, due)
        elif number:
            share = Fraction(1, 12)  # from due date to due date a month is a month, whatever the calendar does
        else:
            share = Fraction(thirty_days_a_month(before, due), 360)
        assert row.interest.fen == rounded(balance * Fraction(terms.yearly_rate) * share, terms.rounding)
        balance -= row.principal.fen
    assert balance == 0
    assert schedule.instalments[-1].principal.fen == terms.principal.fen - sum(
        row.principal.fen for row in schedule.instalments[:-1]
    )
    assert total([row.principal for row in schedule.instalments]) == terms.principal
    assert schedule.total_payment == terms.principal + schedule.total_interest


@settings(max_examples=examples(70, 300))
@given(loans())
def test_fees_add_up_to_the_fen_and_stand_in_the_cash_flows(terms: LoanTerms) -> None:
    schedule = repayment_schedule(terms)
    at_once, each = fees_of(terms, FeeTiming.DAY_0), fees_of(terms, FeeTiming.EACH_INSTALMENT)
    assert schedule.total_fees.fen == at_once + each * terms.months
    flows = schedule.cash_flows()
    assert -sum(amount.fen for _, amount in flows) == schedule.total_interest.fen + schedule.total_fees.fen
    assert flows[0] == (terms.start, Money(terms.principal.fen - at_once))
    assert [amount.fen for _, amount in flows[1:]] == [-row.payment.fen - each for row in schedule.instalments]


def schedules_worth_a_rate(terms: LoanTerms) -> Schedule:
    schedule = repayment_schedule(terms)
    assume(schedule.cash_flows()[0][1].fen > 0)
    return schedule


@settings(max_examples=examples(90, 400))
@given(loans())
def test_the_yearly_rate_of_the_dated_flows_is_pyxirrs(terms: LoanTerms) -> None:
    flows = schedules_worth_a_rate(terms).cash_flows()
    theirs = pyxirr.xirr([day for day, _ in flows], [float(amount.fen) for _, amount in flows])
    assume(theirs is not None and theirs < 100)
    assert float(xirr(flows)) == pytest.approx(theirs, abs=1e-6)


@settings(max_examples=examples(90, 400))
@given(loans())
def test_the_monthly_rate_of_an_even_loan_is_that_of_pyxirr_and_numpy_financial(terms: LoanTerms) -> None:
    schedule = schedules_worth_a_rate(replace(terms, first_due=None, start=terms.start.replace(day=15)))
    amounts = [float(amount.fen) for _, amount in schedule.cash_flows()]
    cost = yearly_cost(schedule)
    theirs = pyxirr.irr(amounts)
    assert theirs is not None
    assert float(cost.monthly) == pytest.approx(theirs, abs=1e-8)
    assert float(npf.npv(float(cost.monthly), amounts)) == pytest.approx(0, abs=1e-6 * terms.principal.fen)
    assert float(cost.simple) == pytest.approx(12 * theirs, abs=1e-6)
    assert float(cost.compound) == pytest.approx((1 + theirs) ** 12 - 1, abs=1e-6)


@settings(max_examples=examples(60, 250))
@given(loans(months=36), st.integers(1, 36))
def test_interest_and_principal_of_each_equal_instalment_are_numpy_financials(terms: LoanTerms, period: int) -> None:
    even = replace(
        terms, method=RepaymentMethod.EQUAL_INSTALMENTS, day_count=DayCount.THIRTY_360, first_due=None,
        start=terms.start.replace(day=1),
    )  # fmt: skip
    assume(period <= even.months and even.yearly_rate)
    rows = repayment_schedule(even).instalments
    monthly, lent = float(even.yearly_rate) / 12, even.principal.fen
    grown = float(npf.fv(monthly, period, 1, 0))  # each period's rounding goes on bearing interest
    assert rows[period - 1].interest.fen == pytest.approx(-npf.ipmt(monthly, period, even.months, lent), abs=1 - grown)
    if period < even.months:
        theirs = -npf.ppmt(monthly, period, even.months, lent)
        assert rows[period - 1].principal.fen == pytest.approx(theirs, abs=2 - grown)


@settings(max_examples=100)
@given(loans())
def test_rounding_up_never_asks_for_less_than_rounding_down(terms: LoanTerms) -> None:
    least, most = (
        repayment_schedule(replace(terms, rounding=how)).total_interest for how in (Rounding.TRUNCATE, Rounding.CEILING)
    )
    assert least <= most
    if terms.method in (RepaymentMethod.INTEREST_FIRST, RepaymentMethod.REVOLVING):
        assert most.fen - least.fen <= terms.months


@st.composite
def plans(draw: st.DrawFn) -> tuple[LoanTerms, list[PlannedMovement]]:
    """A revolving loan with draws and repayments that its limit allows."""
    terms = replace(draw(loans(months=24)), method=RepaymentMethod.REVOLVING, first_due=None)
    planned: list[PlannedMovement] = []
    balance, day = 0, terms.start
    for gap, part, draws in draw(
        st.lists(st.tuples(st.integers(0, 60), st.integers(1, 100), st.booleans()), max_size=8)
    ):
        day += timedelta(days=gap + 1 if planned else 0)
        room = terms.principal.fen - balance if draws else balance
        fen = room * part // 100
        if fen:
            planned.append(PlannedMovement(on=day, draw_fen=fen) if draws else PlannedMovement(on=day, repay_fen=fen))
            balance += fen if draws else -fen
    assume(planned and not list(plan_refusals(terms, planned)))
    return terms, planned


@settings(max_examples=examples(70, 300))
@given(plans())
def test_a_plan_of_draws_costs_each_days_balance_and_what_pyxirr_says(
    plan: tuple[LoanTerms, list[PlannedMovement]],
) -> None:
    terms, planned = plan
    found = revolving_plan(terms, planned)
    if terms.day_count is not DayCount.THIRTY_360:
        moved = {one.on: one.draw_fen - one.repay_fen for one in planned}
        balance, charged, day = 0, Fraction(0), terms.start
        while day < found.until:
            balance += moved.get(day, 0)
            charged += balance * share_of_a_year(terms.day_count, day, day + timedelta(days=1))
            day += timedelta(days=1)
        assert found.interest.fen == rounded(charged * Fraction(terms.yearly_rate), terms.rounding)
    each, dues = fees_of(terms, FeeTiming.EACH_INSTALMENT), repayment_schedule(terms).instalments
    flows = [(one.on, one.draw_fen - one.repay_fen) for one in planned]
    flows += [(terms.start, -fees_of(terms, FeeTiming.DAY_0))]
    flows += [(row.due, -each) for row in dues if row.due <= found.until]
    flows += [(found.until, -found.to_settle.fen - found.interest.fen)]
    try:
        ours = xirr([(day, Money(fen)) for day, fen in flows])
    except Invalid:
        assert found.cost is None
        return
    assert found.cost is not None
    assert float(found.cost.compound) == pytest.approx(float(ours), rel=1e-9)
    theirs = pyxirr.xirr([day for day, _ in flows], [float(fen) for _, fen in flows])
    signs = [fen > 0 for _, fen in sorted(flows) if fen]
    if theirs is not None and theirs < 100 and sum(one != other for one, other in pairwise(signs)) == 1:
        assert float(ours) == pytest.approx(theirs, abs=1e-6)  # with more changes of sign several rates would do
