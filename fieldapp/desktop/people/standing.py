"""What stands in the control of a dialog, readable or not, as a plain JSON value; and the way to let it stand again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.application_form.masked_entry import MaskedEntry
from fieldapp.desktop.components.date_field import DateField
from fieldapp.desktop.components.entry import Choice, Entry, Note
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.people.typed_choice import TypedChoice


def standing(control: QWidget) -> object:
    """What stands there. Raises TypeError for a control that nobody types in."""
    match control:
        case Entry() | Note() | MaskedEntry():
            return control.text()
        case MoneyField():
            return control.entry.text()
        case DateField():
            day = control.value()
            return day.isoformat() if day is not None else control.entry.text()
        case Segmented() | Choice():
            return control.value()
        case TypedChoice():
            return control.standing()
    raise TypeError(type(control).__name__)


def let_stand(control: QWidget, value: object) -> None:
    """Show what stood there once; whoever listens to the control hears of a choice."""
    match control:
        case Entry() | Note():
            control.setText(_text(value))
        case MaskedEntry():
            control.show_clear(_text(value))
        case MoneyField():
            control.set_value(None)
            control.entry.setText(_text(value))
        case DateField():
            _let_day_stand(control, _text(value))
        case Segmented() | Choice():
            control.choose(value)
            control.chosen.emit(control.value())
        case TypedChoice():
            control.let_stand(value)


def hear(control: QWidget, heard: Callable[[], object]) -> None:
    """Call ``heard`` after each change that a person makes."""
    match control:
        case Entry():
            control.textEdited.connect(lambda _text: heard())
        case Note():
            control.edited.connect(lambda _text: heard())
        case MaskedEntry():
            control.edited.connect(lambda: heard())
        case MoneyField() | DateField():
            control.changed.connect(lambda _value: heard())
        case Segmented() | Choice():
            control.chosen.connect(lambda _key: heard())
        case TypedChoice():
            control.typed.connect(lambda _text: heard())
            control.chosen.connect(lambda _one: heard())


def _let_day_stand(control: DateField, written: str) -> None:
    try:
        control.set_value(date.fromisoformat(written))
    except ValueError:
        control.set_value(None)
        control.entry.setText(written)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
