"""What head office refused, corrected: a form with a field for each value that can be, the refused one first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.date_field import DateField
from fieldapp.desktop.components.entry import Choice, Entry, Note
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.dialog_draft import Keep
from fieldapp.desktop.people.small_form import open_small_form
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.errors import Invalid, InvalidRecord
from fieldapp.domain.money import Money
from fieldapp.domain.wording import Sentence
from fieldapp.services.half_typed import Place
from fieldapp.services.labels import Form
from fieldapp.services.outbox_status import RefusedChange
from fieldapp.services.refused_work import RefusedField, RefusedWork, correct
from fieldapp.services.typed_fields import LONG_TEXTS
from fieldapp.translation import say, tr


def can_be_corrected(work: RefusedWork | None) -> bool:
    """Whether there is anything that a person can type otherwise."""
    return work is not None and any(field.way is not None for field in work.fields)


def ask_correction(
    shell: Shell, session: DesktopSession, refused: RefusedChange, work: RefusedWork, done: Callable[[], object]
) -> Overlay:
    """Ask for what is right and send it again; ``done`` once it is saved. What is not fit to keep is said at its field.

    Only what is typed otherwise than it was is put in its place.
    """
    fields = [field for field in work.fields if field.way is not None]
    controls = {field.field: _control(field, session.today) for field in fields}
    untouched = {name: _shown_in(control) for name, control in controls.items()}

    def read() -> Callable[[], None]:
        touched = [field for field in fields if _shown_in(controls[field.field]) != untouched[field.field]]
        return partial(correct, session.store, work.change, _read(touched, controls))

    meant = next((field for field in fields if field.meant), None)
    refusal = Invalid(refused.code, refused.reason, field=meant.field) if meant is not None else None
    return open_small_form(
        shell,
        lambda: tr("Correct and send again"),
        partial(_second, refused) if meant is not None else lambda: say(refused.reason),
        {field.field: Field(partial(say, field.label.label), controls[field.field]) for field in fields},
        verb=lambda: tr("Send again"),
        stay=lambda: tr("Go back"),
        work=read,
        done=lambda _none: done(),
        refusal=refusal,
        keep=Keep(session.store, correction_place(refused)),
    )


def correction_place(refused: RefusedChange) -> Place:
    """Where a correction is kept until it is sent again or given up."""
    return Place(refused.record, "refused", refused.change)


def _second(refused: RefusedChange) -> str:
    if refused.behind:
        return tr("It goes to head office as the same piece of work, with what you typed after it.")
    return tr("It goes to head office as the same piece of work.")


def _control(field: RefusedField, today: Callable[[], date]) -> QWidget:
    value: Any = field.value
    if field.way is not None and field.way.choices:
        choice = Choice([(key, partial(say, name)) for key, name in field.way.choices])
        choice.choose(value)
        return choice
    if field.label.form is Form.MONEY:
        money = MoneyField(big=False)
        money.set_value(Money(value) if isinstance(value, int) else None)
        return money
    if field.label.form is Form.DAY:
        day = DateField(today)
        day.set_value(_day(value))
        return day
    if field.field in LONG_TEXTS:
        note = Note()
        note.setText("" if value is None else str(value))
        return note
    entry = Entry()
    entry.setText("" if value is None else str(value))
    return entry


def _shown_in(control: QWidget) -> object:
    if isinstance(control, Choice):
        return control.value()
    if isinstance(control, MoneyField | DateField):
        return control.entry.text()
    assert isinstance(control, Entry | Note)  # noqa: S101 - _control makes no others
    return control.text()


def _read(fields: list[RefusedField], controls: Mapping[str, QWidget]) -> dict[str, object]:
    typed: dict[str, object] = {}
    problems: list[Invalid] = []
    for field in fields:
        try:
            typed[field.field] = _typed(field, controls[field.field])
        except Invalid as problem:
            problems.append(Invalid(problem.code, problem.sentence, field=field.field, advice=problem.advice))
    if problems:
        raise InvalidRecord(problems)
    return typed


def _typed(field: RefusedField, control: QWidget) -> object:
    if isinstance(control, MoneyField):
        return control.value()
    if isinstance(control, DateField):
        if not control.understood():
            raise Invalid("date", Sentence("This is not a day."), field=field.field)
        return control.value()
    shown = _shown_in(control)
    if field.label.form is Form.COUNT and isinstance(shown, str):
        if not shown.strip():
            return None
        if not shown.strip().isdecimal() or len(shown.strip()) > 6:
            raise Invalid("count", Sentence("This is not a number."), field=field.field)
        return int(shown)
    return shown


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
