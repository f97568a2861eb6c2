"""Up to five choices in one strip. Alt and a digit choose, arrows move; more than five belong in a list."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.choosing import ArrowChoice
from fieldapp.desktop.components.key_cap import bind_key
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Living, px, tokens
from fieldapp.desktop.look.fonts import font, width


class Segmented(Living, QWidget):
    """``choices`` are keys with their words; ``chosen`` tells the key that a person chose.

    ``first_digit`` 5 lets Alt 5–8 choose here when Alt 1–4 belong to another strip; 0 binds no keys. ``counts`` show
    beside the words (``set_count``). ``fitted`` gives each choice the width of its own words.
    """

    chosen = Signal(object)

    def __init__(
        self,
        choices: Sequence[tuple[object, Words]],
        *,
        first_digit: int = 1,
        fitted: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._fitted = fitted
        self._keys = [key for key, _ in choices]
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._parts: list[_Segment] = []
        for index, (_, words) in enumerate(choices):
            part = _Segment(words, fitted)
            self._parts.append(part)
            self._group.addButton(part, index)
            self._row.addWidget(part, 0 if fitted else 1)
            if first_digit and index + first_digit <= 9:
                bind_key(part, f"Alt+{index + first_digit}").activated.connect(part.choose)
        self._group.idToggled.connect(self._tell)
        self.setSizePolicy(
            QSizePolicy.Policy.Fixed if fitted else QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed
        )
        self.dress()

    def value(self) -> object | None:
        """The key chosen, None when none is."""
        index = self._group.checkedId()
        return self._keys[index] if index >= 0 else None

    def choose(self, key: object | None) -> None:
        """Choose without telling; an unknown key chooses nothing."""
        self._group.blockSignals(True)  # only a person's choice is told
        self._group.setExclusive(False)
        for known, part in zip(self._keys, self._parts, strict=True):
            part.setChecked(known == key)
        self._group.setExclusive(True)
        self._group.blockSignals(False)
        self._share_out()

    def _tell(self, index: int, chosen: bool) -> None:
        self.update()
        self._share_out()  # the chosen one is written bold
        if chosen:
            self.chosen.emit(self._keys[index])

    def set_count(self, key: object, count: int | None) -> None:
        """Show how many lie behind a choice."""
        self._parts[self._keys.index(key)].set_count(count)
        self.updateGeometry()

    def take_keyboard(self) -> None:
        """Give the keyboard to what is chosen."""
        if (part := self._group.checkedButton()) is not None:
            part.setFocus()

    def show_error(self, wrong: bool) -> None:
        """Draw the strip as wrong, or as right again."""
        self.setProperty("error", wrong)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._share_out()
        super().resizeEvent(event)

    def restyle(self) -> None:
        self._share_out()
        self._row.setSpacing(px(2))
        self._row.setContentsMargins(*(px(2),) * 4)

    def retranslate(self) -> None:
        self._share_out()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), px(36))

    def _share_out(self) -> None:
        """Equal widths while every choice can be read in them; otherwise each in proportion to its words."""
        if self._fitted or not self._parts:
            return
        wanted = [part.least_width() for part in self._parts]
        equal = max(wanted) <= self.width() // len(wanted)
        for index, wide in enumerate(wanted):
            self._row.setStretch(index, 1 if equal else wide)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        edge = colours.seal if self.property("error") else colours.line
        painting.box(painter, QRectF(self.rect()), fill=colours.sunken, edge=edge)
        if self._group.checkedId() < 0 and any(part.hasFocus() for part in self._parts):
            painting.box(painter, QRectF(self.rect()), fill=None, edge=colours.pine, thick=2)
        painter.end()


class _Segment(Living, ArrowChoice):
    def __init__(self, words: Words, fitted: bool) -> None:
        super().__init__()
        self._words, self._fitted = words, fitted
        self._count: int | None = None
        self.setSizePolicy(
            QSizePolicy.Policy.Preferred if fitted else QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding
        )
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.dress()

    def choose(self) -> None:
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.click()

    def set_count(self, count: int | None) -> None:
        self._count = count
        self.retranslate()

    def retranslate(self) -> None:
        spoken = said(self._words)
        self.setAccessibleName(spoken if self._count is None else f"{spoken} {self._count:,}")
        self.updateGeometry()
        self.update()

    def _others(self) -> list[QAbstractButton]:
        """The choices of the strip: while none of them is chosen it wears the focus itself, lest one look chosen."""
        group = self.group()
        return group.buttons() if group is not None else []

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._redraw_strip()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._redraw_strip()

    def _redraw_strip(self) -> None:
        if (strip := self.parentWidget()) is not None:
            strip.update()

    def hitButton(self, _where: object) -> bool:
        return True

    def least_width(self) -> int:
        """The room in which the words can be read whole as they are drawn now."""
        wide = width(said(self._words), font(13, 600 if self.isChecked() else 400, tight=True)) + px(9)
        if self._count is not None:
            wide += width(f"{self._count:,}", font(12)) + px(6)
        return math.ceil(wide)

    def sizeHint(self) -> QSize:
        wide = width(said(self._words), font(13, 600, tight=True)) + px(20)
        if self._count is not None:
            wide += width(f"{self._count:,}", font(12)) + px(6)
        return QSize(math.ceil(wide), px(32))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(28), px(32))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        on = self.isChecked()
        ink = colours.ink2 if not self.isEnabled() else colours.pine if on else colours.ink2
        if on:
            thick = 2 if self.hasFocus() else 1
            ground = colours.surface if self.isEnabled() else colours.sunken
            edge = colours.pine if self.isEnabled() else colours.edge
            painting.box(painter, QRectF(self.rect()), fill=ground, edge=edge, thick=thick, radius=6)
        elif self.hasFocus() and any(other.isChecked() for other in self._others()):
            painting.box(painter, QRectF(self.rect()), fill=None, edge=colours.pine, thick=2, radius=6)
        drawn = font(13, 600 if on else 400, tight=True)
        number = "" if self._count is None else f"{self._count:,}"
        behind = width(number, font(12)) + px(6) if number else 0
        wide = min(width(said(self._words), drawn), self.width() - px(8) - behind)
        left = (self.width() - wide - behind) / 2
        painting.text(painter, QRectF(left, 0, wide + 1, self.height()), said(self._words), drawn, ink)
        if number:
            where = QRectF(left + wide + px(6), 0, behind, self.height())
            painting.text(painter, where, number, font(12), ink if on else colours.ink3)
        painter.end()
