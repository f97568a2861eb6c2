"""Two values that disagree, side by side, with what differs marked. Nothing is preselected."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.arrange import Column, Grid, Line, fill_with
from fieldapp.desktop.components.checks import paint_round
from fieldapp.desktop.components.key_cap import bind_key
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words, one_line, said
from fieldapp.desktop.look import Icon, Living, paint_icon, px, tokens, worn
from fieldapp.desktop.look.fonts import font, width

_LONGEST = 60
_BROAD_ENOUGH = 212
"""Cards of this many logical pixels stand side by side though a long value is cut."""


@dataclass(frozen=True, slots=True)
class Side:
    """One value: where it stands, who wrote it and when, and how they came to it."""

    key: object
    icon: Icon
    where: Words
    value: str
    who: Words
    why: Words = ""


class ValueChoice(Living, QWidget):
    """The two (or more) values of one field. ``chosen`` tells a key; ``first_digit`` are the keys that choose."""

    chosen = Signal(object)

    def __init__(
        self, number: int, name: Words, sides: Sequence[Side], *, first_digit: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._sides = list(sides)
        self._group = QButtonGroup(self)
        values = [side.value for side in sides]
        cards = []
        for place, side in enumerate(sides):
            other = values[1 - place] if len(values) == 2 else values[0]
            key = str(first_digit + place) if first_digit and first_digit + place <= 9 else ""
            card = _ValueCard(side, differing(side.value, other), key)
            self._group.addButton(card, place)
            cards.append(card)
        self._group.idToggled.connect(self._tell)
        head = Line(Text(str(number), Role.LABEL), (Text(name, Role.HEADING, elide=True), 1))
        wanted = min(max(card.wanted_width() for card in cards), _BROAD_ENOUGH)
        narrow = len(cards) * wanted + (len(cards) - 1) * Grid.GAP
        fill_with(self, Column(head, Grid(*cards, columns=len(cards), narrow=narrow), gap=8))

    def value(self) -> object | None:
        """The key chosen, None while none is."""
        place = self._group.checkedId()
        return self._sides[place].key if place >= 0 else None

    def choose(self, key: object | None) -> None:
        """Choose without telling; None takes the choice back."""
        self._group.blockSignals(True)  # only a person's choice is told
        self._group.setExclusive(False)
        for place, side in enumerate(self._sides):
            button = self._group.button(place)
            if button is not None:
                button.setChecked(side.key == key)
        self._group.setExclusive(True)
        self._group.blockSignals(False)

    def _tell(self, place: int, chosen: bool) -> None:
        if chosen:
            self.chosen.emit(self._sides[place].key)


class _ValueCard(Living, QRadioButton):
    def __init__(self, side: Side, marked: Sequence[tuple[int, int]], key: str) -> None:
        super().__init__()
        self._side, self._marked, self._key = side, marked, key
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        if key:
            bind_key(self, key).activated.connect(self._choose)
        self.dress()

    def wanted_width(self) -> int:
        """The logical pixels at which all of it is read."""
        side = self._side
        cap = painting.cap_width(self._key) + px(12) if self._key else 0
        lines = (
            px(80) + width(said(side.where), font(14, 500, tight=True)) + cap,
            px(34) + width(one_line(side.value, _LONGEST), font(21, 500)),
            px(34) + width(said(side.who), font(13)),
            px(34) + width(said(side.why), font(12.5)),
        )
        return math.ceil(max(lines) * 100 / worn().scale)

    def _choose(self) -> None:
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.click()

    def retranslate(self) -> None:
        side = self._side
        self.setAccessibleName(one_line(f"{said(side.where)}: {side.value}. {said(side.who)}. {said(side.why)}"))
        self.setToolTip(one_line(side.value) if len(side.value) > 20 else "")
        self.update()

    def hitButton(self, _where: object) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return QSize(px(300), px(113 if said(self._side.why) else 94))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(160), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        on, focused = self.isChecked(), self.hasFocus()
        painting.box(
            painter,
            QRectF(self.rect()),
            fill=colours.pine_soft if on else colours.surface,
            edge=colours.pine if on or focused else colours.edge,
            thick=2 if on or focused else 1,
            radius=painting.RADIUS_CONTROL,
        )
        paint_round(painter, QPointF(px(25), px(21)), on=on, focused=focused)
        ink = colours.pine if on else colours.ink2
        paint_icon(painter, self._side.icon, px(42), px(12), 18, ink)
        head = QRectF(px(66), px(10), self.width() - px(104), px(22))
        painting.text(painter, head, said(self._side.where), font(14, 500, tight=True), ink)
        if self._key:
            painting.paint_cap(painter, self.width() - px(14) - painting.cap_width(self._key), px(21), self._key)
        self._paint_value(painter, QRectF(px(16), px(33), self.width() - px(32), px(30)))
        who = QRectF(px(16), px(62), self.width() - px(32), px(20))
        painting.text(painter, who, said(self._side.who), font(13), colours.ink2)
        why = QRectF(px(16), px(82), self.width() - px(32), px(20))
        painting.text(painter, why, said(self._side.why), font(12.5), colours.ink3)
        painter.end()

    def _paint_value(self, painter: QPainter, line: QRectF) -> None:
        colours = tokens()
        drawn = font(21, 500)
        words = one_line(self._side.value, _LONGEST)
        left = line.x()
        for start, end, marked in _pieces(words, self._marked):
            piece = words[start:end]
            wide = min(width(piece, drawn), line.right() - left)
            if wide <= 0:
                break
            where = QRectF(left, line.y(), wide + 0.5, line.height())
            if marked:
                ground = QRectF(left - 1, line.y() + px(1), wide + 2, line.height() - px(2))
                painting.box(painter, ground, fill=colours.amber_soft, radius=2)
            painting.text(painter, where, piece, drawn, colours.amber if marked else colours.ink)
            left += wide


def differing(one: str, other: str) -> list[tuple[int, int]]:
    """The stretches of ``one`` that are not in ``other``, as start and end; long texts differ as a whole."""
    if len(one) > 200 or len(other) > 200:
        return [(0, len(one))] if one != other else []
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return [(start, end) for tag, start, end, _, _ in matcher.get_opcodes() if tag != "equal" and end > start]


def _pieces(words: str, marked: Sequence[tuple[int, int]]) -> list[tuple[int, int, bool]]:
    pieces, at = [], 0
    for start, end in marked:
        if start > at:
            pieces.append((at, min(start, len(words)), False))
        pieces.append((start, min(end, len(words)), True))
        at = end
    if at < len(words):
        pieces.append((at, len(words), False))
    return [piece for piece in pieces if piece[1] > piece[0]]
