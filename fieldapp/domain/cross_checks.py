"""The same figure from another source (DOMAIN C6): sales by day, week, purchases, QR takings; equity by its growth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from fieldapp.domain.accounts import RebuiltAccounts
from fieldapp.domain.affordability import (
    deviation,
    equity_check,
    sales_from_daily_takings,
    sales_from_share,
    sales_from_weekly_takings,
)
from fieldapp.domain.application_records import CheckItem, CrossCheck
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.domain.wording import Sentence

LEAST_EXPLANATION = 6
"""Characters under which an explanation says nothing."""

DEFAULT_TOLERANCE_BP = 500  # [G]; a product's own stands before it

INPUTS: Mapping[CheckItem, tuple[str, ...]] = {
    "sales_by_day": ("day_fen", "days"),
    "sales_by_week": ("week_fen",),
    "purchases": ("purchases_fen", "cost_share_bp"),
    "qr_takings": ("takings_fen", "qr_share_bp"),
    "equity": ("opening_fen", "months", "taken_out_fen"),
}
"""What each check asks for, in the order of the sheet. A check is reckoned once all of it is known."""


class Verdict(StrEnum):
    """What a deviation asks of the officer."""

    OK = "ok"
    EXPLAIN = "explain"
    INVESTIGATE = "investigate"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check worked out.

    ``estimate`` is what the other source tells, ``stated`` what the accounts say, ``deviation`` a fraction (None when
    there is nothing to measure it by), ``working`` the sum as one would write it, ``sentence`` what it means.
    """

    item: CheckItem
    estimate: Money
    stated: Money
    deviation: Decimal | None
    verdict: Verdict
    working: str
    sentence: Sentence


def check(
    item: CheckItem,
    inputs: Mapping[str, int],
    accounts: RebuiltAccounts,
    tolerance_bp: int = DEFAULT_TOLERANCE_BP,
) -> CheckResult | None:
    """The check ``item`` against the accounts, None while one of its inputs is not known.

    Sales beyond the tolerance are to be explained, beyond twice the tolerance [G] to be investigated; equity beyond the
    tolerance is to be investigated at once, whichever way the gap lies. Shares are of 1 to 10,000 basis points: raises
    Invalid (``share``) for any other.
    """
    if any(inputs.get(name) is None for name in INPUTS[item]):
        return None
    if item == "equity":
        return _equity(inputs, accounts, tolerance_bp)
    estimate, working = _SALES[item](inputs)
    stated = accounts.average.sales
    off = deviation(stated, estimate)
    return CheckResult(
        item, estimate, stated, off, verdict := _verdict(off, tolerance_bp), working, _said(verdict, off, tolerance_bp)
    )


def unexplained(
    checks: Mapping[CheckItem, CrossCheck], accounts: RebuiltAccounts, tolerance_bp: int
) -> tuple[Invalid, ...]:
    """The checks beyond the tolerance that nobody explained, which stop a submission; field ``accounts.<item>``."""
    found = []
    for item, one in checks.items():
        result = check(item, one.inputs, accounts, tolerance_bp)
        if result is None or result.verdict is Verdict.OK or len(one.explanation.strip()) >= LEAST_EXPLANATION:
            continue
        sentence = Sentence(
            "A cross-check is {deviation} % off; explain it in the accounts ({working}).",
            deviation="–" if result.deviation is None else percent(result.deviation),
            working=result.working,
        )
        found.append(Invalid("unexplained", sentence, field=f"accounts.{item}"))
    return tuple(found)


def percent(fraction: Decimal) -> str:
    """``4.00`` for 0.04: a deviation in per cent with two decimals, half-up."""
    return f"{(fraction * 100).quantize(Decimal('0.01'), ROUND_HALF_UP):,.2f}"


def short_amount(money: Money) -> str:
    """``45,000`` or ``45,000.50``: as one would write it in a sum."""
    yuan = money.decimal_yuan
    return f"{yuan:,.0f}" if money.fen % 100 == 0 else f"{yuan:,.2f}"


def _by_day(inputs: Mapping[str, int]) -> tuple[Money, str]:
    daily, days = Money(inputs["day_fen"]), inputs["days"]
    return sales_from_daily_takings(daily, days), f"{short_amount(daily)} × {days}"


def _by_week(inputs: Mapping[str, int]) -> tuple[Money, str]:
    weekly = Money(inputs["week_fen"])
    return sales_from_weekly_takings(weekly), f"{short_amount(weekly)} × 52 ÷ 12"


def _by_share(part: str, share: str) -> Callable[[Mapping[str, int]], tuple[Money, str]]:
    def reckon(inputs: Mapping[str, int]) -> tuple[Money, str]:
        known, fraction = Money(inputs[part]), Decimal(inputs[share]).scaleb(-4)
        written = f"{fraction.normalize():f}" if inputs[share] % 100 else f"{fraction:.2f}"
        return sales_from_share(known, fraction), f"{short_amount(known)} ÷ {written}"

    return reckon


_SALES: Mapping[str, Callable[[Mapping[str, int]], tuple[Money, str]]] = {
    "sales_by_day": _by_day,
    "sales_by_week": _by_week,
    "purchases": _by_share("purchases_fen", "cost_share_bp"),
    "qr_takings": _by_share("takings_fen", "qr_share_bp"),
}


def _equity(inputs: Mapping[str, int], accounts: RebuiltAccounts, tolerance_bp: int) -> CheckResult:
    opening, months, taken_out = Money(inputs["opening_fen"]), inputs["months"], Money(inputs["taken_out_fen"])
    surplus = accounts.average.disposable
    claimed = accounts.claimed if accounts.claimed is not None else accounts.equity
    found = equity_check(opening, surplus, months, taken_out, claimed, Decimal(tolerance_bp).scaleb(-4))
    verdict = Verdict.INVESTIGATE if found.investigate else Verdict.OK
    earned = f"{months} × {short_amount(surplus)}" if surplus.fen >= 0 else f"{months} × ({short_amount(surplus)})"
    return CheckResult(
        "equity",
        found.expected,
        claimed,
        found.gap,
        verdict,
        f"{short_amount(opening)} + {earned} − {short_amount(taken_out)}",
        _said(verdict, found.gap, tolerance_bp),
    )


def _verdict(off: Decimal | None, tolerance_bp: int) -> Verdict:
    if off is None:
        return Verdict.INVESTIGATE
    basis_points = off * 10_000
    if basis_points <= tolerance_bp:
        return Verdict.OK
    return Verdict.EXPLAIN if basis_points <= 2 * tolerance_bp else Verdict.INVESTIGATE


def _said(verdict: Verdict, off: Decimal | None, tolerance_bp: int) -> Sentence:
    tolerance = f"{Decimal(tolerance_bp).scaleb(-2).normalize():f}"
    if off is None:
        return Sentence("There is nothing in the accounts to compare with: find out why.")
    values = {"deviation": percent(off), "tolerance": tolerance}
    match verdict:
        case Verdict.OK:
            return Sentence("{deviation} % off, within the tolerance of {tolerance} %.", **values)
        case Verdict.EXPLAIN:
            return Sentence("{deviation} % off, beyond the tolerance of {tolerance} %: say what explains it.", **values)
        case Verdict.INVESTIGATE:
            return Sentence(
                "{deviation} % off, far from the tolerance of {tolerance} %: find the cause before submitting.",
                **values,
            )
