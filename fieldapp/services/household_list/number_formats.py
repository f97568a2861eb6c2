"""What Excel shows beside a number by its format alone: 5 as 5万元, 50000 as 50.00千.

The unit is kept behind the number in square brackets, ``5 [万元]``: so it stays with the cell in the file of refused
rows, and is not mistaken for one that somebody typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from fieldapp.services.household_list.units import unit_named


@dataclass(frozen=True, slots=True)
class _Section:
    """One part of a format: for which numbers it holds, by what it divides them, and what it counts."""

    condition: tuple[str, Decimal] | None
    scale: int
    counts: str

    def holds_for(self, number: Decimal) -> bool:
        """Whether the condition is met; a section without one holds for every number."""
        if self.condition is None:
            return True
        sign, bound = self.condition
        below, same = number < bound, number == bound
        return {"<": below, "<=": below or same, ">": not (below or same), ">=": not below, "=": same}.get(
            sign, not same
        )

    def seen(self, number: Decimal, text: str) -> str:
        """The number with what it counts; where the division and the unit do not fit together both are told."""
        if self.scale == 1:
            return f"{text} [{self.counts}]" if self.counts else text
        if self.counts and unit_named(self.counts) == self.scale:
            return f"{(number / self.scale).normalize():f} [{self.counts}]"
        return f"{text} [÷{self.scale}{self.counts}]"


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A number format by what it says beyond the figures."""

    sections: tuple[_Section, ...]

    @classmethod
    def of(cls, code: str) -> NumberFormat:
        """The format of that code, as Excel writes it; what is no format says nothing."""
        plain = _GENERAL.sub("0", code[:_LONGEST])
        return cls(tuple(_section(part) for part in _parts(plain)))

    @property
    def says_something(self) -> bool:
        """Whether it shows any number otherwise than as it is stored."""
        return any(section.scale != 1 or section.counts for section in self.sections)

    def seen(self, number: Decimal, text: str) -> str:
        """``text`` of a number, with the unit that is seen beside it."""
        section = self._section_for(number)
        return text if section is None else section.seen(number, text)

    def _section_for(self, number: Decimal) -> _Section | None:
        numeric = self.sections[:_MOST_SECTIONS]
        if not numeric:
            return None
        if any(section.condition for section in numeric):
            return next((section for section in numeric if section.holds_for(number)), None)
        if number < 0:
            return numeric[min(1, len(numeric) - 1)]
        return numeric[2] if number == 0 and len(numeric) > 2 else numeric[0]


_LONGEST = 255
"""Characters of a format, as many as Excel lets anybody type."""
_LONGEST_COUNTED = 20
_MOST_SECTIONS = 3
_MOST_SCALE = 12
_GENERAL = re.compile(r"general|G/通用格式", re.IGNORECASE)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d{1,15}(?:\.\d{1,10})?)")
_OWN_CURRENCY = re.compile(r"[¥￥]|rmb|cny|人民币", re.IGNORECASE)
_FOREIGN = re.compile(r"[$€£₽₩฿]|[美欧日港台韩澳加]元|英镑|港币|卢布|usd|eur|hkd|jpy|gbp", re.IGNORECASE)
_MEASURE = re.compile(
    r"亩|公顷|平方|㎡|m2|m²|分地|公?斤|千克|kg|吨|[头只羽株棵箱袋桶瓶台辆间套栋]|公里|\bmu\b|heads?\b|tons?\b|ha\b|%",
    re.IGNORECASE,
)
_SAYS_NO_MORE = re.compile(
    r"[人口户岁年月日号组队个位名村镇次天周期批排栋楼层室整正余多左右上下以内约]+|小组|no\.?|persons?|people|years?|days?",
    re.IGNORECASE,
)
_AROUND = re.compile(r"[\[\]()（）\s]+")


def _parts(code: str) -> list[str]:
    """The sections of a format, which semicolons part outside of quotations."""
    parts, part = [], ""
    for piece in _pieces(code):
        if piece == ";":
            parts.append(part)
            part = ""
        else:
            part += piece
    return [*parts, part]


def _pieces(code: str) -> Iterator[str]:
    """A quotation, an escaped character, a bracket, or a single character."""
    place = 0
    while place < len(code):
        char = code[place]
        if char == '"':
            end = code.find('"', place + 1)
        elif char == "[":
            end = code.find("]", place + 1)
        elif char in "\\!_*":
            end = place + 1
        else:
            end = place
        end = len(code) - 1 if end < 0 else end
        yield code[place : end + 1]
        place = end + 1


def _section(part: str) -> _Section:
    condition: tuple[str, Decimal] | None = None
    figures = ""
    before = after = ""
    for piece in _pieces(part):
        if piece in _FIGURES:
            figures += piece
            if piece in _DIGITS:
                before, after = before + after if "." not in figures else before, ""
            continue
        text = _text_of(piece)
        if piece.startswith("[") and (match := _CONDITION.fullmatch(piece[1:-1])):
            condition = match[1], _number(match[2])
        elif text == "." and figures and piece != ".":
            figures += _POINT
        elif any(digit in figures for digit in _DIGITS):
            after += text
        else:
            before += text
    if not any(digit in figures for digit in _DIGITS):
        return _Section(condition, 1, "")
    return _Section(condition, _scale(figures), _counted(before, after))


_DIGITS = "0#?"
_FIGURES = (*_DIGITS, ",", ".")
_POINT = "·"
"""A point that is only written between digits, as in 0!.0 for ten thousands."""


def _text_of(piece: str) -> str:
    if piece.startswith('"'):
        return piece.strip('"')
    if piece.startswith("[$"):
        return piece[2:].rstrip("]").partition("-")[0]
    if piece.startswith("[") or piece[0] in "_*":
        return ""
    return piece[1:] if piece[0] in "\\!" else piece


def _scale(figures: str) -> int:
    """By what a format divides: 1,000 for each comma behind the digits, 10 for each digit behind a written point."""
    whole, _, rest = figures.partition(".")
    commas = len(whole) - len(whole.rstrip(",")) + len(rest) - len(rest.rstrip(","))
    _, point, behind = figures.partition(_POINT)
    tens = 3 * commas + (sum(map(behind.count, _DIGITS)) if point else 0)
    return int("1" + "0" * min(tens, _MOST_SCALE))


def _counted(before: str, after: str) -> str:
    """What a format counts: a unit, a measure, a foreign currency, or a word behind the figures that nobody knows.

    Nothing for what says no more than the figures do: ¥, 约, and what people, houses and days are counted in.
    """
    said = [_AROUND.sub("", unicodedata.normalize("NFKC", text)) for text in (after, before)]
    for text in said:
        if foreign := _FOREIGN.search(text):
            return foreign[0]
    for text in said:
        plain = _OWN_CURRENCY.sub("", text)[:_LONGEST_COUNTED]
        if plain and (unit_named(plain) is not None or _MEASURE.search(plain)):
            return plain
    behind = _OWN_CURRENCY.sub("", said[0])[:_LONGEST_COUNTED]
    return behind if any(map(str.isalpha, behind)) and not _SAYS_NO_MORE.fullmatch(behind) else ""


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)
