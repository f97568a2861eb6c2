"""The balance sheet as a grid: what is owned, what is owed, and what is left, checked while one types."""

from __future__ import annotations

from itertools import count

from fieldapp.desktop.accounts_form.adding import AddRow
from fieldapp.desktop.accounts_form.item_words import item_words
from fieldapp.desktop.accounts_form.open_cells import row_name
from fieldapp.desktop.components import grid
from fieldapp.desktop.components.arrange import STRETCH
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.grid import CellKind, RowKind
from fieldapp.domain.account_items import BALANCE_PARTS, AccountItems
from fieldapp.domain.accounts import RebuiltAccounts
from fieldapp.domain.accounts_sheet import AccountsSheet, BalanceRow
from fieldapp.domain.application_records import BalanceSide
from fieldapp.domain.cross_checks import short_amount
from fieldapp.domain.money import Money
from fieldapp.translation import tr

_AMOUNT, _QUANTITY, _INSTALMENT, _EVIDENCE, _NOTE = range(5)
_SUMS = {"asset": "assets", "liability": "liabilities"}
_ALL_BUT_AMOUNT = frozenset((_QUANTITY, _INSTALMENT, _EVIDENCE, _NOTE))
_EVIDENCES = (
    ("seen", lambda: tr("1 Seen")),
    ("document", lambda: tr("2 Document")),
    ("stated", lambda: tr("3 Stated")),
)


class BalanceSheet(Card):
    """``grid`` tells ``edited``; ``rows`` and ``claimed`` are what is typed."""

    def __init__(self) -> None:
        self.grid = grid.Grid(
            [
                grid.Column(lambda: tr("Amount, yuan"), width=110),
                grid.Column(lambda: tr("Quantity"), CellKind.TEXT, width=76),
                grid.Column(lambda: tr("Paid a month"), width=84),
                grid.Column(lambda: tr("Evidence"), CellKind.CHOICE, width=88, choices=_EVIDENCES),
                grid.Column(lambda: tr("Description; lender, purpose, due"), CellKind.TEXT, width=160, share=6),
            ]
        )
        self.add = AddRow(lambda: tr("Name of another thing owned or owed"))
        self._numbers = count()
        self._items: dict[object, tuple[BalanceSide, str]] = {}
        super().__init__((self.grid, 100), self.add, STRETCH, gap=10, margins=(16, 12))
        self.add.wanted.connect(self._add)
        self.add.removal_wanted.connect(self.grid.remove_row)

    def show_sheet(self, sheet: AccountsSheet, items: AccountItems) -> None:
        """Show what is typed, the equity claimed below it."""
        self._items.clear()
        rows: list[grid.Row] = []
        for side in BALANCE_PARTS:
            heading = (lambda: tr("Owned")) if side == "asset" else (lambda: tr("Owed"))
            rows.append(grid.Row(f"heading {side}", heading, RowKind.HEADING))
            rows += [self._row(row, items) for row in sheet.balance if row.side == side]
            sums = (lambda: tr("Owned in all")) if side == "asset" else (lambda: tr("Owed in all"))
            rows.append(grid.Row(_SUMS[side], sums, RowKind.SUM))
        rows.append(grid.Row("equity", lambda: tr("Left: equity"), RowKind.TOTAL))
        claimed = [sheet.equity_claimed]
        words = lambda: tr("Equity the customer names")  # noqa: E731 - said anew when the language changes
        rows.append(grid.Row("claimed", words, cells=claimed, without=_ALL_BUT_AMOUNT))
        rows.append(grid.Row("imbalance", lambda: tr("Difference"), RowKind.SUM))
        self.grid.show_rows(rows)

    def rows(self) -> tuple[BalanceRow, ...]:
        """The rows as typed."""
        typed = []
        for row in self.grid.grid.rows:
            if row.key in self._items:
                side, item = self._items[row.key]
                amount_text, quantity, instalment, evidence, note = row.cells
                known = next((value for value, _ in _EVIDENCES if value == evidence), None)
                typed.append(
                    BalanceRow(
                        side=side,
                        item=item,
                        amount=amount_text,
                        quantity=quantity,
                        instalment=instalment,
                        evidence=known,  # type: ignore[arg-type] # the table above holds only evidences
                        note=note,
                    )
                )
        return tuple(typed)

    def name_of(self, key: object) -> str:
        """What stands in the row with a key (``row_name``)."""
        return row_name(key, self._items)

    def claimed(self) -> str:
        """The equity that the customer names, as typed."""
        return self.grid.grid.cells("claimed")[_AMOUNT]

    def show_accounts(self, accounts: RebuiltAccounts, instalments: str) -> None:
        """Show the sums, live."""
        imbalance = accounts.imbalance
        said = "" if imbalance is None else _said(imbalance)
        balanced = (
            "" if imbalance is None else tr("balances") if not imbalance else tr("does not balance: find out why")
        )
        self.grid.compute(
            {
                ("assets", _AMOUNT): _said(accounts.assets),
                ("liabilities", _AMOUNT): _said(accounts.liabilities),
                ("liabilities", _INSTALMENT): instalments,
                ("equity", _AMOUNT): _said(accounts.equity),
                ("imbalance", _AMOUNT): said,
                ("imbalance", _NOTE): balanced,
            }
        )

    def _row(self, row: BalanceRow, items: AccountItems, *, own: bool = False) -> grid.Row:
        key = ("balance", next(self._numbers))
        self._items[key] = (row.side, row.item)
        cells = [row.amount, row.quantity, row.instalment, row.evidence or "", row.note]
        known = row.item in items.items.get(row.side, {})
        without = frozenset((_INSTALMENT,)) if row.side == "asset" else frozenset((_QUANTITY,))
        return grid.Row(key, item_words(items, row.side, row.item), cells=cells, own=own or not known, without=without)

    def _add(self, name: str) -> None:
        """A row of the officer's own in the part where the cursor stands."""
        place = self.grid.currentIndex().row()
        sums = [number for number, row in enumerate(self.grid.grid.rows) if row.key == "assets"]
        side: BalanceSide = "liability" if sums and place > sums[0] else "asset"
        row = self._row(BalanceRow(side=side, item=name), AccountItems({}, {}), own=True)
        self.grid.add_row(row, _SUMS[side])

    def retranslate(self) -> None:
        super().retranslate()
        self.grid.setAccessibleName(tr("Balance sheet"))


def _said(money: Money) -> str:
    return short_amount(money).replace("-", "−")
