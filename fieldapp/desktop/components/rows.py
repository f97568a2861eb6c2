"""What a list shows: rows of two lines, headings between them, and the model that is fed page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from fieldapp.desktop.components.chip import ChipLook
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.components.words import Words, one_line, said
from fieldapp.desktop.look import Icon

Index: TypeAlias = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Avatar:
    """A row led by the first character of a name."""

    name: str


@dataclass(frozen=True, slots=True)
class When:
    """A row led by a time or a lateness, in a column of its own."""

    words: Words
    tone: Tone = Tone.SECOND


@dataclass(frozen=True, slots=True)
class Shape:
    """A row led by an icon."""

    icon: Icon
    tone: Tone = Tone.SECOND
    fill: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``key`` is what signals tell. ``beside`` follows the title; ``right`` stands at the right of line two
    under the chip, or alone; ``amount`` stands before the chip. ``actions``: the list's buttons appear when selected.
    """

    key: object
    title: str
    second: Words = ""
    beside: Words = ""
    lead: Avatar | When | Shape | None = None
    chip: ChipLook | None = None
    right: Words = ""
    right_tone: Tone = Tone.SECOND
    amount: str = ""
    actions: bool = True


@dataclass(frozen=True, slots=True)
class Heading:
    """A line between rows: its words, how many follow, and a hint at the right."""

    words: Words
    tone: Tone = Tone.INK
    count: int | None = None
    right: Words = ""


class RowModel(QAbstractListModel):
    """Serves rows it already has. At the end ``more_wanted`` asks once for further ones, if there are any."""

    more_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row | Heading] = []
        self._more = False
        self._asked = False

    def show(self, rows: Sequence[Row | Heading], *, more: bool = False) -> None:
        """Show these rows instead; ``more`` says that further ones can be had."""
        self.beginResetModel()
        self._rows, self._more, self._asked = list(rows), more, False
        self.endResetModel()

    def append(self, rows: Sequence[Row | Heading], *, more: bool = False) -> None:
        """Show further rows under those that stand."""
        self._more, self._asked = more, False
        if not rows:
            return
        first = len(self._rows)
        self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
        self._rows.extend(rows)
        self.endInsertRows()

    def replace(self, row: Row) -> None:
        """Show ``row`` in the place of the one with its key, if that one stands here."""
        found = self.index_of(row.key)
        if found.isValid():
            self._rows[found.row()] = row
            self.dataChanged.emit(found, found)

    def row_at(self, index: Index) -> Row | Heading | None:
        """What stands at ``index``."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def index_of(self, key: object) -> QModelIndex:
        """Where the row with ``key`` stands; invalid when it does not."""
        for place, row in enumerate(self._rows):
            if isinstance(row, Row) and row.key == key:
                return self.index(place)
        return QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row_at(index)
        if row is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return spoken(row)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(self.row_at(index), Row):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags

    def canFetchMore(self, _parent: Index) -> bool:
        return self._more and not self._asked

    def fetchMore(self, _parent: Index) -> None:
        if self._more and not self._asked:
            self._asked = True
            self.more_wanted.emit()


def spoken(row: Row | Heading) -> str:
    """What a screen reader says of a row: everything the eye sees, in the eye's order."""
    if isinstance(row, Heading):
        parts = [said(row.words), "" if row.count is None else str(row.count), said(row.right)]
    else:
        lead = said(row.lead.words) if isinstance(row.lead, When) else ""
        chip = said(row.chip.words) if row.chip is not None else ""
        parts = [lead, row.title, said(row.beside), said(row.second), row.amount, chip, said(row.right)]
    return one_line(", ".join(part for part in parts if part))
