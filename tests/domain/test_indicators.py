"""The programme's figures: every number of C7 and of the campaign."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from fieldapp.domain.indicators import (
    ArrearsBucket,
    AssetClass,
    CustomerGrowth,
    LoanStanding,
    PortfolioGrowth,
    arrears_bucket,
    average,
    class_floor,
    days_past_due,
    funnel,
    portfolio_at_risk,
    ratio,
)
from fieldapp.domain.money import ZERO, Money
from fieldapp.domain.pay import pay

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "loans.json").read_text(encoding="utf-8"))
YUAN = Money.yuan


def test_the_campaign_averages_are_those_of_c7() -> None:
    wanted = VECTORS["kpi"]
    assert average(YUAN(wanted["amount"]), wanted["hh"]) == YUAN(wanted["avg"]) == YUAN("62921.35")
    assert str(ratio(wanted["hh"], wanted["days"])) == wanted["hh_per_day"] == "0.9889"
    assert average(YUAN(37_000_000), 80) == YUAN("462500.00")


def test_nothing_divided_by_nothing_is_no_figure() -> None:
    assert average(YUAN(5), 0) is None
    assert ratio(1, 0) is None
    assert portfolio_at_risk([]) is None
    assert funnel([]) == ()
    assert [step.of_previous for step in funnel([("contact", 0), ("applied", 0)])] == [None, None]


def test_the_funnel_gives_the_rates_of_c7() -> None:
    stages = ["contact", "interested", "applied", "approved", "disbursed"]
    steps = funnel(list(zip(stages, [356, 178, 112, 95, 89], strict=True)))
    assert [str(step.of_previous) for step in steps[1:]] == ["0.5000", "0.6292", "0.8482", "0.9368"]
    assert str(steps[-1].of_first) == "0.2500"


def test_the_branch_grows_as_in_c7() -> None:
    portfolio = PortfolioGrowth(YUAN(152_300_000), YUAN(61_500_000), repaid=YUAN(24_500_000), written_off=ZERO)
    assert (portfolio.net, portfolio.closing) == (YUAN(37_000_000), YUAN(189_300_000))
    customers = CustomerGrowth(412, new=104, exited=24)
    assert (customers.net, customers.closing) == (80, 492)


def test_written_off_principal_is_no_growth() -> None:
    assert PortfolioGrowth(ZERO, YUAN(10), YUAN(3), YUAN(4)).net == YUAN(3)


def test_par30_takes_the_whole_principal_of_late_and_restructured_loans() -> None:
    loans = [
        LoanStanding(YUAN(100_000), 31),
        LoanStanding(YUAN(12_000), 0, restructured=True),
        LoanStanding(YUAN(88_000), 30),
        LoanStanding(YUAN(5_400_000), 0),
    ]
    assert portfolio_at_risk(loans) == Decimal("0.0200")


def test_par30_a_hair_above_a_step_is_above_it() -> None:
    """DOMAIN C8: q is 1 at no more than 1 %, and 1.004 % is more."""
    late, sound = LoanStanding(YUAN(100_400), 31), LoanStanding(YUAN(9_899_600), 0)
    par30 = portfolio_at_risk([late, sound])
    assert par30 == Decimal("0.01004")
    assert pay(30, 66, par30).quality == Decimal("0.8")


def test_days_past_due_start_the_day_after() -> None:
    due = date(2026, 3, 15)
    assert [days_past_due(due, day) for day in (date(2026, 3, 14), due, date(2026, 3, 16))] == [0, 0, 1]
    assert (days_past_due(due, date(2026, 4, 14)), days_past_due(due, date(2026, 4, 15))) == (30, 31)
    assert days_past_due(None, due) == 0
    at = [portfolio_at_risk([LoanStanding(YUAN(1), days_past_due(due, date(2026, 4, day)))]) for day in (14, 15)]
    assert at == [0, 1]


@pytest.mark.parametrize(
    ("dpd", "bucket"),
    [
        (1, ArrearsBucket.UP_TO_30),
        (30, ArrearsBucket.UP_TO_30),
        (31, ArrearsBucket.FROM_31_TO_60),
        (60, ArrearsBucket.FROM_31_TO_60),
        (61, ArrearsBucket.FROM_61_TO_90),
        (90, ArrearsBucket.FROM_61_TO_90),
        (91, ArrearsBucket.FROM_91_TO_180),
        (180, ArrearsBucket.FROM_91_TO_180),
        (181, ArrearsBucket.FROM_181_TO_270),
        (270, ArrearsBucket.FROM_181_TO_270),
        (271, ArrearsBucket.FROM_271_TO_360),
        (360, ArrearsBucket.FROM_271_TO_360),
        (361, ArrearsBucket.FROM_361),
        (0, None),
    ],
)
def test_arrears_fall_into_the_buckets_of_c7(dpd: int, bucket: ArrearsBucket | None) -> None:
    assert arrears_bucket(dpd) is bucket


@pytest.mark.parametrize(
    ("dpd", "floor"),
    [
        (0, AssetClass.NORMAL),
        (1, AssetClass.SPECIAL_MENTION),
        (90, AssetClass.SPECIAL_MENTION),
        (91, AssetClass.SUBSTANDARD),
        (270, AssetClass.SUBSTANDARD),
        (271, AssetClass.DOUBTFUL),
        (360, AssetClass.DOUBTFUL),
        (361, AssetClass.LOSS),
    ],
)
def test_days_past_due_set_the_floor_of_the_class(dpd: int, floor: AssetClass) -> None:
    assert class_floor(dpd) is floor
