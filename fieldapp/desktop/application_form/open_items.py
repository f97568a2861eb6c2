"""What is still missing, by step; entering a line goes to its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.chip import StateMark
from fieldapp.desktop.components.overlay import Overlay, Panel
from fieldapp.desktop.components.row_list import RowList
from fieldapp.desktop.components.rows import Heading, Row, RowModel, Shape
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.look import Icon
from fieldapp.domain.application_checklist import OpenItem, Step
from fieldapp.translation import say, tr, trn

STEP_NAMES: Mapping[Step, Callable[[], str]] = {
    Step.APPLICANT: lambda: tr("Applicant"),
    Step.BUSINESS: lambda: tr("Business and income"),
    Step.LOAN: lambda: tr("Amount and repayment"),
    Step.GUARANTEE: lambda: tr("Security"),
    Step.DECLARATIONS: lambda: tr("Consents"),
    Step.SIGNING: lambda: tr("Check and sign"),
}


class OpenItemsList(Column):
    """The checklist. ``wanted`` tells the OpenItem a person goes to."""

    wanted = Signal(object)

    def __init__(self, *, whole: bool = True) -> None:
        self._items: tuple[OpenItem, ...] = ()
        self._model = RowModel()
        self.list = RowList(self._model, row_height=44, whole=whole)
        self._complete = StateMark(lambda: tr("Nothing is missing"), Icon.CONFIRMED, Tone.PINE)
        super().__init__(self._complete, self.list, gap=4)
        self.list.opened.connect(self._open)
        self.list.clicked.connect(lambda _index: self._open_current())

    def show_items(self, items: Sequence[OpenItem]) -> None:
        """Show these."""
        if tuple(items) == self._items and self._model.rowCount() == self._rows_for(items):
            return
        self._items = tuple(items)
        self._show()

    def retranslate(self) -> None:
        super().retranslate()
        if hasattr(self, "_model"):
            self._show()

    def _show(self) -> None:
        rows: list[Row | Heading] = []
        for step in Step:
            found = [(place, item) for place, item in enumerate(self._items) if item.step is step]
            if found:
                rows.append(Heading(STEP_NAMES[step], count=len(found)))
            rows += [
                Row(place, say(item.sentence), lead=Shape(Icon.ERROR, Tone.AMBER), actions=False)
                for place, item in found
            ]
        self._model.show(rows)
        self._complete.setVisible(not self._items)
        self.list.setVisible(bool(self._items))

    def _rows_for(self, items: Sequence[OpenItem]) -> int:
        return len(items) + len({item.step for item in items})

    def _open(self, key: object) -> None:
        if isinstance(key, int) and key < len(self._items):
            self.wanted.emit(self._items[key])

    def _open_current(self) -> None:
        row = self.list.current()
        if row is not None:
            self._open(row.key)


def show_open_items(window: QWidget, items: Sequence[OpenItem], go: Callable[[OpenItem], object]) -> Overlay:
    """Show the checklist over ``window``; Esc or a click beside it closes it, a line goes to its field."""
    listed = OpenItemsList(whole=False)
    close = Button(lambda: tr("Close"), key="Escape")
    title = Text(lambda: trn("{count} thing to settle", "{count} things to settle", len(items)), Role.DIALOG)
    overlay = Overlay(window.window(), Panel(Column(title, (listed, 1), Line(STRETCH, close), gap=10)), light=True)
    listed.show_items(items)

    def chosen(item: OpenItem) -> None:
        overlay.close_panel()
        go(item)

    listed.wanted.connect(chosen)
    close.clicked.connect(overlay.close_panel)
    overlay.closed.connect(overlay.deleteLater)
    overlay.setAccessibleName(title.words())
    overlay.open()
    listed.list.setFocus()
    listed.list.choose_first()
    return overlay
