"""The figures a programme is judged by: averages, funnel, growth, arrears and portfolio at risk (DOMAIN C7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from fieldapp.domain.interest import fraction_to_fen
from fieldapp.domain.money import Money, total

_FOUR_DECIMALS = Decimal("0.0001")


def average(amount: Money, count: int) -> Money | None:
    """``amount`` over ``count``, half-up to the fen; None when there is nothing to divide by."""
    return fraction_to_fen(Fraction(amount.fen, count)) if count > 0 else None


def ratio(part: int, whole: int) -> Decimal | None:
    """``part`` over ``whole`` with four decimals (50.00 % is 0.5000), half-up; None when the whole is nothing."""
    return (Decimal(part) / whole).quantize(_FOUR_DECIMALS, ROUND_HALF_UP) if whole > 0 else None


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One stage of a funnel; the rates are fractions with four decimals, None where nobody came that far."""

    stage: str
    count: int
    of_previous: Decimal | None
    of_first: Decimal | None


def funnel(counts: Sequence[tuple[str, int]]) -> tuple[FunnelStep, ...]:
    """Contact → interested → applied → approved → disbursed: each with its rates of the one before and the first."""
    steps = []
    for k, (stage, count) in enumerate(counts):
        previous = ratio(count, counts[k - 1][1]) if k else None
        steps.append(FunnelStep(stage, count, previous, ratio(count, counts[0][1])))
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class PortfolioGrowth:
    """How a portfolio moved over a period."""

    opening: Money
    disbursed: Money
    repaid: Money
    written_off: Money

    @property
    def net(self) -> Money:
        """Disbursed − principal repaid − written off."""
        return self.disbursed - self.repaid - self.written_off

    @property
    def closing(self) -> Money:
        """The portfolio at the end."""
        return self.opening + self.net


@dataclass(frozen=True, slots=True)
class CustomerGrowth:
    """How the number of active borrowers moved over a period."""

    opening: int
    new: int
    exited: int

    @property
    def net(self) -> int:
        """New − exited."""
        return self.new - self.exited

    @property
    def closing(self) -> int:
        """Active borrowers at the end."""
        return self.opening + self.net


@dataclass(frozen=True, slots=True)
class LoanStanding:
    """What arrears figures need to know of a loan."""

    principal_outstanding: Money
    days_past_due: int
    restructured: bool = False


def portfolio_at_risk(loans: Sequence[LoanStanding], beyond_days: int = 30) -> Decimal | None:
    """PAR30: the *entire* principal of loans more than 30 days late, plus restructured, over the gross portfolio.

    A fraction (IRIS+ FP2635), not rounded: pay depends on whether it is more than 1 %. None for an empty portfolio.
    """
    at_risk = [loan for loan in loans if loan.days_past_due > beyond_days or loan.restructured]
    gross = total([loan.principal_outstanding for loan in loans])
    if gross.fen <= 0:
        return None
    return Decimal(total([loan.principal_outstanding for loan in at_risk]).fen) / gross.fen


def days_past_due(oldest_unpaid_due: date | None, today: date) -> int:
    """DPD: days since the oldest unpaid due date; 0 when none is unpaid or it has not passed."""
    return max((today - oldest_unpaid_due).days, 0) if oldest_unpaid_due else 0


class ArrearsBucket(StrEnum):
    """Days past due as the arrears table groups them."""

    UP_TO_30 = "<=30"
    FROM_31_TO_60 = "31-60"
    FROM_61_TO_90 = "61-90"
    FROM_91_TO_180 = "91-180"
    FROM_181_TO_270 = "181-270"
    FROM_271_TO_360 = "271-360"
    FROM_361 = ">=361"


_BUCKET_ENDS = (30, 60, 90, 180, 270, 360)


def arrears_bucket(dpd: int) -> ArrearsBucket | None:
    """The bucket of a loan ``dpd`` days past due; None when it is not."""
    if dpd <= 0:
        return None
    return tuple(ArrearsBucket)[sum(dpd > end for end in _BUCKET_ENDS)]


class AssetClass(StrEnum):
    """The five classes of a loan: 正常, 关注, 次级, 可疑, 损失."""

    NORMAL = "normal"
    SPECIAL_MENTION = "special_mention"
    SUBSTANDARD = "substandard"
    DOUBTFUL = "doubtful"
    LOSS = "loss"


def class_floor(dpd: int) -> AssetClass:
    """The best class that days past due still allow (2023 asset-risk measures): a suggestion, a person decides."""
    return tuple(AssetClass)[sum(dpd > end for end in (0, 90, 270, 360))]
