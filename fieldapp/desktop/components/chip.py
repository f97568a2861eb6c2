"""Chips and states: the word always, the colour second, and each state of sending with a shape of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.text import Tone, tone_colour
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Icon, Living, paint_icon, px, tokens
from fieldapp.desktop.look.fonts import font, width
from fieldapp.domain.wording import Sentence

HEIGHT = 22


class Ground(StrEnum):
    """What a chip's colour means."""

    NEUTRAL = "neutral"
    PINE = "pine"
    SKY = "sky"
    AMBER = "amber"
    SEAL = "seal"
    OUTLINE = "outline"


@dataclass(frozen=True, slots=True)
class ChipLook:
    """A chip as a row or a title shows it."""

    words: Words
    ground: Ground = Ground.NEUTRAL


class Chip(Living, QWidget):
    """A short word on a soft ground."""

    def __init__(self, words: Words, ground: Ground = Ground.NEUTRAL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = ChipLook(words, ground)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.dress()

    def say(self, words: Words, ground: Ground | None = None) -> None:
        """Show another word, on another ground if one is given."""
        self._look = ChipLook(words, ground or self._look.ground)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(said(self._look.words))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(math.ceil(chip_width(self._look)), px(HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_chip(painter, 0, self.height() / 2, self._look)
        painter.end()


def chip_width(chip: ChipLook) -> float:
    """How wide ``chip`` is, in widget pixels."""
    return width(said(chip.words)[:40], font(12, 500, tight=True)) + px(14)


def paint_chip(painter: QPainter, x: float, middle: float, chip: ChipLook, *, on_soft: bool = False) -> None:
    """Draw a chip with its left edge at ``x``; ``on_soft`` gives it a white ground, for a selected row."""
    colours = tokens()
    pairs = {
        Ground.NEUTRAL: (colours.neutral_soft, colours.ink2),
        Ground.PINE: (colours.pine_soft, colours.pine),
        Ground.SKY: (colours.sky_soft, colours.sky),
        Ground.AMBER: (colours.amber_soft, colours.amber),
        Ground.SEAL: (colours.seal_soft, colours.seal),
        Ground.OUTLINE: (colours.surface, colours.pine),
    }
    ground, ink = pairs[chip.ground]
    edge = colours.line if chip.ground is Ground.OUTLINE else ink if colours.outlined_chips else None
    if on_soft:
        ground = colours.surface
    where = QRectF(x, middle - px(HEIGHT) / 2, chip_width(chip), px(HEIGHT))
    painting.box(painter, where, fill=ground, edge=edge, radius=painting.RADIUS_CHIP)
    drawn = font(12, 500, tight=True)
    painting.text(painter, where.adjusted(px(7), 0, -px(6), 0), said(chip.words)[:40], drawn, ink)


class Sending(Enum):
    """Where a record is. Never a green tick for "sent": only head office's receipt earns it."""

    ONLY_HERE = (Sentence("Only on this laptop"), Icon.ONLY_HERE, Tone.AMBER)
    SENT = (Sentence("Sent"), Icon.SENT, Tone.SECOND)
    CONFIRMED = (Sentence("Confirmed by head office"), Icon.CONFIRMED, Tone.PINE)
    REFUSED = (Sentence("Sent back"), Icon.ERROR, Tone.SEAL)


class StateMark(Living, QWidget):
    """A shape and a word in one tone: a state of sending, or any other ``icon`` with its words."""

    def __init__(
        self, words: Words, icon: Icon, tone: Tone = Tone.SECOND, *, fill: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words, self._icon, self._tone, self._fill = words, icon, tone, fill
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.dress()

    @classmethod
    def of(cls, sending: Sending) -> StateMark:
        """The mark of a state of sending."""
        words, shape, tone = sending.value
        return cls(words, shape, tone)

    def show_state(self, words: Words, icon: Icon, tone: Tone, *, fill: bool = True) -> None:
        """Show another state."""
        self._words, self._icon, self._tone, self._fill = words, icon, tone, fill
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(said(self._words))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(math.ceil(px(22) + width(said(self._words), font(13, 500, tight=True))) + 1, px(22))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(48), px(22))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = tone_colour(self._tone)
        paint_icon(painter, self._icon, 0, self.height() / 2 - px(8), 16, colour, fill=self._fill)
        where = QRectF(px(20), 0, self.width() - px(20), self.height())
        painting.text(painter, where, said(self._words), font(13, 500, tight=True), colour)
        painter.end()
