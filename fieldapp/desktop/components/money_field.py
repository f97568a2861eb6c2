"""A field for an amount of money: separators while typing, the amount in capitals under it, the limit at its right."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Line, fill_with
from fieldapp.desktop.components.entry import Entry, mark_error
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.formats import amount
from fieldapp.desktop.look import Living
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money, parse_amount
from fieldapp.translation import tr

_TYPED = re.compile(r"(\d+)(\.\d*)?")


class MoneyField(Living, QWidget):
    """An amount in yuan. ``changed`` tells Money or None (empty, or not yet an amount) after each keystroke.

    ``capitals`` writes an amount in words (大写); ``limit`` stands at the right, for example the product's cap.
    Also takes ``5万``: it becomes 50,000.00 when the field is left.
    """

    changed = Signal(object)

    def __init__(
        self,
        *,
        capitals: Callable[[Money], str] | None = None,
        limit: Words = "",
        big: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._capitals = capitals
        self.entry = Entry(unit=lambda: tr("yuan"), right=True, big=big)
        self.entry.setMaxLength(40)
        self._in_words = Text("", Role.HINT, tone=Tone.PINE, elide=True)
        self._limit = Text(limit, Role.HINT, right=True)
        foot = Line(self._in_words, STRETCH, self._limit)
        self._column = Column(self.entry, foot, gap=4)
        fill_with(self, self._column)
        foot.setVisible(capitals is not None or bool(limit))
        self.setFocusProxy(self.entry)
        self.entry.textEdited.connect(self._typed)
        self.entry.editingFinished.connect(self._settle)
        self.dress()

    def value(self) -> Money | None:
        """The amount typed, None when the field is empty.

        Raises Invalid (``amount``) when what stands in it is no amount.
        """
        written = self.entry.text().strip()
        return parse_amount(written) if written else None

    def set_value(self, money: Money | None) -> None:
        """Show ``money`` without telling."""
        self.entry.setText(amount(money) if money is not None else "")
        self._show_words()

    def set_limit(self, words: Words) -> None:
        """Show another limit at the right."""
        self._limit.say(words)

    def show_error(self, wrong: bool) -> None:
        """Draw the field as wrong, or as right again."""
        mark_error(self.entry, wrong)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.entry.setAccessibleName(name)

    def setAccessibleDescription(self, description: str) -> None:
        super().setAccessibleDescription(description)
        self.entry.setAccessibleDescription(description)

    def retranslate(self) -> None:
        self._show_words()

    def _typed(self, written: str) -> None:
        match = _TYPED.fullmatch(written.replace(",", ""))
        if match is not None and len(match[1]) <= 15:
            behind = len(written) - self.entry.cursorPosition()
            grouped = f"{int(match[1]):,}" + (match[2] or "")[:3]
            if grouped != written:
                self.entry.setText(grouped)
                self.entry.setCursorPosition(max(len(grouped) - behind, 0))
        self._show_words()
        self.changed.emit(self._money())

    def _settle(self) -> None:
        money = self._money()
        if money is not None and self.entry.text() != amount(money):
            self.entry.setText(amount(money))
            self._show_words()
            self.changed.emit(money)

    def _money(self) -> Money | None:
        try:
            return self.value()
        except Invalid:
            return None

    def _show_words(self) -> None:
        money = self._money()
        self._in_words.say(self._capitals(money) if self._capitals is not None and money is not None else "")
