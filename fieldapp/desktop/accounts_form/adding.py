"""A line under a grid: the name of a row of one's own, and the way to take one out."""

from __future__ import annotations

from PySide6.QtCore import Signal

from fieldapp.desktop.components.arrange import STRETCH, Line
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import Icon
from fieldapp.domain.account_rules import ITEM_LIMIT
from fieldapp.translation import tr


class AddRow(Line):
    """``wanted`` tells a name; ``removal_wanted`` that the current row is to go. Alt+N brings the cursor here.

    ``edited`` tells that a name is being typed; ``typed`` is what stands there.
    """

    edited = Signal()
    wanted = Signal(str)
    removal_wanted = Signal()

    def __init__(self, words: Words) -> None:
        self._words = words
        self.entry = Entry(words, key="Alt+N")
        self.entry.setMaxLength(ITEM_LIMIT)
        self._add = Button(lambda: tr("Add a row"), icon=Icon.ADD, small=True)
        self._remove = Button(lambda: tr("Remove own row"), Kind.LINK, key="Ctrl+-", small=True)
        super().__init__((self.entry, 1), self._add, self._remove, STRETCH, gap=10)
        self.entry.textEdited.connect(lambda _text: self.edited.emit())
        self.entry.returnPressed.connect(self._tell)
        self._add.clicked.connect(self._tell)
        self._remove.clicked.connect(self.removal_wanted)

    def retranslate(self) -> None:
        super().retranslate()
        self.entry.setAccessibleName(said(self._words))

    def typed(self) -> str:
        """The name as far as it is typed."""
        return self.entry.text()

    def let_stand(self, name: str) -> None:
        """Show what was typed before."""
        self.entry.setText(name)

    def _tell(self) -> None:
        name = " ".join(self.entry.text().split())
        if name:
            self.entry.clear()
            self.wanted.emit(name)
        else:
            self.entry.setFocus()
