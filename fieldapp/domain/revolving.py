"""Interest of a revolving loan (随借随还) from its real draws and repayments (DOMAIN C4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from fieldapp.domain.errors import Invalid
from fieldapp.domain.interest import DayCount, fraction_to_fen, year_share
from fieldapp.domain.money import Money, Rounding
from fieldapp.domain.wording import Sentence


@dataclass(frozen=True, slots=True)
class Movement:
    """Principal that moves on a day: a draw is positive, a repayment negative."""

    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class RevolvingInterest:
    """The interest up to a day, the balance on that day, and Σ(balance × days) in fen-days (积数) by actual days."""

    interest: Money
    balance: Money
    fen_days: int


def revolving_interest(
    movements: Sequence[Movement],
    until: date,
    yearly_rate: Decimal,
    day_count: DayCount = DayCount.ACT_360,
    rounding: Rounding = Rounding.HALF_UP,
) -> RevolvingInterest:
    """Interest on what is drawn, day by day up to ``until``, rounded once at the end and never daily.

    ``yearly_rate`` is a fraction; the movements may come in any order. Raises Invalid when one lies after ``until``
    or when more is repaid than is drawn.
    """
    balance, fen_days = 0, 0
    exact = Fraction(0)
    ordered = sorted(movements, key=lambda movement: movement.on)
    days = sorted({movement.on for movement in ordered})
    if days and days[-1] > until:
        sentence = Sentence("There is a draw or repayment after {until}.", until=until.isoformat())
        raise Invalid("movement_date", sentence, field="movements")
    for day, following in zip(days, [*days[1:], until], strict=False):
        balance += sum(movement.amount.fen for movement in ordered if movement.on == day)
        if balance < 0:
            sentence = Sentence("By {day} more is repaid than was drawn.", day=day.isoformat())
            raise Invalid("movement_amount", sentence, field="movements")
        fen_days += balance * (following - day).days
        exact += balance * year_share(day_count, day, following)
    charged = fraction_to_fen(exact * Fraction(yearly_rate), rounding)
    return RevolvingInterest(charged, Money(balance), fen_days)
