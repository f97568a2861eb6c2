"""The first character of a name on pine-soft, standing by itself."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.desktop.components.row_list import paint_avatar
from fieldapp.desktop.look import Living, px


class AvatarMark(Living, QWidget):
    """``side`` logical pixels wide and high."""

    def __init__(self, side: int = 48) -> None:
        super().__init__()
        self._named, self._side = "", side
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_name(self, name: str) -> None:
        """Show another person."""
        self._named = name
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(self._side), px(self._side))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_avatar(painter, QRectF(self.rect()), self._named)
        painter.end()
