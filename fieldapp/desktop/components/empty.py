"""A place with nothing in it: an icon, one sentence, one thing to do."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.look import Icon, Living, paint_icon, px, tokens


class Empty(Column):
    """``sentence`` says what is not there, ``second`` what it means, ``action`` is the one thing to do."""

    def __init__(
        self,
        icon: Icon,
        sentence: Words,
        second: Words = "",
        action: Button | None = None,
        parent: QWidget | None = None,
    ) -> None:
        title = Text(sentence, Role.HEADING, wrap=True)
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        below = Text(second, Role.SECOND, wrap=True)
        below.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        parts = [_Shape(icon), title, *([below] if second else [])]
        if action is not None:
            parts.append(Line(STRETCH, action, STRETCH))
        super().__init__(STRETCH, *parts, STRETCH, gap=8, margins=16, parent=parent)


class _Shape(Living, QWidget):
    def __init__(self, icon: Icon) -> None:
        super().__init__()
        self._icon = icon
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(px(44), px(44))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        where = QRectF(self.rect()).center()
        paint_icon(painter, self._icon, where.x() - px(22), where.y() - px(22), 44, tokens().pine)
        painter.end()
