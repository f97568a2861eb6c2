"""What happened with a customer, newest first: a round icon, what, when, and what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Flow, Line, fill_with
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.chip import StateMark
from fieldapp.desktop.components.text import Role, Text, Tone, tone_colour
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.look import Icon, Living, paint_icon, px, tokens
from fieldapp.translation import tr

FIRST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry. ``tone`` PINE for contacts and visits, SKY for what is planned or imported, AMBER for people's help.

    ``extra`` makes widgets for under the words (photos, an amendment's link). ``unsent`` marks what is only here.
    """

    key: object
    icon: Icon
    title: Words
    when: Words
    words: Words = ""
    tone: Tone = Tone.PINE
    unsent: bool = False
    extra: Sequence[QWidget] = ()


class Timeline(Column):
    """Shows happenings; ``opened`` tells the key of the one double-clicked. The first 30, then the rest on demand."""

    opened = Signal(object)

    def __init__(self, happenings: Sequence[Happening] = (), parent: QWidget | None = None) -> None:
        super().__init__(gap=0, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.show_happenings(happenings)

    def show_happenings(self, happenings: Sequence[Happening], shown: int = FIRST_SHOWN) -> None:
        """Show these instead, newest first."""
        self.clear()
        for place, happening in enumerate(happenings[:shown]):
            entry = _Entry(happening, last=place == min(len(happenings), shown) - 1)
            entry.entered.connect(self.opened)
            self.put(entry)
        if len(happenings) > shown:
            rest = len(happenings) - shown
            more = Button(lambda: tr("Show {count} earlier entries", count=rest), Kind.LINK)
            more.clicked.connect(lambda: self.show_happenings(happenings, shown=len(happenings)))
            self.put(Line(more, STRETCH))


class _Entry(Living, QWidget):
    entered = Signal(object)

    def __init__(self, happening: Happening, *, last: bool) -> None:
        super().__init__()
        self._happening, self._last = happening, last
        top: list[QWidget | str] = [Text(happening.title, Role.HEADING, elide=True), STRETCH]
        top.append(Text(happening.when, Role.SECOND, right=True))
        self._column = Column(Line(*top, gap=6), gap=2)
        if happening.words:
            self._column.put(Text(happening.words, Role.SECOND, wrap=True))
        below = list(happening.extra)
        if happening.unsent:
            below.insert(0, StateMark(lambda: tr("Not sent yet"), Icon.UNSENT, Tone.AMBER, fill=False))
        if below:
            self._column.put(Flow(*below, gap=6))
        fill_with(self, self._column)
        self.dress()

    def restyle(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(px(41), px(3), 0, px(14))

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.entered.emit(self._happening.key)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = tokens()
        if not self._last:
            painter.fillRect(QRectF(px(13), px(28), max(px(2), 2), self.height()), colours.line)
        softs = {Tone.PINE: colours.pine_soft, Tone.SKY: colours.sky_soft, Tone.AMBER: colours.amber_soft}
        softs[Tone.SEAL] = colours.seal_soft
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(softs.get(self._happening.tone, colours.sunken))
        painter.drawEllipse(QRectF(0, 0, px(28), px(28)))
        paint_icon(painter, self._happening.icon, px(6), px(6), 16, tone_colour(self._happening.tone))
        painter.end()
