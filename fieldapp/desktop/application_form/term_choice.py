"""The term: three usual ones, or any other number of months."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.application_form.bound import Bound, Heard, read_count
from fieldapp.desktop.components.arrange import Column, fill_with
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.field import Field
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.look import Living
from fieldapp.domain.kinds import Values
from fieldapp.domain.loan_quote import STANDARD_TERMS
from fieldapp.translation import tr, trn

OTHER = "other"


class TermChoice(Living, QWidget):
    """``edited`` after each change; ``first_digit`` as in Segmented."""

    edited = Signal()

    def __init__(self, *, first_digit: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        usual = [(months, lambda months=months: trn("{count} mo", "{count} mo", months)) for months in STANDARD_TERMS]
        self.strip = Segmented([*usual, (OTHER, lambda: tr("Other"))], first_digit=first_digit)
        self.entry = Entry(unit=lambda: tr("months"), right=True)
        self.entry.hide()
        fill_with(self, Column(self.strip, self.entry, gap=6))
        self.setFocusProxy(self.strip)
        self.strip.chosen.connect(self._chosen)
        self.entry.textEdited.connect(lambda: self.edited.emit())

    def show_error(self, wrong: bool) -> None:
        """Draw the term as wrong, or as right again."""
        self.strip.show_error(wrong)
        self.entry.show_error(wrong)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.entry.setAccessibleName(name)

    def show_months(self, months: object) -> None:
        """Show a term, or what was typed for one."""
        usual = months in STANDARD_TERMS
        self.strip.choose(months if usual else OTHER if months not in (None, "") else None)
        self.entry.setVisible(self.strip.value() == OTHER)
        self.entry.setText("" if usual or months is None else str(months))

    def written(self) -> object:
        """The months of a usual term, what is typed for another, None for nothing."""
        chosen = self.strip.value()
        return self.entry.text() if chosen == OTHER else chosen

    def _chosen(self, key: object) -> None:
        self.entry.setVisible(key == OTHER)
        if key == OTHER:
            self.entry.setFocus()
        self.edited.emit()


def months_in_words(months: int) -> str:
    """``36 个月``."""
    return trn("{count} month", "{count} months", months)


def term(name: str, field: Field, control: TermChoice, heard: Heard) -> Bound:
    """The term bound to its field."""

    def read() -> Values:
        written = control.written()
        return {name: read_count(written, name) if isinstance(written, str) else written}

    def show(values: Mapping[str, Any]) -> None:
        control.show_months(values[name])

    control.edited.connect(heard)
    return Bound((name,), field, read, lambda: {name: control.written()}, show)
