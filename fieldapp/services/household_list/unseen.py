"""What of a sheet is not seen by who opens the workbook: rows that a filter or somebody hid, columns that somebody hid.

A folded group shows its sign at the edge and is opened with a click: its rows are not hidden.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from fieldapp.services.household_list.workbook import MOST_COLUMNS, Sheet, Workbook, elements, explained, row_number


@dataclass(frozen=True, slots=True)
class Unseen:
    """The numbers of the hidden rows, the first row being 1, and the hidden columns counted from 0."""

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()


NOTHING_UNSEEN = Unseen()


def unseen_in(book: Workbook, sheet: Sheet) -> Unseen:
    """What of ``sheet`` is hidden. Raises Actionable ``list_damaged``."""
    with explained(), zipfile.ZipFile(book.path) as archive:
        head, may_hide_rows = _looked_through(archive, sheet)
        filtered = _FILTERED.search(head) is not None
        rows = frozenset(_hidden_rows(archive, sheet, filtered=filtered)) if may_hide_rows else frozenset()
        return Unseen(rows, frozenset(_hidden_columns(head)))


_BLOCK = 1 << 20
_LONGEST_TAG = 400
_HIDING = re.compile(rb"""(?:hidden=["'](?:1|true)|\bht=["']0(?:\.0)?["'])""")
_HIDING_WORDS = (b"hidden=", b'ht="0', b"ht='0")
_FILTERED = re.compile(rb"""<(?:\w+:)?sheetPr\b[^>]*\bfilterMode=["'](?:1|true)""")
_COLUMNS = re.compile(rb"<(?:\w+:)?col\b[^>]*>")
_ATTRIBUTE = re.compile(rb"""\b(min|max|hidden|width)=["']([^"']*)""")
_TRUE = ("1", "true")
_NO_HEIGHT = ("0", "0.0")


def _looked_through(archive: zipfile.ZipFile, sheet: Sheet) -> tuple[bytes, bool]:
    """What stands before the cells, and whether any row may be hidden: most sheets need no second reading."""
    with archive.open(sheet.part) as stream:
        head = stream.read(_BLOCK)
        before, mark, tail = head.partition(b"sheetData")
        while mark:
            if any(word in tail for word in _HIDING_WORDS) and _HIDING.search(tail):
                return before, True
            block = stream.read(_BLOCK)
            if not block:
                break
            tail = tail[-_LONGEST_TAG:] + block
    return before, not mark


def _hidden_rows(archive: zipfile.ZipFile, sheet: Sheet, *, filtered: bool) -> Iterator[int]:
    number = 0
    for row in elements(archive, sheet.part, "row"):
        number = row_number(row, number + 1)
        hidden = row.get("hidden") in _TRUE or row.get("ht") in _NO_HEIGHT
        folded = row.get("outlineLevel", "0") != "0" and not filtered
        if hidden and not folded:
            yield number


def _hidden_columns(head: bytes) -> Iterator[int]:
    for tag in _COLUMNS.findall(head):
        said = {name.decode(): value.decode("ascii", "replace") for name, value in _ATTRIBUTE.findall(tag)}
        first, last = said.get("min", ""), said.get("max", "")
        if (said.get("hidden") in _TRUE or said.get("width") == "0") and first.isdecimal() and last.isdecimal():
            yield from range(int(first) - 1, min(int(last), MOST_COLUMNS))
