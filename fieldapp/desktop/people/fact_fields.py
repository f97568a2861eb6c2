"""How each fact of a record is typed: its label, its control, and what of it is shown and read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.date_field import DateField
from fieldapp.desktop.components.entry import Choice, Entry, Note
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import half_width_digits
from fieldapp.translation import tr

Shape = Literal["line", "note", "whole", "money", "day", "choice"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One field: its name in the record, its label, how it is typed."""

    field: str
    label: Words
    shape: Shape = "line"
    choices: Sequence[tuple[object, Words]] = ()
    unit: Words = ""


@dataclass(frozen=True, slots=True)
class Typing:
    """How a control shows and reads one value; values are as records keep them (JSON), typed ones as services want."""

    control: QWidget
    show: Callable[[Any], None]
    value: Callable[[], Any]
    shows: Callable[[Any], bool]
    settled: Callable[[Callable[[], None]], None]


def typing_of(fact: Fact, session: DesktopSession) -> Typing:
    """A control for ``fact``."""
    makers: dict[str, Callable[[Fact, DesktopSession], Typing]] = {
        "line": _line, "note": _note, "whole": _whole, "money": _money, "day": _day, "choice": _choice
    }  # fmt: skip
    return makers[fact.shape](fact, session)


def _line(_fact: Fact, _session: DesktopSession) -> Typing:
    entry = Entry()
    return _written(entry, entry.editingFinished)


def _note(_fact: Fact, _session: DesktopSession) -> Typing:
    note = _LeftNote(lines=2)
    return _written(note, note.left)


def _written(control: Entry | Note, left: Any) -> Typing:
    return Typing(
        control,
        lambda value: control.setText(str(value or "")),
        control.text,
        lambda value: control.text().strip() == str(value or "").strip(),
        lambda told: _hear(left, told),
    )


def _whole(fact: Fact, _session: DesktopSession) -> Typing:
    entry = Entry(unit=fact.unit)
    entry.setMaxLength(12)

    def read() -> int | None:
        written = half_width_digits(entry.text()).strip()
        if not written:
            return None
        if not (written.isascii() and written.isdigit()):
            raise Invalid("number", Sentence("Write a whole number here, for example 4."), field=fact.field)
        return int(written)

    return Typing(
        entry,
        lambda value: entry.setText("" if value is None else str(value)),
        read,
        lambda value: entry.text().strip() == ("" if value is None else str(value)),
        lambda told: _hear(entry.editingFinished, told),
    )


def _money(_fact: Fact, _session: DesktopSession) -> Typing:
    money = MoneyField(big=False)

    def shows(value: Any) -> bool:
        try:
            typed = money.value()
        except Invalid:
            return False
        return bool((typed.fen if typed is not None else None) == value)

    return Typing(
        money,
        lambda value: money.set_value(Money(value) if value is not None else None),
        money.value,
        shows,
        lambda told: _hear(money.entry.editingFinished, told),
    )


def _day(fact: Fact, session: DesktopSession) -> Typing:
    day = DateField(session.today, hint=False)

    def show(value: Any) -> None:
        day.entry.clear()
        day.set_value(date.fromisoformat(value) if value else None)

    def read() -> date | None:
        if not day.understood():
            raise Invalid("date", Sentence("This is not a day. Write it like 1990-03-07."), field=fact.field)
        return day.value() if day.entry.text().strip() else None

    def shows(value: Any) -> bool:
        written = day.value() if day.entry.text().strip() else None
        return day.understood() and (written.isoformat() if written else None) == (value or None)

    return Typing(day, show, read, shows, lambda told: _hear(day.entry.editingFinished, told))


def _choice(fact: Fact, _session: DesktopSession) -> Typing:
    choice = Choice(fact.choices, nothing=lambda: tr("not known"))
    return Typing(
        choice,
        choice.choose,
        choice.value,
        lambda value: choice.value() == value,
        lambda told: _hear(choice.chosen, told),
    )


class _LeftNote(Note):
    """A note that tells when it is left."""

    left = Signal()

    def focusOutEvent(self, event: Any) -> None:
        super().focusOutEvent(event)
        self.left.emit()


def _hear(signal: Any, told: Callable[[], None]) -> None:
    signal.connect(lambda *_: told())
