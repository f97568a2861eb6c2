"""Amounts in capitals 大写, as bills and contracts need them (DOMAIN C9; PBOC rules for filling in bills)."""

from __future__ import annotations

from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import GREATEST_FEN, Money
from fieldapp.domain.wording import Sentence

CURRENCY = "人民币"

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")


def capitals(amount: Money) -> str:
    """``amount`` in capitals, without the currency: 1,409.50 is 壹仟肆佰零玖元伍角.

    整 closes an amount in whole yuan. 零 stands for zeros between two digits, also between the yuan and the 角 or 分
    when the yuan end in 0. Raises Invalid (``amount``) when the amount is negative or beyond GREATEST_FEN.
    """
    if amount.fen < 0:
        raise Invalid("amount", Sentence("An amount cannot be negative."), field="amount")
    if amount.fen > GREATEST_FEN:
        raise Invalid("amount", Sentence("This amount is too large to be meant."), field="amount")
    yuan, cents = divmod(amount.fen, 100)
    jiao, fen = divmod(cents, 10)
    written = _whole(yuan) + "元" if yuan or not cents else ""
    if not cents:
        return written + "整"
    if yuan and (yuan % 10 == 0 or jiao == 0):
        written += "零"
    return written + (f"{_DIGITS[jiao]}角" if jiao else "") + (f"{_DIGITS[fen]}分" if fen else "")


def capitals_with_currency(amount: Money) -> str:
    """``amount`` in capitals as it stands on a form: 人民币 with no gap before the amount. Raises like ``capitals``."""
    return CURRENCY + capitals(amount)


def _whole(number: int) -> str:
    """A whole number below a million million million in capitals; 0 is 零."""
    high, low = divmod(number, 10**8)
    if high:
        return _whole(high) + "亿" + _after(low, 8)
    high, low = divmod(number, 10**4)
    if high:
        return _group(high) + "万" + _after(low, 4)
    return _group(low)


def _after(rest: int, places: int) -> str:
    """The lower places of a number, led by 零 when they begin with zeros."""
    if not rest:
        return ""
    return ("零" if rest < 10 ** (places - 1) else "") + _whole(rest)


def _group(number: int) -> str:
    """Up to four digits; a leading 拾 keeps its 壹, as bills require."""
    written, gap = "", False
    for digit, place in zip(f"{number:04}", _PLACES, strict=True):
        if digit == "0":
            gap = bool(written)
            continue
        written += ("零" if gap else "") + _DIGITS[int(digit)] + place
        gap = False
    return written or _DIGITS[0]
