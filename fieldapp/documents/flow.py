"""Blocks down the page and the rules of where a page may end (the paper's rules of breaks)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from fieldapp.documents.page import BOTTOM, TOP, Page


class Glue(IntEnum):
    """How a block holds on to the next one."""

    LOOSE = 0
    """A page may end here."""
    TOGETHER = 1
    """A page ends here only when the whole does not fit on one page."""
    FIRM = 2
    """A page never ends here."""


@dataclass(frozen=True, slots=True)
class Block:
    """One row, band or line of a document, as wide as the frame; ``draw`` gets the page and the block's top in mm.

    ``heads`` are repeated above it when it comes first on a page. Blocks outside the frame (a title) say so. ``role``
    is its tag: P, H1, H2, or TR for a row whose cells have tags of their own.
    """

    height: float
    draw: Callable[[Page, float], None]
    glue: Glue = Glue.LOOSE
    heads: tuple[Block, ...] = ()
    framed: bool = True
    role: str = "P"

    def holding(self, glue: Glue) -> Block:
        """The same block holding on to the next one at least this firmly."""
        return replace(self, glue=max(self.glue, glue))


@dataclass(frozen=True, slots=True)
class Placed:
    """A block and its top on the page, in mm."""

    top: float
    block: Block


def hold(blocks: Sequence[Block], glue: Glue, *, to_next: bool = False) -> list[Block]:
    """``blocks`` holding together; the last one holds on to what follows only if ``to_next``."""
    if not blocks:
        return []
    held = [block.holding(glue) for block in blocks[:-1]]
    return [*held, blocks[-1].holding(glue) if to_next else blocks[-1]]


def paginate(blocks: Sequence[Block]) -> list[list[Placed]]:
    """The blocks on as few pages as their glue allows, each between the header and the footer.

    Raises ValueError when firmly held blocks are higher than a page: no document makes such.
    """
    flow = _Flow()
    for unit in _units(blocks, Glue.TOGETHER):
        flow.add(unit)
    return flow.pages


class _Flow:
    def __init__(self) -> None:
        self.pages: list[list[Placed]] = [[]]
        self._bottom = TOP

    def add(self, unit: Sequence[Block]) -> None:
        if self._bottom + _height(unit) <= BOTTOM:
            self._place(unit)
        elif TOP + _height(unit[0].heads) + _height(unit) <= BOTTOM:
            self.pages.append([])
            self._bottom = TOP
            self._place((*unit[0].heads, *unit))
        else:
            self._add_parts(unit)

    def _add_parts(self, unit: Sequence[Block]) -> None:
        parts = _units(unit, Glue.FIRM)
        if len(parts) == 1:
            raise ValueError("blocks that must stay together are higher than a page")
        for part in parts:
            self.add(part)

    def _place(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            self.pages[-1].append(Placed(self._bottom, block))
            self._bottom += block.height


def _units(blocks: Sequence[Block], glue: Glue) -> list[list[Block]]:
    """The runs that hold together at least as firmly as ``glue``."""
    units: list[list[Block]] = [[]]
    for block in blocks:
        units[-1].append(block)
        if block.glue < glue:
            units.append([])
    return [unit for unit in units if unit]


def _height(blocks: Sequence[Block]) -> float:
    return sum(block.height for block in blocks)
