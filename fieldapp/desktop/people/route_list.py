"""The way through the villages: a dot a stop on one line, the first one filled."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.formats import listing
from fieldapp.desktop.look import Living, px, tokens
from fieldapp.desktop.look.fonts import font
from fieldapp.services.today import Stop
from fieldapp.translation import tr, trn

STOP_HEIGHT = 45
MOST = 5


class RouteList(Living, QWidget):
    """Shows at most five stops, and says how many follow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stops: tuple[Stop, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_stops(self, stops: Sequence[Stop]) -> None:
        """Show another way."""
        self._stops = tuple(stops)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName("; ".join(f"{_name(stop)} {_second(stop)}" for stop in self._stops[:MOST]))
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        more = px(20) if len(self._stops) > MOST else 0
        return QSize(px(200), px(STOP_HEIGHT) * min(len(self._stops), MOST) + more)

    def minimumSizeHint(self) -> QSize:
        return QSize(px(100), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = tokens()
        left, high = px(28), px(STOP_HEIGHT)
        shown = self._stops[:MOST]
        if len(shown) > 1:
            length = high * (len(shown) - 1)
            painter.fillRect(QRectF(px(9), px(11), max(px(2), 1), length), QColor(colours.line))
        for place, stop in enumerate(shown):
            top = place * high
            painter.setPen(QPen(QColor(colours.pine), px(2)))
            painter.setBrush(QColor(colours.pine if place == 0 else colours.surface))
            painter.drawEllipse(QPointF(px(10), top + px(11)), px(5), px(5))
            wide = self.width() - left
            first, second = QRectF(left, top, wide, px(22)), QRectF(left, top + px(21), wide, px(18))
            painting.text(painter, first, _name(stop), font(14, 500, tight=True), colours.ink)
            painting.text(painter, second, _second(stop), font(12.5, tight=True), colours.ink2)
        if len(self._stops) > MOST:
            rest = len(self._stops) - MOST
            where = QRectF(left, high * MOST, self.width() - left, px(18))
            words = trn("and {count} more stop", "and {count} more stops", rest)
            painting.text(painter, where, words, font(12), colours.ink3, Qt.AlignmentFlag.AlignLeft)
        painter.end()


def _name(stop: Stop) -> str:
    return stop.village or tr("Village not known")


def _second(stop: Stop) -> str:
    times = f"{stop.starts} – {stop.ends}" if stop.ends and stop.ends != stop.starts else (stop.starts or "")
    people = listing(line.name for line in stop.people[:4])
    if len(stop.people) > 4:
        people += " " + trn("and {count} more", "and {count} more", len(stop.people) - 4)
    return " • ".join(part for part in (times, people) if part)
