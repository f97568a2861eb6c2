"""The accounts rebuilt on site: what a household owns and owes, and twelve months of what comes in and goes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from fieldapp.domain.account_items import FLOW_PARTS
from fieldapp.domain.affordability import MonthlyAccounts
from fieldapp.domain.application_records import BalanceLine, BalanceSide, Flow, FlowLine, Season, Statement
from fieldapp.domain.interest import fraction_to_fen
from fieldapp.domain.money import ZERO, Money

MONTHS = 12

SEASON_MARGIN = Fraction(1, 5)
"""How far a month's takings lie from the average before it counts as high or low season [G]."""


@dataclass(frozen=True, slots=True)
class RebuiltAccounts:
    """What a statement adds up to. ``months`` are January to December; ``claimed`` is the equity the customer names."""

    assets: Money
    liabilities: Money
    claimed: Money | None
    months: tuple[MonthlyAccounts, ...]

    @property
    def equity(self) -> Money:
        """What is left of the assets after all debts: assets = liabilities + equity."""
        return self.assets - self.liabilities

    @property
    def imbalance(self) -> Money | None:
        """Assets − liabilities − the equity claimed; zero when the sheet balances, None while nothing is claimed."""
        return None if self.claimed is None else self.equity - self.claimed

    @property
    def average(self) -> MonthlyAccounts:
        """An average month: each figure a twelfth of its year, half-up to the fen."""
        return MonthlyAccounts(
            sales=_twelfth(month.sales for month in self.months),
            goods=_twelfth(month.goods for month in self.months),
            costs=_twelfth(month.costs for month in self.months),
            other_income=_twelfth(month.other_income for month in self.months),
            family=_twelfth(month.family for month in self.months),
        )

    @property
    def year(self) -> MonthlyAccounts:
        """The twelve months together."""
        return MonthlyAccounts(
            sales=_sum(month.sales for month in self.months),
            goods=_sum(month.goods for month in self.months),
            costs=_sum(month.costs for month in self.months),
            other_income=_sum(month.other_income for month in self.months),
            family=_sum(month.family for month in self.months),
        )

    @property
    def takings(self) -> tuple[Money, ...]:
        """What comes in each month: sales and other income."""
        return tuple(month.sales + month.other_income for month in self.months)


def rebuilt(statement: Statement) -> RebuiltAccounts:
    """The sums of a statement. A month that a line does not name counts as nothing."""
    claimed = statement.equity_claimed_fen
    by_flow = {flow: _by_month(statement.flows, flow) for flow in FLOW_PARTS}
    months = tuple(
        MonthlyAccounts(**{flow: Money(fen[month]) for flow, fen in by_flow.items()}) for month in range(MONTHS)
    )
    return RebuiltAccounts(
        assets=_side(statement.balance, "asset"),
        liabilities=_side(statement.balance, "liability"),
        claimed=None if claimed is None else Money(claimed),
        months=months,
    )


def seasons_of(accounts: RebuiltAccounts) -> tuple[Season, ...]:
    """High, usual or low season of each month by its takings against the average; none while nothing comes in."""
    whole = sum(month.fen for month in accounts.takings)
    if not whole:
        return ()
    average = Fraction(whole, MONTHS)
    return tuple(_season(month, average) for month in accounts.takings)


def _season(month: Money, average: Fraction) -> Season:
    if month.fen >= average * (1 + SEASON_MARGIN):
        return "high"
    return "low" if month.fen <= average * (1 - SEASON_MARGIN) else "usual"


def _side(lines: Iterable[BalanceLine], side: BalanceSide) -> Money:
    return Money(sum(line.amount_fen or 0 for line in lines if line.side == side))


def _by_month(lines: Iterable[FlowLine], flow: Flow) -> list[int]:
    months = [0] * MONTHS
    for line in lines:
        if line.flow == flow:
            for month, fen in enumerate(line.months_fen[:MONTHS]):
                months[month] += fen
    return months


def _sum(amounts: Iterable[Money]) -> Money:
    return sum(amounts, ZERO)


def _twelfth(amounts: Iterable[Money]) -> Money:
    return fraction_to_fen(Fraction(_sum(amounts).fen, MONTHS))
