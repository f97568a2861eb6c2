"""The unlock page's picture: terraced hills at sunrise, painted at any size in the colours of the theme."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QRadialGradient
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.desktop.look.tokens import Theme
from fieldapp.desktop.look.worn import worn

_SKY = {Theme.LIGHT: "#EFE9D8", Theme.DARK: "#101A17", Theme.SUNLIGHT: "#FFFFFF"}
_SUN = {Theme.LIGHT: "#C9452C", Theme.DARK: "#E27B5C", Theme.SUNLIGHT: "#8A0F00"}
_RIDGES = {
    Theme.LIGHT: ("#D4DCC7", "#B1CBB3", "#8FB59B", "#699980", "#3F7F66", "#1E664D", "#0F5A44", "#0C4635"),
    Theme.DARK: ("#3A4E44", "#334F43", "#2B4D3F", "#23483A", "#1C4032", "#163629", "#102A21", "#0A1E17"),
    Theme.SUNLIGHT: ("#E3EFE8", "#C3DDD0", "#98C2AD", "#69A48A", "#3B8066", "#1E664D", "#003D2C", "#002A1E"),
}
# One ridge: height of its line as a share of the picture, swing, waves over the width, phase, number of terraces.
_LINES = (
    (0.365, 0.030, 0.85, 2.4, 0),
    (0.440, 0.045, 0.62, 3.6, 0),
    (0.490, 0.034, 0.80, 3.5, 2),
    (0.580, 0.032, 1.05, 2.7, 3),
    (0.680, 0.040, 0.95, 0.7, 2),
    (0.765, 0.034, 0.90, 0.3, 2),
    (0.848, 0.030, 0.95, 5.7, 1),
    (0.925, 0.028, 0.85, 5.0, 1),
)


class Hills(QWidget):
    """Fills its place with the picture; it says nothing, so screen readers pass it by."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        paint_hills(painter, QRectF(self.rect()), worn().theme)
        painter.end()


def paint_hills(painter: QPainter, where: QRectF, theme: Theme) -> None:
    """Paint sky, sun and eight ridges, the nearer ones with the lines of their terraces."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(where, QColor(_SKY[theme]))
    radius = min(where.width() * 0.067, where.height() * 0.056)
    centre = QPointF(where.x() + where.width() * 0.71, where.y() + where.height() * 0.335)
    painter.setPen(Qt.PenStyle.NoPen)
    if theme is Theme.DARK:
        glow = QRadialGradient(centre, radius * 4)
        for at, faint in ((0.0, 120), (0.3, 60), (1.0, 0)):
            colour_there = QColor(_SUN[theme])
            colour_there.setAlpha(faint)
            glow.setColorAt(at, colour_there)
        painter.setBrush(glow)
        painter.drawEllipse(centre, radius * 4, radius * 4)
    painter.setBrush(QColor(_SUN[theme]))
    painter.drawEllipse(centre, radius, radius)
    for colour, line in zip(_RIDGES[theme], _LINES, strict=True):
        _paint_ridge(painter, where, QColor(colour), line)


def _paint_ridge(
    painter: QPainter,
    where: QRectF,
    colour: QColor,
    line: tuple[float, float, float, float, int],
) -> None:
    height, swing, waves, phase, terraces = line
    ridge = _wave(where, height, swing, waves, phase)
    hill = QPainterPath(ridge)
    hill.lineTo(where.bottomRight())
    hill.lineTo(where.bottomLeft())
    hill.closeSubpath()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPath(hill)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for step in range(1, terraces + 1):
        light = QColor(colour).lighter(128)
        light.setAlpha(150 - 25 * step)
        painter.setPen(QPen(light, 1.2))
        painter.drawPath(_wave(where, height + 0.021 * step, swing * (1 - 0.08 * step), waves, phase + 0.06 * step))


def _wave(where: QRectF, height: float, swing: float, waves: float, phase: float) -> QPainterPath:
    path = QPainterPath()
    steps = 64
    for step in range(steps + 1):
        along = step / steps
        turn = 2 * math.pi * waves * along + phase
        rise = math.sin(turn) + 0.28 * math.sin(2.1 * turn + 0.8)
        point = QPointF(where.x() + along * where.width(), where.y() + (height + swing * rise) * where.height())
        if step:
            path.lineTo(point)
        else:
            path.moveTo(point)
    return path
