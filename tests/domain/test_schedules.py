"""Repayment schedules: the domain's numbers to the fen, and what must hold for every loan."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy_financial as npf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.domain.errors import Invalid
from fieldapp.domain.interest import DayCount
from fieldapp.domain.money import GREATEST_FEN, ZERO, Money, Rounding, round_to_fen, total
from fieldapp.domain.schedules import (
    Fee,
    FeeTiming,
    LoanTerms,
    RepaymentMethod,
    refusals,
    repayment_schedule,
)
from tests.depth import examples

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "loans.json").read_text(encoding="utf-8"))
YUAN = Money.yuan
BASE = LoanTerms(YUAN(100_000), Decimal("0.06"), 12, RepaymentMethod.EQUAL_INSTALMENTS, date(2026, 1, 15))


def test_equal_instalments_give_the_numbers_of_c1() -> None:
    schedule = repayment_schedule(BASE)
    wanted = VECTORS["equal_instalment_100k_6pct_12"]
    assert {row.payment for row in schedule.instalments[:-1]} == {YUAN(wanted["pay"])} == {YUAN("8606.64")}
    assert schedule.instalments[0].interest == YUAN("500.00")
    assert schedule.instalments[-1].payment == YUAN(wanted["last"]) == YUAN("8606.69")
    assert schedule.total_interest == YUAN(wanted["interest"]) == YUAN("3279.73")
    assert schedule.total_payment == YUAN("103279.73")
    assert schedule.residue == YUAN("0.05")


def test_equal_principal_gives_the_numbers_of_c2() -> None:
    schedule = repayment_schedule(replace(BASE, method=RepaymentMethod.EQUAL_PRINCIPAL))
    wanted = VECTORS["equal_principal_100k_6pct_12"]
    assert [row.principal for row in schedule.instalments] == [YUAN("8333.33")] * 11 + [YUAN("8333.37")]
    assert schedule.instalments[0].payment == YUAN(wanted["first"]) == YUAN("8833.33")
    assert schedule.instalments[1].payment == YUAN(wanted["second"]) == YUAN("8791.66")
    assert schedule.instalments[-1].payment == YUAN(wanted["last"]) == YUAN("8375.04")
    assert schedule.total_interest == YUAN(wanted["interest"]) == YUAN("3250.00")
    assert schedule.residue == YUAN("0.04")


def test_interest_first_by_actual_days_gives_the_numbers_of_c3() -> None:
    terms = replace(BASE, method=RepaymentMethod.INTEREST_FIRST, day_count=DayCount.ACT_360)
    schedule = repayment_schedule(terms)
    wanted = VECTORS["bullet_act360_2026-01-15_12m"]
    assert [row.interest for row in schedule.instalments] == [YUAN(each) for each in wanted["interest_by_month"]]
    assert schedule.total_interest == YUAN(wanted["total"]) == YUAN("6083.36")
    assert schedule.instalments[-1].due == date(2027, 1, 15)
    assert [row.principal for row in schedule.instalments] == [ZERO] * 11 + [YUAN(100_000)]


@pytest.mark.parametrize("day_count", [DayCount.THIRTY_360, DayCount.ACT_365])
def test_interest_first_costs_six_per_cent_by_the_other_year_bases(day_count: DayCount) -> None:
    terms = replace(BASE, method=RepaymentMethod.INTEREST_FIRST, day_count=day_count)
    assert repayment_schedule(terms).total_interest == YUAN("6000.00")


def test_a_loan_from_the_31st_charges_a_full_month_for_february() -> None:
    terms = replace(BASE, method=RepaymentMethod.INTEREST_FIRST, start=date(2026, 1, 31))
    schedule = repayment_schedule(terms)
    assert {row.interest for row in schedule.instalments} == {YUAN("500.00")}
    assert [row.due for row in schedule.instalments[:3]] == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_a_later_first_due_date_lengthens_the_first_period_only() -> None:
    terms = replace(BASE, method=RepaymentMethod.INTEREST_FIRST, first_due=date(2026, 2, 25))
    interest = [row.interest for row in repayment_schedule(terms).instalments]
    assert interest == [YUAN("666.67")] + [YUAN("500.00")] * 11
    level = repayment_schedule(replace(terms, method=RepaymentMethod.EQUAL_INSTALMENTS))
    assert len({row.payment for row in level.instalments[:-1]}) == 1


def test_a_revolving_loan_is_shown_drawn_in_full() -> None:
    revolving = repayment_schedule(replace(BASE, method=RepaymentMethod.REVOLVING))
    assert revolving.instalments == repayment_schedule(replace(BASE, method=RepaymentMethod.INTEREST_FIRST)).instalments


def test_truncating_loses_no_fen_of_an_exact_amount() -> None:
    for rounding in Rounding:
        schedule = repayment_schedule(replace(BASE, method=RepaymentMethod.INTEREST_FIRST, rounding=rounding))
        assert {row.interest for row in schedule.instalments} == {YUAN("500.00")}


@pytest.mark.parametrize(
    ("rounding", "instalment"),
    [(Rounding.TRUNCATE, "8606.64"), (Rounding.CEILING, "8606.65"), (Rounding.HALF_UP, "8606.64")],
)
def test_the_rounding_of_the_product_shapes_the_instalment(rounding: Rounding, instalment: str) -> None:
    assert repayment_schedule(replace(BASE, rounding=rounding)).instalments[0].payment == YUAN(instalment)


def test_fees_are_counted_with_their_payee_and_time() -> None:
    fees = (
        Fee("担保公司", FeeTiming.DAY_0, amount=YUAN(1000)),
        Fee("保险公司", FeeTiming.EACH_INSTALMENT, rate=Decimal("0.0005")),
    )
    schedule = repayment_schedule(replace(BASE, fees=fees))
    assert schedule.day_0_fees == YUAN(1000)
    assert schedule.fees_each_instalment == YUAN(50)
    assert schedule.total_fees == YUAN(1600)
    assert schedule.total_interest + schedule.total_fees == YUAN("4879.73")
    assert schedule.cash_flows()[:2] == [(date(2026, 1, 15), YUAN(99_000)), (date(2026, 2, 15), YUAN("-8656.64"))]


@st.composite
def loans(draw: st.DrawFn) -> LoanTerms:
    start = draw(st.dates(date(2000, 1, 1), date(2090, 12, 31)))
    gap = draw(st.none() | st.integers(1, 300))
    return LoanTerms(
        principal=Money(draw(st.integers(1, 200) | st.integers(1, 2 * 10**9) | st.just(GREATEST_FEN))),
        yearly_rate=draw(st.decimals(0, 1, places=6) | st.sampled_from([Decimal(0), Decimal(1), Decimal("0.06")])),
        months=draw(st.integers(1, 60) | st.sampled_from([1, 2, 360])),
        method=draw(st.sampled_from(RepaymentMethod)),
        start=start,
        first_due=None if gap is None else start + timedelta(days=gap),
        day_count=draw(st.sampled_from(DayCount)),
        rounding=draw(st.sampled_from(Rounding)),
    )


@settings(max_examples=examples(90, 300))
@given(loans())
def test_every_schedule_adds_up_to_the_fen_and_nothing_in_it_is_negative(terms: LoanTerms) -> None:
    schedule = repayment_schedule(terms)
    rows = schedule.instalments
    assert len(rows) == terms.months
    assert total([row.principal for row in rows]) == terms.principal
    assert rows[-1].balance_after == ZERO
    balance, previous = terms.principal, terms.start
    for number, row in enumerate(rows, start=1):
        assert row.number == number
        assert row.due > previous
        assert row.payment == row.principal + row.interest
        assert min(row.principal, row.interest, row.payment, row.balance_after) >= ZERO
        balance -= row.principal
        assert row.balance_after == balance
        previous = row.due


@settings(max_examples=examples(90, 300))
@given(loans())
def test_only_the_last_instalment_leaves_the_pattern(terms: LoanTerms) -> None:
    rows = repayment_schedule(terms).instalments
    running = [row for row in rows[:-1] if row.balance_after]
    if terms.method is RepaymentMethod.EQUAL_PRINCIPAL:
        assert len({row.principal for row in running}) <= 1
    elif terms.method is RepaymentMethod.EQUAL_INSTALMENTS:
        assert len({row.payment for row in running if row.principal}) <= 1
    else:
        assert all(not row.principal for row in rows[:-1])


@settings(max_examples=100)
@given(st.integers(10_000, 10**9), st.integers(1, 4000), st.integers(1, 360))
def test_equal_instalments_agree_with_numpy_financial(fen: int, rate_bp: int, months: int) -> None:
    terms = replace(BASE, principal=Money(fen), yearly_rate=Decimal(rate_bp) / 10_000, months=months)
    first = repayment_schedule(terms).instalments[0].payment.fen
    assert first == pytest.approx(-npf.pmt(rate_bp / 10_000 / 12, months, fen), abs=0.51)


@settings(max_examples=100)
@given(st.integers(1, 10**10), st.integers(0, 10_000), st.sampled_from(Rounding))
def test_interest_of_a_month_is_the_decimal_product_rounded_once(fen: int, rate_bp: int, rounding: Rounding) -> None:
    terms = replace(
        BASE,
        principal=Money(fen),
        yearly_rate=Decimal(rate_bp) / 10_000,
        method=RepaymentMethod.INTEREST_FIRST,
        rounding=rounding,
    )
    assert repayment_schedule(terms).instalments[0].interest == round_to_fen(Decimal(fen * rate_bp) / 120_000, rounding)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"principal": ZERO}, "principal"),
        ({"principal": YUAN(-1)}, "principal"),
        ({"principal": YUAN("99999999999999")}, "principal"),
        ({"yearly_rate": Decimal("-0.01")}, "yearly_rate"),
        ({"yearly_rate": Decimal("1.0001")}, "yearly_rate"),
        ({"yearly_rate": Decimal("NaN")}, "yearly_rate"),
        ({"yearly_rate": Decimal("Infinity")}, "yearly_rate"),
        ({"yearly_rate": Decimal("0." + "1" * 100_000)}, "yearly_rate"),
        ({"yearly_rate": Decimal("1E-999999")}, "yearly_rate"),
        ({"months": 0}, "months"),
        ({"months": -1}, "months"),
        ({"months": 361}, "months"),
        ({"start": date(9999, 12, 31)}, "start"),
        ({"first_due": date(2026, 1, 15)}, "first_due"),
        ({"first_due": date(2036, 2, 15)}, "first_due"),
        ({"fees": (Fee("x", FeeTiming.DAY_0, amount=YUAN(-1)),)}, "fees"),
        ({"fees": (Fee("x", FeeTiming.DAY_0, rate=Decimal(2)),)}, "fees"),
        ({"fees": (Fee("x", FeeTiming.DAY_0),)}, "fees"),
        ({"fees": (Fee("x", FeeTiming.DAY_0, amount=YUAN(1), rate=Decimal(0)),)}, "fees"),
    ],
)
def test_nonsense_is_refused_at_its_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        repayment_schedule(replace(BASE, **change))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert str(refused.value)


def test_every_refusal_of_a_form_is_told_at_once() -> None:
    wrong = replace(BASE, principal=ZERO, yearly_rate=Decimal(7), months=0)
    assert [refusal.field for refusal in refusals(wrong)] == ["principal", "yearly_rate", "months"]
    assert list(refusals(BASE)) == []


def test_the_longest_schedule_is_reckoned_while_one_types() -> None:
    terms = replace(BASE, months=360, day_count=DayCount.ACT_ACT, yearly_rate=Decimal("0.12345678"))
    fastest = min(_seconds(lambda: repayment_schedule(terms)) for _ in range(5))
    assert fastest < 0.05  # 16 ms is the promise; a busy test machine gets some room


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
