"""What became of an imported list, and the file of what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.table import ColumnLook, LedgerTable
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.words import Words, one_line
from fieldapp.desktop.formats import listing
from fieldapp.desktop.look import Icon
from fieldapp.services.household_list import DOUBTS
from fieldapp.services.import_households import ImportResult
from fieldapp.translation import say, tr


class ResultPanel(Column):
    """``prospects_wanted`` goes to the list; ``file_wanted`` tells the path of the refused rows.

    ``sheet_wanted`` tells which of the ``lists_left`` in the workbook is to be looked at next.
    """

    prospects_wanted = Signal()
    file_wanted = Signal(object)
    sheet_wanted = Signal(str)

    def __init__(self, result: ImportResult, lists_left: Sequence[str] = (), parent: QWidget | None = None) -> None:
        table = LedgerTable([ColumnLook(lambda: tr("Rows of the list")), ColumnLook("", right=True)], whole=True)
        table.setAccessibleName(tr("What became of the rows"))
        table.show_rows(_lines(result), [lambda: tr("Read"), f"{result.rows:,}"])
        go = Button(lambda: tr("Go to the prospects"), Kind.FILLED, icon=Icon.PROSPECTS)
        items: list[QWidget] = [_said(result)]
        if lists_left:
            items.append(self._more_lists(lists_left))
        items.append(Card(table, Line(STRETCH, go), gap=14))
        if result.refused_file is not None:
            items.append(self._refused(result))
        if result.warnings:
            items.append(_doubts(result))
        super().__init__(*items, STRETCH, gap=14, parent=parent)
        go.clicked.connect(self.prospects_wanted)

    def _more_lists(self, left: Sequence[str]) -> Card:
        following = Button(lambda: tr("Go on with {sheet}", sheet=one_line(left[0], 40)), icon=Icon.RIGHT)
        following.clicked.connect(lambda: self.sheet_wanted.emit(left[0]))
        return Card(
            Text(
                lambda: tr("Not imported yet: {sheets}", sheets=one_line(listing(left))),
                Role.SECOND,
                wrap=True,
            ),
            Line(following, STRETCH),
            heading=lambda: tr("More lists in this workbook"),
        )

    def _refused(self, result: ImportResult) -> Card:
        path = result.refused_file
        show = Button(lambda: tr("Open the file"), icon=Icon.FILE)
        show.clicked.connect(lambda: self.file_wanted.emit(path))
        return Card(
            Text(
                lambda: tr(
                    "The refused rows are in a file of their own, with the reason in the last column. Mend them"
                    " there and import that file."
                ),
                Role.SECOND,
                wrap=True,
            ),
            Text(str(path), Role.BODY, wrap=True, selectable=True),
            Line(show, STRETCH),
            heading=lambda: tr("Refused rows"),
        )


def _lines(result: ImportResult) -> list[list[Words]]:
    members: list[list[Words]] = [[lambda: tr("Members of these households"), f"{result.members:,}"]]
    return [
        [lambda: tr("New prospects"), f"{result.new:,}"],
        *(members if result.members else []),
        [lambda: tr("The same household as an earlier row"), f"{result.same_in_list:,}"],
        [lambda: tr("Already known on this laptop"), f"{result.same_as_known:,}"],
        [lambda: tr("Refused"), f"{result.refused_rows:,}"],
    ]


def _doubts(result: ImportResult) -> Card:
    """What to look at among the rows that were read and not refused."""
    table = LedgerTable([ColumnLook(lambda: tr("Look at these rows")), ColumnLook("", right=True)], whole=True)
    table.setAccessibleName(tr("Look at these rows"))
    table.show_rows(
        [
            [partial(say, words), f"{result.warnings[code]:,}"]
            for code, words in DOUBTS.items()
            if code in result.warnings
        ]
    )
    return Card(table, gap=14)


def _said(result: ImportResult) -> Banner:
    if result.stopped:
        return Banner(
            lambda: tr("Stopped. What was imported until then stays."),
            lambda: tr("Import the list again to go on; nothing is taken in twice."),
            Tone.AMBER,
        )
    return Banner(
        lambda: tr("The list is imported."),
        lambda: tr("It lies on this laptop and is sent by itself. Importing it again adds nothing."),
        Tone.PINE,
    )
