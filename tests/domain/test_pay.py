"""Variable pay: the numbers of C8."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fieldapp.domain.money import Money
from fieldapp.domain.pay import pay


@pytest.mark.parametrize(("loans", "visits", "par30", "yuan"), [(30, 66, "0.006", 5130), (12, 40, "0.024", 3460)])
def test_pay_rises_and_falls_as_in_c8(loans: int, visits: int, par30: str, yuan: int) -> None:
    assert pay(loans, visits, Decimal(par30)).total == Money.yuan(yuan)


@pytest.mark.parametrize(
    ("par30", "quality"),
    [("0", "1"), ("0.01", "1"), ("0.0101", "0.8"), ("0.02", "0.8"), ("0.03", "0.5"), ("0.0301", "0"), ("1", "0")],
)
def test_the_quality_of_the_portfolio_steps_the_variable_part(par30: str, quality: str) -> None:
    statement = pay(10, 0, Decimal(par30))
    assert statement.quality == Decimal(quality)
    assert statement.variable.fen == 60_000 * Decimal(quality)


def test_a_statement_shows_every_part_it_is_made_of() -> None:
    statement = pay(12, 40, Decimal("0.024"))
    assert (statement.for_loans, statement.for_visits) == (Money.yuan(720), Money.yuan(200))
    assert statement.total == statement.fixed + statement.variable
