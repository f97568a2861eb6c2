"""A box to tick and a round one of several, drawn in the tokens with a focus one can see."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton, QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Icon, Living, paint_icon, px, tokens
from fieldapp.desktop.look.fonts import font, width


class Tick(Living, QCheckBox):
    """Yes or no. ``toggled`` is Qt's own signal."""

    def __init__(self, words: Words, *, on: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setChecked(on)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.dress()

    def retranslate(self) -> None:
        self.setAccessibleName(said(self._words))
        self.updateGeometry()
        self.update()

    def hitButton(self, _where: object) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return _size(self._words)

    def minimumSizeHint(self) -> QSize:
        return QSize(px(60), px(28))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        where = QRectF(px(1), self.height() / 2 - px(9), px(18), px(18))
        on = self.isChecked()
        focused = self.hasFocus()
        painting.box(
            painter,
            where,
            fill=colours.pine if on else colours.surface,
            edge=colours.pine if on or focused else colours.edge,
            thick=2 if focused else 1,
            radius=4,
        )
        if on:
            paint_icon(painter, Icon.CHECK, where.x() + px(2), where.y() + px(2), 14, colours.on_pine)
        _label(painter, self, said(self._words))
        painter.end()


class Round(Living, QRadioButton):
    """One of several in the same parent. ``toggled`` is Qt's own signal."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.dress()

    def retranslate(self) -> None:
        self.setAccessibleName(said(self._words))
        self.updateGeometry()
        self.update()

    def hitButton(self, _where: object) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return _size(self._words)

    def minimumSizeHint(self) -> QSize:
        return QSize(px(60), px(28))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_round(painter, QPointF(px(10), self.height() / 2), on=self.isChecked(), focused=self.hasFocus())
        _label(painter, self, said(self._words))
        painter.end()


def paint_round(painter: QPainter, centre: QPointF, *, on: bool, focused: bool = False) -> None:
    """The round mark of a choice."""
    colours = tokens()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colours.pine if on or focused else colours.edge), px(2) if focused else px(1.4)))
    painter.setBrush(QColor(colours.surface))
    painter.drawEllipse(centre, px(8), px(8))
    if on:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.pine))
        painter.drawEllipse(centre, px(4.6), px(4.6))
    painter.restore()


def _size(words: Words) -> QSize:
    return QSize(math.ceil(width(said(words), font(13, tight=True))) + px(32), px(28))


def _label(painter: QPainter, button: QAbstractButton, words: str) -> None:
    where = QRectF(px(27), 0, button.width() - px(27), button.height())
    ink = tokens().ink if button.isEnabled() else tokens().ink3
    painting.text(painter, where, words, font(13, tight=True), ink)
