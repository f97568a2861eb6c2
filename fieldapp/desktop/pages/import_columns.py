"""What the columns of a list were taken for, to be changed, and what its first rows would become."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import Column, Grid
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.entry import Choice
from fieldapp.desktop.components.field import Field as FormField
from fieldapp.desktop.components.table import ColumnLook, LedgerTable
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words, one_line
from fieldapp.desktop.formats import listing
from fieldapp.desktop.pages.import_reading import ReadingPanel
from fieldapp.desktop.pages.import_words import FIELD_NAMES, outcome_words
from fieldapp.services.household_list import Field, Outcome, RowOutcome
from fieldapp.services.import_households import ListPreview
from fieldapp.translation import tr, trn

_NOWHERE = -1


class ColumnsPanel(Column):
    """``changed`` tells that another column was chosen: show the outcomes anew. ``reading`` chooses sheet and rows."""

    changed = Signal()

    def __init__(self, found: ListPreview, parent: QWidget | None = None) -> None:
        self.found = found
        width = max([len(found.file.headings), *(len(row) for _, row in found.preview.rows)], default=0)
        offered: list[tuple[object, Words]] = [(_NOWHERE, _not_in_the_list)]
        offered += [(place, _heading(found, place)) for place in range(width)]
        self.choices = {field: Choice(offered) for field in Field}
        for field, choice in self.choices.items():
            choice.choose(found.file.columns.get(field, _NOWHERE))
            choice.chosen.connect(lambda _place: self.changed.emit())
        fields = [FormField(FIELD_NAMES[field], choice) for field, choice in self.choices.items()]
        self._first = Text("", Role.HINT)
        self._table = LedgerTable(
            [
                ColumnLook(lambda: tr("Row"), dim=True, share=0),
                ColumnLook(lambda: tr("Name")),
                ColumnLook(lambda: tr("Telephone")),
                ColumnLook(lambda: tr("Village")),
                ColumnLook(lambda: tr("Business")),
                ColumnLook(lambda: tr("What becomes of it"), share=3),
            ],
            whole=True,
        )
        self._beside = Text("", Role.HINT, wrap=True)
        self._unread = Text("", Role.HINT, wrap=True)
        self.reading = ReadingPanel(found.file)
        super().__init__(
            self.reading,
            Card(
                Grid(*fields, columns=4, narrow=560),
                heading=lambda: tr("Which column holds what"),
                beside=lambda: tr("Guessed from the headings and what stands below them"),
            ),
            self._beside,
            self._unread,
            Card(self._table, heading=lambda: tr("The first rows"), beside=self._first),
            gap=14,
            parent=parent,
        )
        self.setTabOrder(self.choices[Field.NAME], self._table)
        self.show_outcomes(found)

    def chosen(self) -> dict[Field, int]:
        """The columns as they now stand, counted from 0."""
        return {
            field: place
            for field, choice in self.choices.items()
            if isinstance(place := choice.value(), int) and place != _NOWHERE
        }

    def show_outcomes(self, found: ListPreview) -> None:
        """Show what the rows become with the columns now chosen."""
        beside = [member.label for member in found.file.members(self.chosen())]
        self._beside.say(
            lambda: tr("Members read beside the head: {members}", members=one_line(listing(beside))) if beside else ""
        )
        self._beside.setVisible(bool(beside))
        unread = found.file.unread(self.chosen())
        self._unread.say(lambda: tr("Columns not read: {columns}", columns=one_line(listing(unread))) if unread else "")
        self._unread.setVisible(bool(unread))
        rows = [_row(outcome) for outcome in found.outcomes]
        self._table.show_rows(rows)
        self._table.setAccessibleName(tr("The first rows"))
        refused = sum(outcome.outcome is Outcome.REFUSED for outcome in found.outcomes)
        self._first.say(
            lambda: trn(
                "{refused} of the first {count} refused",
                "{refused} of the first {count} refused",
                len(rows),
                refused=refused,
            )
        )


def _row(outcome: RowOutcome) -> list[str]:
    row = outcome.row
    said = one_line(outcome_words(outcome))
    if row is None:
        first = next((cell for cell in outcome.cells if cell.strip()), "")
        return [str(outcome.number), one_line(first, 20), "", "", "", said]
    village = row.village.name if row.village is not None else ""
    return [str(outcome.number), one_line(row.name, 40), row.phone or "", village, one_line(row.business, 40), said]


def _heading(found: ListPreview, place: int) -> str:
    headings = found.file.headings
    if place < len(headings) and headings[place].strip():
        heading = one_line(headings[place], 40)
        return tr("{heading} (hidden column)", heading=heading) if place in found.file.hidden_columns else heading
    sample = next((row[place] for _, row in found.preview.rows if place < len(row) and row[place].strip()), "")
    return tr("Column {number}: {sample}", number=place + 1, sample=one_line(sample, 20))


def _not_in_the_list() -> str:
    return tr("not in the list")
