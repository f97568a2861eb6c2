"""The cell of the accounts that is being typed into: what stands in it belongs to no sheet before it is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fieldapp.desktop.components.grid import Grid
from fieldapp.services.rebuild_accounts import GridName, OpenCell


@dataclass(frozen=True, slots=True)
class NamedGrid:
    """A grid, and the name of a row by its key that stays the same from one start to the next."""

    grid: Grid
    name_of: Callable[[object], str]


def row_name(key: object, items: Mapping[object, tuple[str, str]]) -> str:
    """What stands in the row with a key: part and thing where it is one of ``items``, or the figure it is for."""
    return ":".join(items[key]) if key in items else str(key)


class OpenCells:
    """Of several grids at most one cell is being typed into."""

    def __init__(self, grids: Mapping[GridName, NamedGrid]) -> None:
        self._grids = dict(grids)

    def half_typed(self) -> OpenCell | None:
        """The cell that is being typed into, None while none is or it says what it said before."""
        for grid, one in self._grids.items():
            if (typed := one.grid.half_typed()) is not None:
                (row, column), text = typed
                name = one.name_of(one.grid.grid.rows[row].key)
                return OpenCell(grid=grid, row=row, name=name, column=column, text=text)
        return None

    def let_stand(self, cell: OpenCell) -> None:
        """Go on typing where one stopped; not in a row that has become another one since."""
        one = self._grids[cell.grid]
        rows = one.grid.grid.rows
        if 0 <= cell.row < len(rows) and one.name_of(rows[cell.row].key) == cell.name:
            one.grid.go_on_typing((cell.row, cell.column), cell.text)

    def take_in(self) -> None:
        """Leave the cell that is being typed into: what stands in it belongs to the sheet."""
        for one in self._grids.values():
            one.grid.take_in()
