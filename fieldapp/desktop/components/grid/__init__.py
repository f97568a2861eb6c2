"""A grid filled in by the keyboard like a spreadsheet: ``Grid`` is the widget, ``Row`` and ``Column`` what it shows."""

from fieldapp.desktop.components.grid.cells import CellKind, Column, Row, RowKind
from fieldapp.desktop.components.grid.view import Grid

__all__ = ["CellKind", "Column", "Grid", "Row", "RowKind"]
