"""Neither value is right: a dialog with one field for each, to type what is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import Column
from fieldapp.desktop.components.date_field import DateField
from fieldapp.desktop.components.dialog import ask
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.services.labels import Form
from fieldapp.services.resolve_conflict import DisputedField, OtherValue
from fieldapp.translation import tr

_TYPED = (Form.TEXT, Form.MONEY, Form.PHONE, Form.IDENTITY, Form.DAY, Form.COUNT)


def typeable(field: DisputedField) -> bool:
    """Whether another value for the field can be typed; a choice or a removal is one of what is shown."""
    return field.label.form in _TYPED and not field.is_deletion


def ask_other_values(
    host: QWidget,
    fields: Sequence[DisputedField],
    today: Callable[[], date],
    take: Callable[[Mapping[str, OtherValue]], object],
    refuse: Callable[[Exception], object],
) -> Overlay:
    """Ask for other values; ``take`` gets those that were typed, ``refuse`` an Invalid when one is not a value."""
    controls = {field.field: _control(field, today) for field in fields}
    content = Column(*(Field(field.label.label, controls[field.field]) for field in fields), gap=10)

    def done() -> None:
        typed: dict[str, OtherValue] = {}
        try:
            for field in fields:
                value = _typed(field, controls[field.field])
                if value not in (None, ""):
                    typed[field.field] = OtherValue(value)
        except Invalid as problem:
            refuse(problem)
            return
        take(typed)

    return ask(
        host,
        lambda: tr("What is right?"),
        lambda: tr("Leave a field empty where one of the two values is right."),
        verb=lambda: tr("Take it over"),
        stay=lambda: tr("Go back"),
        do=done,
        content=content,
    )


def _control(field: DisputedField, today: Callable[[], date]) -> QWidget:
    if field.label.form is Form.MONEY:
        return MoneyField()
    if field.label.form is Form.DAY:
        return DateField(today)
    return Entry()


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
