"""The live figures: DOMAIN C1, C5 and C6 through the form, and any typing without a crash."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.domain.case_file import CaseFile, fields_of, with_typed
from fieldapp.domain.errors import Invalid
from fieldapp.domain.loan_quote import DebtState, Quote, quote
from fieldapp.domain.money import Money
from fieldapp.domain.records import Application, Fee, Prospect
from fieldapp.domain.wording import Sentence
from tests.depth import examples
from tests.services.an_application import PRODUCT, TODAY, TYPED, complete_file

YUAN = Money.yuan


def _quote(**changed: Any) -> Quote:
    return quote(complete_file(**changed), PRODUCT, TODAY)


def test_debt_service_of_each_standard_term_is_that_of_c6() -> None:
    affordability = _quote().affordability
    assert affordability is not None
    assert [(t.months, f"{t.ratio:.2%}", t.state, t.chosen) for t in affordability.terms] == [
        (12, "150.87%", DebtState.OVER, False),
        (24, "86.65%", DebtState.OVER, False),
        (36, "65.26%", DebtState.TIGHT, True),
    ]
    assert affordability.disposable == YUAN(6500)


def test_the_largest_loans_within_both_thresholds_are_those_of_c6() -> None:
    affordability = _quote().affordability
    assert affordability is not None
    assert affordability.largest_within_tight == YUAN("67385.58")
    assert affordability.largest_within_limit == YUAN("110117.90")


def test_the_figures_beside_the_form_are_those_of_the_picture() -> None:
    figures = _quote()
    assert figures.schedule is not None
    assert figures.first is not None
    assert figures.last is not None
    assert figures.cost is not None
    assert (figures.first.payment, figures.first.interest) == (YUAN("3042.19"), YUAN("500.00"))
    assert figures.last.payment == YUAN("3042.36")
    assert (figures.schedule.total_interest, figures.schedule.total_payment) == (YUAN("9519.01"), YUAN("109519.01"))
    assert figures.amount_in_capitals == "人民币壹拾万元整"
    assert figures.complete


def test_the_yearly_cost_is_labelled_and_that_of_c5() -> None:
    cost = _quote(months=12).cost
    assert cost is not None
    assert (f"{cost.simple:.4%}", f"{cost.compound:.4%}") == ("6.0000%", "6.1678%")


def test_half_a_per_cent_of_the_loan_each_month_is_shown_for_what_it_costs() -> None:
    monthly = Fee(name="服务费", payee="本行", rate_bp=50, timing="each_instalment")
    product = msgspec.structs.replace(PRODUCT, base_rate="0", margin_bp=0, fees=(monthly,))
    free, asked = (
        quote(complete_file(months=12, method="equal_principal", yearly_rate="0"), sold, TODAY)
        for sold in (msgspec.structs.replace(product, fees=()), product)
    )
    assert asked.cost is not None
    assert (f"{asked.cost.simple:.4%}", f"{asked.cost.compound:.4%}") == ("10.8964%", "11.4574%")
    assert asked.schedule is not None
    assert asked.schedule.total_fees == YUAN(6000)
    assert free.affordability is not None
    assert asked.affordability is not None
    burdens = [one.affordability.chosen for one in (free, asked) if one.affordability is not None]
    assert [one.monthly for one in burdens if one is not None] == [YUAN("8333.33"), YUAN("8833.33")]
    free_share, share = Fraction(1, 12), Fraction(1, 12) + Fraction(5, 1000)
    largest = asked.affordability.largest_within_tight
    assert free.affordability.largest_within_tight is not None
    assert largest is not None
    assert abs(largest.fen - free.affordability.largest_within_tight.fen * free_share / share) < 1


def test_a_fixed_fee_of_each_month_leaves_less_for_the_loan() -> None:
    fee = Fee(name="账户管理费", payee="本行", amount_fen=10_000, timing="each_instalment")
    figures = quote(complete_file(months=12), msgspec.structs.replace(PRODUCT, fees=(fee,)), TODAY)
    without = quote(complete_file(months=12), PRODUCT, TODAY)
    assert figures.affordability is not None
    assert without.affordability is not None
    found, before = (one.largest_within_limit for one in (figures.affordability, without.affordability))
    assert found is not None
    assert before is not None
    room = YUAN("3350.00").fen  # 70 % of 6,500 less the 1,200 of before
    assert found.fen == pytest.approx(before.fen * (room - 10_000) / room, abs=2)


def test_fees_raise_the_yearly_cost_as_c5_says() -> None:
    product = msgspec.structs.replace(PRODUCT, fees=(Fee(name="担保费", payee="担保公司", amount_fen=100_000),))
    cost = quote(complete_file(months=12), product, TODAY).cost
    assert cost is not None
    assert (f"{cost.simple:.4%}", f"{cost.compound:.4%}") == ("7.8862%", "8.1775%")


def test_fees_that_take_the_whole_loan_are_a_problem_not_a_crash() -> None:
    product = msgspec.structs.replace(PRODUCT, fees=(Fee(name="费", payee="某", amount_fen=10_000_000),))
    figures = quote(complete_file(), product, TODAY)
    assert figures.cost is None
    assert not figures.complete


def test_a_threshold_itself_is_still_within() -> None:
    # disposable 6,000, existing 0: 12 × 250.00 of principal without interest is exactly half
    file = complete_file(
        amount_fen=3_600_000, months=12, sales_fen=600_000, goods_fen=0, costs_fen=0, other_income_fen=0,
        family_fen=0, existing_instalments_fen=0, yearly_rate="0",
    )  # fmt: skip
    product = msgspec.structs.replace(PRODUCT, base_rate="0", margin_bp=0)
    chosen = quote(file, product, TODAY).affordability
    assert chosen is not None
    assert chosen.chosen is not None
    assert (f"{chosen.chosen.ratio:.2%}", chosen.chosen.state) == ("50.00%", DebtState.OK)


def test_no_income_is_over_the_limit() -> None:
    figures = _quote(sales_fen=0, over_limit_reason="")
    assert figures.affordability is not None
    assert figures.affordability.chosen is not None
    assert figures.affordability.chosen.ratio is None
    assert figures.affordability.chosen.state is DebtState.OVER
    assert [item.field for item in figures.open_items] == ["over_limit_reason"]


def test_a_tight_loan_needs_a_reason() -> None:
    assert [item.field for item in _quote(over_limit_reason="").open_items] == ["over_limit_reason"]


@pytest.mark.parametrize("fen", [0, -1, 1_000_000_000, 99_999_999_999_999, 9_999_999_999_999_900, 10**30])
def test_an_impossible_amount_is_one_item_and_no_crash(fen: int) -> None:
    figures = _quote(amount_fen=fen, uses=[{"purpose": "进货", "payee": "甲"}])
    assert "amount_fen" in {item.field for item in figures.open_items}


def test_before_anything_is_typed_there_are_no_figures() -> None:
    figures = quote(CaseFile(Application(), Prospect()), None, TODAY)
    assert (figures.schedule, figures.cost, figures.affordability, figures.amount_in_capitals) == (None,) * 4
    assert not figures.complete


def test_a_refused_field_is_not_also_called_missing() -> None:
    also = (Invalid("no_products", Sentence("No products yet."), field="product"),)
    figures = quote(complete_file(product=None), None, TODAY, also=also)
    assert [item.code for item in figures.open_items if item.field == "product"] == ["no_products"]


def test_typing_changes_a_copy_and_a_refused_field_counts_as_empty() -> None:
    file = complete_file()
    changed, problems = with_typed(file, {"months": 12, "person.name": "李四", "amount_fen": "viel", "nonsense.x": 1})
    assert changed.application.months == 12
    assert changed.person is not None
    assert changed.person.name == "李四"
    assert changed.application.amount_fen is None
    assert [problem.field for problem in problems] == ["amount_fen", "nonsense.x"]
    assert file.application.months == 36


def test_nobody_types_a_status_or_a_number() -> None:
    _, problems = with_typed(complete_file(), {"status": "approved", "number": "1", "prospect.stage": "approved"})
    assert [problem.code for problem in problems] == ["not_typed"] * 3


def test_the_flat_form_comes_back_unchanged() -> None:
    file = complete_file(payout_account="6200000000000000089")
    again, problems = with_typed(CaseFile(Application(), Prospect()), fields_of(file))
    assert problems == []
    assert fields_of(again) == fields_of(file)


_anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
)


@pytest.mark.parametrize("fen", [-1, 10**16, 10**30, -(10**30)])
@pytest.mark.parametrize("field", ["amount_fen", "sales_fen", "family_fen", "existing_instalments_fen"])
def test_an_amount_beyond_reason_is_refused_as_it_is_typed(field: str, fen: int) -> None:
    file, problems = with_typed(complete_file(), {field: fen})
    assert [(problem.code, problem.field) for problem in problems] == [("amount", field)]
    items = quote(file, PRODUCT, TODAY, also=tuple(problems)).open_items
    assert [item.code for item in items if item.field == field] == ["amount"]


def test_a_use_beyond_reason_is_refused_as_it_is_typed() -> None:
    for fen in (-1, 10**30):
        _, problems = with_typed(complete_file(), {"uses": [{"purpose": "进货", "amount_fen": fen}]})
        assert [problem.field for problem in problems] == ["uses"]


@given(st.dictionaries(st.sampled_from(sorted(TYPED)), _anything, max_size=6))
@settings(max_examples=examples(60, 250))
def test_whatever_is_typed_the_figures_answer(typed: dict[str, Any]) -> None:
    file, problems = with_typed(complete_file(), typed)
    figures = quote(file, PRODUCT, TODAY, also=tuple(problems))
    assert all(item.field and str(item.sentence) for item in figures.open_items)


def test_a_hundred_thousand_characters_are_a_sentence() -> None:
    _, problems = with_typed(complete_file(), {"repayment_source": "收" * 100_000, "person.name": "张" * 100_000})
    assert [problem.code for problem in problems] == ["too_long", "too_long"]


def test_the_figures_of_360_instalments_come_within_a_frame_of_the_screen() -> None:
    product = msgspec.structs.replace(PRODUCT, max_months=360, day_count="act/360")
    file = complete_file(months=360)
    taken = []
    for _ in range(20):
        started = time.thread_time()  # of this thread alone: a busy machine must not fail the promise
        quote(file, product, TODAY)
        taken.append(time.thread_time() - started)
    assert min(taken) < 0.016


def test_an_application_without_business_still_quotes() -> None:
    figures = quote(replace(complete_file(), business=None, person=None), PRODUCT, TODAY)
    assert figures.schedule is not None
