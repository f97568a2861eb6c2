"""Interest of a revolving loan."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldapp.domain.errors import Invalid
from fieldapp.domain.interest import DayCount
from fieldapp.domain.money import ZERO, Money, round_to_fen
from fieldapp.domain.revolving import Movement, revolving_interest

SIX_PER_CENT = Decimal("0.06")
SETTLED = date(2026, 4, 21)
MOVEMENTS = [
    Movement(date(2026, 3, 1), Money.yuan(50_000)),
    Movement(date(2026, 3, 11), Money.yuan(30_000)),
    Movement(date(2026, 3, 25), Money.yuan(-20_000)),
    Movement(SETTLED, Money.yuan(-60_000)),
]


def test_draws_and_repayments_give_the_numbers_of_c4() -> None:
    reckoned = revolving_interest(MOVEMENTS, SETTLED, SIX_PER_CENT)
    assert reckoned.interest == Money.yuan("540.00")
    assert reckoned.fen_days == 3_240_000 * 100
    assert reckoned.balance == ZERO


def test_movements_may_come_in_any_order() -> None:
    assert revolving_interest(MOVEMENTS[::-1], SETTLED, SIX_PER_CENT).interest == Money.yuan("540.00")


def test_a_loan_not_drawn_costs_nothing() -> None:
    assert revolving_interest([], SETTLED, SIX_PER_CENT).interest == ZERO


def test_more_repaid_than_drawn_is_refused() -> None:
    with pytest.raises(Invalid, match="2026-03-11"):
        revolving_interest(
            [Movement(date(2026, 3, 1), Money(5)), Movement(date(2026, 3, 11), Money(-6))], SETTLED, SIX_PER_CENT
        )


def test_a_movement_after_the_last_day_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        revolving_interest(MOVEMENTS, date(2026, 4, 20), SIX_PER_CENT)
    assert refused.value.field == "movements"


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 10**8)), max_size=12), st.integers(0, 5000))
def test_interest_is_the_daily_balances_summed_and_rounded_once(draws: list[tuple[int, int]], rate_bp: int) -> None:
    start, until = date(2026, 1, 1), date(2027, 2, 10)
    movements = [Movement(start + timedelta(days=day), Money(fen)) for day, fen in draws]
    daily = sum(fen for k in range((until - start).days) for day, fen in draws if day <= k)
    reckoned = revolving_interest(movements, until, Decimal(rate_bp) / 10_000, DayCount.ACT_360)
    assert reckoned.interest == round_to_fen(Decimal(daily * rate_bp) / 3_600_000)
