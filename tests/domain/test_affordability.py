"""Debt service, largest principal and cross-checks: every number of C6."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.domain.affordability import (
    MonthlyAccounts,
    bearable_instalment,
    cross_check,
    debt_service_ratio,
    deviation,
    equity_check,
    largest_principal,
    monthly_burden,
    sales_from_daily_takings,
    sales_from_share,
    sales_from_weekly_takings,
)
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import ZERO, Money
from fieldapp.domain.schedules import LoanTerms, RepaymentMethod, repayment_schedule

YUAN = Money.yuan
EXISTING = YUAN(1200)
DISPOSABLE = YUAN(6500)
SIX_PER_CENT = Decimal("0.06")
BASE = LoanTerms(YUAN(100_000), SIX_PER_CENT, 12, RepaymentMethod.EQUAL_INSTALMENTS, date(2026, 1, 15))


def test_a_month_of_a_shop_leaves_what_c6_says() -> None:
    month = MonthlyAccounts(YUAN(45_000), YUAN(31_500), YUAN(6_000), other_income=YUAN(3_000), family=YUAN(4_000))
    assert month.disposable == DISPOSABLE


@pytest.mark.parametrize(("months", "per_cent"), [(12, "150.87"), (24, "86.65"), (36, "65.26")])
def test_debt_service_by_term_is_that_of_c6(months: int, per_cent: str) -> None:
    burden = monthly_burden(repayment_schedule(replace(BASE, months=months)))
    ratio = debt_service_ratio(DISPOSABLE, EXISTING, burden)
    assert ratio is not None
    assert f"{ratio:.2%}" == f"{per_cent}%"


def test_no_income_has_no_debt_service_ratio() -> None:
    assert debt_service_ratio(ZERO, EXISTING, YUAN(1)) is None
    assert debt_service_ratio(YUAN(-5), EXISTING, YUAN(1)) is None


@pytest.mark.parametrize(("threshold", "largest"), [("0.5", "67385.58"), ("0.7", "110117.90")])
def test_the_largest_principal_is_that_of_c6(threshold: str, largest: str) -> None:
    assert largest_principal(DISPOSABLE, EXISTING, Decimal(threshold), SIX_PER_CENT, 36) == YUAN(largest)


def test_debts_that_fill_the_threshold_leave_no_room() -> None:
    assert largest_principal(YUAN(2400), EXISTING, Decimal("0.5"), SIX_PER_CENT, 36) == ZERO


def test_a_loan_without_interest_has_a_largest_principal_too() -> None:
    assert largest_principal(YUAN(2000), ZERO, Decimal("0.5"), Decimal(0), 12) == YUAN(12_000)


def test_a_term_of_no_months_is_refused() -> None:
    with pytest.raises(Invalid):
        largest_principal(DISPOSABLE, EXISTING, Decimal("0.5"), SIX_PER_CENT, 0)


def test_a_loan_of_interest_alone_does_not_look_light() -> None:
    schedule = repayment_schedule(replace(BASE, method=RepaymentMethod.INTEREST_FIRST))
    assert monthly_burden(schedule) == YUAN("8333.34") + YUAN(500)


@settings(max_examples=60)
@given(st.integers(10**4, 10**8), st.integers(0, 3600), st.integers(1, 360), st.sampled_from(RepaymentMethod))
def test_the_largest_principal_uses_up_its_room(room: int, rate_bp: int, months: int, method: RepaymentMethod) -> None:
    rate = Decimal(rate_bp) / 10_000
    largest = largest_principal(Money(room), ZERO, Decimal(1), rate, months, method)
    burden = monthly_burden(
        repayment_schedule(replace(BASE, principal=largest, yearly_rate=rate, months=months, method=method))
    )
    assert abs(burden.fen - room) <= 3


def test_sales_are_estimated_four_ways_as_in_c6() -> None:
    stated = YUAN(45_000)
    checked = cross_check(
        stated,
        {
            "daily": sales_from_daily_takings(YUAN(1500)),
            "weekly": sales_from_weekly_takings(YUAN(10_800)),
            "goods": sales_from_share(YUAN(31_500), Decimal("0.70")),
            "qr": sales_from_share(YUAN(29_250), Decimal("0.65")),
        },
    )
    assert [each.estimate for each in checked] == [stated, YUAN(46_800), stated, stated]
    assert [f"{each.deviation:.2%}" for each in checked] == ["0.00%", "4.00%", "0.00%", "0.00%"]
    assert all(each.within_tolerance for each in checked)


def test_a_deviation_beyond_the_tolerance_is_marked() -> None:
    (checked,) = cross_check(YUAN(100), {"x": YUAN(106)})
    assert not checked.within_tolerance
    assert deviation(ZERO, YUAN(1)) is None
    assert deviation(ZERO, ZERO) == 0


@pytest.mark.parametrize("share", ["0", "-0.1", "1.01", "NaN"])
def test_a_share_that_is_none_is_refused(share: str) -> None:
    with pytest.raises(Invalid):
        sales_from_share(YUAN(1), Decimal(share))


def test_equity_that_nothing_explains_is_to_be_investigated() -> None:
    check = equity_check(YUAN(80_000), DISPOSABLE, 24, YUAN(60_000), claimed=YUAN(205_000))
    assert check.expected == YUAN(176_000)
    assert f"{check.gap:.2%}" == "16.48%"
    assert check.investigate
    assert not equity_check(YUAN(80_000), DISPOSABLE, 24, YUAN(60_000), claimed=YUAN(176_000)).investigate


def test_the_largest_bearable_instalment_is_what_the_threshold_leaves() -> None:
    assert bearable_instalment(DISPOSABLE, EXISTING, Decimal("0.70")) == YUAN(3350)
    assert bearable_instalment(DISPOSABLE, EXISTING, Decimal("0.50")) == YUAN(2050)
    assert bearable_instalment(DISPOSABLE, YUAN(9000), Decimal("0.70")) == ZERO
