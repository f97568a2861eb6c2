"""Controls bound to the fields of the flat form: what they hold, what of it can be read, and how it got there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.choice_cards import ChoiceCards
from fieldapp.desktop.components.date_field import DateField
from fieldapp.desktop.components.entry import Choice, Entry, Note
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.domain.errors import Invalid
from fieldapp.domain.kinds import Values
from fieldapp.domain.money import Money
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import half_width_digits

Heard = Callable[[], object]
"""Called after each change that a person made."""

GREATEST_COUNT = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """One control and the fields it answers for.

    ``read`` raises Invalid when what stands there cannot be read; ``raw`` is what stands there, readable or not;
    ``show`` takes both back. ``field`` is where its errors go.
    """

    names: tuple[str, ...]
    field: Field
    read: Callable[[], Values]
    raw: Callable[[], Values]
    show: Callable[[Mapping[str, Any]], object]


@dataclass(frozen=True, slots=True)
class Typed:
    """What differs from what was shown: ``good`` can be read, ``raw`` cannot, ``problems`` say why not."""

    good: Values
    raw: Values
    problems: tuple[Invalid, ...]

    @property
    def everything(self) -> Values:
        """All of it, for a draft."""
        return {**self.good, **self.raw}

    @property
    def to_reckon(self) -> Values:
        """What the figures follow from: a field that cannot be read counts as empty, not as what it was before."""
        return {**self.good, **{name: [] if isinstance(value, list) else None for name, value in self.raw.items()}}


class TypedForm:
    """All bound controls of the form, by the names the rules use."""

    def __init__(self) -> None:
        self._bound: list[Bound] = []
        self._by_name: dict[str, Bound] = {}
        self._errors: dict[str, object] = {}

    def add(self, bounds: Iterable[Bound]) -> None:
        """Let these controls answer for their fields."""
        for bound in bounds:
            self._bound.append(bound)
            self._by_name.update(dict.fromkeys(bound.names, bound))

    def field(self, name: str) -> Field | None:
        """The field that answers for ``name``."""
        bound = self._by_name.get(name)
        return bound.field if bound is not None else None

    def typed(self, shown: Mapping[str, Any]) -> Typed:
        """What a person typed: everything that differs from what was shown."""
        good: Values = {}
        raw: Values = {}
        problems: list[Invalid] = []
        for bound in self._bound:
            try:
                values = bound.read()
            except Invalid as problem:
                raw |= bound.raw()
                problems.append(problem)
                continue
            if any(not same(values[name], shown.get(name)) for name in values):
                good |= values
        return Typed(good, raw, tuple(problems))

    def show(self, fields: Mapping[str, Any], names: Iterable[str] | None = None) -> None:
        """Show these values, all of them or those of ``names``; a control that holds the same is left alone."""
        wanted = None if names is None else set(names)
        for bound in self._bound:
            if wanted is not None and not wanted & set(bound.names):
                continue
            values = {name: fields.get(name) for name in bound.names}
            held = bound.raw()
            if wanted is None or any(not same(held.get(name), value) for name, value in values.items()):
                bound.show(values)

    def focused(self) -> str | None:
        """The field the keyboard is in."""
        for bound in self._bound:
            control: QWidget = bound.field.control
            inside = control.window().focusWidget() if control.isVisible() else None
            if inside is not None and (inside is control or control.isAncestorOf(inside)):
                return bound.names[0]
        return None

    def empty(self, name: str) -> bool:
        """Whether nothing is filled in at ``name``."""
        bound = self._by_name.get(name)
        return bound is None or all(same(value, None) for value in bound.raw().values())

    def show_errors(self, errors: Mapping[str, Callable[[], str]]) -> None:
        """Say below each field what is wrong with it, and take back what is right again."""
        for bound in self._bound:
            name = next((name for name in bound.names if name in errors), None)
            words = errors[name] if name is not None else None
            spoken = words() if words is not None else None
            if self._errors.get(bound.names[0]) != spoken:
                self._errors[bound.names[0]] = spoken
                bound.field.show_error(words)


def same(one: object, other: object) -> bool:
    """Whether two values say the same; an empty text, an empty list and None all say nothing."""
    empty: tuple[object, ...] = (None, "", [], ())
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return list(one) == list(other)
    return (one in empty and other in empty) or (one == other and isinstance(one, bool) == isinstance(other, bool))


def text(name: str, field: Field, control: Entry | Note, heard: Heard) -> Bound:
    """A text, cleaned by the rules when it is saved."""
    control.edited.connect(heard) if isinstance(control, Note) else control.textEdited.connect(heard)
    return Bound(
        (name,),
        field,
        lambda: {name: control.text()},
        lambda: {name: control.text()},
        lambda values: _write(control, str(values[name] or "")),
    )


def money(name: str, field: Field, control: MoneyField, heard: Heard) -> Bound:
    """An amount in fen."""

    def read() -> Values:
        try:
            found = control.value()
        except Invalid as problem:
            raise Invalid(problem.code, problem.sentence, field=name, advice=problem.advice) from None
        return {name: found.fen if found is not None else None}

    def raw() -> Values:
        try:
            return read()
        except Invalid:
            return {name: control.entry.text()}

    def show(values: Mapping[str, Any]) -> None:
        held = values[name]
        if isinstance(held, str):
            control.set_value(None)
            control.entry.setText(held)
        else:
            control.set_value(Money(held) if held is not None else None)

    control.changed.connect(heard)
    return Bound((name,), field, read, raw, show)


def count(name: str, field: Field, control: Entry, heard: Heard) -> Bound:
    """A whole number of people, years or months."""

    def read() -> Values:
        return {name: read_count(control.text(), name)}

    def raw() -> Values:
        try:
            return read()
        except Invalid:
            return {name: control.text()}

    control.textEdited.connect(heard)
    return Bound(
        (name,),
        field,
        read,
        raw,
        lambda values: control.setText("" if values[name] is None else str(values[name])),
    )


def read_count(written: str, name: str) -> int | None:
    """The number written, None for nothing. Raises Invalid (``number``)."""
    digits = half_width_digits(written).strip()
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 6 or int(digits) > GREATEST_COUNT:
        raise Invalid("number", Sentence("Write a whole number, such as 3."), field=name)
    return int(digits)


def day(name: str, field: Field, control: DateField, heard: Heard) -> Bound:
    """A day, kept as an ISO date."""

    def read() -> Values:
        found = control.value()
        if found is None and not control.understood():
            raise Invalid("date", Sentence("This is not a day. Write it like 1126 or 2026-11-26."), field=name)
        return {name: found.isoformat() if found is not None else None}

    def raw() -> Values:
        try:
            return read()
        except Invalid:
            return {name: control.entry.text()}

    def show(values: Mapping[str, Any]) -> None:
        held = values[name]
        found = _iso_day(held)
        if found is None:
            control.set_value(None)
            control.entry.setText(str(held or ""))
        else:
            control.set_value(found)

    control.changed.connect(heard)
    return Bound((name,), field, read, raw, show)


def choice(name: str, field: Field, control: Segmented | Choice | ChoiceCards, heard: Heard) -> Bound:
    """One of several."""

    def read() -> Values:
        return {name: control.value()}

    control.chosen.connect(heard)
    return Bound((name,), field, read, read, lambda values: control.choose(values[name]))


def _write(control: Entry | Note, words: str) -> None:
    control.setText(words)
    if isinstance(control, Entry):
        control.setCursorPosition(0)


def _iso_day(held: object) -> date | None:
    if isinstance(held, date):
        return held
    try:
        return date.fromisoformat(str(held)) if held else None
    except ValueError:
        return None
