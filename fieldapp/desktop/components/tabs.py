"""Tabs of a page: a line under the chosen one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabBar, QWidget

from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Living
from fieldapp.desktop.look.fonts import font


class Tabs(Living, QTabBar):
    """``chosen`` tells the key of the tab that is shown now."""

    chosen = Signal(object)

    def __init__(self, choices: Sequence[tuple[object, Words]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = list(choices)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        for _, words in self._choices:
            self.addTab(said(words))
        self.currentChanged.connect(lambda index: self.chosen.emit(self._choices[index][0]))
        self.dress()

    def value(self) -> object:
        """The key of the tab shown."""
        return self._choices[self.currentIndex()][0]

    def choose(self, key: object) -> None:
        """Show the tab with ``key``."""
        self.setCurrentIndex([known for known, _ in self._choices].index(key))

    def retranslate(self) -> None:
        for index, (_, words) in enumerate(self._choices):
            self.setTabText(index, said(words))

    def restyle(self) -> None:
        self.setFont(font(14, 500, tight=True))
