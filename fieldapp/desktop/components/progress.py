"""A wait that says what it does and how far it is, and can be stopped. It appears after 0.3 s, not before."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.arrange import Column, Line, fill_with
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.look import Living, px, tokens
from fieldapp.translation import tr

APPEARS_MS = 300


class Bar(Living, QWidget):
    """A bar of 6: ``show_share`` 0 to 1; None means nobody knows how far, drawn as a third."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share: float | None = 0.0
        self._colour = "pine"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_share(self, share: float | None, colour: str = "pine") -> None:
        """Fill the bar; ``colour`` is a token's name."""
        self._share, self._colour = share, colour
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(80), px(6))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(30), px(6))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        where = QRectF(self.rect())
        edge = tokens().edge if tokens().outlined_chips else None
        ground = tokens().surface if edge else tokens().line
        painting.box(painter, where, fill=ground, edge=edge, radius=3)
        share = 0.33 if self._share is None else min(max(self._share, 0.0), 1.0)
        if share:
            where.setWidth(max(where.width() * share, where.height()))
            painting.box(painter, where, fill=str(getattr(tokens(), self._colour)), radius=3)
        painter.end()


class ProgressStrip(Living, QWidget):
    """Sits in a page, hidden. ``begin`` at the start, ``step`` on progress, ``end`` however it ended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verb = Text("", Role.STRONG, elide=True)
        self._far = Text("", Role.SECOND)
        self._stop = Button(lambda: tr("Stop"), Kind.LINK, key="Escape")
        self._bar = Bar()
        self._cancel: Callable[[], object] | None = None
        self._timer = QTimer(self, singleShot=True, interval=APPEARS_MS)
        self._timer.timeout.connect(self.show)
        self._stop.clicked.connect(self._ask_to_stop)
        top = Line((self._verb, 1), self._far, self._stop, gap=10)
        fill_with(self, Column(top, self._bar, gap=2))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()
        self.dress()

    def begin(self, verb: Words, cancel: Callable[[], object] | None) -> None:
        """A job has begun; ``verb`` says what it does, ``cancel`` asks it to stop."""
        self._verb.say(verb)
        self._far.say("")
        self._bar.show_share(None)
        self._cancel = cancel
        self._stop.setVisible(cancel is not None)
        self._stop.setEnabled(True)
        self._timer.start()

    def step(self, done: int, total: int) -> None:
        """``done`` of ``total``; a total of 0 means nobody knows."""
        self._far.say(lambda: tr("{done} of {total}", done=f"{done:,}", total=f"{total:,}") if total else f"{done:,}")
        self._bar.show_share(done / total if total else None)

    def end(self) -> None:
        """The job is over, one way or another."""
        self._timer.stop()
        self._cancel = None
        self.hide()

    def restyle(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(px(14), px(5), px(14), px(12))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painting.box(
            painter, QRectF(self.rect()), fill=tokens().surface, edge=tokens().line, radius=painting.RADIUS_CARD
        )
        painter.end()

    def _ask_to_stop(self) -> None:
        if self._cancel is not None:
            self._stop.setEnabled(False)
            self._cancel()
