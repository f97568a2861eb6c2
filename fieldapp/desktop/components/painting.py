"""What several components draw alike: boxes, focus, key caps, chips, the 2 px rule of a total."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from fieldapp.desktop.components.words import one_line
from fieldapp.desktop.look import Icon, Theme, mix, paint_icon, px, tokens, worn
from fieldapp.desktop.look.fonts import font, width

RADIUS_CHIP, RADIUS_CONTROL, RADIUS_CARD, RADIUS_DIALOG = 5, 7, 10, 12
CAP_HEIGHT = 19


def box(
    painter: QPainter, where: QRectF, *, fill: str | None, edge: str | None = None, thick: float = 1, radius: float = 7
) -> None:
    """A rounded box whose border lies wholly inside ``where``; ``thick`` and ``radius`` in logical pixels."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen_width = max(px(thick), 1) if edge else 0
    painter.setPen(QPen(QColor(edge), pen_width) if edge else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(fill) if fill else Qt.BrushStyle.NoBrush)
    inset = pen_width / 2
    painter.drawRoundedRect(where.adjusted(inset, inset, -inset, -inset), px(radius) - inset, px(radius) - inset)
    painter.restore()


def text(
    painter: QPainter,
    where: QRectF,
    words: str,
    drawn: QFont,
    colour: str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> float:
    """One elided line, vertically centred in ``where``; returns how wide it is."""
    metrics = QFontMetricsF(drawn)
    shown = metrics.elidedText(one_line(words), Qt.TextElideMode.ElideRight, max(where.width(), 0) + 0.5)
    painter.setFont(drawn)
    painter.setPen(QColor(colour))
    painter.drawText(where, int(align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)
    return metrics.horizontalAdvance(shown)


def lines(painter: QPainter, where: QRectF, words: str, drawn: QFont, colour: str, most: int = 2) -> None:
    """Words broken over at most ``most`` lines, vertically centred in ``where``; what is longer is shortened."""
    metrics = QFontMetricsF(drawn)
    room = max(where.width(), 0)
    shown = metrics.elidedText(one_line(words), Qt.TextElideMode.ElideRight, room * (most - 0.1))
    painter.setFont(drawn)
    painter.setPen(QColor(colour))
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(where, int(flags), shown)


def double_rule(painter: QPainter, left: float, right: float, y: float) -> None:
    """The signature under a total: two ink hairlines, 3 px apart."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(tokens().ink), max(px(1), 1)))
    for line in (y, y + px(3)):
        painter.drawLine(QPointF(left, line), QPointF(right, line))
    painter.restore()


def hairline(painter: QPainter, left: float, right: float, y: float, colour: str | None = None) -> None:
    """One horizontal line that only decorates."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(colour or tokens().line), max(px(1), 1)))
    painter.drawLine(QPointF(left, y), QPointF(right, y))
    painter.restore()


def cap_parts(key: str) -> list[str]:
    """``Ctrl+Return`` as the words on its cap: ``["Ctrl", "↵"]``."""
    names = {"Return": "↵", "Enter": "↵", "Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Escape": "Esc"}
    if key.endswith("+"):
        return [*[part for part in key[:-1].split("+") if part], "+"]
    return [names.get(part, part) for part in key.split("+")]


def cap_width(key: str) -> float:
    """How wide the cap of ``key`` is, in widget pixels."""
    drawn = font(11, 500)
    parts = cap_parts(key)
    inner = sum(px(12) if part == "↵" else width(part, drawn) for part in parts) + px(3) * (len(parts) - 1)
    return max(inner + px(10), px(CAP_HEIGHT))


def paint_cap(
    painter: QPainter, x: float, middle: float, key: str, *, on_pine: bool = False, dim: bool = False
) -> None:
    """A key cap with its left edge at ``x``, centred on ``middle``; ``on_pine`` when it sits on a filled button."""
    colours = tokens()
    where = QRectF(x, middle - px(CAP_HEIGHT) / 2, cap_width(key), px(CAP_HEIGHT))
    ink = colours.ink2
    if on_pine:
        ink = colours.on_pine
        dark = worn().theme is Theme.DARK
        box(
            painter,
            where,
            fill=None if dark else mix(colours.on_pine, colours.pine, 0.2),
            edge=ink if dark else None,
            radius=4,
        )
    else:
        box(painter, where, fill=colours.surface if not dim else None, edge=colours.line, radius=4)
        ink = colours.ink3 if dim else colours.ink2
    drawn = font(11, 500)
    inner = where.x() + (where.width() - (cap_width(key) - px(10))) / 2
    if cap_width(key) == px(CAP_HEIGHT) and len(cap_parts(key)) == 1 and cap_parts(key)[0] != "↵":
        inner = where.x() + (where.width() - width(cap_parts(key)[0], drawn)) / 2
    for part in cap_parts(key):
        if part == "↵":
            paint_icon(painter, Icon.ENTER, inner, middle - px(6), 12, ink)
            inner += px(12) + px(3)
        else:
            wide = width(part, drawn)
            text(painter, QRectF(inner, where.y(), wide + 1, where.height()), part, drawn, ink)
            inner += wide + px(3)
