"""A record's values as the screens write them, by the form its field has."""

from __future__ import annotations

from datetime import date
from typing import Any

from fieldapp.desktop.formats import amount, full_day
from fieldapp.domain.money import Money
from fieldapp.services.labels import FieldLabel, Form, choice_label
from fieldapp.translation import say, tr, trn


def written(field: str, label: FieldLabel, value: Any) -> str:
    """``value`` (as the record keeps it) in words; a value of an unexpected type is written as it is."""
    if value is None or value in ("", [], ()):
        return tr("(empty)")
    match label.form, value:
        case Form.MONEY, int():
            return amount(Money(value))
        case Form.DAY, str():
            return _day(value)
        case Form.CHOICE, str():
            return say(choice_label(field, value))
        case Form.YES_NO, bool():
            return tr("Yes") if value else tr("No")
        case Form.PHONE, str():
            return phone_in_groups(value)
        case Form.LIST, list() | tuple():
            return trn("{count} entry", "{count} entries", len(value))
        case _:
            return str(value)


def phone_in_groups(number: str) -> str:
    """``138 0000 0001``; another number as it is."""
    if len(number) == 11 and number.isdigit():
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    return number


def _day(text: str) -> str:
    try:
        return full_day(date.fromisoformat(text))
    except ValueError:
        return text
