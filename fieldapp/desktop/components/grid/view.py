"""The grid on the screen: arrows move, typing replaces, Enter goes down, as a spreadsheet's hand expects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QTableView,
    QWidget,
)

from fieldapp.desktop.components.grid.cells import CellKind, Column, Row, RowKind
from fieldapp.desktop.components.grid.clipboard import from_text, to_text
from fieldapp.desktop.components.grid.drawing import CellDelegate, MonthHeader, RowHeader
from fieldapp.desktop.components.grid.model import GridModel, Place
from fieldapp.desktop.components.grid.sizes import (
    HEADER,
    NAME_MOST,
    ROW,
    column_width,
    names_width,
    row_height,
    widths_within,
)
from fieldapp.desktop.look import Living, px
from fieldapp.desktop.look.fonts import font
from fieldapp.translation import tr, trn

_LEAST_ROWS = 6


class Grid(Living, QTableView):
    """``edited`` is told after each thing a person did, ``typing`` when what stands in an open cell may be another text
    than before, ``told`` a sentence about a paste that did not wholly go in.
    ``sized`` tells that the columns were given their widths.

    Tab goes from cell to cell and beyond the last one out of the grid: the keyboard is never caught.
    """

    edited = Signal()
    typing = Signal()
    told = Signal(str)
    sized = Signal()

    def __init__(
        self, columns: Sequence[Column], *, names_width: int = NAME_MOST, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._names_width = names_width
        self._over: Grid | None = None
        self.grid = GridModel(columns, self)
        self.setModel(self.grid)
        delegate = CellDelegate(self, self.grid, self._step)
        delegate.typed.connect(self.typing)
        self.setItemDelegate(delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setTabKeyNavigation(True)
        self.setWordWrap(False)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.setVerticalHeader(RowHeader(self.grid, self))
        self.setHorizontalHeader(MonthHeader(self.grid, self))
        self.viewport().setAutoFillBackground(False)
        self._sizing = QTimer(self, singleShot=True, interval=0)
        self._sizing.timeout.connect(self._size_columns)
        self.grid.dataChanged.connect(self._sizing.start)
        self.grid.edited.connect(self.edited)
        self.grid.rowsInserted.connect(self._size)
        self.grid.rowsRemoved.connect(self._size)
        self.grid.modelReset.connect(self._size)
        self.dress()

    def stand_under(self, other: Grid) -> None:
        """Take the widths of ``other``, which has as many columns, and scroll sideways with it: both read as one."""
        self._over = other
        other.sized.connect(self._size)
        mine, others = self.horizontalScrollBar(), other.horizontalScrollBar()
        mine.valueChanged.connect(others.setValue)
        others.valueChanged.connect(mine.setValue)

    def bar_width(self) -> int:
        """The room that the bar at the right takes from the columns now."""
        bar = self.verticalScrollBar()
        return bar.sizeHint().width() if bar.isVisibleTo(self) else 0

    def show_rows(self, rows: Iterable[Row]) -> None:
        """Show other rows and go to the first cell one may type into."""
        self.grid.show_rows(rows)
        for number, row in enumerate(self.grid.rows):
            if row.kind is RowKind.HEADING:
                self.setSpan(number, 0, 1, len(self.grid.columns))
        self.go_first()
        self.scrollToTop()

    def go_first(self) -> None:
        """Make the first open cell the current one."""
        for number in range(len(self.grid.rows)):
            for column in range(len(self.grid.columns)):
                if self.grid.rows[number].takes(self.grid.columns[column], column):
                    self.setCurrentIndex(self.grid.index(number, column))
                    return

    def compute(self, texts: Mapping[tuple[object, int], str]) -> None:
        """Show what the owner reckoned, by row key and column."""
        self.grid.compute(texts)

    def half_typed(self) -> tuple[Place, str] | None:
        """The cell that is being typed into and its text; None while none is, or it says what it said before."""
        editor, here = self._editor(), self.currentIndex()
        if editor is None or editor.text() == here.data(Qt.ItemDataRole.EditRole):
            return None
        return (here.row(), here.column()), editor.text()

    def go_on_typing(self, place: Place, text: str) -> None:
        """Open a cell with ``text`` in it, as if it had just been typed; not one that takes none."""
        if place[1] < len(self.grid.columns) and self.grid.takes(*place):
            self._go(*place)
            self.edit(self.currentIndex())
            editor = self._editor()
            if editor is not None:
                editor.setText(text)

    def take_in(self) -> None:
        """Leave the cell that is being typed into; its text stands there."""
        editor = self._editor()
        if editor is not None:
            self.commitData(editor)
            self.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def lock(self, locked: bool) -> None:
        """Let nothing be typed, or let it again."""
        self.grid.locked = locked
        self.viewport().update()

    def add_row(self, row: Row, before: object) -> None:
        """Put in a row of the officer's own above the one with the key ``before``, and go there."""
        place = next((number for number, one in enumerate(self.grid.rows) if one.key == before), len(self.grid.rows))
        self.grid.insert(place, row)
        self._go(place, 0)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def remove_row(self) -> bool:
        """Take out the current row if it is the officer's own."""
        return self.grid.remove(self.currentIndex().row())

    def undo(self) -> None:
        """Take back what was done last."""
        self.grid.undo.undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        self.grid.undo.redo()

    def copy(self) -> None:
        """The chosen cells as text that a spreadsheet understands."""
        top, left, bottom, right = self._chosen()
        rows = [
            [str(self.grid.index(row, column).data() or "") for column in range(left, right + 1)]
            for row in range(top, bottom + 1)
        ]
        QGuiApplication.clipboard().setText(to_text(rows))

    def paste(self) -> None:
        """Cells from the clipboard, from the current one on. One copied cell fills everything chosen."""
        rows = from_text(QGuiApplication.clipboard().text())
        top, left, bottom, right = self._chosen()
        if not rows or not self.grid.rows:
            return
        if len(rows) == 1 and len(rows[0]) == 1:
            texts = dict.fromkeys(_places(top, left, bottom, right), rows[0][0])
            self._put(texts, 0)
            return
        steps = [row for row in range(top, len(self.grid.rows)) if self.grid.rows[row].kind is not RowKind.HEADING]
        texts, beyond = {}, 0
        for offset, cells in enumerate(rows):
            for across, text in enumerate(cells):
                column = left + across
                if offset < len(steps) and column < len(self.grid.columns):
                    texts[steps[offset], column] = text
                elif text.strip():
                    beyond += 1
        self._put(texts, beyond)

    def clear_chosen(self) -> None:
        """Empty the chosen cells."""
        self.grid.change(dict.fromkeys(_places(*self._chosen()), ""), tr("Clear"))

    def fill_right(self) -> None:
        """Each chosen row takes its leftmost text; with one cell chosen, all cells right of it do."""
        top, left, bottom, right = self._chosen()
        if left == right:
            right = len(self.grid.columns) - 1
        texts = {
            (row, column): self.grid.rows[row].cells[left]
            for row in range(top, bottom + 1)
            for column in range(left + 1, right + 1)
            if self.grid.columns[column].kind is self.grid.columns[left].kind
        }
        self.grid.change(texts, tr("Fill to the right"))

    def fill_down(self) -> None:
        """Each chosen column takes its topmost text."""
        top, left, bottom, right = self._chosen()
        texts = {
            (row, column): self.grid.rows[top].cells[column]
            for row in range(top + 1, bottom + 1)
            for column in range(left, right + 1)
        }
        self.grid.change(texts, tr("Fill down"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        deeds = {
            QKeySequence.StandardKey.Copy: self.copy,
            QKeySequence.StandardKey.Paste: self.paste,
            QKeySequence.StandardKey.Undo: self.undo,
            QKeySequence.StandardKey.Redo: self.redo,
        }
        for sequence, deed in deeds.items():
            if event.matches(sequence):
                deed()
                return
        if event.matches(QKeySequence.StandardKey.Cut):
            self.copy()
            self.clear_chosen()
            return
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        match event.key():
            case Qt.Key.Key_Y if control:
                self.redo()
            case Qt.Key.Key_R if control:
                self.fill_right()
            case Qt.Key.Key_D if control:
                self.fill_down()
            case Qt.Key.Key_Minus if control:
                self.remove_row()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace if not control:
                self.clear_chosen()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not control:
                self._step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            case Qt.Key.Key_Space if self._turns():
                self._turn_choice()
            case Qt.Key.Key_Escape:
                event.ignore()
            case _ if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier) and (
                event.key() not in _MOVES
            ):
                event.ignore()  # the page's own keys
            case _:
                super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes to the next open cell; beyond the last one it leaves the grid."""
        if self.state() is QAbstractItemView.State.EditingState:
            return super().focusNextPrevChild(forward)
        here = self.currentIndex()
        place = self._neighbour(here.row(), here.column(), 1 if forward else -1)
        if place is None:
            self.setTabKeyNavigation(False)
            moved = super().focusNextPrevChild(forward)
            self.setTabKeyNavigation(True)
            return moved
        self._go(*place)
        return True

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        here = self.currentIndex()
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        self.typing.emit()
        steps = {
            QAbstractItemDelegate.EndEditHint.EditNextItem: 1,
            QAbstractItemDelegate.EndEditHint.EditPreviousItem: -1,
        }
        if hint in steps:
            place = self._neighbour(here.row(), here.column(), steps[hint])
            if place is not None:
                self._go(*place)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        if action in (QAbstractItemView.CursorAction.MoveNext, QAbstractItemView.CursorAction.MovePrevious):
            here = self.currentIndex()
            step = 1 if action is QAbstractItemView.CursorAction.MoveNext else -1
            place = self._neighbour(here.row(), here.column(), step)
            return self.grid.index(*place) if place is not None else here
        return super().moveCursor(action, modifiers)

    def retranslate(self) -> None:
        self.grid.retranslate()
        self._size()

    def restyle(self) -> None:
        self.setFont(font(13))
        self._size()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._size_columns()

    def sizeHint(self) -> QSize:
        return QSize(px(480), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(px(240), min(self._height(), px(HEADER) + _LEAST_ROWS * px(ROW)))

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        self.horizontalHeader().viewport().update()
        self.verticalHeader().viewport().update()
        if self.hasFocus():
            self._show_on_page()

    def _editor(self) -> QLineEdit | None:
        editor = self.indexWidget(self.currentIndex())
        editing = self.state() is QAbstractItemView.State.EditingState
        return editor if editing and isinstance(editor, QLineEdit) else None

    def _put(self, texts: Mapping[Place, str], beyond: int) -> None:
        refused = self.grid.change(texts, tr("Paste")) + beyond
        places = [place for place in texts if self.grid.takes(*place)]
        if places:
            first = self.grid.index(*min(places))
            last = self.grid.index(max(row for row, _ in places), max(column for _, column in places))
            chosen = QItemSelection(first, last)
            self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        wrong = len(set(places) & set(self.grid.wrong()))
        said_of = []
        if wrong:
            said_of.append(
                trn(
                    "{count} cell is not an amount and is marked; its text stays.",
                    "{count} cells are not amounts and are marked; their text stays.",
                    wrong,
                )
            )
        if refused:
            said_of.append(
                trn(
                    "{count} copied cell had no place here; it is still on the clipboard.",
                    "{count} copied cells had no place here; they are still on the clipboard.",
                    refused,
                )
            )
        if said_of:
            self.told.emit(" ".join(said_of))

    def _chosen(self) -> tuple[int, int, int, int]:
        indexes = self.selectionModel().selectedIndexes() or [self.currentIndex()]
        rows, columns = [index.row() for index in indexes], [index.column() for index in indexes]
        return max(min(rows), 0), max(min(columns), 0), max(max(rows), 0), max(max(columns), 0)

    def _turns(self) -> bool:
        here = self.currentIndex()
        return (
            here.isValid()
            and self.grid.columns[here.column()].kind is CellKind.CHOICE
            and self.grid.takes(here.row(), here.column())
        )

    def _turn_choice(self) -> None:
        here = self.currentIndex()
        values = [value for value, _ in self.grid.columns[here.column()].choices]
        now = self.grid.rows[here.row()].cells[here.column()]
        following = values[(values.index(now) + 1) % len(values)] if now in values else values[0]
        self.grid.change({(here.row(), here.column()): following}, tr("Choose"))

    def _step(self, down: int) -> None:
        """To the next open cell of the column; none below leaves the cursor where it is."""
        here = self.currentIndex()
        row = here.row() + down
        while 0 <= row < len(self.grid.rows):
            if self.grid.rows[row].takes(self.grid.columns[here.column()], here.column()):
                self._go(row, here.column())
                return
            row += down

    def _neighbour(self, row: int, column: int, step: int) -> Place | None:
        across = len(self.grid.columns)
        place = row * across + column + step
        while 0 <= place < len(self.grid.rows) * across:
            where = divmod(place, across)
            if self.grid.rows[where[0]].takes(self.grid.columns[where[1]], where[1]):
                return where
            place += step
        return None

    def _go(self, row: int, column: int) -> None:
        self.setCurrentIndex(self.grid.index(row, column))

    def _show_on_page(self) -> None:
        """Where the grid stands on a page that scrolls, the page follows the current cell too."""
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        content = area.widget() if isinstance(area, QScrollArea) else None
        if isinstance(area, QScrollArea) and content is not None:
            where = self.viewport().mapTo(content, self.visualRect(self.currentIndex()).center())
            area.ensureVisible(0, where.y(), 0, px(ROW))

    def _height(self) -> int:
        bar = px(12) if self._wanted() > self.width() else 0
        return px(HEADER) + sum(map(row_height, self.grid.rows)) + bar + px(2)

    def _wanted(self) -> int:
        columns = (self._over or self).grid
        return self._names() + sum(column_width(columns, number) for number in range(len(self.grid.columns)))

    def _names(self) -> int:
        return self._over._names() if self._over is not None else names_width(self.grid, self._names_width)

    def _size(self) -> None:
        self.horizontalHeader().setFixedHeight(px(HEADER))
        self.verticalHeader().setFixedWidth(self._names())
        self.verticalHeader().setDefaultSectionSize(px(ROW))
        for number, row in enumerate(self.grid.rows):
            self.setRowHeight(number, row_height(row))
        self._size_columns()
        self.updateGeometry()

    def _size_columns(self) -> None:
        for number, wide in enumerate(self._column_widths()):
            self.setColumnWidth(number, wide)
        self.setMaximumHeight(self._height())
        self.sized.emit()

    def _column_widths(self) -> list[int]:
        if self._over is not None:
            return [self._over.columnWidth(number) for number in range(len(self.grid.columns))]
        return widths_within(self.grid, self.viewport().width())


_MOVES = frozenset(
    (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_A)
)


def _places(top: int, left: int, bottom: int, right: int) -> list[Place]:
    return [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
