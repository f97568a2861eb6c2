"""What a grid is made of: its columns, its rows, and what a cell's text must say to count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from fieldapp.desktop.components.words import Words, said
from fieldapp.domain.cross_checks import short_amount
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import parse_amount
from fieldapp.domain.writing import half_width_digits

LONGEST_CELL = 10_000
"""Characters a cell takes in; what the rules allow is far less, and they say so."""


class CellKind(Enum):
    """What one types into a column."""

    AMOUNT = "amount"
    TEXT = "text"
    CHOICE = "choice"
    COMPUTED = "computed"
    """Nothing: the grid's owner reckons it."""


class RowKind(Enum):
    """What a row is for."""

    ENTRY = "entry"
    HEADING = "heading"
    """A band over the rows of a section; its cells are empty."""
    SUM = "sum"
    """Reckoned by the owner, in ink."""
    TOTAL = "total"
    """Reckoned by the owner, closed with the double rule."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, kind, ``width`` in logical pixels at least, ``share`` of the spare room.

    ``choices`` are the values of a CHOICE with their words; a digit, the first letter of the words or Space chooses.
    """

    words: Words
    kind: CellKind = CellKind.AMOUNT
    width: int = 72
    share: int = 1
    choices: Sequence[tuple[str, Words]] = ()


@dataclass(slots=True)
class Row:
    """A row by its ``key``; ``cells`` are the texts as typed, one a column. ``own`` rows can be taken out again.

    ``without`` are columns that mean nothing in this row.
    """

    key: object
    words: Words
    kind: RowKind = RowKind.ENTRY
    cells: list[str] = field(default_factory=list)
    own: bool = False
    without: frozenset[int] = frozenset()

    def takes(self, column: Column, number: int) -> bool:
        """Whether one may type into the cell of a column."""
        return self.kind is RowKind.ENTRY and column.kind is not CellKind.COMPUTED and number not in self.without


def tidy(column: Column, text: str) -> str:
    """What a typed text becomes when the cell is left: an amount in its usual form, a choice's value.

    What cannot be read stays as it is, for nothing typed is lost.
    """
    text = text[:LONGEST_CELL].strip()
    match column.kind:
        case CellKind.AMOUNT:
            try:
                return short_amount(parse_amount(text)) if text else ""
            except Invalid:
                return text
        case CellKind.CHOICE:
            return _choice(column, text)
        case _:
            return " ".join(text.split())


def readable(column: Column, text: str) -> bool:
    """Whether the text says something the column can count; an empty cell does."""
    if not text:
        return True
    match column.kind:
        case CellKind.AMOUNT:
            try:
                parse_amount(text)
            except Invalid:
                return False
            return True
        case CellKind.CHOICE:
            return any(text == value for value, _ in column.choices)
        case _:
            return True


def shown(column: Column, text: str) -> str:
    """The text as the cell shows it: a choice by its words."""
    if column.kind is CellKind.CHOICE:
        return next((said(words) for value, words in column.choices if value == text), text)
    return text


def _choice(column: Column, text: str) -> str:
    """A value by itself, its words, the beginning of them, or its number from 1."""
    wanted = half_width_digits(text).casefold()
    if not wanted:
        return ""
    for number, (value, words) in enumerate(column.choices, start=1):
        if wanted in (value.casefold(), said(words).casefold(), str(number), "①②③④⑤⑥⑦⑧⑨"[number - 1]):
            return value
    begun = [value for value, words in column.choices if said(words).casefold().startswith(wanted)]
    return begun[0] if len(begun) == 1 else text
