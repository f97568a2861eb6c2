"""The white card with its hairline, its heading line, and the rules inside it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.arrange import STRETCH, Column, Item, Line, Margins
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.look import Living, px, tokens


class Card(Column):
    """A surface with a hairline and 16 inside. Never put a card in a card.

    With ``heading`` it begins with a heading line; ``beside`` stands at that line's right, as text or as a widget.
    ``sunken`` makes it a well: the ground of a preview or of a note.
    """

    def __init__(
        self,
        *items: Item,
        heading: Words | None = None,
        beside: Words | QWidget | None = None,
        gap: float = 10,
        margins: Margins = 16,
        sunken: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        self._sunken = sunken
        top: list[Item] = []
        if heading is not None:
            right = beside if isinstance(beside, QWidget) else Text(beside or "", Role.HINT, right=True)
            top = [Line(Text(heading, Role.HEADING), STRETCH, right)]
        super().__init__(*top, *items, gap=gap, margins=margins, parent=parent)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        ground = colours.sunken if self._sunken else colours.surface
        painting.box(painter, QRectF(self.rect()), fill=ground, edge=colours.line, radius=painting.RADIUS_CARD)
        painter.end()


class Rule(Living, QWidget):
    """A hairline across; ``ink`` for the line over a total, ``double`` for the one that closes it."""

    def __init__(self, *, ink: bool = False, double: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ink, self._double = ink, double
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        return QSize(px(20), px(6) if self._double else max(px(1), 1))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._double:
            painting.double_rule(painter, 0, self.width(), px(1))
        else:
            painting.hairline(painter, 0, self.width(), 0, tokens().ink if self._ink else None)
        painter.end()


class SidewaysRule(Rule):
    """The same hairline from top to bottom, between two columns of one card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(max(px(1), 1), px(16))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens().line)
        painter.end()
