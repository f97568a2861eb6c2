"""How a grid is drawn: cells, the editor in a cell, and both headers, in the tokens of the look."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.grid.cells import LONGEST_CELL, CellKind, RowKind
from fieldapp.desktop.components.grid.model import KIND, OPEN, WRONG, GridModel
from fieldapp.desktop.components.words import said
from fieldapp.desktop.look import Icon, paint_icon, px, tokens
from fieldapp.desktop.look.fonts import font, width

_Index = QModelIndex | QPersistentModelIndex


class CellDelegate(QStyledItemDelegate):
    """Draws one cell; the current one has a pine edge, one that cannot be read a red ground and a mark.

    ``typed`` is told after each key in the cell that is being typed into.
    """

    typed = Signal()

    def __init__(self, view: QTableView, grid: GridModel, step: Callable[[int], object]) -> None:
        super().__init__(view)
        self._view, self._grid, self._step = view, grid, step

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: _Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setMaxLength(LONGEST_CELL)
        editor.textEdited.connect(lambda _text: self.typed.emit())
        editor.setProperty("bare", True)
        editor.setFont(font(13))
        editor.setAccessibleName(str(index.data(Qt.ItemDataRole.AccessibleTextRole)))
        if _is_figure(self._grid, index.column()):
            editor.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        editor.setStyleSheet(
            f"QLineEdit {{ background: {tokens().surface}; border: {px(2)}px solid {tokens().pine};"
            f" border-radius: 0; padding: 0 {px(4)}px; min-height: 0; }}"
        )
        return editor

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and isinstance(editor, QLineEdit) and _leaves_down_or_up(event):
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
            self._step(-1 if event.key() == Qt.Key.Key_Up else 1)
            return True
        return super().eventFilter(editor, event)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        colours = tokens()
        where = QRectF(option.rect)
        kind, wrong = index.data(KIND), bool(index.data(WRONG))
        state: QStyle.StateFlag = option.state
        painter.save()
        if kind is RowKind.HEADING:
            painter.fillRect(where, QColor(colours.sunken))
        elif state & QStyle.StateFlag.State_Selected:
            painter.fillRect(where, QColor(colours.pine_soft))
        elif wrong:
            painter.fillRect(where, QColor(colours.seal_soft))
        elif kind is RowKind.ENTRY and not index.data(OPEN):
            _close(painter, where)
        self._paint_text(painter, where, index, kind, wrong=wrong)
        if kind not in (RowKind.HEADING, RowKind.TOTAL):
            painting.hairline(painter, where.left(), where.right(), where.bottom())
            _upright(painter, where)
        if index == self._view.currentIndex() and self._view.hasFocus():
            painting.box(painter, where.adjusted(0, 0, -1, -1), fill=None, edge=colours.pine, thick=2, radius=0)
        painter.restore()

    def _paint_text(self, painter: QPainter, where: QRectF, index: _Index, kind: object, *, wrong: bool) -> None:
        colours = tokens()
        figure = _is_figure(self._grid, index.column())
        inner = where.adjusted(px(6), 0, -px(6), 0)
        words = str(index.data() or "")
        ink = colours.seal if wrong else colours.ink
        strong = kind in (RowKind.SUM, RowKind.TOTAL)
        if wrong:
            paint_icon(painter, Icon.ERROR, inner.left(), inner.center().y() - px(7), 14, colours.seal, fill=True)
            inner.setLeft(inner.left() + px(17))
        if kind is RowKind.TOTAL:
            painting.hairline(painter, where.left(), where.right(), where.top(), colours.ink)
            inner.adjust(0, 0, 0, -px(7))
        if words.startswith("−") and strong:
            ink = colours.seal
        side = Qt.AlignmentFlag.AlignRight if figure else Qt.AlignmentFlag.AlignLeft
        drawn = font(13, 600 if strong else 400)
        if figure and not self._in_sight(inner.right() - width(words, drawn), inner.right()):
            words, ink, side = "…" * bool(words), colours.ink3, Qt.AlignmentFlag.AlignHCenter
            inner.setLeft(max(inner.left(), 0))
            inner.setRight(min(inner.right(), self._view.viewport().width()))
        painting.text(painter, inner, words, drawn, ink, side)
        if kind is RowKind.TOTAL and words:
            painting.double_rule(painter, where.left() + px(4), where.right(), where.bottom() - px(7))

    def _in_sight(self, left: float, right: float) -> bool:
        """Whether the edges of the grid leave a figure whole; a part of it would be another figure."""
        return left >= 0 and right <= self._view.viewport().width()


class MonthHeader(QHeaderView):
    """The headings of the columns over an ink rule."""

    def __init__(self, grid: GridModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._grid = grid
        self.setSectionsClickable(False)
        self.setMinimumSectionSize(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        here = self._current()
        for section, column in enumerate(self._grid.columns):
            left = self.sectionViewportPosition(section)
            where = QRectF(left, 0, self.sectionSize(section), self.height()).adjusted(px(6), 0, -px(6), 0)
            side = Qt.AlignmentFlag.AlignRight if _is_figure(self._grid, section) else Qt.AlignmentFlag.AlignLeft
            ink = tokens().pine if section == here else tokens().ink3
            painting.text(painter, where, said(column.words), font(13, 500 if section == here else 400), ink, side)
        painting.hairline(painter, 0, self.width(), self.height() - 1, tokens().ink)
        painter.end()

    def _current(self) -> int:
        view = self.parent()
        return view.currentIndex().column() if isinstance(view, QTableView) and view.hasFocus() else -1


class RowHeader(QHeaderView):
    """The names of the rows; they stay in sight when the months scroll."""

    def __init__(self, grid: GridModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._grid = grid
        self.setSectionsClickable(False)
        self.setMinimumSectionSize(1)

    def sizeHint(self) -> QSize:
        return QSize(self.width(), super().sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        colours = tokens()
        view = self.parent()
        here = view.currentIndex().row() if isinstance(view, QTableView) and view.hasFocus() else -1
        for section, row in enumerate(self._grid.rows):
            top = self.sectionViewportPosition(section)
            where = QRectF(0, top, self.width(), self.sectionSize(section))
            heading, total = row.kind is RowKind.HEADING, row.kind is RowKind.TOTAL
            inner = where.adjusted(px(8), 0, -px(6), -px(7) if total else 0)
            if heading:
                painter.fillRect(where, QColor(colours.sunken))
            if total:
                painting.hairline(painter, where.left(), where.right(), where.top(), colours.ink)
            elif not heading:
                painting.hairline(painter, where.left(), where.right(), where.bottom())
            strong = row.kind is not RowKind.ENTRY
            ink = colours.pine if section == here else colours.ink if strong or row.own else colours.ink2
            painting.text(painter, inner, said(row.words), font(13, 600 if strong else 400, tight=True), ink)
        painter.end()


def _leaves_down_or_up(event: QKeyEvent) -> bool:
    keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Up)
    return event.type() is QEvent.Type.KeyPress and event.key() in keys


def _is_figure(grid: GridModel, column: int) -> bool:
    return grid.columns[column].kind in (CellKind.AMOUNT, CellKind.COMPUTED)


def _close(painter: QPainter, where: QRectF) -> None:
    """The ground of a cell that takes nothing; where the look has no second ground, dots between its lines."""
    colours = tokens()
    if colours.sunken != colours.surface:
        painter.fillRect(where, QColor(colours.sunken))
    else:
        painter.fillRect(where.adjusted(0, 1, 0, 0), QBrush(QColor(colours.ink3), Qt.BrushStyle.Dense7Pattern))


def _upright(painter: QPainter, where: QRectF) -> None:
    painter.setPen(QPen(QColor(tokens().line), 1))
    painter.drawLine(where.topRight(), where.bottomRight())
