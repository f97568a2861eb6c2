"""A list of rows that stand behind a loan, with what adds, changes and removes one; all of it by keyboard."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from fieldapp.desktop.application_form.backing_words import joined
from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.field import ErrorLine
from fieldapp.desktop.components.row_list import RowList
from fieldapp.desktop.components.rows import Heading, Row, RowModel
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.look import Icon
from fieldapp.desktop.people.small_form import going_on
from fieldapp.translation import tr


class RowsPanel(Column):
    """``add_wanted``; ``change_wanted`` and ``remove_wanted`` tell the key of a row.

    Up and Down move, Enter changes, Delete removes. ``second_add`` is another thing to add: ``other_wanted``.
    """

    add_wanted = Signal()
    other_wanted = Signal()
    change_wanted = Signal(object)
    remove_wanted = Signal(object)

    def __init__(self, heading: Words, nothing: Words, add: Words, key: str, *, second_add: Words = "") -> None:
        self._rows = RowModel()
        self._given: list[Row] = []
        self._half_typed: Collection[object] = ()
        self._verbs = (add, second_add)
        change = Button(lambda: tr("Change this row"), icon=Icon.PENCIL, words_shown=False, small=True)
        remove = Button(lambda: tr("Remove this row"), icon=Icon.CLOSE, words_shown=False, small=True)
        for button in (change, remove):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Enter and Delete do the same
        self.list = RowList(
            self._rows, actions=(change, remove), row_height=54, whole=True, amount_above=True, inside=True
        )
        self.add = Button(add, Kind.LINK, icon=Icon.ADD, key=key)
        self.other = Button(second_add, Kind.LINK, icon=Icon.ADD)
        if not second_add:
            self.other.hide()
        self._heading = Text(heading, Role.HEADING)
        self._total = Text("", Role.SECOND, right=True, elide=True)
        self._nothing = Text(nothing, Role.HINT, wrap=True)
        self._error = ErrorLine()
        super().__init__(
            Line(self._heading, STRETCH, self._total, gap=8), self._nothing, self.list,
            Line(self.add, self.other, STRETCH, gap=12), self._error, gap=6,
        )  # fmt: skip
        self.list.hide()
        self._error.hide()
        self.list.installEventFilter(self)
        self.list.opened.connect(self.change_wanted)
        change.clicked.connect(lambda: self._tell(self.change_wanted))
        remove.clicked.connect(lambda: self._tell(self.remove_wanted))
        self.add.clicked.connect(lambda: self.add_wanted.emit())
        self.other.clicked.connect(lambda: self.other_wanted.emit())

    def show_rows(self, rows: Sequence[Row], total: Words = "") -> None:
        """Show these; the row that was selected stays selected."""
        self._total.say(total)
        self._given = list(rows)
        marked = [self._marked(row) for row in rows]
        if marked == self._shown():
            return
        before = self.list.current()
        self._rows.show(list[Row | Heading](marked))
        self.list.setVisible(bool(rows))
        self._nothing.setVisible(not rows)
        if before is not None:
            self.list.choose(before.key)

    def show_half_typed(self, rows: Collection[object], *, add: bool, other: bool = False) -> None:
        """Say at these rows, and where one is added, that something half typed is kept there."""
        self._half_typed = rows
        for button, verb, half in zip((self.add, self.other), self._verbs, (add, other), strict=True):
            button.say(partial(going_on, verb) if half else verb)
            button.set_tone(Tone.AMBER if half else None)
        for place, row in enumerate(self._given):
            if self._shown()[place] != self._marked(row):
                self._rows.replace(self._marked(row))

    def show_error(self, words: Words) -> None:
        """Say what the rows lack as a whole, or take it back with an empty text."""
        self._error.say(words)
        self._error.setVisible(bool(words))

    def go_to(self, key: object) -> None:
        """Take the keyboard to a row, or to where one is added."""
        if self.list.choose(key):
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.add.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.list and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Delete:
                self._tell(self.remove_wanted)
                return True
        elif watched is self.list and event.type() == QEvent.Type.FocusIn and self.list.current() is None:
            self.list.choose_first()
        return super().eventFilter(watched, event)

    def _marked(self, row: Row) -> Row:
        return replace(row, second=joined(_half_typed, row.second)) if row.key in self._half_typed else row

    def _shown(self) -> list[Row]:
        rows = (self._rows.row_at(self._rows.index(place)) for place in range(self._rows.rowCount()))
        return [row for row in rows if isinstance(row, Row)]

    def _tell(self, signal: object) -> None:
        row = self.list.current()
        if row is not None and (row.actions or signal is self.change_wanted):
            signal.emit(row.key)  # type: ignore[attr-defined] # a bound signal has no public type


def _half_typed() -> str:
    return tr("half typed, kept")
