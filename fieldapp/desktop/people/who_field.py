"""Choosing a person by typing: those on this laptop are offered below the line, and a new name may stand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import Column, fill_with
from fieldapp.desktop.components.entry import Entry, mark_error
from fieldapp.desktop.components.row_list import RowList
from fieldapp.desktop.components.rows import RowModel
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import one_line
from fieldapp.desktop.look import Icon, Living
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.rows import listed
from fieldapp.desktop.record_words import place_and_trade
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.prospects import Page, ProspectLine, Wanted, page
from fieldapp.translation import tr

PAUSE_MS = 80
OFFERED = 4


class WhoField(Living, QWidget):
    """``chosen`` tells a ProspectLine, or None when the line was changed again; ``resized`` when rows come or go.

    Up and Down move among the people offered, Enter takes one. With ``new_names`` what is typed may be a new name.
    """

    chosen = Signal(object)
    typed = Signal(str)
    resized = Signal()

    def __init__(self, shell: Shell, session: DesktopSession, *, new_names: bool = True) -> None:
        super().__init__()
        self._shell, self._session, self._new_names = shell, session, new_names
        self._line: ProspectLine | None = None
        self._offered: dict[object, ProspectLine] = {}
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

    def line(self) -> ProspectLine | None:
        """The person chosen."""
        return self._line

    def new_name(self) -> str:
        """What is typed when nobody was chosen."""
        return "" if self._line is not None else self.entry.text()

    def choose(self, line: ProspectLine | None) -> None:
        """Show a person as chosen, without telling."""
        self._line = line
        self._turn += 1
        if line is not None:
            place = place_and_trade(line)
            self.entry.setText(one_line(f"{line.name} • {place}" if place else line.name))
            self.entry.setCursorPosition(0)
        self._offer({})

    def write(self, name: str) -> None:
        """Show a new name, as a draft kept it."""
        self._line = None
        self.entry.setText(name)
        self._edited(name)

    def warn_same(self, lines: Sequence[ProspectLine]) -> None:
        """Offer people who may be the new one already."""
        self._offer({line.prospect: line for line in lines})
        self._hint.say(lambda: tr("Already on this laptop. Choose the person, or save again to record a new one."))
        self._hint.show()
        self.resized.emit()

    def show_error(self, wrong: bool) -> None:
        """Draw the line as wrong, or as right again."""
        mark_error(self.entry, wrong)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.entry.setAccessibleName(name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.list.isVisible():
                self._move(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            plain_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers()
            if plain_enter and self.list.isVisible():
                if self.list.current() is None:
                    self.list.choose_first()
                self._take_current()
                return True
        return super().eventFilter(watched, event)

    def _edited(self, typed: str) -> None:
        if self._line is not None:
            self._line = None
            self.chosen.emit(None)
        self.typed.emit(typed)
        self._turn += 1
        self._timer.start()

    def _search(self) -> None:
        typed, turn = self.entry.text().strip(), self._turn
        if not typed:
            self._offer({})
            return
        work = partial(page, self._session.store, Wanted(typed=typed), order="name", limit=OFFERED)
        self._shell.jobs.run(work, owner=self, done=lambda found: self._found(turn, found), failed=self._shell.explain)

    def _found(self, turn: int, found: Page) -> None:
        if turn == self._turn and self._line is None:
            self._offer({line.prospect: line for line in found.lines}, asked=True)

    def _offer(self, lines: dict[object, ProspectLine], *, asked: bool = False) -> None:
        self._offered = lines
        today = self._session.today()
        self._rows.show([listed(line, today) for line in lines.values()])
        self.list.setVisible(bool(lines))
        self._show_hint(asked=asked)
        self.resized.emit()

    def _show_hint(self, *, asked: bool) -> None:
        if asked and not self._offered:
            self._hint.say(self._nobody)
        elif asked and self._new_names:
            self._hint.say(lambda: tr("↑ ↓ and Enter choose; without choosing, a new prospect is recorded."))
        elif asked:
            self._hint.say(lambda: tr("↑ ↓ and Enter choose."))
        self._hint.setVisible(asked)

    def _nobody(self) -> str:
        if self._new_names:
            return tr("Nobody here is called that: a new prospect will be recorded.")
        return tr("Nobody here is called that.")

    def _move(self, step: int) -> None:
        place = self.list.currentIndex().row() + step
        if 0 <= place < self._rows.rowCount():
            self.list.setCurrentIndex(self._rows.index(place))

    def _take_current(self) -> None:
        row = self.list.current()
        line = self._offered.get(row.key) if row is not None else None
        if line is not None:
            self.choose(line)
            self.chosen.emit(line)
