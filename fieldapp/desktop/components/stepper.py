"""The steps of an application: where one is, what is done, what is still missing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Icon, Living, paint_icon, px, tokens
from fieldapp.desktop.look.fonts import font, width
from fieldapp.translation import tr, trn

_INSET, _ICON = 10, 38
"""Left and right of what a step shows; a step without its words."""

_DASH, _AROUND_DASH = 10, 16


class StepState(StrEnum):
    """How a step stands."""

    OPEN = "open"
    DONE = "done"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Step:
    """A step by its key."""

    key: object
    words: Words


class Stepper(Living, QWidget):
    """``chosen`` tells the key of the step a person went to, ``missing_wanted`` that they ask what is missing.

    A narrow strip shows numbers and the current words. The dash between two steps is as far from the one as from the
    other, whatever their words and whichever is the current one.
    """

    chosen = Signal(object)
    missing_wanted = Signal()

    def __init__(self, steps: Sequence[Step], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps = list(steps)
        self._row = QHBoxLayout(self)
        self._parts: dict[object, _StepButton] = {}
        for number, step in enumerate(self._steps, 1):
            part = _StepButton(number, step.words, last=number == len(self._steps))
            part.clicked.connect(lambda _checked=False, key=step.key: self.chosen.emit(key))
            self._parts[step.key] = part
            self._row.addWidget(part)
        self._missing = Button("", Kind.LINK, small=True, tone=Tone.AMBER)
        self._missing.hide()
        self._missing.clicked.connect(lambda: self.missing_wanted.emit())
        self._row.addStretch(1)
        self._row.addWidget(self._missing)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.dress()

    def show_state(self, current: object, states: dict[object, StepState], missing: int) -> None:
        """Show where one is, how each step stands, and how many things are missing in all."""
        following = [*list(self._parts)[1:], None]
        for (key, part), after in zip(self._parts.items(), following, strict=True):
            state, before_current = states.get(key, StepState.OPEN), after is not None and after == current
            part.show_state(state, current=key == current, before_current=before_current)
        self._missing.say(lambda: trn("{count} missing", "{count} missing", missing))
        self._missing.setVisible(missing > 0)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def restyle(self) -> None:
        self.setFixedHeight(px(42))
        self._row.setContentsMargins(px(6), px(5), px(14), px(5))
        self._row.setSpacing(0)

    def _fit(self) -> None:
        """Where not all words have room, all but the current ones go: half a word says nothing."""
        room = self.width() - px(20) - (0 if self._missing.isHidden() else self._missing.sizeHint().width())
        short = sum(part.whole_width() for part in self._parts.values()) > room
        for part in self._parts.values():
            part.set_short(short)

    def minimumSizeHint(self) -> QSize:
        return QSize(px(200), px(42))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painting.box(painter, QRectF(self.rect()), fill=tokens().sunken, edge=tokens().line if _plain() else None)
        painter.end()


class _StepButton(Living, QAbstractButton):
    def __init__(self, number: int, words: Words, *, last: bool) -> None:
        super().__init__()
        self._number, self._words, self._last = number, words, last
        self._state, self._current, self._short = StepState.OPEN, False, False
        self._before_current = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.dress()

    def show_state(self, state: StepState, *, current: bool, before_current: bool) -> None:
        self._state, self._current, self._before_current = state, current, before_current
        self.retranslate()

    def retranslate(self) -> None:
        states = {
            StepState.OPEN: tr("to do"),
            StepState.DONE: tr("complete"),
            StepState.MISSING: tr("something is missing"),
        }
        self.setAccessibleName(
            tr(
                "Step {number}, {words}: {state}",
                number=self._number,
                words=said(self._words),
                state=states[self._state],
            )
        )
        self.updateGeometry()
        self.update()

    def set_short(self, short: bool) -> None:
        """Show the number alone, unless this step is the current one."""
        if short != self._short:
            self._short = short
            self.setToolTip(said(self._words) if short else "")
            self.updateGeometry()
            self.update()

    def whole_width(self) -> int:
        """How wide the step is with its words, and the way to the next one."""
        return self._inner() + self._way()

    def ink(self) -> tuple[float, float]:
        """From where to where one sees something of the step: its box while it is the current one."""
        box = self._box()
        inset = 0 if self._current else px(_INSET)
        return box.left() + inset, box.right() - inset

    def dash(self) -> tuple[float, float] | None:
        """From where to where the line to the next step goes; the last has none."""
        if self._last:
            return None
        begin = self.ink()[1] + px(_AROUND_DASH)
        return begin, begin + px(_DASH)

    def sizeHint(self) -> QSize:
        return QSize(self._inner() + self._way() if self._says_words() else px(_ICON) + self._way(), px(32))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.whole_width() if self._current else px(_ICON) + self._way(), px(32))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        box = self._box()
        if self._current:
            painting.box(painter, box, fill=colours.surface, edge=colours.pine, thick=2 if self.hasFocus() else 1)
        elif self.hasFocus():
            painting.box(painter, box, fill=None, edge=colours.pine, thick=2)
        middle = self.height() / 2
        if self._state is StepState.DONE and not self._current:
            paint_icon(painter, Icon.CONFIRMED, px(10), middle - px(9), 18, colours.pine, fill=True)
        elif self._state is StepState.MISSING and not self._current:
            paint_icon(painter, Icon.ERROR, px(10), middle - px(9), 18, colours.amber, fill=True)
        else:
            self._paint_number(painter, QRectF(px(11), middle - px(8), px(16), px(16)))
        where = box.adjusted(px(34), 0, -px(6), 0)
        if self._says_words():
            ink = colours.ink if self._current else colours.ink2
            painting.text(painter, where, said(self._words), self._drawn(), ink)
        if (dash := self.dash()) is not None:
            painting.hairline(painter, *dash, middle, colours.edge)
        painter.end()

    def _paint_number(self, painter: QPainter, where: QRectF) -> None:
        colours = tokens()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen if self._current else QPen(QColor(colours.ink2), px(1)))
        painter.setBrush(colours.pine if self._current else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(where)
        painter.restore()
        ink = colours.on_pine if self._current else colours.ink2
        painting.text(painter, where, str(self._number), font(11, 500), ink, Qt.AlignmentFlag.AlignHCenter)

    def _says_words(self) -> bool:
        return self._current or not self._short

    def _drawn(self) -> QFont:
        return font(13, 600 if self._current else 400, tight=True)

    def _inner(self) -> int:
        return px(34) + math.ceil(width(said(self._words), self._drawn())) + px(_INSET)

    def _way(self) -> int:
        """Beyond the step: the dash, and what is around it that neither this step nor the next one leaves itself."""
        if self._last:
            return 0
        left = px(_INSET) * (2 - self._current - self._before_current)
        return px(_AROUND_DASH) * 2 + px(_DASH) - left

    def _box(self) -> QRectF:
        wide = self._inner() if self._says_words() else px(_ICON)
        return QRectF(0, 0, min(wide, self.width() - self._way()), self.height())


def _plain() -> bool:
    return tokens().outlined_chips
