"""A field for a number that tells who somebody is: masked until it is shown, and showing it leaves a trace."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.application_form.bound import Bound, Heard
from fieldapp.desktop.components.arrange import Line, fill_with
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.look import Icon, Living
from fieldapp.domain.kinds import Values
from fieldapp.translation import tr


class MaskedEntry(Living, QWidget):
    """``edited`` after each keystroke; ``reveal_wanted`` when a person asks for the number in clear.

    What was just typed here stands in clear; a number that was there before is masked and cannot be typed over
    until it is shown.
    """

    edited = Signal()
    reveal_wanted = Signal()

    def __init__(self, mask: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mask = mask
        self._held = ""
        self._masked = False
        self.entry = Entry()
        self._reveal = Button(lambda: tr("Show"), icon=Icon.SHOW, words_shown=False)
        fill_with(self, Line((self.entry, 1), self._reveal, gap=6))
        self._reveal.hide()
        self.setFocusProxy(self.entry)
        self.entry.textEdited.connect(lambda: self.edited.emit())
        self._reveal.clicked.connect(lambda: self.reveal_wanted.emit())
        self.dress()

    def text(self) -> str:
        """The number itself, masked or not."""
        return self._held if self._masked else self.entry.text()

    def show_masked(self, number: str) -> None:
        """Show a number that was there before."""
        self._held, self._masked = number, bool(number)
        self._dress_entry(self._mask(number) if number else "")

    def show_clear(self, number: str) -> None:
        """Show the number itself; it may be typed over now."""
        self._held, self._masked = number, False
        self._dress_entry(number)

    def show_error(self, wrong: bool) -> None:
        """Draw the field as wrong, or as right again."""
        self.entry.show_error(wrong)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.entry.setAccessibleName(name)

    def _dress_entry(self, words: str) -> None:
        self.entry.setReadOnly(self._masked)
        self._reveal.setVisible(self._masked)
        if self.entry.text() != words:
            self.entry.setText(words)
        self.entry.setCursorPosition(0 if self._masked else len(words))


def masked(name: str, field: Field, control: MaskedEntry, heard: Heard) -> Bound:
    """The number bound to its field."""

    def raw() -> Values:
        return {name: control.text()}

    control.edited.connect(heard)
    return Bound((name,), field, raw, raw, lambda values: control.show_masked(str(values[name] or "")))
