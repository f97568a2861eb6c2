"""A short word after a deed: six seconds, kept while the pointer is on it, with the way back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QEnterEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.key_cap import bind_key
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Icon, Living, paint_icon, px, tokens
from fieldapp.desktop.look.fonts import font, width
from fieldapp.translation import tr

SHOWN_MS = 6_000
UNDO_KEY = "Ctrl+Z"


class Toast(Living, QWidget):
    """Lives at the foot of ``window``. One at a time: a new word takes the old one's place."""

    def __init__(self, window: QWidget, *, floating: bool = True) -> None:
        super().__init__(window)
        self._window, self._floating = window, floating
        self._words: Words = ""
        self._second: Words = ""
        self._undo: Callable[[], object] | None = None
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        self._key = bind_key(self, UNDO_KEY)
        self._key.activated.connect(self.undo)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if floating:
            self.hide()
            window.installEventFilter(self)
        self.dress()

    def show_message(self, words: Words, second: Words = "", undo: Callable[[], object] | None = None) -> None:
        """Show ``words``, with ``second`` (where it lies: 只在本机) and a way back if there is one."""
        self._words, self._second, self._undo = words, second, undo
        self._key.setEnabled(undo is not None)
        self.retranslate()
        self._place()
        self.show()
        self.raise_()
        if self._floating:
            self._timer.start()

    def dismiss(self) -> None:
        """Say nothing more, and take nothing back any more."""
        self._undo = None
        self._timer.stop()
        self.hide()

    def undo(self) -> None:
        """Do what takes the deed back, once."""
        back, self._undo = self._undo, None
        self.hide()
        self._timer.stop()
        if back is not None:
            back()

    def retranslate(self) -> None:
        self.setAccessibleName(f"{said(self._words)} {said(self._second)}".strip())
        self.update()

    def restyle(self) -> None:
        self.setFixedHeight(px(42) + (2 * px(8) if self._floating else 0))
        if self._floating and self.isVisible():
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if self._floating and self.isVisible():
            self._timer.start()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.position().x() > self.width() - self._undo_width():
            self.undo()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        ground = QRectF(self.rect())
        if self._floating:
            ground = ground.adjusted(px(8), px(6), -px(8), -px(10))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            for step in range(1, 4):
                painter.setBrush(QColor(0, 0, 0, 16))
                spread = px(step * 2)
                around = ground.adjusted(-spread, -spread + px(3), spread, spread + px(3))
                painter.drawRoundedRect(around, px(7) + spread, px(7) + spread)
        painting.box(painter, ground, fill=colours.toast, radius=painting.RADIUS_CONTROL)
        middle = ground.center().y()
        paint_icon(painter, Icon.CONFIRMED, ground.x() + px(14), middle - px(9), 18, colours.toast_accent, fill=True)
        undo_width = self._undo_width()
        line = ground.adjusted(px(40), 0, -undo_width, 0)
        used = painting.text(painter, line, said(self._words), font(13, 600), colours.on_toast)
        painting.text(
            painter, line.adjusted(used + px(10), 0, 0, 0), said(self._second), font(12), colours.toast_second
        )
        if self._undo is not None:
            left = ground.right() - undo_width + px(8)
            words = QRectF(left, ground.y(), undo_width, ground.height())
            used = painting.text(painter, words, tr("Undo"), font(13, 500), colours.toast_accent)
            self._paint_key(painter, left + used + px(8), middle)
        painter.end()

    def _paint_key(self, painter: QPainter, left: float, middle: float) -> None:
        colours = tokens()
        cap = QRectF(left, middle - px(9), painting.cap_width(UNDO_KEY), px(19))
        painting.box(painter, cap, fill=None, edge=colours.toast_accent, radius=4)
        words, drawn = " ".join(painting.cap_parts(UNDO_KEY)), font(11, 500)
        painting.text(painter, cap, words, drawn, colours.toast_accent, Qt.AlignmentFlag.AlignHCenter)

    def _undo_width(self) -> float:
        if self._undo is None:
            return px(12)
        return width(tr("Undo"), font(13, 500)) + painting.cap_width(UNDO_KEY) + px(8 + 8 + 14)

    def _place(self) -> None:
        if not self._floating:
            return
        used = width(said(self._words), font(13, 600)) + width(said(self._second), font(12))
        across = min(round(used + self._undo_width()) + px(90), self._window.width() - px(32))
        foot = self._window.height() - self.height() - px(38)
        self.setGeometry((self._window.width() - across) // 2, foot, across, self.height())
