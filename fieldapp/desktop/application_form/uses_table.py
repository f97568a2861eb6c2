"""What the loan is for: purpose, payee and amount, line by line, with a total that has to match the loan."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.application_form.bound import Bound, Heard
from fieldapp.desktop.components.arrange import Column, Line, fill_with
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import Rule
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.money_field import MoneyField
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.formats import amount
from fieldapp.desktop.look import Icon, Living
from fieldapp.domain.errors import Invalid
from fieldapp.domain.kinds import Values
from fieldapp.domain.money import Money
from fieldapp.translation import tr

MOST_LINES = 20


class UsesTable(Living, QWidget):
    """``edited`` after each change. One line stands always; a single line without an amount means the whole loan."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loan: Money | None = None
        self._lines: list[_UseLine] = []
        self._column = Column(gap=8)
        self._add_to_column(_UseLine(first=True))
        self._add = Button(lambda: tr("Add a purpose"), Kind.LINK, icon=Icon.ADD, key="Alt+U")
        self._sum = Text("", Role.HINT, right=True, elide=True)
        fill_with(self, Column(self._column, Line(self._add, (self._sum, 1), gap=8), gap=6))
        self.setFocusProxy(self._lines[0].purpose)
        self._add.clicked.connect(self._add_line)
        self.dress()

    def lines(self) -> list[dict[str, Any]]:
        """The lines that say something. Raises Invalid (``amount``, field ``uses``)."""
        return [line.use() for line in self._lines if not line.blank()]

    def written(self) -> list[dict[str, Any]]:
        """The lines as they stand; an amount that cannot be read is its text."""
        return [line.written() for line in self._lines if not line.blank()]

    def show_lines(self, uses: list[dict[str, Any]]) -> None:
        """Show these lines."""
        wanted = (uses or [{}])[:MOST_LINES]
        while len(self._lines) > len(wanted):
            self._drop(self._lines[-1])
        while len(self._lines) < len(wanted):
            self._add_to_column(_UseLine(first=False))
        for line, use in zip(self._lines, wanted, strict=True):
            line.show_use(use)
        self._show_sum()

    def show_loan(self, loan: Money | None) -> None:
        """Show against which amount the lines add up."""
        if loan != self._loan:
            self._loan = loan
            self._show_sum()

    def show_error(self, wrong: bool) -> None:
        """Draw the first line as wrong, or as right again."""
        self._lines[0].show_error(wrong)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        for line in self._lines:
            line.setAccessibleName(name)

    def retranslate(self) -> None:
        self._show_sum()

    def _add_to_column(self, line: _UseLine) -> None:
        line.edited.connect(self._edited)
        line.removed.connect(lambda: self._remove(line))
        self._column.put(line)
        if self._lines:
            # A widget made later comes last in the tab order, wherever it stands.
            stops = [self._lines[-1].last_stop(), *line.stops()]
            for before, after in pairwise(stops):
                QWidget.setTabOrder(before, after)
        self._lines.append(line)

    def _add_line(self) -> None:
        if len(self._lines) < MOST_LINES:
            self._add_to_column(_UseLine(first=False))
            self._lines[-1].purpose.setFocus()
            self._show_sum()

    def _remove(self, line: _UseLine) -> None:
        self._drop(line)
        self._lines[-1].purpose.setFocus()
        self._edited()

    def _drop(self, line: _UseLine) -> None:
        self._lines.remove(line)
        line.hide()
        line.deleteLater()

    def _edited(self) -> None:
        self._show_sum()
        self.edited.emit()

    def _show_sum(self) -> None:
        try:
            fen = [use["amount_fen"] for use in self.lines()]
        except Invalid:
            self._sum.say("")
            return
        loan = self._loan
        if loan is None or not fen or (len(fen) == 1 and not fen[0]):
            self._sum.say(lambda: tr("one purpose may stand for the whole loan") if len(fen) <= 1 else "")
            return
        off = Money(sum(fen)) - loan
        if not off:
            self._sum.say(lambda: tr("{total}, as the loan", total=amount(loan)), Tone.PINE)
        elif off.fen < 0:
            self._sum.say(lambda: tr("{rest} still to name", rest=amount(-off)), Tone.AMBER)
        else:
            self._sum.say(lambda: tr("{over} more than the loan", over=amount(off)), Tone.SEAL)


class _UseLine(Living, QWidget):
    edited = Signal()
    removed = Signal()

    def __init__(self, *, first: bool) -> None:
        super().__init__()
        self.purpose = Entry(lambda: tr("what for"))
        self.payee = Entry(lambda: tr("who is paid"))
        self.amount = MoneyField(big=False)
        self._first = first
        self._remove = Button(lambda: tr("Remove this purpose"), icon=Icon.CLOSE, words_shown=False)
        if first:
            self._remove.hide()
        below = Line((self.payee, 3), (self.amount, 3), self._remove, gap=6)
        fill_with(self, Column(*([] if first else [Rule()]), self.purpose, below, gap=6))
        self.purpose.textEdited.connect(lambda: self.edited.emit())
        self.payee.textEdited.connect(lambda: self.edited.emit())
        self.amount.changed.connect(lambda: self.edited.emit())
        self._remove.clicked.connect(lambda: self.removed.emit())
        self.dress()

    def show_use(self, use: Mapping[str, Any]) -> None:
        self.purpose.setText(str(use.get("purpose") or ""))
        self.payee.setText(str(use.get("payee") or ""))
        held = use.get("amount_fen")
        self.amount.set_value(Money(held) if isinstance(held, int) and held else None)
        if isinstance(held, str):
            self.amount.entry.setText(held)

    def stops(self) -> list[QWidget]:
        return [self.purpose, self.payee, self.amount.entry, self._remove]

    def last_stop(self) -> QWidget:
        return self.amount.entry if self._first else self._remove

    def blank(self) -> bool:
        return not (self.purpose.text().strip() or self.payee.text().strip() or self.amount.entry.text().strip())

    def use(self) -> dict[str, Any]:
        try:
            money = self.amount.value()
        except Invalid as problem:
            raise Invalid(problem.code, problem.sentence, field="uses") from None
        return self._use(money.fen if money is not None else 0)

    def written(self) -> dict[str, Any]:
        try:
            return self.use()
        except Invalid:
            return self._use(self.amount.entry.text())

    def show_error(self, wrong: bool) -> None:
        self.purpose.show_error(wrong)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.purpose.setAccessibleName(f"{name}: {tr('what for')}")
        self.payee.setAccessibleName(f"{name}: {tr('who is paid')}")
        self.amount.setAccessibleName(f"{name}: {tr('yuan')}")

    def _use(self, fen: int | str) -> dict[str, Any]:
        return {"purpose": self.purpose.text(), "payee": self.payee.text(), "amount_fen": fen}


def uses(name: str, field: Field, control: UsesTable, heard: Heard) -> Bound:
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
