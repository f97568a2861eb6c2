"""The ledger table: rows of 32, numbers right, an ink rule under the header, and a total closed by a double rule."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Living, px, tokens
from fieldapp.desktop.look.fonts import font, width

_Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT, TOTAL_HEIGHT, PAD = 33, 44, 12


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """A column: its heading; ``right`` for numbers; ``dim`` for a running number; ``share`` of the spare width."""

    words: Words
    right: bool = False
    dim: bool = False
    share: int = 1


class LedgerTable(Living, QTableView):
    """Shows rows of texts. ``opened`` tells the number of the row entered. ``whole`` makes it as tall as its rows."""

    opened = Signal(object)

    def __init__(self, columns: Sequence[ColumnLook], *, whole: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns, self._whole = tuple(columns), whole
        self._table = _TableModel(self._columns)
        self.setModel(self._table)
        self.setItemDelegate(_CellDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if whole:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.setHorizontalHeader(_Header(self._columns, self))
        self.viewport().setAutoFillBackground(False)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        self.dress()

    def show_rows(self, rows: Sequence[Sequence[Words]], total: Sequence[Words] | None = None) -> None:
        """Show ``rows``, closed by ``total`` when there is one; its empty cells are left out of the double rule."""
        self._table.show(rows, total)
        self._size_rows()

    def total_row(self) -> int:
        """The number of the total's row, −1 when there is none."""
        return self._table.rowCount() - 1 if self._table.total is not None else -1

    def restyle(self) -> None:
        self._size_rows()
        self.horizontalHeader().setFixedHeight(px(36))

    def retranslate(self) -> None:
        self._table.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._columns) - 1)
        self._size_columns()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._size_columns()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(px(360), self._height() if self._whole else px(260))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(160), self._height() if self._whole else px(120))

    def _height(self) -> int:
        rows = self._table.rowCount() - (self._table.total is not None)
        return px(36) + rows * px(ROW_HEIGHT) + (px(TOTAL_HEIGHT) if self._table.total is not None else 0) + px(2)

    def _size_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(px(ROW_HEIGHT))
        if self.total_row() >= 0:
            self.setRowHeight(self.total_row(), px(TOTAL_HEIGHT))
        if self._whole:
            self.setFixedHeight(self._height())
        self._size_columns()

    def _size_columns(self) -> None:
        wanted = [self._table.wanted(column) for column in range(len(self._columns))]
        spare = max(self.viewport().width() - sum(wanted), 0)
        shares = sum(column.share for column in self._columns) or 1
        left = self.viewport().width()
        squeeze = min(1.0, self.viewport().width() / max(sum(wanted), 1))
        for number, column in enumerate(self._columns):
            wide = math.floor(wanted[number] * squeeze) + spare * column.share // shares
            if number == len(self._columns) - 1:
                wide = max(left, 0)
            self.setColumnWidth(number, wide)
            left -= wide


class _TableModel(QAbstractTableModel):
    def __init__(self, columns: tuple[ColumnLook, ...]) -> None:
        super().__init__()
        self.columns = columns
        self.rows: list[Sequence[Words]] = []
        self.total: Sequence[Words] | None = None

    def show(self, rows: Sequence[Sequence[Words]], total: Sequence[Words] | None) -> None:
        self.beginResetModel()
        self.rows, self.total = list(rows), total
        self.endResetModel()

    def wanted(self, column: int) -> int:
        drawn, strong = font(13), font(13, 600)
        sample = [*self.rows[:40], *self.rows[-40:]]
        widest = max((width(said(row[column])[:60], drawn) for row in sample), default=0)
        if self.total is not None:
            widest = max(widest, width(said(self.total[column]), strong))
        return math.ceil(max(widest, width(said(self.columns[column].words), font(13, 500)))) + px(PAD)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows) + (self.total is not None)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        row = self.rows[index.row()] if index.row() < len(self.rows) else self.total
        return said(row[index.column()]) if row is not None else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return said(self.columns[section].words)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if index.row() >= len(self.rows):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _Header(QHeaderView):
    def __init__(self, columns: tuple[ColumnLook, ...], parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._looks = columns
        self.setSectionsClickable(False)
        self.setMinimumSectionSize(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        for section, look in enumerate(self._looks):
            left = self.sectionViewportPosition(section)
            where = QRectF(left, 0, self.sectionSize(section), self.height()).adjusted(px(6), 0, -px(6), 0)
            side = Qt.AlignmentFlag.AlignRight if look.right or look.dim else Qt.AlignmentFlag.AlignLeft
            painting.text(painter, where, said(look.words), font(13, tight=True), tokens().ink3, side)
        painting.hairline(painter, 0, self.width(), self.height() - 1, tokens().ink)
        painter.end()


class _CellDelegate(QStyledItemDelegate):
    def __init__(self, table: LedgerTable) -> None:
        super().__init__(table)
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        colours = tokens()
        where = QRectF(option.rect)
        state: QStyle.StateFlag = option.state
        look = self._table._columns[index.column()]
        words = str(index.data() or "")
        side = Qt.AlignmentFlag.AlignRight if look.right or look.dim else Qt.AlignmentFlag.AlignLeft
        inner = where.adjusted(px(6), 0, -px(6), 0)
        painter.save()
        if index.row() == self._table.total_row():
            self._paint_total(painter, where, inner, words, side, number=look.right)
        else:
            if state & QStyle.StateFlag.State_Selected:
                painter.fillRect(where, colours.pine_soft)
            ink = colours.ink3 if look.dim else colours.ink
            painting.text(painter, inner, words, font(13), ink, side)
            if index.row() != self._table.total_row() - 1:
                painting.hairline(painter, where.left(), where.right(), where.bottom() - 1)
        painter.restore()

    def _paint_total(
        self, painter: QPainter, where: QRectF, inner: QRectF, words: str, side: Qt.AlignmentFlag, *, number: bool
    ) -> None:
        painting.hairline(painter, where.left(), where.right(), where.top(), tokens().ink)
        painting.text(painter, inner.adjusted(0, 0, 0, -px(8)), words, font(13, 600), tokens().ink, side)
        if words and number:
            right = inner.right() if where.right() >= self._table.viewport().width() - px(PAD) else where.right() + 1
            painting.double_rule(painter, where.left(), right, where.bottom() - px(9))
