"""How wide the columns of a grid want to be, and how high its rows: logical pixels brought to the screen's."""

from __future__ import annotations

import math

from fieldapp.desktop.components.grid.cells import CellKind, Row, RowKind
from fieldapp.desktop.components.grid.model import GridModel
from fieldapp.desktop.components.words import said
from fieldapp.desktop.look import px
from fieldapp.desktop.look.fonts import font, width

ROW, TOTAL, HEADER = 31, 40, 32
NAME_MOST = 200
_NAME_LEAST, _WIDEST = 120, 220


def row_height(row: Row) -> int:
    """A total has more room than the rows above it."""
    return px(TOTAL) if row.kind is RowKind.TOTAL else px(ROW)


def names_width(grid: GridModel, most: int) -> int:
    """The room for the names of the rows, at most ``most`` logical pixels."""
    drawn = font(13)
    widest = max((width(said(row.words)[:40], drawn) for row in grid.rows), default=0)
    return min(max(math.ceil(widest) + px(24), px(_NAME_LEAST)), px(most))


def column_width(grid: GridModel, number: int) -> int:
    """At least the column's own width; a figure is never shortened, for a part of it would be another one."""
    column = grid.columns[number]
    if column.kind not in (CellKind.AMOUNT, CellKind.COMPUTED):
        return px(column.width)
    longest = max((row.cells[number] for row in grid.rows), key=len, default="")
    return max(px(column.width), min(math.ceil(width(longest, font(13, 600))) + px(16), px(_WIDEST)))


def widths_within(grid: GridModel, room: int) -> list[int]:
    """The columns' widths; what ``room`` they leave is shared out among those that take a share."""
    wanted = [column_width(grid, number) for number in range(len(grid.columns))]
    spare = max(room - sum(wanted), 0)
    shares = sum(column.share for column in grid.columns) or 1
    return [wide + spare * column.share // shares for wide, column in zip(wanted, grid.columns, strict=True)]
