"""One month to pick a day from, painted; keys move it, and every day says its full date."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.formats import day_and_weekday, month_of_year, weekday
from fieldapp.desktop.look import Icon, Living, paint_icon, px, tokens
from fieldapp.desktop.look.fonts import font

CELL, MARGIN, HEAD = 36, 10, 66
_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)


class Calendar(Living, QWidget):
    """A popup. ``picked`` tells the day chosen by Enter or a click; Esc closes it and picks nothing."""

    picked = Signal(object)

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._today, self._day = today, today
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._over: date | None = None
        self.dress()

    def open_at(self, below: QWidget, day: date) -> None:
        """Show the month of ``day`` under the widget."""
        self._move_to(day)
        self.resize(self.sizeHint())
        where = below.mapToGlobal(QPoint(0, below.height() + px(4)))
        screen = below.screen().availableGeometry()
        if where.y() + self.height() > screen.bottom():
            where = below.mapToGlobal(QPoint(0, -self.height() - px(4)))
        where.setX(max(screen.left(), min(where.x(), screen.right() - self.width())))
        self.move(where)
        self.show()
        self.setFocus()

    def sizeHint(self) -> QSize:
        return QSize(px(CELL * 7 + MARGIN * 2), px(HEAD + CELL * 6 + MARGIN))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -7,
            Qt.Key.Key_Down: 7,
        }
        key = Qt.Key(event.key())
        if key in steps:
            self._move_to(self._day + timedelta(days=steps[key]))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._move_months(1 if key is Qt.Key.Key_PageDown else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._pick(self._day)
        elif key is Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._move_months(-1 if event.angleDelta().y() > 0 else 1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._over = self._day_at(event.position())
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        where = event.position()
        if not self.rect().contains(where.toPoint()):
            self.close()
        elif where.y() < px(HEAD - 26):
            middle = self.width() / 2
            self._move_months(-1 if where.x() < middle else 1)
        elif (day := self._day_at(where)) is not None:
            self._pick(day)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        painter.fillRect(self.rect(), colours.surface)
        painting.box(painter, QRectF(self.rect()), fill=colours.surface, edge=colours.edge, radius=0)
        head = QRectF(0, px(6), self.width(), px(32))
        painting.text(
            painter,
            head,
            month_of_year(self._day),
            font(14, 600, tight=True),
            colours.ink,
            Qt.AlignmentFlag.AlignHCenter,
        )
        paint_icon(painter, Icon.LEFT, px(MARGIN + 8), px(14), 16, colours.ink2)
        paint_icon(painter, Icon.RIGHT, self.width() - px(MARGIN + 24), px(14), 16, colours.ink2)
        centre = Qt.AlignmentFlag.AlignHCenter
        for column in range(7):
            where = QRectF(px(MARGIN + column * CELL), px(HEAD - 26), px(CELL), px(24))
            name = weekday(self._first_cell() + timedelta(days=column)).removeprefix("周")[:2]
            painting.text(painter, where, name, font(12), colours.ink3, centre)
        for index in range(42):
            self._paint_day(painter, self._first_cell() + timedelta(days=index), index)
        painter.end()

    def _paint_day(self, painter: QPainter, day: date, index: int) -> None:
        colours = tokens()
        row, column = divmod(index, 7)
        cell = QRectF(px(MARGIN + column * CELL), px(HEAD + row * CELL), px(CELL), px(CELL))
        inner = cell.adjusted(px(2), px(2), -px(2), -px(2))
        ink = colours.ink if day.month == self._day.month else colours.ink3
        if day == self._day:
            painting.box(painter, inner, fill=colours.pine)
            ink = colours.on_pine
        elif day == self._over:
            painting.box(painter, inner, fill=colours.pine_soft)
        if day == self._today and day != self._day:
            painting.box(painter, inner, fill=None, edge=colours.pine)
        painting.text(painter, cell, str(day.day), font(13, 500), ink, Qt.AlignmentFlag.AlignHCenter)

    def _first_cell(self) -> date:
        first = self._day.replace(day=1)
        return first - timedelta(days=first.weekday())

    def _day_at(self, where: QPointF) -> date | None:
        column, row = (where.x() - px(MARGIN)) // px(CELL), (where.y() - px(HEAD)) // px(CELL)
        if 0 <= column < 7 and 0 <= row < 6:
            return self._first_cell() + timedelta(days=int(row * 7 + column))
        return None

    def _move_to(self, day: date) -> None:
        self._day = min(max(day, _FIRST), _LAST)
        self.setAccessibleName(day_and_weekday(self._day, self._today))
        self.update()

    def _move_months(self, months: int) -> None:
        count = self._day.year * 12 + self._day.month - 1 + months
        first = date(count // 12, count % 12 + 1, 1)
        longest = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        self._move_to(first.replace(day=min(self._day.day, longest.day)))

    def _pick(self, day: date) -> None:
        self.close()
        self.picked.emit(day)
