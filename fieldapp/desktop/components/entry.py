"""The fields one types in: a line with icon, unit and key cap painted inside it, a note, a list to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSizePolicy, QStyledItemDelegate, QWidget

from fieldapp.desktop.components import painting
from fieldapp.desktop.components.key_cap import bind_key
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Icon, Living, paint_icon, px, tokens
from fieldapp.desktop.look.fonts import font, width

LONGEST_LINE = 2_000
LONGEST_NOTE = 200_000  # far beyond what the rules take: they refuse it with a sentence, and nothing pasted is lost


class Entry(Living, QLineEdit):
    """One line of typing. ``icon`` stands inside at the left, ``unit`` or the cap of ``key`` at the right.

    ``key`` brings the cursor here. Text over 2,000 characters is not taken in.
    """

    focus_gone = Signal()

    def __init__(
        self,
        placeholder: Words = "",
        *,
        icon: Icon | None = None,
        unit: Words = "",
        key: str = "",
        tall: bool = False,
        right: bool = False,
        big: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._placeholder, self._icon, self._unit, self._key, self._big = placeholder, icon, unit, key, big
        self.setMaxLength(LONGEST_LINE)
        self.setProperty("tall", tall or big)
        if right:
            self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if key:
            bind_key(self, key).activated.connect(self._take_focus)
        self.dress()

    def show_error(self, wrong: bool) -> None:
        """Draw the field as wrong, or as right again."""
        mark_error(self, wrong)

    def retranslate(self) -> None:
        self.setPlaceholderText(said(self._placeholder))
        self.restyle()

    def restyle(self) -> None:
        self.setFont(font(18, 600) if self._big else font(14))
        left = px(24) if self._icon is not None else 0
        right = 0.0
        if said(self._unit):
            right = width(said(self._unit), font(13)) + px(8)
        elif self._key:
            right = painting.cap_width(self._key) + px(4)
        self.setTextMargins(left, 0, round(right), 0)

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(px(80), hint.height())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_gone.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._icon is None and not self._key and not self._unit:
            return
        painter = QPainter(self)
        colours = tokens()
        middle = self.height() / 2
        if self._icon is not None:
            paint_icon(painter, self._icon, px(11), middle - px(9), 18, colours.ink2)
        if said(self._unit):
            where = QRectF(0, 0, self.width() - px(12), self.height())
            painting.text(painter, where, said(self._unit), font(13), colours.ink3, Qt.AlignmentFlag.AlignRight)
        elif self._key:
            painting.paint_cap(painter, self.width() - px(8) - painting.cap_width(self._key), middle, self._key)
        painter.end()

    def _take_focus(self) -> None:
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()


class Note(Living, QPlainTextEdit):
    """Several lines of typing; Tab goes on to the next field. ``edited`` tells the text after each change."""

    edited = Signal(str)

    def __init__(self, placeholder: Words = "", *, lines: int = 3, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._placeholder, self._lines = placeholder, lines
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.textChanged.connect(self._tell)
        self.dress()

    def text(self) -> str:
        """What is written."""
        return self.toPlainText()

    def setText(self, written: str) -> None:
        """Write ``written`` instead of what stands here, at most 200,000 characters of it."""
        self.setPlainText(written[:LONGEST_NOTE])

    def show_error(self, wrong: bool) -> None:
        """Draw the field as wrong, or as right again."""
        mark_error(self, wrong)

    def retranslate(self) -> None:
        self.setPlaceholderText(said(self._placeholder))

    def restyle(self) -> None:
        self.setFont(font(14))
        self.viewport().setFont(font(14))  # the hint is drawn in the viewport's, which does not follow by itself
        self.setMinimumHeight(px(20) * max(self._lines, 1) + px(18))

    def sizeHint(self) -> QSize:
        return QSize(px(240), px(20) * self._lines + px(18))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(80), px(20) * min(self._lines, 2) + px(18))

    def _tell(self) -> None:
        written = self.toPlainText()
        if len(written) > LONGEST_NOTE:
            self.setPlainText(written[:LONGEST_NOTE])
            return
        self.edited.emit(written)


class Choice(Living, QComboBox):
    """One of a list, for more than five choices. Each is a pair of a key and its words; ``chosen`` tells the key."""

    chosen = Signal(object)

    def __init__(
        self,
        choices: Sequence[tuple[object, Words]] = (),
        *,
        icon: Icon | None = None,
        nothing: Words = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._choices, self._icon, self._nothing = list(choices), icon, nothing
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setItemDelegate(QStyledItemDelegate(self))  # the only one the sheet reaches
        self.offer(choices)
        self.activated.connect(lambda index: self.chosen.emit(self._choices[index][0]))
        self.dress()

    def offer(self, choices: Sequence[tuple[object, Words]]) -> None:
        """Offer other choices; nothing is chosen then."""
        self._choices = list(choices)
        self.clear()
        for _, words in self._choices:
            self.addItem(said(words))
        self.setCurrentIndex(-1)

    def value(self) -> object | None:
        """The key chosen, None when none is."""
        return self._choices[self.currentIndex()][0] if self.currentIndex() >= 0 else None

    def choose(self, key: object | None) -> None:
        """Choose without telling; an unknown key chooses nothing."""
        keys = [offered for offered, _ in self._choices]
        self.setCurrentIndex(keys.index(key) if key in keys else -1)

    def show_error(self, wrong: bool) -> None:
        """Draw the field as wrong, or as right again."""
        mark_error(self, wrong)

    def retranslate(self) -> None:
        for index, (_, words) in enumerate(self._choices):
            self.setItemText(index, said(words))
        self.update()

    def restyle(self) -> None:
        self.setFont(font(14))
        self.view().setFont(font(14))

    def sizeHint(self) -> QSize:
        return QSize(px(160), px(36))

    def minimumSizeHint(self) -> QSize:
        return QSize(px(80), px(36))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # a page scrolled over a field must not change it

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.showPopup()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = tokens()
        wrong = bool(self.property("error"))
        resting = colours.edge if self.isEnabled() else colours.line
        edge = colours.seal if wrong else colours.pine if self.hasFocus() else resting
        ground = colours.surface if self.isEnabled() else colours.sunken
        thick = 2 if wrong or self.hasFocus() else 1
        painting.box(painter, QRectF(self.rect()), fill=ground, edge=edge, thick=thick)
        left = px(11)
        if self._icon is not None:
            paint_icon(painter, self._icon, left, self.height() / 2 - px(9), 18, colours.ink2)
            left += px(24)
        where = QRectF(left, 0, self.width() - left - px(34), self.height())
        shown, ink = (
            (self.currentText(), colours.ink) if self.currentIndex() >= 0 else (said(self._nothing), colours.ink3)
        )
        painting.text(painter, where, shown, font(14), ink if self.isEnabled() else colours.ink2)
        paint_icon(painter, Icon.DOWN, self.width() - px(27), self.height() / 2 - px(8), 16, colours.ink2)
        painter.end()


def mark_error(widget: QWidget, wrong: bool) -> None:
    """Set the ``error`` property that the sheet draws, and draw anew."""
    if bool(widget.property("error")) != wrong:
        widget.setProperty("error", wrong)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()
