"""Twelve months of income and cost as a grid, what each month leaves, and the seasons under it."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.accounts_form.adding import AddRow
from fieldapp.desktop.accounts_form.item_words import FLOW_NAMES, item_words, said_by
from fieldapp.desktop.accounts_form.open_cells import row_name
from fieldapp.desktop.components import grid
from fieldapp.desktop.components.arrange import STRETCH, Line
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.grid import CellKind, RowKind
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words
from fieldapp.domain.account_items import FLOW_PARTS, AccountItems
from fieldapp.domain.accounts import MONTHS, RebuiltAccounts
from fieldapp.domain.accounts_sheet import AccountsSheet, FlowRow
from fieldapp.domain.affordability import MonthlyAccounts
from fieldapp.domain.application_records import Flow, Season
from fieldapp.domain.cross_checks import short_amount
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import ZERO, Money, parse_amount, total
from fieldapp.translation import Language, language, tr, trc

_TOTAL = MONTHS
_SEASONS = (
    ("high", lambda: trc("season", "High")),
    ("usual", lambda: trc("season", "Usual")),
    ("low", lambda: trc("season", "Low")),
)
_MONTH_WIDTH, _TOTAL_WIDTH, _NAMES = 66, 84, 160


class TwelveMonths(Card):
    """``grid`` and ``seasons_grid`` tell ``edited``; ``suggestion_wanted`` asks for the seasons of the months."""

    suggestion_wanted = Signal()

    def __init__(self) -> None:
        months = [grid.Column(_month(number), width=_MONTH_WIDTH) for number in range(MONTHS)]
        whole = grid.Column(lambda: tr("Year"), CellKind.COMPUTED, width=_TOTAL_WIDTH)
        self.grid = grid.Grid([*months, whole], names_width=_NAMES)
        marks = [
            grid.Column(_month(number), CellKind.CHOICE, width=_MONTH_WIDTH, choices=_SEASONS)
            for number in range(MONTHS)
        ]
        last = grid.Column("", CellKind.COMPUTED, width=_TOTAL_WIDTH)
        self.seasons_grid = grid.Grid([*marks, last], names_width=_NAMES)
        self.seasons_grid.stand_under(self.grid)
        self._under_the_bar = QWidget()
        self.grid.sized.connect(self._end_with_the_months)
        self.add = AddRow(lambda: tr("Name of another income or cost"))
        self._suggest = Button(lambda: tr("Take the seasons from the months"), Kind.LINK, key="Alt+S", small=True)
        self._numbers = count()
        self._items: dict[object, tuple[Flow, str]] = {}
        seasons = Line(Text(lambda: tr("High and low season"), Role.HEADING), STRETCH, self._suggest)
        marked = Line((self.seasons_grid, 1), self._under_the_bar, gap=0)
        super().__init__((self.grid, 100), self.add, seasons, marked, STRETCH, gap=10, margins=(12, 12))
        self.add.wanted.connect(self._add)
        self.add.removal_wanted.connect(self.grid.remove_row)
        self._suggest.clicked.connect(self.suggestion_wanted)

    def show_sheet(self, sheet: AccountsSheet, items: AccountItems) -> None:
        """Show what is typed; the sums of each part stand above its lines."""
        self._items.clear()
        rows: list[grid.Row] = []
        for flow in FLOW_PARTS:
            rows.append(grid.Row(flow, said_by(FLOW_NAMES[flow]), RowKind.SUM))
            rows += [self._row(row, items) for row in sheet.flows if row.flow == flow]
        rows.append(grid.Row("net", lambda: tr("Left before debts"), RowKind.TOTAL))
        self.grid.show_rows(rows)
        seasons = list(sheet.seasons) if len(sheet.seasons) == MONTHS else [""] * MONTHS
        self.seasons_grid.show_rows([grid.Row("season", lambda: tr("Season"), cells=[str(one) for one in seasons])])

    def rows(self) -> tuple[FlowRow, ...]:
        """The rows as typed."""
        typed = []
        for row in self.grid.grid.rows:
            if row.key in self._items:
                flow, item = self._items[row.key]
                typed.append(FlowRow(flow=flow, item=item, months=tuple(row.cells[:MONTHS])))
        return tuple(typed)

    def name_of(self, key: object) -> str:
        """What stands in the row with a key (``row_name``)."""
        return row_name(key, self._items)

    def seasons(self) -> tuple[Season, ...]:
        """The seasons once one is known of any month; a month left empty is usual."""
        cells = self.seasons_grid.grid.cells("season")[:MONTHS]
        if not any(cells):
            return ()
        known = {value for value, _ in _SEASONS}
        return tuple(cast(Season, text) if text in known else "usual" for text in cells)

    def suggest(self, seasons: tuple[Season, ...]) -> None:
        """Put in the seasons that the months tell, as one step that can be undone."""
        texts = {(0, month): season for month, season in enumerate(seasons)}
        self.seasons_grid.grid.change(texts, tr("Take the seasons from the months"))

    def show_accounts(self, accounts: RebuiltAccounts) -> None:
        """Show the sums, live."""
        texts: dict[tuple[object, int], str] = {}
        for month, figures in enumerate((*accounts.months, accounts.year)):
            for key, money in _figures(figures).items():
                texts[key, month] = _said(money)
        for row in self.grid.grid.rows:
            if row.key in self._items:
                texts[row.key, _TOTAL] = _said(_year(row.cells[:MONTHS]))
        self.grid.compute(texts)

    def _end_with_the_months(self) -> None:
        """The seasons are few and have no bar at their right: they end where the months end."""
        self._under_the_bar.setFixedWidth(self.grid.bar_width())

    def _row(self, row: FlowRow, items: AccountItems, *, own: bool = False) -> grid.Row:
        key = ("flow", next(self._numbers))
        self._items[key] = (row.flow, row.item)
        known = row.item in items.items.get(row.flow, {})
        return grid.Row(key, item_words(items, row.flow, row.item), cells=list(row.months), own=own or not known)

    def _add(self, name: str) -> None:
        """A row of the officer's own in the part where the cursor stands."""
        rows = self.grid.grid.rows
        here = max(self.grid.currentIndex().row(), 0)
        parts = [number for number, row in enumerate(rows) if row.kind is RowKind.SUM and number <= here]
        place = FLOW_PARTS.index(cast(Flow, rows[parts[-1]].key)) if parts else 0
        following: object = FLOW_PARTS[place + 1] if place + 1 < len(FLOW_PARTS) else "net"
        row = self._row(FlowRow(flow=FLOW_PARTS[place], item=name), AccountItems({}, {}), own=True)
        self.grid.add_row(row, following)


def _figures(month: MonthlyAccounts) -> dict[str, Money]:
    return {
        "sales": month.sales,
        "goods": month.goods,
        "costs": month.costs,
        "other_income": month.other_income,
        "family": month.family,
        "net": month.disposable,
    }


def _said(money: Money) -> str:
    return short_amount(money).replace("-", "−") if money else "–"


def _year(cells: list[str]) -> Money:
    """The months of one row together; a cell that cannot be read counts as nothing, like in the sums."""
    known = []
    for text in cells:
        with suppress(Invalid):
            known.append(parse_amount(text) if text else ZERO)
    return total(known)


def _month(number: int) -> Words:
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return lambda: f"{number + 1}月" if language() is Language.CHINESE else names[number]
