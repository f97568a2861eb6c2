"""Cells as text between programs: tabs and line ends, quotes where a cell holds one, as spreadsheets write them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO

MOST_ROWS, MOST_COLUMNS = 2_000, 200
"""More of a paste than this is not looked at."""


def to_text(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as a spreadsheet would copy them."""
    out = StringIO()
    csv.writer(out, dialect="excel-tab", lineterminator="\n").writerows(rows)
    return out.getvalue().removesuffix("\n")


def from_text(text: str) -> list[list[str]]:
    """The rows of cells in a copied text; a last empty line is not a row."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    plain = plain.removesuffix("\n")
    if '"' in plain:
        try:
            rows = list(csv.reader(StringIO(plain), dialect="excel-tab"))
        except csv.Error:  # a quote that is no quoting: taken by its tabs
            rows = _by_tabs(plain)
    else:
        rows = _by_tabs(plain)
    return [row[:MOST_COLUMNS] or [""] for row in rows[:MOST_ROWS]]


def _by_tabs(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.split("\n", MOST_ROWS)[:MOST_ROWS]]
