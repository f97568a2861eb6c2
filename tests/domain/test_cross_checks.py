"""The cross-checks of DOMAIN C6, to the fen and the basis point."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.domain.accounts import rebuilt
from fieldapp.domain.application_records import FlowLine, Statement
from fieldapp.domain.cross_checks import CheckResult, Verdict, check, percent
from fieldapp.domain.money import Money
from tests.domain.test_accounts import C6

ACCOUNTS = rebuilt(Statement(flows=C6, equity_claimed_fen=20_500_000))


def _known(result: CheckResult | None) -> CheckResult:
    assert result is not None
    return result


@pytest.mark.parametrize(
    ("item", "inputs", "estimate", "off", "working"),
    [
        ("sales_by_day", {"day_fen": 150_000, "days": 30}, "45000", "0.00", "1,500 × 30"),
        ("sales_by_week", {"week_fen": 1_080_000}, "46800", "4.00", "10,800 × 52 ÷ 12"),
        ("purchases", {"purchases_fen": 3_150_000, "cost_share_bp": 7_000}, "45000", "0.00", "31,500 ÷ 0.70"),
        ("qr_takings", {"takings_fen": 2_925_000, "qr_share_bp": 6_500}, "45000", "0.00", "29,250 ÷ 0.65"),
    ],
)
def test_sales_checks_of_the_domain(item: str, inputs: dict[str, int], estimate: str, off: str, working: str) -> None:
    result = _known(check(item, inputs, ACCOUNTS))  # type: ignore[arg-type]
    assert result.estimate == Money.yuan(estimate)
    assert result.deviation is not None
    assert percent(result.deviation) == off
    assert (result.verdict, result.working) == (Verdict.OK, working)


def test_the_equity_of_the_domain_is_to_be_investigated() -> None:
    result = _known(
        check("equity", {"opening_fen": 8_000_000, "months": 24, "taken_out_fen": 6_000_000}, ACCOUNTS, 500)
    )
    assert (result.estimate, result.stated) == (Money.yuan(176_000), Money.yuan(205_000))
    assert result.deviation is not None
    assert percent(result.deviation) == "16.48"
    assert result.verdict is Verdict.INVESTIGATE
    assert result.working == "80,000 + 24 × 6,500 − 60,000"
    assert "16.48 %" in str(result.sentence)
    assert "5 %" in str(result.sentence)


def test_a_check_waits_for_all_of_its_inputs() -> None:
    assert check("sales_by_day", {"day_fen": 150_000}, ACCOUNTS) is None


@pytest.mark.parametrize(
    ("week_fen", "tolerance_bp", "verdict"),
    [
        (1_080_000, 400, Verdict.OK),
        (1_080_000, 399, Verdict.EXPLAIN),
        (1_080_000, 200, Verdict.EXPLAIN),
        (1_080_000, 199, Verdict.INVESTIGATE),
    ],
)
def test_the_tolerance_of_the_product_decides(week_fen: int, tolerance_bp: int, verdict: Verdict) -> None:
    assert _known(check("sales_by_week", {"week_fen": week_fen}, ACCOUNTS, tolerance_bp)).verdict is verdict


def test_sales_that_nobody_stated_are_to_be_investigated() -> None:
    result = _known(check("sales_by_week", {"week_fen": 1}, rebuilt(Statement())))
    assert (result.deviation, result.verdict) == (None, Verdict.INVESTIGATE)


@given(
    sales=st.integers(0, 10**12),
    day=st.integers(0, 10**10),
    days=st.integers(1, 31),
    share=st.integers(1, 10_000),
)
def test_every_check_is_exact_and_speaks(sales: int, day: int, days: int, share: int) -> None:
    accounts = rebuilt(Statement(flows=(FlowLine(flow="sales", item="x", months_fen=(sales,) * 12),)))
    by_day = _known(check("sales_by_day", {"day_fen": day, "days": days}, accounts))
    assert by_day.estimate.fen == day * days
    by_share = _known(check("purchases", {"purchases_fen": day, "cost_share_bp": share}, accounts))
    assert abs(Decimal(by_share.estimate.fen) * share - Decimal(day) * 10_000) <= Decimal(share) / 2
    assert str(by_day.sentence)
    assert by_share.working
