"""What of a workbook is read: which sheet, whether rows that are hidden in it too; and a word on what nobody sees."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import Column, Grid
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.entry import Choice
from fieldapp.desktop.components.field import Field as FormField
from fieldapp.desktop.components.segmented import Segmented
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.components.words import Words, one_line, said
from fieldapp.desktop.formats import listing
from fieldapp.desktop.look import Icon
from fieldapp.services.household_list import HouseholdListFile, ListSheet
from fieldapp.translation import tr, trn


class ReadingPanel(Column):
    """Nothing where a file holds one list and hides none of it. ``changed`` tells which choice was made anew."""

    changed = Signal(str)

    def __init__(self, file: HouseholdListFile, parent: QWidget | None = None) -> None:
        self._file = file
        self.sheet = Choice([(sheet.name, _name(sheet)) for sheet in file.sheets if sheet.is_list])
        self.sheet.choose(file.how_written)
        self.hidden_rows = Segmented(
            [(False, lambda: tr("Leave them out")), (True, lambda: tr("Read them too"))], first_digit=0
        )
        self.hidden_rows.choose(file.reads_hidden_rows)
        fields: list[QWidget] = []
        if file.other_lists:
            fields.append(FormField(lambda: tr("Which sheet"), self.sheet))
        if file.hidden_rows:
            fields.append(FormField(lambda: tr("Hidden rows"), self.hidden_rows))
        parts: list[QWidget] = []
        if told := _told(file):
            first, *more = told
            left_out = file.hidden_rows > 0 and not file.reads_hidden_rows
            parts.append(
                Banner(
                    first,
                    lambda: "\n".join(said(words) for words in more),
                    Tone.AMBER if left_out else Tone.SKY,
                    icon=Icon.INFORMATION,
                )
            )
        if fields:
            parts.append(Card(Grid(*fields, columns=2, narrow=560), heading=lambda: tr("What of the workbook is read")))
        super().__init__(*parts, gap=14, parent=parent)
        if not parts:
            self.hide()
        self.sheet.chosen.connect(lambda _name: self.changed.emit("sheet"))
        self.hidden_rows.chosen.connect(lambda _read: self.changed.emit("rows"))

    def take_keyboard(self, choice: str) -> None:
        """Give the keyboard to the choice that ``changed`` named."""
        if choice == "sheet":
            self.sheet.setFocus()
        else:
            self.hidden_rows.take_keyboard()

    def chosen(self) -> tuple[str | None, bool | None]:
        """The sheet and whether its hidden rows are read; None for what is left to the program."""
        sheet, rows = self.sheet.value(), self.hidden_rows.value()
        another = isinstance(sheet, str) and sheet != self._file.how_written
        return (
            sheet if isinstance(sheet, str) else None,
            rows if isinstance(rows, bool) and self._file.hidden_rows and not another else None,
        )


def _told(file: HouseholdListFile) -> list[Words]:
    told: list[Words] = []
    if file.lies_across:
        told.append(
            lambda: tr(
                "The headings stand below each other: each household has a column, and the numbers of rows are those of"
                " columns."
            )
        )
    count = file.hidden_rows
    if count and not file.reads_hidden_rows:
        told.append(
            lambda: trn(
                "{count} row is hidden in this sheet and not read.",
                "{count} rows are hidden in this sheet and not read.",
                count,
            )
        )
    elif count:
        told.append(
            lambda: trn(
                "{count} row that is hidden in this sheet is read too.",
                "{count} rows that are hidden in this sheet are read too.",
                count,
            )
        )
    if file.sheet_is_hidden:
        told.append(lambda: tr("The sheet {sheet} is read, which is hidden.", sheet=one_line(file.how_written)))
    elif file.other_sheets:
        told.append(lambda: tr("The sheet {sheet} is read.", sheet=one_line(file.how_written)))
    if headings := file.hidden_headings:
        told.append(lambda: tr("Hidden columns are read too: {columns}", columns=one_line(listing(headings))))
    if others := file.other_sheets:
        told.append(lambda: tr("Not read: {sheets}", sheets=one_line(listing(others))))
    return told


def _name(sheet: ListSheet) -> Words:
    return (
        (lambda: tr("{sheet} (hidden)", sheet=one_line(sheet.name, 40))) if sheet.hidden else one_line(sheet.name, 40)
    )
