"""A panel over the dimmed window. While it is open, focus stays inside and the page's shortcuts rest."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QApplication, QLayout, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.arrange import fill_with
from fieldapp.desktop.look import Living, px, tokens


class Overlay(Living, QWidget):
    """Covers ``window`` and shows ``panel`` in its middle (or ``from_top`` logical pixels down, for the palette).

    ``closed`` is told once it is gone, whichever way. Esc closes it; a click beside it does so when ``light``.
    """

    closed = Signal()

    def __init__(
        self, window: QWidget, panel: QWidget, *, wide: int = 580, from_top: int | None = None, light: bool = False
    ) -> None:
        super().__init__(window)
        self._window, self._panel = window, panel
        self._wide, self._from_top, self._light = wide, from_top, light
        self._resting: list[QShortcut] = []
        self._focus_before: QWidget | None = None
        panel.setParent(self)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        window.installEventFilter(self)

    def open(self) -> None:
        """Show the panel and take the focus into it."""
        self._focus_before = QApplication.focusWidget()
        self._resting = [key for key in self._window.findChildren(QShortcut) if key.isEnabled() and not self._owns(key)]
        for key in self._resting:
            key.setEnabled(False)
        self._place()
        self.show()
        self.raise_()
        self._place()
        if not self._panel.isAncestorOf(QApplication.focusWidget() or self._window):
            self._move_focus(forward=True)

    def close_panel(self) -> None:
        """Take the panel away; shortcuts and focus are as they were before."""
        if self.isHidden():
            return
        self.hide()
        for key in filter(shiboken6.isValid, self._resting):  # a page may have been filled anew meanwhile
            key.setEnabled(True)
        self._resting = []
        if self._focus_before is not None and shiboken6.isValid(self._focus_before) and self._focus_before.isVisible():
            self._focus_before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()

    def refit(self) -> None:
        """Size and place the panel anew: its content has changed."""
        self._place()

    def restyle(self) -> None:
        if self.isVisible():
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        return self._move_focus(forward=forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._light and not self._panel.geometry().contains(event.position().toPoint()):
            self.close_panel()
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 102))
        where = QRectF(self._panel.geometry())
        for step in range(1, 13):  # a soft shadow; QSS has none, and an effect would redraw the panel through an image
            spread = px(step * 1.6)
            shade = QColor(0, 0, 0, 6)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shade)
            around = where.adjusted(-spread, -spread + px(5), spread, spread + px(5))
            painter.drawRoundedRect(around, px(painting.RADIUS_DIALOG) + spread, px(painting.RADIUS_DIALOG) + spread)
        painter.end()

    def _owns(self, key: QShortcut) -> bool:
        parent = key.parent()
        return isinstance(parent, QWidget) and (parent is self or self.isAncestorOf(parent))

    def _place(self) -> None:
        self.setGeometry(self._window.rect())
        across = min(px(self._wide), self.width() - px(32))
        self._panel.setFixedWidth(max(across, 1))
        layout = self._panel.layout()
        if layout is not None:
            for inner in self._panel.findChildren(QLayout):
                inner.invalidate()  # Qt tells the outer ones later; the height is wanted now
                if (holder := inner.parentWidget()) is not None:
                    holder.updateGeometry()
            layout.activate()
        wanted = self._panel.sizeHint().height()
        if self._panel.hasHeightForWidth():
            wanted = self._panel.heightForWidth(across)
        high = min(wanted, self.height() - px(32))
        top = (self.height() - high) // 2 if self._from_top is None else min(px(self._from_top), self.height() - high)
        self._panel.setGeometry((self.width() - across) // 2, max(top, px(8)), across, high)
        self.update()

    def _move_focus(self, *, forward: bool) -> bool:
        start = QApplication.focusWidget()
        if start is None or not self.isAncestorOf(start):
            start = self
        candidate: QWidget = start
        for _ in range(10_000):
            following = candidate.nextInFocusChain() if forward else candidate.previousInFocusChain()
            if following is None or following is start:
                break
            candidate = following
            if (
                self.isAncestorOf(candidate)
                and candidate.isVisible()
                and candidate.isEnabled()
                and candidate.focusPolicy() & Qt.FocusPolicy.TabFocus
                and candidate.focusProxy() is None
            ):
                reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
                candidate.setFocus(reason)
                return True
        return False


class Panel(Living, QWidget):
    """The white leaf of a dialog or palette. Put one content widget into it."""

    def __init__(self, content: QWidget, *, inside: int = 20, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inside = inside
        fill_with(self, content)
        self.dress()

    def restyle(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(*(px(self._inside),) * 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        painting.box(
            painter, QRectF(self.rect()), fill=colours.surface, edge=colours.edge, radius=painting.RADIUS_DIALOG
        )
        painter.end()
