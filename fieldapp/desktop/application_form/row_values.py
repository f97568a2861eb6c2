"""What is typed in the questions about rows, read as the rows keep it."""

from __future__ import annotations

from fieldapp.desktop.components.date_field import DateField
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.domain.wording import Sentence


def money_of(fen: int | None) -> Money | None:
    """An amount as a money field takes it."""
    return Money(fen) if fen is not None else None


def fen_in(control: MoneyField, name: str) -> int | None:
    """The amount typed, in fen. Raises Invalid (``amount``) at the field ``name``."""
    try:
        found = control.value()
    except Invalid as problem:
        raise Invalid(problem.code, problem.sentence, field=name, advice=problem.advice) from None
    return found.fen if found is not None else None


def day_in(control: DateField, name: str) -> str | None:
    """The day typed, as an ISO date. Raises Invalid (``date``) at the field ``name``."""
    if not control.understood():
        raise Invalid("date", Sentence("This is not a day. Write it like 1126 or 2026-11-26."), field=name)
    found = control.value()
    return found.isoformat() if found is not None else None
