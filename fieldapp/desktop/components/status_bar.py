"""The foot of the window: offline or online, how many changes are only here, when head office last confirmed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Icon, Living, paint_icon, px, tokens
from fieldapp.desktop.look.fonts import font, width
from fieldapp.translation import tr, trn


class StatusBar(Living, QWidget):
    """Never a green tick for "sent": it speaks of what head office confirmed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._online, self._only_here = False, 0
        self._confirmed: Words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.dress()

    def show_state(self, *, online: bool, only_here: int, confirmed: Words = "") -> None:
        """``only_here`` counts the changes not yet confirmed; ``confirmed`` says when head office last did."""
        self._online, self._only_here, self._confirmed = online, only_here, confirmed
        self.retranslate()

    def restyle(self) -> None:
        self.setFixedHeight(px(30))

    def retranslate(self) -> None:
        self.setAccessibleName(" ".join([self._connection(), self._count(), said(self._confirmed)]))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(320), px(30))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        painter.fillRect(self.rect(), colours.rail)
        painting.hairline(painter, 0, self.width(), 0)
        middle = self.height() / 2 + 0.5
        state = colours.pine if self._online else colours.amber
        paint_icon(painter, Icon.ONLINE if self._online else Icon.OFFLINE, px(16), middle - px(9), 17, state)
        strong, plain = font(12, 600), font(12)
        right = self._paint_encrypted(painter, middle)
        left: float = px(39)
        for words, drawn, colour in (
            (self._connection(), strong, colours.ink if self._online else colours.amber),
            (self._count(), strong if not self._online else plain, colours.ink),
            (said(self._confirmed), plain, colours.ink2),
        ):
            if not words:
                continue
            if colour == colours.ink2:
                left += painting.text(painter, QRectF(left, 1, px(14), self.height()), "•", plain, colours.ink2) + px(6)
            where = QRectF(left, 1, right - left - px(12), self.height())
            left += painting.text(painter, where, words, drawn, colour) + px(7)
        painter.end()

    def _paint_encrypted(self, painter: QPainter, middle: float) -> float:
        words, drawn = tr("Encrypted on this laptop"), font(12, tight=True)
        wide = width(words, drawn)
        left = self.width() - px(16) - wide
        if left < self.width() * 0.6:
            return self.width() - px(12)
        where = QRectF(left, 1, wide + 1, self.height())
        painting.text(painter, where, words, drawn, tokens().ink2)
        paint_icon(painter, Icon.ENCRYPTED, left - px(22), middle - px(8), 16, tokens().ink2)
        return left - px(22)

    def _connection(self) -> str:
        return tr("Online") if self._online else tr("Offline")

    def _count(self) -> str:
        if not self._only_here:
            return tr("Nothing waits to be sent")
        return trn(
            "{count} change is on this laptop only",
            "{count} changes are on this laptop only",
            self._only_here,
        )
