"""Choices that need a second line: 下次联系 as 明天, 三天后, 一周后, 另选."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.choosing import ArrowChoice
from fieldapp.desktop.components.key_cap import bind_key
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Living, px, tokens
from fieldapp.desktop.look.fonts import font, width


@dataclass(frozen=True, slots=True)
class CardChoice:
    """One card: its key, the choice in words, and what it comes to."""

    key: object
    words: Words
    second: Words = ""


class ChoiceCards(Living, QWidget):
    """``chosen`` tells the key a person chose. ``key`` (``Alt+D``) brings the focus here; arrows then move."""

    chosen = Signal(object)

    def __init__(self, choices: Sequence[CardChoice], *, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = list(choices)
        self._group = QButtonGroup(self)
        self._grid = QGridLayout(self)
        self._columns = 0
        self._cards = [_Card(choice) for choice in choices]
        for index, card in enumerate(self._cards):
            self._group.addButton(card, index)
        self._group.idToggled.connect(self._tell)
        if key:
            bind_key(self, key).activated.connect(self._take_focus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._arrange(len(self._cards))
        self.dress()

    def value(self) -> object | None:
        """The key chosen, None when none is."""
        index = self._group.checkedId()
        return self._choices[index].key if index >= 0 else None

    def choose(self, key: object | None) -> None:
        """Choose without telling; an unknown key chooses nothing."""
        self._group.blockSignals(True)  # only a person's choice is told
        self._group.setExclusive(False)
        for choice, card in zip(self._choices, self._cards, strict=True):
            card.setChecked(choice.key == key)
        self._group.setExclusive(True)
        self._group.blockSignals(False)

    def _tell(self, index: int, chosen: bool) -> None:
        if chosen:
            self.chosen.emit(self._choices[index].key)

    def set_second(self, key: object, second: Words) -> None:
        """Say what a choice comes to."""
        for choice, card in zip(self._choices, self._cards, strict=True):
            if choice.key == key:
                card.set_second(second)

    def show_error(self, wrong: bool) -> None:
        """Draw the cards as wrong, or as right again."""
        for card in self._cards:
            card.setProperty("error", wrong)
            card.update()

    def restyle(self) -> None:
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(px(8))

    def resizeEvent(self, event: QResizeEvent) -> None:
        count = len(self._cards)
        self._arrange(count if self.width() >= px(88) * count else 2)
        super().resizeEvent(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(px(120), super().minimumSizeHint().height())

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        for index in range(max(columns, self._columns)):
            self._grid.setColumnStretch(index, 1 if index < columns else 0)
        self._columns = columns
        for index, card in enumerate(self._cards):
            self._grid.addWidget(card, index // columns, index % columns)

    def _take_focus(self) -> None:
        target = self._group.checkedButton() or (self._cards[0] if self._cards else None)
        if target is not None:
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)


class _Card(Living, ArrowChoice):
    def __init__(self, choice: CardChoice) -> None:
        super().__init__()
        self._words, self._second = choice.words, choice.second
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.dress()

    def set_second(self, second: Words) -> None:
        self._second = second
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(f"{said(self._words)} {said(self._second)}".strip())
        self.update()

    def hitButton(self, _where: object) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return QSize(px(110), px(48))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(56), px(48))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        on, focused = self.isChecked(), self.hasFocus()
        wrong = bool(self.property("error"))
        painting.box(
            painter,
            QRectF(self.rect()),
            fill=colours.pine_soft if on else colours.surface,
            edge=colours.seal if wrong else colours.pine if on or focused else colours.edge,
            thick=2 if on or focused or wrong else 1,
        )
        centre = Qt.AlignmentFlag.AlignHCenter
        ink = colours.pine if on else colours.ink
        inner = QRectF(px(6), 0, self.width() - px(12), self.height())
        first = inner.adjusted(0, px(5), 0, -px(21)) if said(self._second) else inner
        words, drawn = said(self._words), font(14, 600 if on else 500, tight=True)
        if not said(self._second) and width(words, drawn) > inner.width() and " " in words:
            _paint_two_lines(painter, inner, words, drawn, ink)
        else:
            painting.text(painter, first, words, drawn, ink, centre)
        below = inner.adjusted(0, px(25), 0, -px(4))
        painting.text(painter, below, said(self._second), font(12), colours.pine if on else colours.ink2, centre)
        if on and focused:
            ring = px(4)
            around = QRectF(self.rect()).adjusted(ring, ring, -ring, -ring)
            painting.box(painter, around, fill=None, edge=colours.pine, radius=4)
        painter.end()


def _paint_two_lines(painter: QPainter, inner: QRectF, words: str, drawn: QFont, ink: str) -> None:
    """Broken at the blank that leaves the two lines most alike; a line still too long is shortened."""
    blanks = [place for place, character in enumerate(words) if character == " "]
    middle = min(blanks, key=lambda place: max(width(words[:place], drawn), width(words[place:].strip(), drawn)))
    high = px(19)
    top = inner.center().y() - high
    for line, text in enumerate((words[:middle], words[middle + 1 :])):
        where = QRectF(inner.x(), top + line * high, inner.width(), high)
        painting.text(painter, where, text, drawn, ink, Qt.AlignmentFlag.AlignHCenter)
