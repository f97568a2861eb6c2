"""What a borrower can bear: debt service, the largest principal, and the checks of what they say (DOMAIN C6).

Thresholds and tolerances are settings of head office [G].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from fieldapp.domain.errors import Invalid
from fieldapp.domain.interest import fraction_to_fen
from fieldapp.domain.money import ZERO, Money, Rounding
from fieldapp.domain.schedules import Fee, FeeTiming, RepaymentMethod, Schedule, level_share
from fieldapp.domain.wording import Sentence

DEVIATION_TOLERANCE = Decimal("0.05")  # [G]


@dataclass(frozen=True, slots=True)
class MonthlyAccounts:
    """A month of a household or shop as rebuilt on site."""

    sales: Money
    goods: Money = ZERO
    costs: Money = ZERO
    other_income: Money = ZERO
    family: Money = ZERO

    @property
    def disposable(self) -> Money:
        """What is left before any debt is paid; negative when the month does not carry itself."""
        return self.sales - self.goods - self.costs + self.other_income - self.family


def debt_service_ratio(disposable: Money, existing: Money, new: Money) -> Decimal | None:
    """Monthly debt service over disposable income, a fraction; None when there is no income to serve it from."""
    if disposable.fen <= 0:
        return None
    return Decimal((existing + new).fen) / disposable.fen


def monthly_burden(schedule: Schedule) -> Money:
    """What a loan asks of a month: its highest payment, fees included.

    Where the principal falls due at the end it is spread evenly over the term, rounded up, so that a loan of
    interest alone does not look light [G].
    """
    terms = schedule.terms
    fee = schedule.fees_each_instalment
    if terms.method in (RepaymentMethod.INTEREST_FIRST, RepaymentMethod.REVOLVING):
        spread = fraction_to_fen(Fraction(terms.principal.fen, terms.months), Rounding.CEILING)
        return spread + max(row.interest for row in schedule.instalments) + fee
    # The last instalment also carries the rounding residue, which is no burden of an ordinary month.
    ordinary = schedule.instalments[:-1] or schedule.instalments
    return max(row.payment for row in ordinary) + fee


def largest_principal(
    disposable: Money,
    existing: Money,
    threshold: Decimal,
    yearly_rate: Decimal,
    months: int,
    method: RepaymentMethod = RepaymentMethod.EQUAL_INSTALMENTS,
    fees: Sequence[Fee] = (),
) -> Money:
    """The largest loan whose monthly burden keeps debt service within ``threshold`` (a fraction), half-up to the fen.

    By months of 30 days, with those of the ``fees`` that fall due with each instalment; zero when the existing debts
    already fill the threshold. Raises Invalid (``months``, ``yearly_rate``) for a term or a rate that is none.
    """
    if months < 1:
        raise Invalid("months", Sentence("The term must be at least 1 month."), field="months")
    if not yearly_rate.is_finite() or not 0 <= yearly_rate <= 1:
        raise Invalid("rate", Sentence("A rate must be 0 % to 100 %."), field="yearly_rate")
    monthly = [fee for fee in fees if fee.timing is FeeTiming.EACH_INSTALMENT]
    fixed = sum(fee.amount.fen for fee in monthly if fee.amount is not None)
    share = sum((Fraction(fee.rate) for fee in monthly if fee.rate is not None), Fraction(0))
    room = disposable.fen * Fraction(threshold) - existing.fen - fixed
    if room <= 0:
        return ZERO
    return fraction_to_fen(room / (_monthly_share(yearly_rate, months, method) + share))


@lru_cache(maxsize=64)
def _monthly_share(yearly_rate: Decimal, months: int, method: RepaymentMethod) -> Fraction:
    """What a month asks of each unit lent; asked for at every keystroke, for each threshold."""
    monthly = Fraction(yearly_rate) / 12
    if method is RepaymentMethod.EQUAL_INSTALMENTS:
        return level_share([monthly] * months)
    return Fraction(1, months) + monthly


def bearable_instalment(disposable: Money, existing: Money, threshold: Decimal) -> Money:
    """What a month can pay on new debts within ``threshold`` (a fraction), after the existing ones; zero for none.

    Half-up to the fen.
    """
    room = disposable.fen * Fraction(threshold) - existing.fen
    return fraction_to_fen(room) if room > 0 else ZERO


def disposable_needed(existing: Money, new: Money, threshold: Decimal) -> Money | None:
    """What would have to be left each month for the debt service to stay within ``threshold``, up to the next fen.

    None for a threshold of nothing, which no income reaches.
    """
    if threshold <= 0:
        return None
    return fraction_to_fen((existing + new).fen / Fraction(threshold), Rounding.CEILING)


@dataclass(frozen=True, slots=True)
class CheckedFigure:
    """One independent estimate beside the figure that was stated."""

    source: str
    estimate: Money
    deviation: Decimal | None
    within_tolerance: bool


def cross_check(
    stated: Money, estimates: dict[str, Money], tolerance: Decimal = DEVIATION_TOLERANCE
) -> tuple[CheckedFigure, ...]:
    """Each estimate's deviation from the stated figure; ``estimates`` names its source, e.g. ``weekly takings``."""
    return tuple(_checked(source, stated, estimate, tolerance) for source, estimate in estimates.items())


def deviation(reference: Money, other: Money) -> Decimal | None:
    """How far ``other`` lies from ``reference``, a fraction of it, never negative; None when there is no reference."""
    if not reference:
        return Decimal(0) if not other else None
    return Decimal(abs(other.fen - reference.fen)) / abs(reference.fen)


def sales_from_daily_takings(daily: Money, open_days: int = 30) -> Money:
    """A month's sales from the takings of an ordinary day."""
    return daily * open_days


def sales_from_weekly_takings(weekly: Money) -> Money:
    """A month's sales from the takings of a week: 52 weeks over 12 months."""
    return fraction_to_fen(Fraction(weekly.fen * 52, 12))


def sales_from_share(part: Money, share: Decimal) -> Money:
    """A month's sales from a part of known share: the goods bought at their cost share, the takings by QR code.

    Raises Invalid (``share``) unless the share is more than 0 and at most 1.
    """
    if not share.is_finite() or not 0 < share <= 1:
        raise Invalid("share", Sentence("A share must be more than 0 % and at most 100 %."), field="share")
    return fraction_to_fen(part.fen / Fraction(share))


@dataclass(frozen=True, slots=True)
class EquityCheck:
    """The equity that the flow of money explains against the equity that is claimed."""

    expected: Money
    claimed: Money
    gap: Decimal | None
    investigate: bool


def equity_check(
    opening: Money,
    monthly_surplus: Money,
    months: int,
    taken_out: Money,
    claimed: Money,
    tolerance: Decimal = DEVIATION_TOLERANCE,
) -> EquityCheck:
    """Opening equity + surplus of the months − what was taken out, against the claim.

    ``gap`` is a fraction of the expected equity. A gap beyond the tolerance, whichever way it lies,
    is to be investigated.
    """
    expected = opening + monthly_surplus * months - taken_out
    gap = deviation(expected, claimed)
    return EquityCheck(expected, claimed, gap, investigate=gap is None or gap > tolerance)


def _checked(source: str, stated: Money, estimate: Money, tolerance: Decimal) -> CheckedFigure:
    off = deviation(stated, estimate)
    return CheckedFigure(source, estimate, off, within_tolerance=off is not None and off <= tolerance)
