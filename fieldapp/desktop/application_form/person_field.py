"""Choosing somebody for an application by typing: people on this laptop are offered, a new name may stand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import Column, fill_with
from fieldapp.desktop.components.entry import Entry, mark_error
from fieldapp.desktop.components.row_list import RowList
from fieldapp.desktop.components.rows import Avatar, Heading, Row, RowModel
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import one_line
from fieldapp.desktop.look import Icon, Living
from fieldapp.desktop.page import Shell
from fieldapp.services.application_parties import Candidate
from fieldapp.translation import tr

PAUSE_MS = 80


class PersonField(Living, QWidget):
    """``chosen`` tells a Candidate, or None when the line was changed again; ``resized`` when rows come or go.

    Up and Down move among the people offered, Enter takes one; without choosing, what is typed is a new name.
    """

    chosen = Signal(object)
    resized = Signal()

    def __init__(self, shell: Shell, search: Callable[[str], tuple[Candidate, ...]]) -> None:
        super().__init__()
        self._shell, self._search_for = shell, search
        self._candidate: Candidate | None = None
        self._offered: dict[object, Candidate] = {}
        self._turn = 0
        self.entry = Entry(lambda: tr("Name, pinyin initials, part of a phone number"), icon=Icon.PERSON)
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

    def person(self) -> str:
        """The person chosen, empty for a new one."""
        return self._candidate.person if self._candidate is not None else ""

    def new_name(self) -> str:
        """What is typed when nobody was chosen."""
        return "" if self._candidate is not None else self.entry.text()

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

    def _edited(self, _typed: str) -> None:
        if self._candidate is not None:
            self._candidate = None
            self.chosen.emit(None)
        self._turn += 1
        self._timer.start()

    def _search(self) -> None:
        typed, turn = self.entry.text().strip(), self._turn
        if not typed:
            self._offer((), asked=False)
            return
        work = partial(self._search_for, typed)
        self._shell.jobs.run(work, owner=self, done=lambda found: self._found(turn, found), failed=self._shell.explain)

    def _found(self, turn: int, found: tuple[Candidate, ...]) -> None:
        if turn == self._turn and self._candidate is None:
            self._offer(found, asked=True)

    def _offer(self, found: tuple[Candidate, ...], *, asked: bool) -> None:
        self._offered = {one.person: one for one in found}
        self._rows.show(list[Row | Heading](_row(one) for one in found))
        self.list.setVisible(bool(found))
        self._hint.say(
            (lambda: tr("↑ ↓ and Enter choose; without choosing, a new person is recorded."))
            if found
            else (lambda: tr("Nobody here is called that: a new person will be recorded."))
        )
        self._hint.setVisible(asked)
        self.resized.emit()

    def _move(self, step: int) -> None:
        place = self.list.currentIndex().row() + step
        if 0 <= place < self._rows.rowCount():
            self.list.setCurrentIndex(self._rows.index(place))

    def _take_current(self) -> None:
        row = self.list.current()
        candidate = self._offered.get(row.key) if row is not None else None
        if candidate is not None:
            self._candidate = candidate
            self._turn += 1
            self.entry.setText(one_line(candidate.name))
            self.entry.setCursorPosition(0)
            self._offer((), asked=False)
            self.chosen.emit(candidate)


def _row(one: Candidate) -> Row:
    second = " • ".join(part for part in (one.place, one.mobile) if part)
    beside = (lambda: tr("of this household")) if one.own else ""
    return Row(one.person, one_line(one.name), second, beside=beside, lead=Avatar(one.name), actions=False)
