"""Neither value is right: a dialog with one field for each, to type what is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.date_field import DateField
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.dialog_draft import Keep, Record
from fieldapp.desktop.people.small_form import open_small_form
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.errors import Invalid, InvalidRecord
from fieldapp.domain.wording import Sentence
from fieldapp.services.half_typed import Place
from fieldapp.services.labels import Form
from fieldapp.services.resolve_conflict import Disagreement, DisputedField, OtherValue, fit_to_keep
from fieldapp.translation import say, tr

_TYPED = (Form.TEXT, Form.MONEY, Form.PHONE, Form.IDENTITY, Form.DAY, Form.COUNT)


def typeable(field: DisputedField) -> bool:
    """Whether another value for the field can be typed; a choice or a removal is one of what is shown."""
    return field.label.form in _TYPED and not field.is_deletion


def ask_other_values(
    shell: Shell, session: DesktopSession, shown: Disagreement, take: Callable[[Mapping[str, OtherValue]], object]
) -> Overlay:
    """Ask for other values; ``take`` gets those that were typed. What is not fit to keep is said at its field."""
    fields = [field for field in shown.fields if typeable(field)]
    controls = {field.field: _control(field, session.today) for field in fields}

    def work() -> Callable[[], dict[str, OtherValue]]:
        return partial(fit_to_keep, session.store, shown, _read(fields, controls))

    return open_small_form(
        shell,
        lambda: tr("What is right?"),
        lambda: tr("Leave a field empty where one of the two values is right."),
        {field.field: Field(partial(say, field.label.label), controls[field.field]) for field in fields},
        verb=lambda: tr("Take it over"),
        stay=lambda: tr("Go back"),
        work=work,
        done=take,
        keep=Keep(session.store, other_values_place(shown), record=Record.LATER),
    )


def other_values_place(shown: Disagreement) -> Place:
    """Where the other values are kept until the decision is saved."""
    return Place(shown.record, "other_value")


def _control(field: DisputedField, today: Callable[[], date]) -> QWidget:
    if field.label.form is Form.MONEY:
        return MoneyField()
    if field.label.form is Form.DAY:
        return DateField(today)
    return Entry()


def _read(fields: Sequence[DisputedField], controls: Mapping[str, QWidget]) -> dict[str, OtherValue]:
    typed: dict[str, OtherValue] = {}
    problems: list[Invalid] = []
    for field in fields:
        try:
            value = _typed(field, controls[field.field])
        except Invalid as problem:
            problems.append(Invalid(problem.code, problem.sentence, field=field.field, advice=problem.advice))
        else:
            if value not in (None, ""):
                typed[field.field] = OtherValue(value)
    if problems:
        raise InvalidRecord(problems)
    return typed


def _typed(field: DisputedField, control: QWidget) -> object:
    if isinstance(control, MoneyField):
        return control.value()
    if isinstance(control, DateField):
        if not control.understood():
            raise Invalid("date", Sentence("This is not a day."), field=field.field)
        return control.value()
    text = control.text().strip() if isinstance(control, Entry) else ""
    if field.label.form is Form.COUNT and text:
        if not text.isdecimal() or len(text) > 6:
            raise Invalid("count", Sentence("This is not a number."), field=field.field)
        return int(text)
    return text
