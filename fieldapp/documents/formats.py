"""How money, days and rates stand on paper: plain digits, two decimals, ISO days, no locale."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from fieldapp.domain.money import Money


def amount(money: Money | None) -> str:
    """``100,000.00``; nothing for an unknown amount."""
    return "" if money is None else f"{money.decimal_yuan:,.2f}"


def yuan(money: Money | None) -> str:
    """``¥ 100,000.00``; nothing for an unknown amount."""
    return "" if money is None else f"¥ {amount(money)}"


def in_yuan(money: Money | None) -> str:
    """``100,000.00 元``; nothing for an unknown amount."""
    return "" if money is None else f"{amount(money)} 元"


def rate(fraction: Decimal | None) -> str:
    """A yearly rate with four decimals, ``6.0000 %`` for 0.06; nothing when unknown."""
    return "" if fraction is None else f"{_rounded(fraction * 100, 4)} %"


def share(part: Money, whole: Money) -> str:
    """``part`` of ``whole`` in per cent with two decimals; nothing when the whole is zero."""
    return "" if not whole else f"{_rounded(Decimal(part.fen * 100) / whole.fen, 2)} %"


def day(value: date | None) -> str:
    """``2026-11-23``; nothing when unknown."""
    return "" if value is None else value.isoformat()


def moment(value: datetime) -> str:
    """``2026-11-23 10:42``, the clock of the place where it happened."""
    return value.strftime("%Y-%m-%d %H:%M")


def mobile(number: str | None) -> str:
    """An eleven-digit mobile number as ``138 0000 0001``; anything else as it is."""
    if number is None:
        return ""
    digits = number.strip()
    if len(digits) == 11 and digits.isascii() and digits.isdigit():
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    return digits


def account(number: str | None) -> str:
    """An account number in groups of four; anything but digits as it is."""
    if number is None:
        return ""
    digits = number.strip()
    if digits.isascii() and digits.isdigit():
        return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
    return digits


def count(number: int | None, unit: str) -> str:
    """``12 年``; nothing when unknown."""
    return "" if number is None else f"{number} {unit}"


def joined(*parts: str) -> str:
    """The parts that are known, with a stroke between them."""
    return " / ".join(part for part in parts if part)


def grouped(digest: str) -> str:
    """The first sixteen digits of a digest in groups of four, as people compare them."""
    return "-".join(digest[at : at + 4] for at in range(0, 16, 4))


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
