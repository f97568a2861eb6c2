"""Towns, villages and groups that a list names once, at the head of their rows, and leaves out below.

So a table looks on paper, and what is left of merged cells in a CSV file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from fieldapp.services.household_list.headings import Field

_FROM_ABOVE = (Field.TOWN, Field.VILLAGE_CODE, Field.VILLAGE, Field.GROUP)
"""What may stand further up only, the larger first: a new village begins without a group."""
_LEAST_ROWS, _LEAST_EMPTY = 3, 0.6


def columns_named_once(body: Sequence[Sequence[str]]) -> frozenset[int]:
    """The columns that begin in the first row, are mostly empty below, and never say again what they said last.

    A list that fills the column in each row repeats itself soon: there an empty cell is a missing one.
    """
    if len(body) < _LEAST_ROWS or not body:
        return frozenset()
    return frozenset(column for column in range(len(body[0])) if _is_named_once([_cell(row, column) for row in body]))


def _is_named_once(texts: Sequence[str]) -> bool:
    said = [text for text in texts if text]
    return bool(texts[0]) and len(said) <= len(texts) * (1 - _LEAST_EMPTY) and all(a != b for a, b in pairwise(said))


class FromAbove:
    """Fills the cells of row after row with what stands further up."""

    def __init__(self, columns: Mapping[Field, int], named_once: frozenset[int]) -> None:
        self._columns = [columns[name] for name in _FROM_ABOVE if columns.get(name) in named_once]
        self._last = dict.fromkeys(self._columns, "")

    def filled(self, cells: list[str]) -> list[str]:
        """The cells, with the names that hold for this row too."""
        begins = False
        for column in self._columns:
            if text := _cell(cells, column):
                begins = begins or text != self._last[column]
                self._last[column] = text
            elif begins:
                self._last[column] = ""
            elif self._last[column]:
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = self._last[column]
        return cells


def _cell(row: Sequence[str], column: int) -> str:
    return row[column].strip() if column < len(row) else ""
