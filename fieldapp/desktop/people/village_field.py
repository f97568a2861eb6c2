"""A field for a village: completion by name, pinyin or its initials, with the town beside namesakes."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QWidget

from fieldapp.desktop.components.arrange import fill_with
from fieldapp.desktop.components.entry import Entry, mark_error
from fieldapp.desktop.components.offers import dress_offers
from fieldapp.desktop.look import Icon, Living
from fieldapp.desktop.page import Shell
from fieldapp.services.village_names import VillageName, villages_like
from fieldapp.translation import tr

PAUSE_MS = 80


class VillageField(Living, QWidget):
    """``changed`` after each keystroke or choice. ``value`` is the code of a village chosen, and what is written."""

    changed = Signal()

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._code: str | None = None
        self._offered: dict[str, VillageName] = {}
        self._turn = 0
        self.entry = Entry(lambda: tr("Name or pinyin initials"), icon=Icon.PLACE)
        self._names = QStringListModel(self)
        self.completer = QCompleter(self._names, self)
        self.completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.completer.activated.connect(self._take)
        self.completer.setWidget(self.entry)
        dress_offers(self.completer)
        fill_with(self, self.entry)
        self.setFocusProxy(self.entry)
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self._search)
        self.entry.textEdited.connect(self._edited)
        self.dress()

    def value(self) -> tuple[str | None, str]:
        """The code of the village chosen, None for one written by hand; and the name as written."""
        return self._code, self.entry.text().strip()

    def set_value(self, code: str | None, name: str) -> None:
        """Show a village without telling."""
        self._code = code
        self.entry.setText(name)

    def show_error(self, wrong: bool) -> None:
        """Draw the field as wrong, or as right again."""
        mark_error(self.entry, wrong)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.entry.setAccessibleName(name)

    def _edited(self, _typed: str) -> None:
        self._code = None
        self._turn += 1
        self._timer.start()
        self.changed.emit()

    def _search(self) -> None:
        turn = self._turn
        work = partial(villages_like, self.entry.text())
        self._shell.jobs.run(work, owner=self, done=lambda found: self._offer(turn, found), failed=self._shell.explain)

    def _offer(self, turn: int, found: tuple[VillageName, ...]) -> None:
        if turn != self._turn or not self.entry.hasFocus():
            return
        self._offered = {f"{village.name}  {village.town}": village for village in found}
        self._names.setStringList(list(self._offered))
        popup = self.completer.popup()
        if popup is None:
            return
        if found:
            self.completer.complete()
            popup.setCurrentIndex(self._names.index(0))
        else:
            popup.hide()

    def _take(self, words: str) -> None:
        village = self._offered.get(words)
        if village is not None:
            self._turn += 1
            self.set_value(village.code, village.name)
            self.entry.setFocus(Qt.FocusReason.OtherFocusReason)
            self.changed.emit()
