"""A quiet choice above a list: the word chosen, and the others in a menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from fieldapp.desktop.components.button import Kind
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Icon
from fieldapp.desktop.people.revealed import LowLink


class MenuLink(LowLink):
    """``chosen`` tells the key chosen. ``wanted`` asks to ``offer`` choices and ``open``; unheard, it opens at once."""

    chosen = Signal(object)
    wanted = Signal()

    def __init__(self, choices: Sequence[tuple[object, Words]], parent: QWidget | None = None) -> None:
        super().__init__(
            choices[0][1], Kind.LINK, icon=Icon.DOWN, icon_last=True, small=True, tone=Tone.SECOND, parent=parent
        )
        self._choices = list(choices)
        self._picked: object = choices[0][0]
        self.clicked.connect(self._clicked)

    def value(self) -> object:
        """The key chosen."""
        return self._picked

    def choose(self, key: object) -> None:
        """Choose without telling."""
        self._picked = key
        words = next((words for known, words in self._choices if known == key), self._choices[0][1])
        self.say(words)
        self.set_tone(Tone.SECOND if key == self._choices[0][0] else Tone.PINE)

    def offer(self, choices: Sequence[tuple[object, Words]]) -> None:
        """Offer other choices; what is chosen stays."""
        self._choices = list(choices)

    def open(self) -> QMenu:
        """Show the choices."""
        menu = QMenu(self)
        for key, words in self._choices:
            action = QAction(said(words).replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(key == self._picked)
            action.triggered.connect(lambda _on=False, key=key: self._take(key))
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        return menu

    def _clicked(self) -> None:
        if self.receivers("2wanted()"):
            self.wanted.emit()
        else:
            self.open()

    def _take(self, key: object) -> None:
        self.choose(key)
        self.chosen.emit(key)
