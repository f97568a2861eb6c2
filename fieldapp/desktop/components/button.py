"""Buttons: filled, plain, soft, danger, a quiet link; with icon and key cap. The verb is always a word."""

from __future__ import annotations

import math
from enum import StrEnum

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFont, QKeyEvent, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.key_cap import bind_key
from fieldapp.desktop.components.text import Tone, tone_colour
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Icon, Living, mix, paint_icon, px, tokens
from fieldapp.desktop.look.fonts import font, width


class Kind(StrEnum):
    """How loud a button is. A page has one FILLED."""

    FILLED = "filled"
    PLAIN = "plain"
    SOFT = "soft"
    DANGER = "danger"
    LINK = "link"


class Button(Living, QAbstractButton):
    """A verb, perhaps with an icon in front and the key that does the same. ``clicked`` is Qt's own signal.

    Without ``words_shown`` only the icon is drawn and the words become tooltip and accessible name; ``spread`` sets the
    words at the left and the cap at the right; ``icon_last`` draws the icon, smaller, behind the words.
    """

    def __init__(
        self,
        words: Words,
        kind: Kind = Kind.PLAIN,
        *,
        icon: Icon | None = None,
        key: str = "",
        small: bool = False,
        tall: bool = False,
        words_shown: bool = True,
        spread: bool = False,
        icon_last: bool = False,
        tone: Tone | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words, self._kind, self._icon, self._key = words, kind, icon, key
        self._high = 32 if small else 44 if tall else 36
        self._words_shown, self._tone, self._spread = words_shown, tone, spread
        self._icon_last = icon_last
        self._shortcut: QShortcut | None = None
        if key:
            self._shortcut = bind_key(self, key)
            self._shortcut.activated.connect(self.click)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.dress()

    def say(self, words: Words) -> None:
        """Show other words."""
        self._words = words
        self.retranslate()

    def set_tone(self, tone: Tone | None) -> None:
        """Write the words of a LINK or PLAIN button in another tone."""
        self._tone = tone
        self.update()

    def retranslate(self) -> None:
        spoken = said(self._words)
        self.setText(spoken.replace("&", "&&"))
        self.setAccessibleName(spoken)
        if not self._words_shown:
            self.setToolTip(f"{spoken}  {' '.join(painting.cap_parts(self._key))}" if self._key else spoken)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(math.ceil(self._across(caps=True)), px(self._high))

    def minimumSizeHint(self) -> QSize:
        if not self._words_shown:
            return self.sizeHint()
        return QSize(min(math.ceil(self._across(caps=False)), px(96)), px(self._high))

    def room_for_words(self) -> int:
        """How wide it has to be for its words to stand whole, without its key cap; in widget pixels."""
        return math.ceil(self._across(caps=False))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & ~_KEYPAD:
            self.click()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink = self._paint_ground(painter)
        middle = self.height() / 2
        slack = px(9) if self._spread else 1
        caps = bool(self._key) and self._words_shown and self.width() >= self.sizeHint().width() - slack
        inner = self._across(caps=caps) - 2 * self._side()
        left = self._side() if self._spread else max((self.width() - inner) / 2, self._side())
        if self._icon is not None and not self._icon_last:
            filled = self._kind is Kind.LINK and self.isChecked()
            paint_icon(painter, self._icon, left, middle - px(9), 18, ink, fill=filled)
            left += px(18 + 8)
        if self._words_shown:
            cap_room = painting.cap_width(self._key) + px(0 if self._spread else 10) if caps else 0
            right = self.width() - self._side() - cap_room - (px(18) if self._icon_last else 0)
            spoken = said(self._words)
            drawn = self._font()
            left += painting.text(painter, QRectF(left, 0, max(right - left, 0) + 1, self.height()), spoken, drawn, ink)
            if self._icon is not None and self._icon_last:
                paint_icon(painter, self._icon, left + px(4), middle - px(7), 14, ink)
            if caps:
                on_pine = self._kind is Kind.FILLED and self.isEnabled()
                cap = self.width() - px(8) - painting.cap_width(self._key) if self._spread else left + px(10)
                painting.paint_cap(painter, cap, middle, self._key, on_pine=on_pine, dim=not self.isEnabled())
        painter.end()

    def _paint_ground(self, painter: QPainter) -> str:
        colours = tokens()
        where = QRectF(self.rect())
        over = self.underMouse() and self.isEnabled()
        down = self.isDown()
        focused = self.hasFocus()
        if self._kind is Kind.LINK:
            if focused:
                painting.box(painter, where, fill=None, edge=colours.pine, thick=2)
            ink = tone_colour(self._tone or Tone.PINE) if self.isEnabled() else colours.ink3
            return colours.pine_hover if over and self._tone is None else ink
        if not self.isEnabled():
            painting.box(painter, where, fill=colours.sunken, edge=colours.line)
            return colours.ink3
        if self._kind is Kind.FILLED:
            painting.box(painter, where, fill=colours.pine_hover if over or down else colours.pine)
            if focused:
                ring = px(3)
                painting.box(
                    painter,
                    where.adjusted(ring, ring, -ring, -ring),
                    fill=None,
                    edge=colours.on_pine,
                    thick=2,
                    radius=4,
                )
            return colours.on_pine
        if self._kind is Kind.SOFT:
            ground = mix(colours.pine, colours.pine_soft, 0.12) if over or down else colours.pine_soft
            painting.box(painter, where, fill=ground, edge=colours.pine if focused else None, thick=2)
            return colours.pine
        ground = colours.sunken if over or down else colours.surface
        accent = colours.seal if self._kind is Kind.DANGER else colours.edge
        edge = colours.pine if focused and self._kind is Kind.PLAIN else accent
        painting.box(painter, where, fill=ground, edge=edge, thick=2 if focused else 1)
        return colours.seal if self._kind is Kind.DANGER else tone_colour(self._tone or Tone.INK)

    def _font(self) -> QFont:
        return font(15 if self._high == 44 else 13 if self._kind is Kind.LINK else 14, 500, tight=True)

    def _side(self) -> int:
        if not self._words_shown:
            return px((self._high - 18) / 2)
        if self._kind is Kind.LINK:
            return px(4)
        return px(12)

    def _across(self, *, caps: bool) -> float:
        wide: float = 2 * self._side()
        if self._icon is not None:
            wide += px(18)
        if self._words_shown:
            wide += (px(8) if self._icon is not None and not self._icon_last else 0) + width(
                said(self._words)[:80], self._font()
            )
            if caps and self._key:
                wide += px(10) + painting.cap_width(self._key)
        return wide


def icon_button(
    words: Words, icon: Icon, *, key: str = "", small: bool = False, quiet: bool = False, kind: Kind = Kind.PLAIN
) -> Button:
    """A button that shows only its icon; ``quiet`` leaves out the border too."""
    tone = Tone.SECOND if quiet else None
    shown = Kind.LINK if quiet else kind
    return Button(words, shown, icon=icon, key=key, small=small, words_shown=False, tone=tone)


_KEYPAD = Qt.KeyboardModifier.KeypadModifier
