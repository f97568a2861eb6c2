"""Chinese money: integer fen, and the one function that rounds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum

from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence

GREATEST_FEN = 10**15  # ten million million yuan: beyond any amount a person could mean, well inside 64 bits


class Rounding(StrEnum):
    """How a product rounds an amount to the fen (DOMAIN C, parameters of a real core)."""

    HALF_UP = "half_up"
    TRUNCATE = "truncate"
    CEILING = "ceiling"


_MODES = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.TRUNCATE: ROUND_DOWN, Rounding.CEILING: ROUND_CEILING}


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in CNY, held as integer fen; never a float."""

    fen: int

    @classmethod
    def yuan(cls, text: str | int | Decimal) -> Money:
        """The amount of ``text`` in yuan, exactly.

        Raises ValueError when it has more than two decimals or is not a number.
        """
        amount = Decimal(text) * 100
        if not amount.is_finite() or amount != amount.to_integral_value():
            raise ValueError(f"not an amount in whole fen: {text}")
        return cls(int(amount))

    @property
    def decimal_yuan(self) -> Decimal:
        """The amount in yuan with two decimals."""
        return Decimal(self.fen).scaleb(-2)

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __mul__(self, count: int) -> Money:
        return Money(self.fen * count)

    def __bool__(self) -> bool:
        return self.fen != 0


ZERO = Money(0)


def round_to_fen(fen: Decimal, rounding: Rounding = Rounding.HALF_UP) -> Money:
    """``fen`` (a fraction of fen is allowed) as whole fen. Every rounding of money in the program is this one."""
    return Money(int(fen.quantize(Decimal(1), rounding=_MODES[rounding])))


def total(amounts: list[Money]) -> Money:
    """The sum, zero for none."""
    return Money(sum(amount.fen for amount in amounts))


def total_known(amounts: Sequence[Money | None]) -> Money | None:
    """The sum of the amounts that are known; None when none is."""
    known = [amount for amount in amounts if amount is not None]
    return total(known) if known else None


_AMOUNT = re.compile(r"(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?P<unit>万|亿|千|百)?元?", re.ASCII)
_LONGEST_AMOUNT = 40
_UNITS = {None: 1, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_FULL_WIDTH = {ord("０") + digit: str(digit) for digit in range(10)} | str.maketrans("，．－＋￥", ",.-+¥")


def parse_amount(text: str, field: str = "amount") -> Money:
    """The amount a person wrote: ``50000``, ``50,000.00``, ``5万元``, ``3.5 万``, full-width digits, ``¥`` in front.

    Raises Invalid (``amount``) with the field when it is no amount, negative, finer than a fen or beyond reason.
    """
    cleaned = re.sub(r"[\s¥]", "", text.translate(_FULL_WIDTH).removeprefix("人民币").removeprefix("CNY"))
    match = _AMOUNT.fullmatch(cleaned)
    if match is None or len(cleaned) > _LONGEST_AMOUNT:
        raise Invalid(
            "amount",
            Sentence("This is not an amount of money. Write it like 50000, 50,000.00 or 5万元."),
            field=field,
        )
    with localcontext(prec=_LONGEST_AMOUNT + 10):  # exact for whatever was written
        fen = Decimal(match["number"].replace(",", "")) * _UNITS[match["unit"]] * 100
    if fen < 0:
        raise Invalid("amount", Sentence("An amount cannot be negative."), field=field)
    if fen != fen.to_integral_value():
        raise Invalid("amount", Sentence("An amount has at most two decimals (fen)."), field=field)
    if fen > GREATEST_FEN:
        raise Invalid("amount", Sentence("This amount is too large to be meant."), field=field)
    return Money(int(fen))
