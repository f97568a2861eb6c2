"""The program's mark: 田, four plots of a field, one of them red."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from fieldapp.desktop.look.tokens import TOKENS, Theme, Tokens


def paint_mark(painter: QPainter, where: QRectF, colours: Tokens) -> None:
    """Draw the mark into the square ``where``; the upper right plot is the red one."""
    gap = where.width() * 0.08
    plot = (where.width() - gap) / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for column in (0, 1):
        for row in (0, 1):
            painter.setBrush(QColor(colours.seal if (column, row) == (1, 0) else colours.pine))
            square = QRectF(where.x() + column * (plot + gap), where.y() + row * (plot + gap), plot, plot)
            painter.drawRoundedRect(square, plot * 0.24, plot * 0.24)
    painter.restore()


def application_icon() -> QIcon:
    """The mark on rice paper, in the sizes that window lists and task bars ask for. Needs a QGuiApplication."""
    made = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        pixmap = QPixmap(side, side)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(TOKENS[Theme.LIGHT].bg))
        painter.drawRoundedRect(QRectF(0, 0, side, side), side * 0.18, side * 0.18)
        margin = side * 0.16
        paint_mark(painter, QRectF(margin, margin, side - 2 * margin, side - 2 * margin), TOKENS[Theme.LIGHT])
        painter.end()
        made.addPixmap(pixmap)
    return made
