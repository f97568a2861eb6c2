"""One banner per page: what happened, whether the work is safe, what to do now."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.arrange import Beside, Column, fill_with
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.text import Role, Text, Tone, tone_colour
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Icon, Living, paint_icon, px, tokens

_SHAPES = {
    Tone.AMBER: (Icon.CLOCK, "amber_soft"),
    Tone.SEAL: (Icon.REFUSED, "seal_soft"),
    Tone.PINE: (Icon.ENCRYPTED, "pine_soft"),
    Tone.SKY: (Icon.INFORMATION, "sky_soft"),
}


NARROW = 420
"""Logical pixels of words and action together, under which the action stands below the words."""


class Banner(Living, QWidget):
    """``title`` says what, ``second`` whether it is safe and what now; ``action`` is the one thing to do."""

    def __init__(
        self,
        title: Words = "",
        second: Words = "",
        tone: Tone = Tone.SKY,
        *,
        icon: Icon | None = None,
        action: Words | None = None,
        act: Callable[[], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title = Text("", Role.STRONG, wrap=True)
        self._second = Text("", Role.SECOND, wrap=True)
        self._button = Button(action or "", Kind.LINK)
        self._act: Callable[[], object] | None = None
        self._words: tuple[Words, Words] = (title, second)
        self._button.clicked.connect(self._do)
        self._box = Beside((Column(self._title, self._second, gap=1), 1), self._button, narrow=NARROW, gap=8)
        fill_with(self, self._box)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.show_message(title, second, tone, icon=icon, action=action, act=act)
        self.dress()

    def show_message(
        self,
        title: Words,
        second: Words = "",
        tone: Tone = Tone.SKY,
        *,
        icon: Icon | None = None,
        action: Words | None = None,
        act: Callable[[], object] | None = None,
    ) -> None:
        """Show another message; ``hide`` takes the banner away."""
        self._tone, self._icon = tone, icon or _SHAPES[tone][0]
        self._title.say(title)
        self._second.say(second)
        self._second.setVisible(bool(said(second)))
        self._act = act
        self._button.say(action or "")
        self._button.set_tone(tone)
        self._button.setVisible(action is not None)
        self._words = (title, second)
        self.retranslate()
        self.update()

    def retranslate(self) -> None:
        self.setAccessibleName(" ".join(said(words) for words in self._words).strip())

    def restyle(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(px(46), px(8), px(12), px(8))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = str(getattr(tokens(), _SHAPES[self._tone][1]))
        edge = tone_colour(self._tone) if tokens().outlined_chips else None
        painting.box(painter, QRectF(self.rect()), fill=ground, edge=edge, radius=painting.RADIUS_CONTROL)
        paint_icon(painter, self._icon, px(14), self.height() / 2 - px(10), 20, tone_colour(self._tone), fill=True)
        painter.end()

    def _do(self) -> None:
        if self._act is not None:
            self._act()
