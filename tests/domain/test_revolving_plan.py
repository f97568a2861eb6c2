"""Planned draws and repayments of a revolving loan, and the figures beside the form that follow from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from fieldapp.domain.affordability import disposable_needed
from fieldapp.domain.cost_disclosure import planned_cost_disclosure
from fieldapp.domain.errors import Invalid
from fieldapp.domain.interest import DayCount
from fieldapp.domain.loan_quote import quote
from fieldapp.domain.money import Money
from fieldapp.domain.records import PlannedMovement
from fieldapp.domain.revolving_plan import MOST_MOVEMENTS, RevolvingPlan, plan_refusals, planned_fees, revolving_plan
from fieldapp.domain.schedules import Fee, FeeTiming, LoanTerms, RepaymentMethod, repayment_schedule
from tests.services.an_application import PRODUCT, TODAY, complete_file

TERMS = LoanTerms(
    Money(10_000_000), Decimal("0.06"), 12, RepaymentMethod.REVOLVING, date(2026, 3, 1), day_count=DayCount.ACT_360
)
C4 = (
    PlannedMovement(on=date(2026, 3, 1), draw_fen=5_000_000),
    PlannedMovement(on=date(2026, 3, 11), draw_fen=3_000_000),
    PlannedMovement(on=date(2026, 3, 25), repay_fen=2_000_000),
    PlannedMovement(on=date(2026, 4, 21), repay_fen=6_000_000),
)


def test_the_plan_of_c4_costs_540_yuan() -> None:
    plan = revolving_plan(TERMS, C4)
    assert (plan.interest, plan.until, plan.to_settle) == (Money(54_000), date(2026, 4, 21), Money(0))
    assert plan.highest == Money(8_000_000)


def test_what_is_not_repaid_is_settled_at_the_end_of_the_loan() -> None:
    plan = revolving_plan(TERMS, C4[:1])
    assert (plan.until, plan.to_settle) == (date(2027, 3, 1), Money(5_000_000))
    assert plan.interest == Money(5_000_000 * 365 * 6 // 36_000 + 1)  # 3,041.666… half-up


@pytest.mark.parametrize("first_due", [None, date(2026, 3, 15), date(2026, 5, 10)])
def test_a_loan_drawn_in_full_costs_what_its_schedule_says_whatever_the_first_due_date(first_due: date | None) -> None:
    terms = replace(TERMS, first_due=first_due)
    schedule = repayment_schedule(terms)
    plan = revolving_plan(terms, (PlannedMovement(on=terms.start, draw_fen=terms.principal.fen),))
    assert plan.until == schedule.instalments[-1].due
    assert abs(plan.interest.fen - schedule.total_interest.fen) <= terms.months  # the schedule rounds each period


def test_a_repayment_on_the_last_due_date_of_a_loan_first_due_later_is_within_the_loan() -> None:
    terms = replace(TERMS, first_due=date(2026, 5, 10))
    planned = (PlannedMovement(on=terms.start, draw_fen=100), PlannedMovement(on=date(2027, 4, 10), repay_fen=100))
    assert not list(plan_refusals(terms, planned))
    late = (planned[0], PlannedMovement(on=date(2027, 4, 11), repay_fen=100))
    assert [problem.code for problem in plan_refusals(terms, late)] == ["movements"]


def test_the_order_in_which_movements_were_typed_means_nothing() -> None:
    assert revolving_plan(TERMS, C4[::-1]) == revolving_plan(TERMS, C4)


def test_fees_count_in_the_yearly_cost_and_both_figures_are_labelled() -> None:
    bare = revolving_plan(TERMS, C4).cost
    fee = Fee("bank", FeeTiming.DAY_0, Money(10_000))
    with_fee = revolving_plan(replace(TERMS, fees=(fee,)), C4).cost
    assert bare is not None
    assert with_fee is not None
    assert Decimal("0.0600") < bare.simple < bare.compound < Decimal("0.0640")
    assert with_fee.compound > bare.compound


@pytest.mark.parametrize(
    ("planned", "words"),
    [
        ((PlannedMovement(on=date(2026, 2, 28), draw_fen=1),), "outside the loan"),
        ((PlannedMovement(on=date(2027, 3, 2), draw_fen=1),), "outside the loan"),
        ((PlannedMovement(on=date(2026, 3, 1)),), "either a draw or a repayment"),
        ((PlannedMovement(on=date(2026, 3, 1), draw_fen=1, repay_fen=1),), "either a draw or a repayment"),
        ((PlannedMovement(on=date(2026, 3, 1), repay_fen=1),), "more is repaid than was drawn"),
        ((PlannedMovement(on=date(2026, 3, 1), draw_fen=10_000_001),), "more is drawn than the loan amount"),
        ((PlannedMovement(on=date(2026, 3, 1), draw_fen=1),) * (MOST_MOVEMENTS + 1), "at most 60"),
    ],
)
def test_what_is_no_plan_of_this_loan_is_refused(planned: tuple[PlannedMovement, ...], words: str) -> None:
    refused = list(plan_refusals(TERMS, planned))
    assert words in str(refused[0].sentence)
    assert {problem.field for problem in refused} == {"movements"}
    with pytest.raises(Invalid):
        revolving_plan(TERMS, planned)


def test_a_day_on_which_both_happen_counts_by_its_end() -> None:
    same_day = (
        PlannedMovement(on=date(2026, 3, 1), draw_fen=10_000_000),
        PlannedMovement(on=date(2026, 3, 11), repay_fen=10_000_000),
        PlannedMovement(on=date(2026, 3, 11), draw_fen=10_000_000),
    )
    assert list(plan_refusals(TERMS, same_day)) == []


def _revolving(movements: Any, **changed: Any) -> Any:
    product = msgspec.structs.replace(PRODUCT, methods=("revolving",), day_count="act/360")
    fields = {"method": "revolving", "start": "2026-12-01", "months": 12, "movements": movements} | changed
    return quote(complete_file(**fields), product, TODAY)


def test_the_form_shows_the_plan_and_its_cost() -> None:
    figures = _revolving([{"on": "2026-12-01", "draw_fen": 5_000_000}, {"on": "2027-03-01", "repay_fen": 5_000_000}])
    assert isinstance(figures.revolving, RevolvingPlan)
    assert figures.revolving.interest == Money(75_000)
    assert figures.cost is figures.revolving.cost
    assert figures.complete


def test_a_plan_that_cannot_be_stands_between_the_form_and_its_submission() -> None:
    figures = _revolving([{"on": "2026-11-01", "draw_fen": 5_000_000}])
    assert figures.revolving is None
    assert [(item.field, item.code) for item in figures.open_items] == [("movements", "movements")]


def test_a_plan_of_another_method_is_left_aside() -> None:
    figures = quote(complete_file(movements=[{"on": "2020-01-01", "repay_fen": 5}]), PRODUCT, TODAY)
    assert figures.revolving is None
    assert figures.complete


def test_a_first_due_date_of_its_own_moves_every_instalment() -> None:
    figures = quote(complete_file(first_due="2027-01-15"), PRODUCT, TODAY)
    assert figures.first is not None
    assert figures.last is not None
    assert (figures.first.due, figures.last.due) == (date(2027, 1, 15), date(2029, 12, 15))
    assert figures.complete


@pytest.mark.parametrize("day", ["2026-12-01", "2026-11-30", "2027-12-02"])
def test_a_first_due_date_outside_the_first_year_is_refused_at_its_field(day: str) -> None:
    figures = quote(complete_file(first_due=day), PRODUCT, TODAY)
    assert figures.schedule is None
    assert [item.field for item in figures.open_items] == ["first_due"]


def test_what_would_have_to_change_is_told_for_both_thresholds() -> None:
    found = quote(complete_file(months=24), PRODUCT, TODAY).affordability
    assert found is not None
    assert found.chosen is not None
    monthly = found.existing + found.chosen.monthly
    assert [(term.months, f"{term.ratio * 100:.2f}") for term in found.better if term.ratio] == [(36, "65.26")]
    assert found.needed_within_tight == Money(monthly.fen * 2)
    assert found.needed_within_limit is not None
    assert Decimal(monthly.fen) / found.needed_within_limit.fen <= Decimal("0.7")
    assert Decimal(monthly.fen) / (found.needed_within_limit.fen - 1) > Decimal("0.7")


def test_nothing_is_better_than_what_can_be_borne() -> None:
    found = quote(complete_file(amount_fen=1_000_000), PRODUCT, TODAY).affordability
    assert found is not None
    assert found.better == ()


def test_no_income_reaches_a_threshold_of_nothing() -> None:
    assert disposable_needed(Money(1), Money(1), Decimal(0)) is None
    assert disposable_needed(Money(0), Money(0), Decimal("0.5")) == Money(0)


def test_the_plan_of_c4_day_by_day() -> None:
    days = revolving_plan(TERMS, C4).days
    assert [(day.balance.fen // 100, day.days, day.money_days.fen // 100) for day in days] == [
        (50_000, 10, 500_000),
        (80_000, 14, 1_120_000),
        (60_000, 27, 1_620_000),
        (0, 0, 0),
    ]
    products = sum(day.money_days.fen for day in days)
    assert products * 6 // (100 * 360) == 54_000


def test_the_settlement_of_what_is_still_owed_is_the_last_day() -> None:
    days = revolving_plan(TERMS, C4[:2]).days
    assert (days[-1].on, days[-1].repaid, days[-1].balance) == (date(2027, 3, 1), Money(8_000_000), Money(0))
    assert sum(day.drawn.fen for day in days) == sum(day.repaid.fen for day in days)


def test_a_fee_of_each_instalment_is_paid_while_the_loan_lasts() -> None:
    fee = Fee("bank", FeeTiming.EACH_INSTALMENT, Money(10_000))
    assert [on for on, _ in planned_fees(TERMS, fee, date(2026, 4, 21))] == [date(2026, 4, 1)]
    bare, charged = revolving_plan(TERMS, C4).cost, revolving_plan(replace(TERMS, fees=(fee,)), C4).cost
    assert bare is not None
    assert charged is not None
    assert charged.compound > bare.compound


def test_the_disclosed_parts_of_a_planned_loan_sum_to_its_yearly_cost() -> None:
    fees = (Fee("a", FeeTiming.DAY_0, Money(10_000)), Fee("b", FeeTiming.EACH_INSTALMENT, None, Decimal("0.0001")))
    disclosed = planned_cost_disclosure(replace(TERMS, fees=fees), C4)
    assert [charge.amount for charge in disclosed.charges] == [Money(54_000), Money(10_000), Money(1_000)]
    assert disclosed.total == Money(65_000)
    parts = sum((charge.yearly for charge in disclosed.charges), Decimal(0))
    assert parts == disclosed.cost.simple.quantize(Decimal("0.000001"))
