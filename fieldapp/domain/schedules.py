"""Repayment schedules: what a loan's borrower pays and when, to the fen (DOMAIN C1–C4).

The schedules are indicative: the core banking system governs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from fieldapp.domain.dates import due_dates, next_due
from fieldapp.domain.errors import Invalid
from fieldapp.domain.interest import DayCount, fraction_to_fen, interest, period_factors, year_share
from fieldapp.domain.money import GREATEST_FEN, ZERO, Money, Rounding, total
from fieldapp.domain.wording import Sentence

GREATEST_MONTHS = 360
FIRST_DUE_WITHIN_MONTHS = 12  # [G] a later first due date is a slip of the pen
RATE_DECIMALS = 10
_RATE_STEP = Decimal(1).scaleb(-RATE_DECIMALS)
_LATEST_START = date(9900, 1, 1)  # leaves room for the longest schedule


class RepaymentMethod(StrEnum):
    """How a loan is repaid: 等额本息, 等额本金, 先息后本, 随借随还."""

    EQUAL_INSTALMENTS = "equal_instalments"
    EQUAL_PRINCIPAL = "equal_principal"
    INTEREST_FIRST = "interest_first"
    REVOLVING = "revolving"


class FeeTiming(StrEnum):
    """When a fee is paid."""

    DAY_0 = "day_0"
    EACH_INSTALMENT = "each_instalment"


@dataclass(frozen=True, slots=True)
class Fee:
    """A charge beside the interest: either a fixed ``amount``, or a ``rate`` (a fraction) of the original principal."""

    payee: str
    timing: FeeTiming
    amount: Money | None = None
    rate: Decimal | None = None
    name: str = ""

    def due_each_time(self, principal: Money, rounding: Rounding) -> Money:
        """What is paid each time the fee falls due."""
        if self.rate is not None:
            return fraction_to_fen(principal.fen * Fraction(self.rate), rounding)
        return self.amount or ZERO


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """What a schedule follows from. ``yearly_rate`` is a fraction: 6 % is ``Decimal("0.06")``."""

    principal: Money
    yearly_rate: Decimal
    months: int
    method: RepaymentMethod
    start: date
    first_due: date | None = None
    day_count: DayCount = DayCount.THIRTY_360
    rounding: Rounding = Rounding.HALF_UP
    fees: tuple[Fee, ...] = ()

    def fees_due(self, timing: FeeTiming) -> Money:
        """What all fees of that time come to each time they fall due, each rounded by itself."""
        due = (fee.due_each_time(self.principal, self.rounding) for fee in self.fees if fee.timing is timing)
        return total(list(due))


@dataclass(frozen=True, slots=True)
class Instalment:
    """One row of a schedule; ``payment`` is principal and interest, without fees."""

    number: int
    due: date
    payment: Money
    principal: Money
    interest: Money
    balance_after: Money


@dataclass(frozen=True, slots=True)
class Schedule:
    """The instalments of a loan in order, never empty; the principal parts sum to the principal."""

    terms: LoanTerms
    instalments: tuple[Instalment, ...]

    @property
    def total_interest(self) -> Money:
        """All interest."""
        return total([row.interest for row in self.instalments])

    @property
    def total_payment(self) -> Money:
        """Principal and interest, without fees."""
        return total([row.payment for row in self.instalments])

    @property
    def day_0_fees(self) -> Money:
        """The fees paid on the day of the loan."""
        return self.terms.fees_due(FeeTiming.DAY_0)

    @property
    def fees_each_instalment(self) -> Money:
        """The fees paid with every instalment."""
        return self.terms.fees_due(FeeTiming.EACH_INSTALMENT)

    @property
    def total_fees(self) -> Money:
        """All fees over the whole term."""
        return self.day_0_fees + self.fees_each_instalment * len(self.instalments)

    @property
    def residue(self) -> Money:
        """What the last instalment absorbed: how far its even part differs from that of the first (may be negative)."""
        first, last = self.instalments[0], self.instalments[-1]
        if self.terms.method is RepaymentMethod.EQUAL_INSTALMENTS:
            return last.payment - first.payment
        if self.terms.method is RepaymentMethod.EQUAL_PRINCIPAL:
            return last.principal - first.principal
        return ZERO

    def cash_flows(self) -> list[tuple[date, Money]]:
        """What the borrower receives (positive) and pays (negative), fees included, in order of date."""
        fee = self.fees_each_instalment
        received = (self.terms.start, self.terms.principal - self.day_0_fees)
        return [received, *((row.due, -(row.payment + fee)) for row in self.instalments)]


def repayment_schedule(terms: LoanTerms) -> Schedule:
    """The schedule of a loan (DOMAIN C1–C3), each amount rounded once per period, the last absorbing the residue.

    Equal instalments are level over the periods' real day counts and never fall below the interest of their period.
    A revolving loan is shown as if drawn in full on ``start`` and settled at the end; for real draws see
    ``revolving_interest``. Raises the first Invalid of ``refusals``.
    """
    for refusal in refusals(terms):
        raise refusal
    dues = due_dates(terms.start, terms.months, terms.first_due)
    factors = _period_factors(terms, dues)
    regular = _regular_amount(terms, factors)
    level = terms.method is RepaymentMethod.EQUAL_INSTALMENTS
    rows: list[Instalment] = []
    balance = terms.principal
    for number, (due, factor) in enumerate(zip(dues, factors, strict=True), start=1):
        charged = interest(balance, factor, terms.rounding)
        part = max(regular - charged, ZERO) if level else regular
        principal = balance if number == terms.months else min(part, balance)
        balance -= principal
        rows.append(Instalment(number, due, principal + charged, principal, charged, balance))
    return Schedule(terms, tuple(rows))


def refusals(terms: LoanTerms) -> Iterator[Invalid]:
    """Why no schedule can be made of these terms, in the order of the form; nothing when one can."""
    if terms.principal.fen <= 0:
        yield Invalid("amount", Sentence("The loan amount must be more than 0."), field="principal")
    if terms.principal.fen > GREATEST_FEN:
        yield Invalid("amount", Sentence("This amount is too large to be meant."), field="principal")
    yield from _rate_refusals(terms.yearly_rate, "yearly_rate")
    if not 1 <= terms.months <= GREATEST_MONTHS:
        sentence = Sentence("The term must be 1 to {greatest} months.", greatest=GREATEST_MONTHS)
        yield Invalid("months", sentence, field="months")
    if terms.start > _LATEST_START:
        yield Invalid("start", Sentence("The start date is too far in the future."), field="start")
    elif terms.first_due is not None:
        latest = next_due(terms.start, FIRST_DUE_WITHIN_MONTHS)
        if not terms.start < terms.first_due <= latest:
            sentence = Sentence(
                "The first due date must be after {start} and no later than {latest}.",
                start=terms.start.isoformat(),
                latest=latest.isoformat(),
            )
            yield Invalid("first_due", sentence, field="first_due")
    for fee in terms.fees:
        yield from _fee_refusals(fee)


def level_instalment(principal: Money, factors: list[Fraction], rounding: Rounding) -> Money:
    """The equal instalment that repays ``principal`` over periods with these interest factors (DOMAIN C1)."""
    return fraction_to_fen(principal.fen * level_share(factors), rounding)


def level_share(factors: list[Fraction]) -> Fraction:
    """The exact equal instalment per unit of principal; with even factors i it is i(1+i)ⁿ/((1+i)ⁿ−1)."""
    # Whole numbers throughout: one unit lent has grown to grown/scale, one unit paid each period to paid/scale.
    grown, paid, scale = 1, 0, 1
    for factor in factors:
        numerator, denominator = factor.numerator + factor.denominator, factor.denominator
        grown *= numerator
        scale *= denominator
        paid = paid * numerator + scale
    return Fraction(grown, paid)


def _regular_amount(terms: LoanTerms, factors: list[Fraction]) -> Money:
    """What stays even: the payment of equal instalments, the principal part of every other method."""
    match terms.method:
        case RepaymentMethod.EQUAL_INSTALMENTS:
            return level_instalment(terms.principal, factors, terms.rounding)
        case RepaymentMethod.EQUAL_PRINCIPAL:
            return fraction_to_fen(Fraction(terms.principal.fen, terms.months), terms.rounding)
        case RepaymentMethod.INTEREST_FIRST | RepaymentMethod.REVOLVING:
            return ZERO


def _period_factors(terms: LoanTerms, dues: list[date]) -> list[Fraction]:
    rate = Fraction(terms.yearly_rate)
    first = rate * year_share(terms.day_count, terms.start, dues[0])
    if terms.day_count is DayCount.THIRTY_360:
        # A month between two due dates is 30 days even where the calendar shortened one of them (31 Jan, 28 Feb).
        return [first, *[rate / 12] * (len(dues) - 1)]
    return [first, *period_factors(rate, terms.day_count, dues)]


def _rate_refusals(rate: Decimal, field: str) -> Iterator[Invalid]:
    if not rate.is_finite() or not 0 <= rate <= 1:
        yield Invalid("rate", Sentence("A rate must be 0 % to 100 %."), field=field)
    elif rate != rate.quantize(_RATE_STEP):
        yield Invalid(
            "rate",
            Sentence("A rate in percent has at most {decimals} decimals.", decimals=RATE_DECIMALS - 2),
            field=field,
        )


def _fee_refusals(fee: Fee) -> Iterator[Invalid]:
    if (fee.amount is None) == (fee.rate is None):
        yield Invalid("fee", Sentence("A fee is either an amount or a rate."), field="fees")
    if fee.amount is not None and not 0 <= fee.amount.fen <= GREATEST_FEN:
        yield Invalid("fee", Sentence("A fee cannot be negative or beyond reason."), field="fees")
    if fee.rate is not None:
        yield from _rate_refusals(fee.rate, "fees")
