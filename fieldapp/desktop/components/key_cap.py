"""A shortcut shown as the cap of its key."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.look import Living, px


class KeyCap(Living, QWidget):
    """Shows a key; binding it is the business of ``bind_key`` or of a Button."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        return QSize(math.ceil(painting.cap_width(self._key)), px(painting.CAP_HEIGHT) + 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painting.paint_cap(painter, 0, self.height() / 2, self._key)
        painter.end()


def bind_key(widget: QWidget, key: str) -> QShortcut:
    """A shortcut that works while ``widget`` is visible and enabled; the Enter of the number pad counts as Return."""
    keys = [QKeySequence(key)]
    if key.endswith("Return"):
        keys.append(QKeySequence(key.replace("Return", "Enter")))
    shortcut = QShortcut(widget)
    shortcut.setKeys(keys)
    shortcut.setAutoRepeat(False)
    return shortcut
