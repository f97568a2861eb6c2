"""An alert before it becomes a record: which control noticed what."""

from __future__ import annotations

from dataclasses import dataclass

from fieldapp.domain.money import Money
from fieldapp.domain.wording import Sentence


@dataclass(frozen=True, slots=True)
class Noticed:
    """Not a refusal: those who decide read it. ``control`` is the rule's name in DOMAIN E."""

    control: str
    code: str
    sentence: Sentence


def yuan(fen: int) -> str:
    """An amount as an alert says it, in yuan with separators."""
    return f"{Money(fen).decimal_yuan:,.2f}"


def percent(part: int, whole: int) -> str:
    """A share in per cent with one decimal, rounded down."""
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10}"
