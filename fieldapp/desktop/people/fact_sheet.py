"""Facts of one record, changed in place: each field saves by itself when it is left, with the value it showed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal

from fieldapp.desktop.components.arrange import Column, Grid
from fieldapp.desktop.components.entry import Choice
from fieldapp.desktop.components.field import Field, Form
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.formats import clock, day
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.fact_fields import Fact, typing_of
from fieldapp.desktop.people.kept_facts import KeptFacts
from fieldapp.desktop.people.standing import hear, let_stand, standing
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.errors import Invalid
from fieldapp.domain.kinds import Values
from fieldapp.services.edit_prospect import Edited, add_to_prospect, edit_fields
from fieldapp.services.half_typed import FoundText, Place
from fieldapp.translation import say, tr


class FactSheet(Column):
    """``saved`` is told after a field reached the disk: ask the service again then.

    What is typed and not saved yet is kept as one types. Shown again, here or after a flat battery, it stands in its
    field with a word of it, until that field is saved or shows what is recorded.
    """

    saved = Signal()

    def __init__(self, shell: Shell, session: DesktopSession, kind: str, facts: Sequence[Fact]) -> None:
        self._shell, self._session, self._kind = shell, session, kind
        self._facts = {fact.field: fact for fact in facts}
        self._typing = {fact.field: typing_of(fact, session) for fact in facts}
        self._fields = {name: Field(self._facts[name].label, typing.control) for name, typing in self._typing.items()}
        self._form = Form(**self._fields)
        self._prospect = ""
        self._record: str | None = None
        self._seen: Values = {}
        self._waiting: list[str] = []
        self._saving: str | None = None
        self._saved_as: dict[str, object] = {}
        super().__init__(Grid(*self._fields.values(), narrow=400))
        self.kept = KeptFacts(shell, session, self._half_typed, self)
        for name, typing in self._typing.items():
            typing.settled(partial(self._settled, name))
            if not isinstance(typing.control, Choice):  # what is chosen is saved at once
                hear(typing.control, self._touched)

    def show_facts(
        self, prospect: str, record: str | None, values: Values, half_typed: Mapping[Place, FoundText]
    ) -> None:
        """Show a record, or empty fields where nothing is known yet. What is being typed stays.

        Of another prospect than before what is ``half_typed`` stands again.
        """
        another = prospect != self._prospect
        if another:
            self.kept.keep_now()
            self._form.clear()
            self._waiting.clear()
            self._saving = None
            self._saved_as.clear()
        self._prospect, self._record = prospect, record
        for name, typing in self._typing.items():
            if another or self._follows(name):
                typing.show(values.get(name))
                self._seen[name] = values.get(name)
            elif name in self._saved_as and name != self._saving:
                self._seen[name] = values.get(name)  # typed on while it was saved
            if name != self._saving:
                self._saved_as.pop(name, None)
        if another:
            place = Place(prospect, f"facts {self._kind}")
            self._let_stand(place, half_typed.get(place))
        self._mark()
        self._save_next()

    def half_typed(self) -> bool:
        """Whether anything stands here that is not recorded."""
        return bool(self._half_typed()[0])

    def _follows(self, name: str) -> bool:
        """Whether a field shows what is recorded or was just saved from it, and no more."""
        typing = self._typing[name]
        if name in self._waiting or name == self._saving:
            return False
        if name in self._saved_as:
            return self._saved_as[name] == standing(typing.control)
        return typing.shows(self._seen.get(name))

    def _let_stand(self, place: Place, found: FoundText | None) -> None:
        again = {name: value for name, value in found.typed.items() if name in self._typing} if found else {}
        self.kept.begin(place, again)
        for name, value in again.items():
            let_stand(self._typing[name].control, value)
            if found is not None and name in found.shown:
                self._seen[name] = found.shown[name]
        if found is not None:
            at = found.saved_at
            for name in self._half_typed()[0]:
                self._fields[name].say_hint(lambda: tr("typed until {time}, not saved", time=f"{day(at)} {clock(at)}"))

    def _half_typed(self) -> tuple[Values, Values]:
        """What stands here beyond what is recorded, and what the screen showed of the record when it was typed."""
        typed = {}
        for name, typing in self._typing.items():
            written = standing(typing.control)
            saved = name in self._saved_as and self._saved_as[name] == written
            if not saved and not isinstance(typing.control, Choice) and not typing.shows(self._seen.get(name)):
                typed[name] = written
        return typed, {name: self._seen.get(name) for name in typed}

    def _touched(self) -> None:
        if self._prospect:
            self._mark()
            self.kept.touch()

    def _mark(self) -> None:
        """Take back the word of what was found again where it is saved, or shows what is recorded."""
        typed, _ = self._half_typed()
        for name, field in self._fields.items():
            if name not in typed:
                field.say_hint("")

    def _settled(self, name: str) -> None:
        if self._prospect and not self._typing[name].shows(self._seen.get(name)) and name not in self._waiting:
            self._waiting.append(name)
            self._save_next()

    def _save_next(self) -> None:
        """One field at a time: the first field of a record that is not there yet makes the record."""
        if self._saving is not None or not self._waiting:
            return
        name = self._waiting.pop(0)
        try:
            typed = self._typing[name].value()
        except Invalid as problem:
            self._form.show(Invalid(problem.code, problem.sentence, field=name, advice=problem.advice))
            self._save_next()
            return
        self._fields[name].show_error(None)
        self._saving = name
        self._saved_as[name] = standing(self._typing[name].control)
        store, prospect = self._session.store, self._prospect
        work: Callable[[], Edited]
        if self._record is None:
            work = partial(add_to_prospect, store, prospect, self._kind, {name: typed})
        else:
            work = partial(edit_fields, store, self._record, {name: self._seen.get(name)}, {name: typed})
        self.kept.record([name], work, partial(self._edited, prospect), partial(self._refused, prospect, name))

    def _edited(self, prospect: str, edited: Edited) -> None:
        if edited.changed:
            told = edited.warnings[0].sentence if edited.warnings else None
            second: Words = (lambda: say(told)) if told is not None else (lambda: tr("Only on this laptop"))
            self._shell.toast(lambda: tr("Saved"), second)
        if prospect == self._prospect:
            self._saving = None
            self.saved.emit()

    def _refused(self, prospect: str, name: str, error: Exception) -> None:
        if prospect == self._prospect:
            self._saving = None
            self._saved_as.pop(name, None)
        if prospect != self._prospect or not self._form.show(error):
            self._shell.explain(error)
        self._save_next()
