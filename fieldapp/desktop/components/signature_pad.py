"""A pad to sign on by pen, finger or mouse: smooth lines, heavier where the pen presses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEventPoint,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTabletEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Living, px, tokens
from fieldapp.desktop.look.fonts import font
from fieldapp.domain.application_records import Stroke
from fieldapp.domain.consent_rules import FULL_PRESSURE, MOST_POINTS, MOST_STROKES, PAD
from fieldapp.translation import tr

RATIO = 3
"""The pad is three times as wide as high, at every size: what is written keeps its proportions."""

_EVEN_PRESSURE = 0.5
"""Of a mouse or a finger on glass that measures none."""

_LEAST_STEP = 30.0
"""Points nearer than this, of the pad's width in 10,000 parts, say nothing."""

_FINEST, _BROADEST = 1.2, 4.4

_Point = tuple[int, int, int]


class SignaturePad(Living, QWidget):
    """``changed`` tells that a stroke was added or taken back. ``name`` is who signs, written under the line.

    The pen's pressure counts where the device gives it. Backspace or Ctrl Z takes the last stroke back, Delete all.
    """

    changed = Signal()

    def __init__(self, name: Words = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._strokes: list[list[_Point]] = []
        self._writing = False
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.dress()

    def strokes(self) -> tuple[Stroke, ...]:
        """What is written, as records keep it."""
        return tuple(Stroke(tuple(part for point in stroke for part in point)) for stroke in self._strokes)

    def is_empty(self) -> bool:
        """Whether nothing is written, dots aside."""
        return not any(len({point[:2] for point in stroke}) > 1 for stroke in self._strokes)

    def say(self, name: Words) -> None:
        """Show who signs."""
        self._name = name
        self.retranslate()

    def undo(self) -> None:
        """Take the last stroke back."""
        if self._strokes and not self._writing:
            self._strokes.pop()
            self._tell()

    def clear(self) -> None:
        """Take everything back."""
        if self._strokes:
            self._strokes, self._writing = [], False
            self._tell()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Place to sign: {name}", name=said(self._name)))
        self.setAccessibleDescription(
            tr("Sign with pen, finger or mouse. Without them, let the person sign on paper and add a photo.")
        )
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return width // RATIO

    def sizeHint(self) -> QSize:
        return QSize(px(780), px(260))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(360), px(120))

    # What writes

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent) and event.points():
            self._touch(event)
            return True
        return super().event(event)

    def tabletEvent(self, event: QTabletEvent) -> None:
        match event.type():
            case QEvent.Type.TabletPress:
                self._begin(event.position(), event.pressure())
            case QEvent.Type.TabletMove if self._writing:
                self._go_on(event.position(), event.pressure())
            case QEvent.Type.TabletRelease:
                self._end()
            case _:
                pass
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._begin(event.position(), _EVEN_PRESSURE)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._writing:
            self._go_on(event.position(), _EVEN_PRESSURE)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._end()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace or event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif event.key() == Qt.Key.Key_Delete:
            self.clear()
        else:
            super().keyPressEvent(event)

    def _touch(self, event: QTouchEvent) -> None:
        point = event.points()[0]  # a palm that follows the finger writes nothing
        pressure = point.pressure() if 0 < point.pressure() < 1 else _EVEN_PRESSURE
        if point.state() is QEventPoint.State.Pressed:
            self._begin(point.position(), pressure)
        elif point.state() is QEventPoint.State.Updated and self._writing:
            self._go_on(point.position(), pressure)
        elif point.state() is QEventPoint.State.Released or event.type() is QEvent.Type.TouchCancel:
            self._end()
        event.accept()

    def _begin(self, where: QPointF, pressure: float) -> None:
        if len(self._strokes) >= MOST_STROKES or self._points() >= MOST_POINTS:
            return
        self._writing = True
        self._strokes.append([self._point(where, pressure)])
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.update()

    def _go_on(self, where: QPointF, pressure: float) -> None:
        point, last = self._point(where, pressure), self._strokes[-1][-1]
        across, down = point[0] - last[0], (point[1] - last[1]) / RATIO
        if across * across + down * down < _LEAST_STEP**2 or self._points() >= MOST_POINTS:
            return
        self._strokes[-1].append(point)
        self.update()

    def _end(self) -> None:
        if self._writing:
            self._writing = False
            self._tell()

    def _points(self) -> int:
        return sum(map(len, self._strokes))

    def _point(self, where: QPointF, pressure: float) -> _Point:
        """On the pad, whose edge the pen may leave while the line does not."""
        x, y = where.x() / max(self.width(), 1), where.y() / max(self.height(), 1)
        return (_within(x, PAD), _within(y, PAD), _within(pressure, FULL_PRESSURE))

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    # How it looks

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        where = QRectF(self.rect())
        focused = self.hasFocus()
        edge = colours.pine if focused else colours.edge
        painting.box(painter, where, fill=colours.surface, edge=edge, thick=2 if focused else 1, radius=10)
        line = self.height() * 0.78
        painting.hairline(painter, px(24), self.width() - px(24), line, colours.edge)
        below = QRectF(px(24), line + px(4), self.width() - px(48), px(22))
        painting.text(painter, below, said(self._name), font(13, 500), colours.ink2)
        if not self._strokes:
            hint = QRectF(px(24), line - px(44), self.width() - px(48), px(36))
            painting.text(painter, hint, tr("Sign here"), font(18), colours.ink3, Qt.AlignmentFlag.AlignHCenter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for stroke in self._strokes:
            _paint_stroke(painter, stroke, self.width(), colours.ink)
        painter.end()


class WrittenSignature(Living, QWidget):
    """A signature that was written before, small, for looking at."""

    def __init__(self, strokes: Sequence[Stroke], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strokes = [list(zip(s.points[0::3], s.points[1::3], s.points[2::3], strict=True)) for s in strokes]
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.dress()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Signature"))

    def sizeHint(self) -> QSize:
        return QSize(px(240), px(240) // RATIO)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painting.box(painter, QRectF(self.rect()), fill=tokens().surface, edge=tokens().line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for stroke in self._strokes:
            _paint_stroke(painter, stroke, self.width(), tokens().ink)
        painter.end()


def _paint_stroke(painter: QPainter, stroke: Sequence[_Point], width: int, colour: str) -> None:
    """Curves through the middles of the segments: no corner is left, and each has its own weight."""
    points = [(QPointF(x / PAD * width, y / PAD * width / RATIO), force / FULL_PRESSURE) for x, y, force in stroke]
    pen = QPen(QColor(colour), 1, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    if len(points) == 1:
        pen.setWidthF(_broad(points[0][1], width))
        painter.setPen(pen)
        painter.drawPoint(points[0][0])
        return
    middles = [points[0], *(_middle(one, two) for one, two in pairwise(points)), points[-1]]
    for (begin, first), bend, (end, second) in zip(middles, points, middles[1:], strict=False):
        pen.setWidthF(_broad((first + second) / 2, width))
        painter.setPen(pen)
        path = QPainterPath(begin)
        path.quadTo(bend[0], end)
        painter.drawPath(path)


def _broad(pressure: float, width: int) -> float:
    return max((_FINEST + (_BROADEST - _FINEST) * pressure) * width / 780, 0.6)


def _within(part: float, whole: int) -> int:
    return max(0, min(whole, round(part * whole)))


def _middle(one: tuple[QPointF, float], two: tuple[QPointF, float]) -> tuple[QPointF, float]:
    return (one[0] + two[0]) / 2, (one[1] + two[1]) / 2
