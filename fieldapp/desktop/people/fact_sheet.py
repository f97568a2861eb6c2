"""Facts of one record, changed in place: each field saves by itself when it is left, with the value it showed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import Column, Grid
from fieldapp.desktop.components.date_field import DateField
from fieldapp.desktop.components.entry import Choice, Entry, Note
from fieldapp.desktop.components.field import Field, Form
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.page import Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import half_width_digits
from fieldapp.services.edit_prospect import Edited, add_to_prospect, edit_fields
from fieldapp.translation import say, tr

Shape = Literal["line", "note", "whole", "money", "day", "choice"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One field: its name in the record, its label, how it is typed."""

    field: str
    label: Words
    shape: Shape = "line"
    choices: Sequence[tuple[object, Words]] = ()
    unit: Words = ""


class FactSheet(Column):
    """``saved`` is told after a field reached the disk: ask the service again then."""

    saved = Signal()

    def __init__(self, shell: Shell, session: DesktopSession, kind: str, facts: Sequence[Fact]) -> None:
        self._shell, self._session, self._kind = shell, session, kind
        self._facts = {fact.field: fact for fact in facts}
        self._typing = {fact.field: _typing(fact, session) for fact in facts}
        fields = {name: Field(self._facts[name].label, typing.control) for name, typing in self._typing.items()}
        self._form = Form(**fields)
        self._prospect = ""
        self._record: str | None = None
        self._values: dict[str, Any] = {}
        self._waiting: list[str] = []
        self._saving = False
        super().__init__(Grid(*fields.values(), narrow=400))
        for name, typing in self._typing.items():
            typing.settled(partial(self._settled, name))

    def show_facts(self, prospect: str, record: str | None, values: dict[str, Any]) -> None:
        """Show a record, or empty fields where nothing is known yet. What is being typed stays."""
        another = (prospect, record) != (self._prospect, self._record) and prospect != self._prospect
        self._prospect, self._record = prospect, record
        if another:
            self._form.clear()
            self._waiting.clear()
            self._saving = False
        shown, self._values = self._values, dict(values)
        for name, typing in self._typing.items():
            unsaved = not another and (name in self._waiting or not typing.shows(shown.get(name)))
            if not unsaved:
                typing.show(values.get(name))
        self._save_next()

    def _settled(self, name: str) -> None:
        if self._prospect and not self._typing[name].shows(self._values.get(name)) and name not in self._waiting:
            self._waiting.append(name)
            self._save_next()

    def _save_next(self) -> None:
        """One field at a time: the first field of a record that is not there yet makes the record."""
        if self._saving or not self._waiting:
            return
        name = self._waiting.pop(0)
        field = next(field for key, field in zip(self._typing, self._form.fields(), strict=True) if key == name)
        try:
            typed = self._typing[name].value()
        except Invalid as problem:
            self._form.show(Invalid(problem.code, problem.sentence, field=name, advice=problem.advice))
            self._save_next()
            return
        field.show_error(None)
        self._saving = True
        store, prospect = self._session.store, self._prospect
        work: Callable[[], Edited]
        if self._record is None:
            work = partial(add_to_prospect, store, prospect, self._kind, {name: typed})
        else:
            work = partial(edit_fields, store, self._record, {name: self._values.get(name)}, {name: typed})
        self._shell.jobs.run(
            work,
            owner=self,
            done=lambda edited: self._edited(prospect, edited),
            failed=lambda error: self._refused(prospect, error),
        )

    def _edited(self, prospect: str, edited: Edited) -> None:
        if edited.changed:
            told = edited.warnings[0].sentence if edited.warnings else None
            second: Words = (lambda: say(told)) if told is not None else (lambda: tr("Only on this laptop"))
            self._shell.toast(lambda: tr("Saved"), second)
        if prospect == self._prospect:
            self._saving = False
            self.saved.emit()

    def _refused(self, prospect: str, error: Exception) -> None:
        if prospect == self._prospect:
            self._saving = False
        if prospect != self._prospect or not self._form.show(error):
            self._shell.explain(error)
        self._save_next()


@dataclass(frozen=True, slots=True)
class _Typing:
    """How a control shows and reads one value; values are as records keep them (JSON), typed ones as services want."""

    control: QWidget
    show: Callable[[Any], None]
    value: Callable[[], Any]
    shows: Callable[[Any], bool]
    settled: Callable[[Callable[[], None]], None]


def _typing(fact: Fact, session: DesktopSession) -> _Typing:
    makers: dict[str, Callable[[Fact, DesktopSession], _Typing]] = {
        "line": _line, "note": _note, "whole": _whole, "money": _money, "day": _day, "choice": _choice
    }  # fmt: skip
    return makers[fact.shape](fact, session)


def _line(_fact: Fact, _session: DesktopSession) -> _Typing:
    entry = Entry()
    return _Typing(
        entry,
        lambda value: entry.setText(str(value or "")),
        entry.text,
        lambda value: entry.text().strip() == str(value or "").strip(),
        lambda told: _hear(entry.editingFinished, told),
    )


def _note(_fact: Fact, _session: DesktopSession) -> _Typing:
    note = _LeftNote(lines=2)
    return _Typing(
        note,
        lambda value: note.setText(str(value or "")),
        note.text,
        lambda value: note.text().strip() == str(value or "").strip(),
        lambda told: _hear(note.left, told),
    )


def _whole(fact: Fact, _session: DesktopSession) -> _Typing:
    entry = Entry(unit=fact.unit)
    entry.setMaxLength(12)

    def read() -> int | None:
        written = half_width_digits(entry.text()).strip()
        if not written:
            return None
        if not (written.isascii() and written.isdigit()):
            raise Invalid("number", Sentence("Write a whole number here, for example 4."), field=fact.field)
        return int(written)

    return _Typing(
        entry,
        lambda value: entry.setText("" if value is None else str(value)),
        read,
        lambda value: entry.text().strip() == ("" if value is None else str(value)),
        lambda told: _hear(entry.editingFinished, told),
    )


def _money(_fact: Fact, _session: DesktopSession) -> _Typing:
    money = MoneyField(big=False)

    def shows(value: Any) -> bool:
        try:
            typed = money.value()
        except Invalid:
            return False
        return bool((typed.fen if typed is not None else None) == value)

    return _Typing(
        money,
        lambda value: money.set_value(Money(value) if value is not None else None),
        money.value,
        shows,
        lambda told: _hear(money.entry.editingFinished, told),
    )


def _day(fact: Fact, session: DesktopSession) -> _Typing:
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

    return _Typing(day, show, read, shows, lambda told: _hear(day.entry.editingFinished, told))


def _choice(fact: Fact, _session: DesktopSession) -> _Typing:
    choice = Choice(fact.choices, nothing=lambda: tr("not known"))
    return _Typing(
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
