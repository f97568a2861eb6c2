"""Draws and repayments that the borrower of a revolving loan plans, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QRadioButton, QWidget

from fieldapp.desktop.application_form.bound import Bound, Heard
from fieldapp.desktop.components.arrange import STRETCH, Column, Line, fill_with
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.date_field import DateField
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.look import Icon, Living
from fieldapp.domain.errors import Invalid
from fieldapp.domain.kinds import Values
from fieldapp.domain.money import Money
from fieldapp.domain.revolving_plan import MOST_MOVEMENTS
from fieldapp.domain.wording import Sentence
from fieldapp.translation import tr

DRAW, REPAY = "draw_fen", "repay_fen"


class MovementsTable(Living, QWidget):
    """``edited`` after each change. One line stands always; an empty one says nothing."""

    edited = Signal()

    def __init__(self, today: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._lines: list[_MovementLine] = []
        self._column = Column(gap=8)
        self._put(first=True)
        self._add = Button(lambda: tr("Add a draw or repayment"), Kind.LINK, icon=Icon.ADD, key="Alt+W")
        fill_with(self, Column(self._column, Line(self._add, STRETCH), gap=6))
        self.setFocusProxy(self._lines[0].day.entry)
        self._add.clicked.connect(self._add_line)
        self.dress()

    def lines(self) -> list[dict[str, Any]]:
        """The lines that say something. Raises Invalid (field ``movements``)."""
        return [line.movement() for line in self._lines if not line.blank()]

    def written(self) -> list[dict[str, Any]]:
        """The lines as they stand; what cannot be read is its text."""
        return [line.written() for line in self._lines if not line.blank()]

    def show_lines(self, movements: list[dict[str, Any]]) -> None:
        """Show these lines."""
        wanted = (movements or [{}])[:MOST_MOVEMENTS]
        while len(self._lines) > len(wanted):
            self._drop(self._lines[-1])
        while len(self._lines) < len(wanted):
            self._put(first=False)
        for line, movement in zip(self._lines, wanted, strict=True):
            line.show_movement(movement)

    def show_error(self, wrong: bool) -> None:
        """Draw the first line as wrong, or as right again."""
        self._lines[0].day.show_error(wrong)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        for line in self._lines:
            line.say_name(name)

    def _put(self, *, first: bool) -> None:
        line = _MovementLine(self._today, first=first)
        line.edited.connect(self.edited)
        line.removed.connect(lambda: self._remove(line))
        self._column.put(line)
        line.say_name(self.accessibleName())
        if self._lines:
            # A widget made later comes last in the tab order, wherever it stands.
            for before, after in pairwise([self._lines[-1].stops()[-1], *line.stops()]):
                QWidget.setTabOrder(before, after)
        self._lines.append(line)

    def _add_line(self) -> None:
        if len(self._lines) < MOST_MOVEMENTS:
            self._put(first=False)
            self._lines[-1].day.entry.setFocus()

    def _remove(self, line: _MovementLine) -> None:
        self._drop(line)
        self._lines[-1].day.entry.setFocus()
        self.edited.emit()

    def _drop(self, line: _MovementLine) -> None:
        self._lines.remove(line)
        line.hide()
        line.deleteLater()


class _MovementLine(Living, QWidget):
    edited = Signal()
    removed = Signal()

    def __init__(self, today: Any, *, first: bool) -> None:
        super().__init__()
        ways: list[tuple[object, Words]] = [(DRAW, lambda: tr("Draw")), (REPAY, lambda: tr("Repay"))]
        self.day = DateField(today, hint=False)
        self.way = Segmented(ways, first_digit=0, fitted=True)
        self.amount = MoneyField(big=False)
        self._remove = Button(lambda: tr("Remove this line"), icon=Icon.CLOSE, words_shown=False)
        if first:
            self._remove.hide()
        self._first = first
        fill_with(
            self, Column(Line((self.day, 1), self.way, gap=6), Line((self.amount, 1), self._remove, gap=6), gap=6)
        )
        self.way.choose(DRAW)
        self.day.changed.connect(lambda _: self.edited.emit())
        self.way.chosen.connect(lambda _: self.edited.emit())
        self.amount.changed.connect(lambda _: self.edited.emit())
        self._remove.clicked.connect(lambda: self.removed.emit())
        self.dress()

    def show_movement(self, movement: Mapping[str, Any]) -> None:
        way = REPAY if movement.get(REPAY) else DRAW
        self.way.choose(way)
        held, on = movement.get(way), movement.get("on")
        self.amount.set_value(Money(held) if isinstance(held, int) and held else None)
        if isinstance(held, str):
            self.amount.entry.setText(held)
        found = _iso(on)
        self.day.set_value(found)
        if found is None:
            self.day.entry.setText(str(on or ""))

    def stops(self) -> list[QWidget]:
        stops: list[QWidget] = [self.day.entry, *self.way.findChildren(QRadioButton), self.amount.entry]
        return stops if self._first else [*stops, self._remove]

    def say_name(self, name: str) -> None:
        self.day.setAccessibleName(f"{name}: {tr('day')}")
        self.way.setAccessibleName(f"{name}: {tr('draw or repayment')}")
        self.amount.setAccessibleName(f"{name}: {tr('yuan')}")

    def blank(self) -> bool:
        return not (self.day.entry.text().strip() or self.amount.entry.text().strip())

    def movement(self) -> dict[str, Any]:
        if self.day.value() is None:
            raise Invalid("date", Sentence("This is not a day. Write it like 1126 or 2026-11-26."), field="movements")
        try:
            money = self.amount.value()
        except Invalid as problem:
            raise Invalid(problem.code, problem.sentence, field="movements") from None
        return self._said(str(self.day.value()), money.fen if money is not None else 0)

    def written(self) -> dict[str, Any]:
        try:
            return self.movement()
        except Invalid:
            day = self.day.value()
            return self._said(day.isoformat() if day is not None else self.day.entry.text(), self.amount.entry.text())

    def _said(self, on: str, fen: int | str) -> dict[str, Any]:
        drawn = self.way.value() != REPAY
        return {"on": on, DRAW: fen if drawn else 0, REPAY: 0 if drawn else fen}


def movements(name: str, field: Field, control: MovementsTable, heard: Heard) -> Bound:
    """The lines bound to their field."""

    def read() -> Values:
        return {name: control.lines()}

    control.edited.connect(heard)
    return Bound(
        (name,),
        field,
        read,
        lambda: {name: control.written()},
        lambda values: control.show_lines(list(values[name] or [])),
    )


def _iso(held: object) -> date | None:
    try:
        return date.fromisoformat(str(held)) if held else None
    except ValueError:
        return None
