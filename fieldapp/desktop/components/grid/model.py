"""The model of a grid: rows of texts, one undo step for each thing a person does, and what cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from fieldapp.desktop.components.grid.cells import Column, Row, RowKind, readable, shown, tidy
from fieldapp.desktop.components.words import Words, said
from fieldapp.translation import tr

_Index = QModelIndex | QPersistentModelIndex
Place = tuple[int, int]
"""Row and column."""

UNDO_STEPS = 500
KIND, TEXT, WRONG, OPEN = (Qt.ItemDataRole.UserRole + offset for offset in range(1, 5))
"""Roles: the kind of row, the text as typed, whether it cannot be read, whether one may type there."""


class GridModel(QAbstractTableModel):
    """``edited`` is told once after each thing a person did, undoing included."""

    edited = Signal()

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: list[Row] = []
        self.undo = QUndoStack(self)
        self.undo.setUndoLimit(UNDO_STEPS)
        self.locked = False

    def show_rows(self, rows: Iterable[Row]) -> None:
        """Show other rows; what was done before cannot be undone any more."""
        self.beginResetModel()
        self.rows = [_filled(row, len(self.columns)) for row in rows]
        self.undo.clear()
        self.endResetModel()

    def cells(self, key: object) -> list[str]:
        """The texts of the row with that key."""
        return next(row.cells for row in self.rows if row.key == key)

    def takes(self, row: int, column: int) -> bool:
        """Whether one may type into a cell."""
        return not self.locked and self.rows[row].takes(self.columns[column], column)

    def change(self, texts: Mapping[Place, str], words: str) -> int:
        """Put texts into cells as one step; cells that take none are left out. Returns how many could not be put."""
        before = {place: self.rows[place[0]].cells[place[1]] for place in texts if self.takes(*place)}
        after = {place: tidy(self.columns[place[1]], texts[place]) for place in before}
        moved = {place: text for place, text in after.items() if text != before[place]}
        if moved:
            self.undo.push(_Change(self, {place: before[place] for place in moved}, moved, words))
        return len(texts) - len(before)

    def compute(self, texts: Mapping[tuple[object, int], str]) -> None:
        """Show reckoned texts, by row key and column; nothing a person did, so nothing to undo."""
        places = {row.key: number for number, row in enumerate(self.rows)}
        for (key, column), text in texts.items():
            number = places.get(key)
            if number is not None and self.rows[number].cells[column] != text:
                self.rows[number].cells[column] = text
                self._tell([(number, column)])

    def insert(self, place: int, row: Row) -> None:
        """Put in a row of one's own, as one step."""
        self.undo.push(_Insertion(self, place, _filled(row, len(self.columns)), tr("Add a row")))

    def remove(self, place: int) -> bool:
        """Take out a row of one's own, as one step; False for any other row."""
        if self.locked or not 0 <= place < len(self.rows) or not self.rows[place].own:
            return False
        self.undo.push(_Removal(self, place, self.rows[place], tr("Remove the row")))
        return True

    def wrong(self) -> list[Place]:
        """The cells whose text cannot be read."""
        return [
            (number, column)
            for number, row in enumerate(self.rows)
            if row.kind is RowKind.ENTRY
            for column, text in enumerate(row.cells)
            if not readable(self.columns[column], text)
        ]

    def set_texts(self, texts: Mapping[Place, str]) -> None:
        """Done by the undo steps alone."""
        for (row, column), text in texts.items():
            self.rows[row].cells[column] = text
        self._tell(texts)
        self.edited.emit()

    def put_row(self, place: int, row: Row) -> None:
        """Done by the undo steps alone."""
        self.beginInsertRows(QModelIndex(), place, place)
        self.rows.insert(place, row)
        self.endInsertRows()
        self.edited.emit()

    def take_row(self, place: int) -> None:
        """Done by the undo steps alone."""
        self.beginRemoveRows(QModelIndex(), place, place)
        del self.rows[place]
        self.endRemoveRows()
        self.edited.emit()

    def retranslate(self) -> None:
        """The words of headings, rows and choices are said anew."""
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(self.columns) - 1))
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(self.rows) - 1)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], self.columns[index.column()]
        text = row.cells[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return shown(column, text)
            case Qt.ItemDataRole.EditRole:
                return shown(column, text)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{said(row.words)}, {said(column.words)}: {shown(column, text) or tr('empty')}"
            case Qt.ItemDataRole.AccessibleDescriptionRole | Qt.ItemDataRole.ToolTipRole:
                return "" if readable(column, text) else self.complaint(index.row(), index.column())
        if role == KIND:
            return row.kind
        if role == TEXT:
            return text
        if role == WRONG:
            return row.kind is RowKind.ENTRY and not readable(column, text)
        return self.takes(index.row(), index.column()) if role == OPEN else None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        return self.change({(index.row(), index.column()): str(value)}, tr("Type")) == 0

    def complaint(self, row: int, column: int) -> str:
        """Why a cell does not count."""
        text = self.rows[row].cells[column]
        if self.columns[column].choices:
            return tr("'{text}' is none of the choices.", text=text[:40])
        return tr("'{text}' is not an amount; it does not count until it is corrected.", text=text[:40])

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        words: Words = self.columns[section].words if orientation is Qt.Orientation.Horizontal else ""
        if orientation is Qt.Orientation.Vertical and section < len(self.rows):
            words = self.rows[section].words
        return said(words)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not self.takes(index.row(), index.column()):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable

    def _tell(self, places: Iterable[Place]) -> None:
        for row, column in places:
            where = self.index(row, column)
            self.dataChanged.emit(where, where)


class _Change(QUndoCommand):
    def __init__(self, model: GridModel, before: Mapping[Place, str], after: Mapping[Place, str], words: str) -> None:
        super().__init__(words)
        self._model, self._before, self._after = model, before, after

    def redo(self) -> None:
        self._model.set_texts(self._after)

    def undo(self) -> None:
        self._model.set_texts(self._before)


class _Insertion(QUndoCommand):
    def __init__(self, model: GridModel, place: int, row: Row, words: str) -> None:
        super().__init__(words)
        self._model, self._place, self._row = model, place, row

    def redo(self) -> None:
        self._model.put_row(self._place, self._row)

    def undo(self) -> None:
        self._model.take_row(self._place)


class _Removal(_Insertion):
    def redo(self) -> None:
        self._model.take_row(self._place)

    def undo(self) -> None:
        self._model.put_row(self._place, self._row)


def _filled(row: Row, columns: int) -> Row:
    row.cells = [*row.cells, *[""] * columns][:columns]
    return row
