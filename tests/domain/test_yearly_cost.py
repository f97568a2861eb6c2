"""The yearly cost of a loan beside the domain's numbers and pyxirr."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import pyxirr
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.domain.errors import Invalid
from fieldapp.domain.interest import DayCount
from fieldapp.domain.money import Money
from fieldapp.domain.schedules import Fee, FeeTiming, LoanTerms, RepaymentMethod, repayment_schedule
from fieldapp.domain.yearly_cost import YearlyCost, cost_of_monthly, monthly_irr, xirr, yearly_cost

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "loans.json").read_text(encoding="utf-8"))
BASE = LoanTerms(Money.yuan(100_000), Decimal("0.06"), 12, RepaymentMethod.EQUAL_INSTALMENTS, date(2026, 1, 15))
GUARANTEE = Fee("担保公司", FeeTiming.DAY_0, amount=Money.yuan(1000))


def _per_cent(rate: Decimal) -> str:
    return f"{rate * 100:.4f}"


def _agrees(cost: YearlyCost, wanted: dict[str, float]) -> bool:
    figures = [(cost.monthly, wanted["irr_month"]), (cost.simple, wanted["x12"]), (cost.compound, wanted["ear"])]
    return all(abs(float(ours) - theirs) < 1e-9 for ours, theirs in figures)


def test_equal_instalments_cost_what_c5_says() -> None:
    cost = yearly_cost(repayment_schedule(BASE))
    assert (_per_cent(cost.simple), _per_cent(cost.compound)) == ("6.0000", "6.1678")


def test_a_fee_on_day_0_counts() -> None:
    cost = yearly_cost(repayment_schedule(replace(BASE, fees=(GUARANTEE,))))
    assert _agrees(cost, VECTORS["guarantee_fee_1000"])
    assert (_per_cent(cost.simple), _per_cent(cost.compound)) == ("7.8862", "8.1775")


def test_half_a_per_cent_a_month_of_the_original_principal_is_shown_for_what_it_is() -> None:
    fee = Fee("银行", FeeTiming.EACH_INSTALMENT, rate=Decimal("0.005"))
    terms = replace(BASE, method=RepaymentMethod.EQUAL_PRINCIPAL, yearly_rate=Decimal(0), fees=(fee,))
    cost = yearly_cost(repayment_schedule(terms))
    assert _agrees(cost, VECTORS["flat_fee"])
    assert (_per_cent(cost.simple), _per_cent(cost.compound)) == ("10.8964", "11.4574")


def test_actual_days_over_360_make_six_per_cent_cost_more() -> None:
    terms = replace(BASE, method=RepaymentMethod.INTEREST_FIRST, day_count=DayCount.ACT_360)
    schedule = repayment_schedule(terms)
    assert abs(float(xirr(schedule.cash_flows())) - VECTORS["bullet_act360_2026-01-15_12m"]["xirr365"]) < 1e-9
    assert f"{xirr(schedule.cash_flows()) * 100:.5f}" == "6.25586"
    assert _per_cent(yearly_cost(schedule).simple) == "6.0826"


def test_a_loan_without_interest_or_fees_costs_nothing() -> None:
    cost = yearly_cost(repayment_schedule(replace(BASE, yearly_rate=Decimal(0))))
    assert {cost.monthly, cost.simple, cost.compound} == {Decimal(0)}


def test_fees_that_take_the_whole_loan_are_refused() -> None:
    terms = replace(BASE, fees=(replace(GUARANTEE, amount=Money.yuan(100_000)),))
    with pytest.raises(Invalid) as refused:
        yearly_cost(repayment_schedule(terms))
    assert refused.value.field == "fees"


@pytest.mark.parametrize("fen", [[], [0, 0], [100], [100, 100], [-5, -5]])
def test_payments_without_a_rate_are_refused(fen: list[int]) -> None:
    with pytest.raises(Invalid):
        monthly_irr([Money(each) for each in fen])
    with pytest.raises(Invalid):
        xirr([(date(2026, 1, 1) + timedelta(days=k), Money(each)) for k, each in enumerate(fen)])


def test_payments_all_on_one_day_have_no_rate() -> None:
    with pytest.raises(Invalid):
        xirr([(date(2026, 1, 1), Money(100)), (date(2026, 1, 1), Money(-50))])


def test_a_loss_has_a_negative_rate() -> None:
    assert float(cost_of_monthly([Money(-100), Money(50)]).monthly) == pytest.approx(-0.5, abs=1e-12)


@settings(max_examples=100)
@given(
    st.integers(100_000, 10**9),
    st.integers(0, 3600),
    st.integers(1, 120),
    st.sampled_from(RepaymentMethod),
    st.sampled_from(DayCount),
    st.integers(0, 500),
)
def test_yearly_figures_agree_with_pyxirr(
    fen: int, rate_bp: int, months: int, method: RepaymentMethod, day_count: DayCount, fee_bp: int
) -> None:
    fee = Fee("x", FeeTiming.DAY_0, rate=Decimal(fee_bp) / 10_000)
    terms = LoanTerms(
        Money(fen), Decimal(rate_bp) / 10_000, months, method, date(2026, 1, 31), day_count=day_count, fees=(fee,)
    )
    flows = repayment_schedule(terms).cash_flows()
    theirs = pyxirr.xirr([day for day, _ in flows], [float(amount.fen) for _, amount in flows])
    assert theirs is not None
    assert float(xirr(flows)) == pytest.approx(theirs, abs=1e-6)
    monthly = pyxirr.irr([float(amount.fen) for _, amount in flows])
    assert monthly is not None
    assert float(yearly_cost(repayment_schedule(terms)).monthly) == pytest.approx(monthly, abs=1e-9)


@settings(max_examples=60)
@given(st.integers(1, 10**15), st.integers(0, 100), st.integers(1, 360), st.sampled_from(RepaymentMethod))
def test_a_yearly_cost_exists_for_every_loan(fen: int, per_cent: int, months: int, method: RepaymentMethod) -> None:
    terms = LoanTerms(Money(fen), Decimal(per_cent) / 100, months, method, date(2026, 1, 31), date(2026, 2, 1))
    assert yearly_cost(repayment_schedule(terms)).monthly >= 0
