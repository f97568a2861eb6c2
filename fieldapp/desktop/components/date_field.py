"""A field for a day: type 明天, +3, 26 or 1126; it answers with the day and its weekday. The calendar comes second."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import Column, fill_with
from fieldapp.desktop.components.calendar import Calendar
from fieldapp.desktop.components.day_words import read_day
from fieldapp.desktop.components.entry import Entry, mark_error
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.formats import day_and_weekday
from fieldapp.desktop.look import Icon, Living, px
from fieldapp.translation import tr


class DateField(Living, QWidget):
    """``changed`` tells the date, or None when the field is emptied or not understood.

    Down opens the calendar, and so does a click on the icon. ``today`` is the officer's business date.
    """

    changed = Signal(object)

    def __init__(self, today: Callable[[], date], *, hint: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._day: date | None = None
        self._calendar: Calendar | None = None
        self.entry = Entry(icon=Icon.DATE)
        self.entry.setMaxLength(40)
        self._hint = Text(lambda: tr("You may type: tomorrow, +3, 26, 1126"), Role.HINT, elide=True)
        fill_with(self, Column(self.entry, self._hint, gap=4))
        self._hint.setVisible(hint)
        self.setFocusProxy(self.entry)
        self.entry.textEdited.connect(self._typed)
        self.entry.focus_gone.connect(self._settle)
        self.entry.editingFinished.connect(self._settle)
        self.entry.installEventFilter(self)
        self.dress()

    def value(self) -> date | None:
        """The day, None when the field is empty or says none; see ``understood``."""
        return self._day

    def understood(self) -> bool:
        """Whether the field is empty or names a day."""
        return self._day is not None or not self.entry.text().strip()

    def set_value(self, day: date | None) -> None:
        """Show ``day`` without telling."""
        self._day = day
        self._settle()

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
        if not self.entry.hasFocus():
            self._settle()

    def open_calendar(self) -> None:
        """Show the month of the day in the field."""
        if self._calendar is None:
            self._calendar = Calendar(self._today(), self)
            self._calendar.picked.connect(self._take)
        self._calendar.open_at(self.entry, self._day or self._today())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Down:
            self.open_calendar()
            return True
        if (
            isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonPress
            and event.position().x() < px(34)
        ):
            self.open_calendar()
            return True
        return super().eventFilter(watched, event)

    def _typed(self, written: str) -> None:
        self._day = read_day(written, self._today())
        self._hint.say(self._answer())
        self.changed.emit(self._day)

    def _answer(self) -> str:
        if self._day is not None:
            return day_and_weekday(self._day, self._today())
        return tr("You may type: tomorrow, +3, 26, 1126")

    def _settle(self) -> None:
        if self._day is not None:
            self.entry.setText(day_and_weekday(self._day, self._today()))
        self._hint.say(lambda: tr("You may type: tomorrow, +3, 26, 1126"))

    def _take(self, day: date) -> None:
        self._day = day
        self._settle()
        self.changed.emit(day)
