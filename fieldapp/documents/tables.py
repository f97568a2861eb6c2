"""Tables: a head that repeats with 续, rows that grow with their text, a bold total that never stands alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldapp.documents.fields import two_lines
from fieldapp.documents.flow import Block, Glue
from fieldapp.documents.forms import Text
from fieldapp.documents.page import COLUMN, INNER_RULE, LEFT, PADDING, RIGHT, WIDTH, Align, Page
from fieldapp.documents.typefaces import MM_PER_POINT, FieldName, Weight, printable
from fieldapp.documents.typesetting import SMALLEST, shrunk, too_long, wrap

_HEAD, _SIZE, _MOST_LINES, _MOST_CHARACTERS = 8.4, 9.5, 12, 1000


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its width on the grid, its heading and where its values stand."""

    columns: float
    head: Text
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """A table under its section's heading; ``field`` and a row's number name a value in a refusal.

    ``section`` is the heading's form on a later page. ``least`` rows are drawn even when there are fewer values.
    """

    field: str
    columns: tuple[Column, ...]
    section: Block
    row_height: float = 7.2
    least: int = 0

    def blocks(self, rows: Sequence[Sequence[str]], total: Sequence[str] | None = None) -> list[Block]:
        """Head, rows and total. The first row stays with the head, the last two with the total.

        Raises Invalid (``glyph``, ``too_long``) naming the column and the row.
        """
        heads = (self.section, self._head())
        drawn = [self._row(row, number, heads) for number, row in enumerate(rows, start=1)]
        drawn += [self._empty(heads) for _ in range(self.least - len(rows))]
        if total is not None:
            for place in (-2, -1):
                if len(drawn) >= -place:
                    drawn[place] = drawn[place].holding(Glue.FIRM)
            drawn.append(self._total(total))
        elif len(drawn) > 1:
            drawn[-2] = drawn[-2].holding(Glue.FIRM)
        return [self._head(), *drawn]

    def _head(self) -> Block:
        def draw(page: Page, top: float) -> None:
            page.label_fill(LEFT, top, WIDTH, _HEAD)
            for left, column in self._places():
                width = column.columns * COLUMN
                with page.inside("TH", "Column"):
                    two_lines(page, left + width / 2, top + _HEAD / 2, column.head, width - 2, "centre")
            self._rules(page, top, _HEAD)

        return Block(_HEAD, draw, Glue.FIRM, role="TR")

    def _row(self, row: Sequence[str], number: int, heads: tuple[Block, ...]) -> Block:
        set_cells = [self._set(text, column, number) for text, column in zip(row, self.columns, strict=True)]
        height = max(self.row_height, *(len(lines) * _pitch(size) + 2.0 for lines, size in set_cells))

        def draw(page: Page, top: float) -> None:
            for (left, column), (lines, size) in zip(self._places(), set_cells, strict=True):
                first = top + height / 2 - (len(lines) - 1) * _pitch(size) / 2
                with page.inside("TD"):
                    for place, line in enumerate(lines):
                        page.text(_edge(left, column), first + place * _pitch(size), line, size, align=column.align)
            self._rules(page, top, height)

        return Block(height, draw, heads=heads, role="TR")

    def _set(self, text: str, column: Column, number: int) -> tuple[tuple[str, ...], float]:
        field = FieldName(f"{self.field}.{number}", f"{column.head.both} ({number})")
        plain = printable(text, field).strip()
        width = column.columns * COLUMN - 2 * PADDING
        size = _SIZE
        if column.align == "right":
            return (plain,), shrunk(plain, size, width, field=field)
        if len(plain) > _MOST_CHARACTERS:
            raise too_long(plain, field)
        lines = wrap(plain, width, size)
        while len(lines) > 2 and size > SMALLEST:
            size -= 0.5
            lines = wrap(plain, width, size)
        if len(lines) > _MOST_LINES:
            raise too_long(plain, field)
        return lines, size

    def _empty(self, heads: tuple[Block, ...]) -> Block:
        return Block(self.row_height, lambda page, top: self._rules(page, top, self.row_height), heads=heads)

    def _total(self, cells: Sequence[str]) -> Block:
        """``合计 Total`` over the columns left empty before the first figure."""
        height = self.row_height

        def draw(page: Page, top: float) -> None:
            page.label_fill(LEFT, top, WIDTH, height)
            with page.inside("TH", "Row"):
                page.text(LEFT + PADDING, top + height / 2, "合计 Total", _SIZE, Weight.BOLD)
            for (left, column), text in zip(self._places(), cells, strict=True):
                room = column.columns * COLUMN - 2 * PADDING
                size = shrunk(text, _SIZE, room, Weight.BOLD)
                with page.inside("TD"):
                    page.text(_edge(left, column), top + height / 2, text, size, Weight.BOLD, column.align)
            figures = [place for place, column in enumerate(self.columns) if column.align == "right"]
            self._rules(page, top, height, from_column=figures[0] if figures else 1)

        return Block(height, draw, role="TR")

    def _places(self) -> list[tuple[float, Column]]:
        places, left = [], LEFT
        for column in self.columns:
            places.append((left, column))
            left += column.columns * COLUMN
        return places

    def _rules(self, page: Page, top: float, height: float, from_column: int = 1) -> None:
        for left, _ in self._places()[max(from_column, 1) :]:
            page.rule(left, top, left, top + height, INNER_RULE)
        page.rule(LEFT, top + height, RIGHT, top + height, INNER_RULE)


def _pitch(size: float) -> float:
    return size * 1.28 * MM_PER_POINT


def _edge(left: float, column: Column) -> float:
    width = column.columns * COLUMN
    return {"left": left + PADDING, "centre": left + width / 2, "right": left + width - PADDING}[column.align]
