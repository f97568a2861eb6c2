"""Choosing one of those on this laptop by typing: they are offered below the line, and what is typed may stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import Column, fill_with
from fieldapp.desktop.components.entry import Entry, mark_error
from fieldapp.desktop.components.row_list import RowList
from fieldapp.desktop.components.rows import Heading, Row, RowModel
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.look import Icon, Living
from fieldapp.desktop.page import Shell
from fieldapp.translation import tr

PAUSE_MS = 80

Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True)
class Offer(Generic[Choice]):
    """Who may be chosen, and how they are shown."""

    find: Callable[[str], Mapping[str, Choice]]
    """Those who fit what is typed, by key; asked outside the thread of the screen."""
    row: Callable[[Choice], Row]
    """One in the list."""
    words: Callable[[Choice], str]
    """One on the line, once taken."""
    hint: Callable[[bool], Words]
    """What stands below the list after a search that found somebody, or nobody."""


class TypedChoice(Living, QWidget, Generic[Choice]):
    """``chosen`` tells who was taken, or None when the line was changed again; ``resized`` when rows come or go.

    Up and Down move among those offered, Enter takes one.
    """

    chosen = Signal(object)
    typed = Signal(str)
    resized = Signal()

    def __init__(self, shell: Shell, offer: Offer[Choice]) -> None:
        super().__init__()
        self._shell, self._offer = shell, offer
        self._choice: Choice | None = None
        self._offered: Mapping[str, Choice] = {}
        self._key, self._found_by = "", ""
        self._awaited = ""
        self._turn = 0
        self.entry = Entry(lambda: tr("Name, pinyin initials, phone digits"), icon=Icon.PERSON)
        self._rows = RowModel()
        self.list = RowList(self._rows, row_height=54, whole=True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._hint = Text("", Role.HINT, wrap=True)
        fill_with(self, Column(self.entry, self.list, self._hint, gap=4))
        self.list.hide()
        self._hint.hide()
        self.setFocusProxy(self.entry)
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self._search)
        self.entry.textEdited.connect(self._edited)
        self.entry.installEventFilter(self)
        self.list.clicked.connect(self._take_current)
        self.dress()

    def taken(self) -> Choice | None:
        """Who was chosen."""
        return self._choice

    def new_name(self) -> str:
        """What is typed when nobody was chosen."""
        return "" if self._choice is not None else self.entry.text()

    def choose(self, one: Choice | None) -> None:
        """Show somebody as chosen, without telling."""
        self._choice = one
        self._key, self._awaited = "", ""
        self._turn += 1
        if one is not None:
            self.entry.setText(self._offer.words(one))
            self.entry.setCursorPosition(0)
        self.offer({}, "")

    def write(self, name: str) -> None:
        """Show a new name, as a draft kept it."""
        self._choice, self._key = None, ""
        self.entry.setText(name)
        self._edited(name)

    def standing(self) -> dict[str, str]:
        """What stands here as plain values: the text, who is taken and the text that found them."""
        taken = self._key or self._awaited
        return {"text": self.entry.text(), "taken": taken, "found_by": self._found_by if taken else ""}

    def let_stand(self, value: object) -> None:
        """Show what stood here once; who was taken is looked up anew, and told when they are found."""
        held = value if isinstance(value, dict) else {}
        text, taken, found_by = (str(held.get(name) or "") for name in ("text", "taken", "found_by"))
        self.write(text)
        if taken:
            self._awaited, self._found_by = taken, found_by
            self._timer.stop()
            self._search_for(found_by or text)

    def offer(self, found: Mapping[str, Choice], hint: Words) -> None:
        """Show these below the line, with a hint under them unless it is empty."""
        self._offered = found
        rows: list[Row | Heading] = [self._offer.row(one) for one in found.values()]
        self._rows.show(rows)
        self.list.setVisible(bool(rows))
        self._hint.say(hint)
        self._hint.setVisible(bool(hint))
        self.resized.emit()

    def show_error(self, wrong: bool) -> None:
        """Draw the line as wrong, or as right again."""
        mark_error(self.entry, wrong)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.entry.setAccessibleName(name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.list.isVisible():
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._move(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
                if self.list.current() is None:
                    self.list.choose_first()
                self._take_current()
                return True
        return super().eventFilter(watched, event)

    def _edited(self, typed: str) -> None:
        self._key, self._awaited = "", ""
        if self._choice is not None:
            self._choice = None
            self.chosen.emit(None)
        self.typed.emit(typed)
        self._turn += 1
        self._timer.start()

    def _search(self) -> None:
        self._search_for(self.entry.text())

    def _search_for(self, text: str) -> None:
        typed, turn = text.strip(), self._turn
        if not typed:
            self.offer({}, "")
            return
        self._shell.jobs.run(
            lambda: self._offer.find(typed),
            owner=self,
            done=lambda found: self._found(turn, typed, found),
            failed=self._shell.explain,
        )

    def _found(self, turn: int, typed: str, found: Mapping[str, Choice]) -> None:
        if turn != self._turn or self._choice is not None:
            return
        self._found_by = typed
        awaited, self._awaited = self._awaited, ""
        if awaited in found:
            self._take(awaited, found[awaited])
        else:
            self.offer(found, self._offer.hint(bool(found)))

    def _move(self, step: int) -> None:
        place = self.list.currentIndex().row() + step
        if 0 <= place < self._rows.rowCount():
            self.list.setCurrentIndex(self._rows.index(place))

    def _take_current(self) -> None:
        row = self.list.current()
        one = self._offered.get(str(row.key)) if row is not None else None
        if row is not None and one is not None:
            self._take(str(row.key), one)

    def _take(self, key: str, one: Choice) -> None:
        self.choose(one)
        self._key = key
        self.chosen.emit(one)
