"""The accounts rebuilt on site: sums, the balance, seasons, and what a sheet of texts says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.domain.accounts import MONTHS, rebuilt, seasons_of
from fieldapp.domain.accounts_sheet import (
    AccountsSheet,
    BalanceRow,
    CheckCells,
    FlowRow,
    read_sheet,
    sheet_of,
    with_template,
)
from fieldapp.domain.application_records import BalanceLine, FlowLine, Statement
from fieldapp.domain.kinds import values_of
from fieldapp.domain.money import GREATEST_FEN, Money
from fieldapp.domain.record_rules import problems_of
from fieldapp.reference import account_items

FLOWS = ("sales", "goods", "costs", "other_income", "family")
amounts = st.integers(0, 10**12)
balance_lines = st.builds(
    BalanceLine,
    side=st.sampled_from(("asset", "liability")),
    item=st.just("cash"),
    amount_fen=amounts | st.none(),
    instalment_fen=amounts | st.none(),
    quantity=st.sampled_from(("", "214 件")),
)
flow_lines = st.builds(
    FlowLine,
    flow=st.sampled_from(FLOWS),
    item=st.just("goods"),
    months_fen=st.lists(amounts, min_size=MONTHS, max_size=MONTHS).map(tuple),
)


def _month(**fen: int) -> tuple[FlowLine, ...]:
    return tuple(
        FlowLine(flow=flow, item=flow, months_fen=(amount,) * MONTHS)  # type: ignore[arg-type]
        for flow, amount in fen.items()
    )


C6 = _month(sales=4_500_000, goods=3_150_000, costs=600_000, other_income=300_000, family=400_000)


def test_the_month_of_the_domain_leaves_6500() -> None:
    accounts = rebuilt(Statement(flows=C6))
    assert accounts.average.disposable == Money.yuan(6_500)
    assert {month.disposable for month in accounts.months} == {Money.yuan(6_500)}
    assert accounts.year.disposable == Money.yuan(78_000)


def test_assets_are_liabilities_and_equity() -> None:
    lines = (
        BalanceLine(side="asset", item="cash", amount_fen=30_400_000),
        BalanceLine(side="liability", item="bank_loans", amount_fen=9_900_000),
    )
    balanced = rebuilt(Statement(balance=lines, equity_claimed_fen=20_500_000))
    assert (balanced.equity, balanced.imbalance) == (Money.yuan(205_000), Money(0))
    assert rebuilt(Statement(balance=lines, equity_claimed_fen=20_600_000)).imbalance == Money(-100_000)
    assert rebuilt(Statement(balance=lines)).imbalance is None


@given(st.lists(balance_lines, max_size=30), st.lists(flow_lines, max_size=30))
def test_no_fen_is_lost_in_the_sums(balance: list[BalanceLine], flows: list[FlowLine]) -> None:
    accounts = rebuilt(Statement(balance=tuple(balance), flows=tuple(flows)))
    sign = {"asset": 1, "liability": -1}
    assert accounts.equity.fen == sum(sign[line.side] * (line.amount_fen or 0) for line in balance)
    signs = {"sales": 1, "goods": -1, "costs": -1, "other_income": 1, "family": -1}
    assert accounts.year.disposable.fen == sum(signs[flow.flow] * sum(flow.months_fen) for flow in flows)
    assert sum(month.disposable.fen for month in accounts.months) == accounts.year.disposable.fen
    assert abs(accounts.average.disposable.fen * MONTHS - accounts.year.disposable.fen) <= 5 * MONTHS // 2


def test_a_month_a_fifth_above_the_average_is_high_season() -> None:
    months = (12_000, 8_000, *(10_000,) * 10)
    statement = Statement(flows=(FlowLine(flow="sales", item="x", months_fen=months),))
    assert seasons_of(rebuilt(statement)) == ("high", "low", *("usual",) * 10)
    assert seasons_of(rebuilt(Statement())) == ()


def test_a_template_names_only_items_with_words() -> None:
    items = account_items()
    assert set(items.templates) == {"crops", "livestock", "trade", "wages"}
    for template in items.templates.values():
        for part, codes in template.items.items():
            assert all(code in items.items[part] for code in codes), (template.code, part)


def test_a_sheet_says_what_its_cells_say() -> None:
    sheet = AccountsSheet(
        template="trade",
        balance=(
            BalanceRow(side="asset", item="cash", amount="３.85万", evidence="document", note=" 本行活期 "),
            BalanceRow(side="asset", item="stock"),
        ),
        flows=(FlowRow(flow="sales", item="shop_sales", months=("45,000",) * 12), FlowRow(flow="goods", item="goods")),
        equity_claimed="205000",
        checks={"purchases": CheckCells(inputs={"purchases_fen": "31,500", "cost_share_bp": "70 %"})},
        facts={"water": "11 吨"},
    )
    read = read_sheet(sheet)
    assert read.refused == ()
    assert read.statement.balance == (
        BalanceLine(side="asset", item="cash", amount_fen=3_850_000, evidence="document", note="本行活期"),
    )
    assert [line.item for line in read.statement.flows] == ["shop_sales"]
    assert read.checks["purchases"].inputs == {"purchases_fen": 3_150_000, "cost_share_bp": 7_000}
    assert read.looks.findings[0].facts == "11 吨"


@pytest.mark.parametrize("text", ["五万", "1.234", "-3", "1e9", "9" * 100_000, "💰", "\u202e12", "1,0,0"])
def test_a_cell_that_is_no_amount_is_told_by_its_place(text: str) -> None:
    sheet = AccountsSheet(flows=(FlowRow(flow="sales", item="x", months=("", text, *("",) * 10)),))
    read = read_sheet(sheet)
    assert [problem.field for problem in read.refused] == ["flows.0.month.1"]
    assert read.statement.flows == ()


@pytest.mark.parametrize(
    ("item", "name", "text"),
    [
        ("sales_by_day", "days", "0"),
        ("sales_by_day", "days", "32"),
        ("sales_by_day", "days", "2.5"),
        ("equity", "months", "9" * 5000),
        ("purchases", "cost_share_bp", "0"),
        ("purchases", "cost_share_bp", "100.01"),
        ("qr_takings", "qr_share_bp", "六成"),
    ],
)
def test_an_input_out_of_range_is_told(item: str, name: str, text: str) -> None:
    read = read_sheet(AccountsSheet(checks={item: CheckCells(inputs={name: text})}))  # type: ignore[dict-item]
    assert [problem.field for problem in read.refused] == [f"checks.{item}.{name}"]


def test_another_template_loses_nothing_that_was_typed() -> None:
    items = account_items()
    own = FlowRow(flow="sales", item="卖菜", months=("1",) * 12)
    sheet = with_template(AccountsSheet(flows=(own, own)), "trade", items)
    typed = [
        row if row.item != "stock" else BalanceRow(side="asset", item="stock", amount="1") for row in sheet.balance
    ]
    moved = with_template(AccountsSheet(balance=tuple(typed), flows=sheet.flows), "wages", items)
    assert [row for row in moved.flows if row.item == "卖菜"] == [own, own]
    assert [row.amount for row in moved.balance if row.item == "stock"] == ["1"]
    assert "machinery" not in [row.item for row in moved.balance]


@given(st.lists(balance_lines, max_size=8), st.lists(flow_lines, max_size=8))
def test_a_saved_statement_reads_back_from_its_sheet(balance: list[BalanceLine], flows: list[FlowLine]) -> None:
    said = [line for line in flows if any(line.months_fen)]
    statement = Statement(template="trade", balance=tuple(balance), flows=tuple(said))
    read = read_sheet(sheet_of(statement, {}, None, account_items())).statement
    assert sorted(map(repr, read.balance)) == sorted(map(repr, balance))
    assert sorted(map(repr, read.flows)) == sorted(map(repr, said))


@pytest.mark.parametrize(
    ("kind", "changed", "field"),
    [
        ("statement", {"balance": [{"side": "asset", "item": "x", "amount_fen": -1}]}, "balance[0].amount_fen"),
        ("statement", {"balance": [{"side": "asset", "item": " ", "amount_fen": 1}]}, "balance[0].item"),
        ("statement", {"balance": [{"side": "asset", "item": "x", "note": "长" * 201}]}, "balance[0].note"),
        ("statement", {"flows": [{"flow": "sales", "item": "x", "months_fen": [1] * 11}]}, "flows[0].months_fen"),
        (
            "statement",
            {"flows": [{"flow": "sales", "item": "x", "months_fen": [GREATEST_FEN + 1] * 12}]},
            "flows[0].months_fen",
        ),
        ("statement", {"balance": [{"side": "asset", "item": "x"}] * 201}, "balance"),
        ("statement", {"seasons": ["high"]}, "seasons"),
        ("statement", {"equity_claimed_fen": -1}, "equity_claimed_fen"),
        ("cross_check", {"item": "sales_by_day", "inputs": {"days": 32}}, "inputs.days"),
        ("cross_check", {"item": "purchases", "inputs": {"cost_share_bp": 0}}, "inputs.cost_share_bp"),
        ("cross_check", {"item": "equity", "explanation": "长" * 2_001}, "explanation"),
        ("three_looks", {"findings": [{"subject": "water", "facts": "长" * 2_001}]}, "findings.water"),
        ("three_looks", {"findings": [{"subject": "water", "facts": "1"}] * 2}, "findings"),
    ],
)
def test_the_rules_refuse_what_cannot_be_meant(kind: str, changed: dict[str, object], field: str) -> None:
    assert [problem.field for problem in problems_of(kind, changed)] == [field]


def test_a_whole_statement_keeps_the_rules() -> None:
    assert problems_of("statement", values_of(Statement(flows=C6, seasons=("usual",) * 12))) == []
