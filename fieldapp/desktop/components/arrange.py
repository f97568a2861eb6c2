"""Columns and lines whose gaps and margins follow the interface scale; the flow that wraps; the responsive grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fieldapp.desktop.look import Living, px, worn

STRETCH = "stretch"
Item: TypeAlias = QWidget | str | int | tuple[QWidget, int]
"""A widget, ``STRETCH``, a gap in logical pixels, or a widget with its stretch factor."""
Margins: TypeAlias = int | tuple[int, int] | tuple[int, int, int, int]

NARROW, WIDE = 1200, 1600
CONTENT_WIDTH = 1640


class _Box(Living, QWidget):
    def __init__(
        self, across: QBoxLayout, items: Sequence[Item], gap: float, margins: Margins, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self._gap, self._margins = gap, _four(margins)
        self._gaps: list[tuple[QWidget, int]] = []
        self._box = across
        self.setLayout(across)
        for item in items:
            self.put(item)
        self.dress()

    def put(self, item: Item, at: int = -1) -> None:
        """Add an item at the end, or at position ``at``."""
        if item == STRETCH:
            self._box.insertStretch(at, 1)
        elif isinstance(item, int):
            space = QWidget()
            self._gaps.append((space, item))
            self._box.insertWidget(at, space)
            self.restyle()
        elif isinstance(item, tuple):
            self._box.insertWidget(at, item[0], item[1])
        elif isinstance(item, QWidget):
            self._box.insertWidget(at, item)

    def clear(self) -> None:
        """Take out and delete everything."""
        self._gaps.clear()
        while (item := self._box.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def align(self, where: Qt.AlignmentFlag) -> None:
        """Align all items across the box, e.g. ``AlignTop`` in a Line."""
        for index in range(self._box.count()):
            item = self._box.itemAt(index)
            widget = item.widget() if item is not None else None
            if widget is not None:
                self._box.setAlignment(widget, where)

    def restyle(self) -> None:
        self._box.setSpacing(px(self._gap))
        self._box.setContentsMargins(*(px(side) for side in self._margins))
        for space, length in self._gaps:
            vertical = isinstance(self._box, QVBoxLayout)
            space.setFixedSize(0 if vertical else px(length), px(length) if vertical else 0)


class Column(_Box):
    """Items from top to bottom. ``margins``: one number, (sides, ends), or left, top, right, bottom; logical pixels."""

    def __init__(self, *items: Item, gap: float = 12, margins: Margins = 0, parent: QWidget | None = None) -> None:
        super().__init__(QVBoxLayout(), items, gap, margins, parent)


class Line(_Box):
    """Items from left to right, centred on one another; ``grows`` lets it be taller than its tallest item."""

    def __init__(
        self,
        *items: Item,
        gap: float = 8,
        margins: Margins = 0,
        grows: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(QHBoxLayout(), items, gap, margins, parent)
        if not grows and not self.hasHeightForWidth():
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)


class Beside(_Box):
    """A Line, or under ``narrow`` logical pixels of its own width a Column, whose items then begin at the left."""

    def __init__(self, *items: Item, narrow: int, gap: float = 12, parent: QWidget | None = None) -> None:
        self._narrow = narrow
        super().__init__(QBoxLayout(QBoxLayout.Direction.LeftToRight), items, gap, 0, parent)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.restyle()

    def restyle(self) -> None:
        super().restyle()
        narrow = self.width() < px(self._narrow)
        self._box.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        for index in range(self._box.count()):
            if not self._box.stretch(index):
                item = self._box.itemAt(index)
                if item is not None:
                    item.setAlignment(Qt.AlignmentFlag.AlignLeft if narrow else Qt.AlignmentFlag(0))


class Flow(Living, QWidget):
    """Items from left to right that go on in the next line where there is no more room."""

    def __init__(self, *items: QWidget, gap: float = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gap = gap
        self._flow = _FlowLayout(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        for item in items:
            self._flow.addWidget(item)
        self.dress()

    def put(self, item: QWidget, at: int = -1) -> None:
        """Add an item at the end, or at position ``at``."""
        self._flow.addWidget(item)
        if at >= 0:
            self._flow.move_last(at)

    def keep_only(self, kept: QWidget) -> None:
        """Take out and delete everything but ``kept``."""
        for index in reversed(range(self._flow.count())):
            item = self._flow.itemAt(index)
            widget = item.widget() if item is not None else None
            if widget is not None and widget is not kept:
                self._flow.takeAt(index)
                widget.hide()
                widget.deleteLater()

    def clear(self) -> None:
        """Take out and delete everything."""
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def restyle(self) -> None:
        self._flow.setSpacing(px(self._gap))


class Grid(Living, QWidget):
    """Equal columns of fields; one column under ``narrow`` logical pixels of its own width."""

    GAP = 16

    def __init__(self, *items: QWidget, columns: int = 2, narrow: int = 420, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items, self._wanted, self._narrow = list(items), columns, narrow
        self._columns = 0
        self._grid = QGridLayout(self)
        self._arrange(columns)
        self.dress()

    def restyle(self) -> None:
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(px(self.GAP))
        self._grid.setVerticalSpacing(px(12))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange(self._wanted if self.width() >= px(self._narrow) else 1)
        super().resizeEvent(event)

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        for index in range(max(columns, self._columns)):
            self._grid.setColumnStretch(index, 1 if index < columns else 0)
        self._columns = columns
        for index, item in enumerate(self._items):
            self._grid.addWidget(item, index // columns, index % columns, Qt.AlignmentFlag.AlignTop)

    def minimumSizeHint(self) -> QSize:
        return QSize(px(120), super().minimumSizeHint().height())


class SideBySide(Living, QWidget):
    """Main and side column. The side goes under the main where the window is under 1200 logical pixels wide.

    ``stacked`` tells which way it lies now.
    """

    stacked = Signal(bool)

    def __init__(self, main: QWidget, side: QWidget, *, side_width: int = 324, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.main, self.side, self._side_width = main, side, side_width
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._stacked: bool | None = None
        self.dress()

    def restyle(self) -> None:
        self._grid.setSpacing(px(16))
        self._stacked = None
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        super().resizeEvent(event)

    def _arrange(self) -> None:
        across = logical_width(self)
        stacked = across < NARROW
        wanted = px(400 if across >= WIDE else self._side_width)
        if not stacked and self.side.minimumWidth() != wanted:
            self.side.setFixedWidth(wanted)
        if stacked == self._stacked:
            return
        self._stacked = stacked
        self.stacked.emit(stacked)
        self._grid.addWidget(self.main, 0, 0)
        if stacked:
            self.side.setMinimumWidth(0)
            self.side.setMaximumWidth(16_777_215)
            self._grid.addWidget(self.side, 1, 0)
        else:
            self._grid.addWidget(self.side, 0, 1)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 0)


class ScrollPage(Living, QScrollArea):
    """A page that scrolls down, never sideways; its content is at most 1640 logical pixels wide."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self._sheet = _NeverSideways(content)
        self.setWidget(self._sheet)
        self._sheet.setAutoFillBackground(False)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)

    def focusNextPrevChild(self, forward: bool) -> bool:
        moved = super().focusNextPrevChild(forward)
        focused = self.focusWidget()
        if moved and focused is not None and self._sheet.isAncestorOf(focused):
            self.ensureWidgetVisible(focused, px(8), px(24))
        return moved

    def _follow_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        """A field that took the focus by a key or by its error comes into view; one that is clicked is in it."""
        if now is None or not self._sheet.isAncestorOf(now):
            return
        if now.visibleRegion().boundingRect().height() < now.height():
            self.ensureWidgetVisible(now, px(8), px(24))


class _NeverSideways(Living, QWidget):
    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(content)
        self.dress()

    def restyle(self) -> None:
        self._content.setMaximumWidth(px(CONTENT_WIDTH))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())


class _FlowLayout(QLayout):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def move_last(self, index: int) -> None:
        """Move the item put in last to position ``index``."""
        self._items.insert(index, self._items.pop())
        self.invalidate()

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._lay(rect, move=True)

    def sizeHint(self) -> QSize:
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        wide = sum(hint.width() for hint in shown) + self.spacing() * max(len(shown) - 1, 0)
        return QSize(wide, max((hint.height() for hint in shown), default=0))

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size

    def _lay(self, rect: QRect, *, move: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        for item in self._items:
            if item.isEmpty():
                continue
            hint = item.sizeHint()
            hint.setWidth(min(hint.width(), max(rect.width(), item.minimumSize().width())))
            if x > rect.x() and x + hint.width() > rect.right() + 1:
                x, y, line = rect.x(), y + line + self.spacing(), 0
            if item is self._items[-1] and item.expandingDirections() & Qt.Orientation.Horizontal:
                hint.setWidth(max(rect.right() + 1 - x, hint.width()))
            if move:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x += hint.width() + self.spacing()
            line = max(line, hint.height())
        return y + line - rect.y()


def fill_with(outer: QWidget, inner: QWidget) -> None:
    """Let ``inner`` fill ``outer``."""
    box = QVBoxLayout(outer)
    box.setContentsMargins(0, 0, 0, 0)
    box.addWidget(inner)


def logical_width(widget: QWidget) -> float:
    """The width of ``widget``'s window in the logical pixels of LOOK, the interface scale taken out."""
    return widget.window().width() * 100 / worn().scale


def _four(margins: Margins) -> tuple[int, int, int, int]:
    if isinstance(margins, int):
        return (margins, margins, margins, margins)
    if len(margins) == 2:
        return (margins[0], margins[1], margins[0], margins[1])
    return margins
