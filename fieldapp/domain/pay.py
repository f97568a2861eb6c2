"""Variable pay, traceable to its counts: it can rise and it can fall (DOMAIN C8). Every number is a setting [G]."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from fieldapp.domain.interest import fraction_to_fen
from fieldapp.domain.money import Money


@dataclass(frozen=True, slots=True)
class QualityStep:
    """The share of variable pay that stands while PAR30 (a fraction) is at most ``up_to``."""

    up_to: Decimal
    share: Decimal


@dataclass(frozen=True, slots=True)
class PayRule:
    """A pay rule of head office; the steps rise in ``up_to``, beyond the last one nothing variable is paid."""

    fixed: Money
    per_loan: Money
    per_visit: Money
    quality: tuple[QualityStep, ...]


USUAL_PAY_RULE = PayRule(
    fixed=Money.yuan(3000),
    per_loan=Money.yuan(60),
    per_visit=Money.yuan(5),
    quality=(
        QualityStep(Decimal("0.01"), Decimal(1)),
        QualityStep(Decimal("0.02"), Decimal("0.8")),
        QualityStep(Decimal("0.03"), Decimal("0.5")),
    ),
)


@dataclass(frozen=True, slots=True)
class PayStatement:
    """A month's pay with every part it is made of."""

    fixed: Money
    for_loans: Money
    for_visits: Money
    quality: Decimal
    variable: Money
    total: Money


def pay(loans: int, visits: int, par30: Decimal, rule: PayRule = USUAL_PAY_RULE) -> PayStatement:
    """Fixed + (loans and visits at their rates) × quality of the portfolio, the variable part rounded half-up once."""
    for_loans, for_visits = rule.per_loan * loans, rule.per_visit * visits
    quality = next((step.share for step in rule.quality if par30 <= step.up_to), Decimal(0))
    variable = fraction_to_fen((for_loans + for_visits).fen * Fraction(quality))
    return PayStatement(rule.fixed, for_loans, for_visits, quality, variable, rule.fixed + variable)
