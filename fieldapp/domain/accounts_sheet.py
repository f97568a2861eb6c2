"""The accounts as they stand in the officer's sheet: every cell its text, and what the texts say.

A cell that cannot be read keeps its text and counts as empty: it is told by its place, and nothing typed is lost.
Places are written ``balance.3.amount``, ``flows.2.month.5``, ``checks.sales_by_day.day_fen``, ``findings.water.facts``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

import msgspec

from fieldapp.domain.account_items import BALANCE_PARTS, FLOW_PARTS, AccountItems
from fieldapp.domain.account_rules import FACTS_LIMIT, ITEM_LIMIT, NOTE_LIMIT, in_range
from fieldapp.domain.accounts import MONTHS
from fieldapp.domain.application_records import (
    BalanceLine,
    BalanceSide,
    CheckItem,
    CrossCheck,
    Evidence,
    Finding,
    Flow,
    FlowLine,
    LivelihoodTemplate,
    LookSubject,
    Season,
    Statement,
    ThreeLooks,
)
from fieldapp.domain.cross_checks import INPUTS, short_amount
from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money, parse_amount
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import half_width_digits, one_line, paragraphs

SUBJECTS: tuple[LookSubject, ...] = get_args(LookSubject)
CHECKS: tuple[CheckItem, ...] = get_args(CheckItem)


class BalanceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the balance sheet, as typed."""

    side: BalanceSide
    item: str
    amount: str = ""
    quantity: str = ""
    instalment: str = ""
    evidence: Evidence | None = None
    note: str = ""


class FlowRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of income or cost, as typed; twelve cells, January first."""

    flow: Flow
    item: str
    months: tuple[str, ...] = ("",) * MONTHS


class CheckCells(msgspec.Struct, frozen=True, kw_only=True):
    """What is typed for one cross-check, by the names of its inputs."""

    inputs: dict[str, str] = msgspec.field(default_factory=dict)
    explanation: str = ""


class AccountsSheet(msgspec.Struct, frozen=True, kw_only=True):
    """Everything typed on the page of the accounts.

    ``facts`` are the findings by subject, ``photos`` the files chosen as their evidence and not kept yet, by path.
    """

    template: LivelihoodTemplate | None = None
    balance: tuple[BalanceRow, ...] = ()
    flows: tuple[FlowRow, ...] = ()
    seasons: tuple[Season, ...] = ()
    equity_claimed: str = ""
    checks: dict[CheckItem, CheckCells] = msgspec.field(default_factory=dict)
    facts: dict[LookSubject, str] = msgspec.field(default_factory=dict)
    photos: dict[LookSubject, tuple[str, ...]] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """What a sheet says. ``refused`` are the cells that say nothing readable, each with its place as field."""

    statement: Statement
    checks: Mapping[CheckItem, CrossCheck]
    looks: ThreeLooks
    refused: tuple[Invalid, ...]


def read_sheet(sheet: AccountsSheet) -> ReadSheet:
    """The records that a sheet describes. Rows that say nothing are left out; raises nothing."""
    reader = _Reader()
    balance = [reader.balance(place, row) for place, row in enumerate(sheet.balance)]
    flows = [reader.flow(place, row) for place, row in enumerate(sheet.flows)]
    statement = Statement(
        template=sheet.template,
        balance=tuple(line for line in balance if line is not None),
        flows=tuple(flow for flow in flows if flow is not None),
        seasons=sheet.seasons if len(sheet.seasons) == MONTHS else (),
        equity_claimed_fen=reader.money("equity_claimed", sheet.equity_claimed),
    )
    checks = {item: reader.check(item, cells) for item, cells in sheet.checks.items()}
    facts = ((subject, reader.facts(subject, sheet.facts.get(subject, ""))) for subject in SUBJECTS)
    looks = ThreeLooks(findings=tuple(Finding(subject=subject, facts=said) for subject, said in facts if said))
    return ReadSheet(statement, checks, looks, tuple(reader.refused))


def sheet_of(
    statement: Statement | None, checks: Mapping[CheckItem, CrossCheck], looks: ThreeLooks | None, items: AccountItems
) -> AccountsSheet:
    """The sheet that shows these records, with an empty row for each item of the template that says nothing yet."""
    known = statement or Statement()
    return with_template(
        AccountsSheet(
            template=known.template,
            balance=tuple(_balance_row(line) for line in known.balance),
            flows=tuple(_flow_row(line) for line in known.flows),
            seasons=known.seasons,
            equity_claimed=_amount_text(known.equity_claimed_fen),
            checks={item: _check_cells(check) for item, check in checks.items()},
            facts={finding.subject: finding.facts for finding in looks.findings} if looks is not None else {},
        ),
        known.template,
        items,
    )


def with_template(sheet: AccountsSheet, template: str | None, items: AccountItems) -> AccountsSheet:
    """The sheet for a livelihood: its items in their order, then what else says something; nothing typed is lost."""
    balance = [row for side in BALANCE_PARTS for row in _balance_rows(sheet.balance, side, template, items)]
    flows = [row for flow in FLOW_PARTS for row in _flow_rows(sheet.flows, flow, template, items)]
    chosen = template if template in items.templates else None
    return msgspec.structs.replace(
        sheet, template=msgspec.convert(chosen, LivelihoodTemplate | None), balance=tuple(balance), flows=tuple(flows)
    )


def _balance_rows(
    rows: Sequence[BalanceRow], side: BalanceSide, template: str | None, items: AccountItems
) -> list[BalanceRow]:
    known = items.items.get(side, {})
    rest = [row for row in rows if row.side == side and not (row.item in known and _is_blank(row))]
    arranged = []
    for code in items.of_template(template, side):
        found = next((row for row in rest if row.item == code), None)
        if found is not None:
            rest.remove(found)
        arranged.append(found or BalanceRow(side=side, item=code))
    return [*arranged, *rest]


def _flow_rows(rows: Sequence[FlowRow], flow: Flow, template: str | None, items: AccountItems) -> list[FlowRow]:
    known = items.items.get(flow, {})
    rest = [row for row in rows if row.flow == flow and not (row.item in known and not any(row.months))]
    arranged = []
    for code in items.of_template(template, flow):
        found = next((row for row in rest if row.item == code), None)
        if found is not None:
            rest.remove(found)
        arranged.append(found or FlowRow(flow=flow, item=code))
    return [*arranged, *rest]


def _is_blank(row: BalanceRow) -> bool:
    return not (row.amount or row.quantity or row.instalment or row.note or row.evidence)


class _Reader:
    """Reads cells and keeps what each refuses."""

    def __init__(self) -> None:
        self.refused: list[Invalid] = []

    def balance(self, place: int, row: BalanceRow) -> BalanceLine | None:
        if _is_blank(row):
            return None
        where = f"balance.{place}"
        item = self.line(f"{where}.item", row.item, ITEM_LIMIT)
        amount = self.money(f"{where}.amount", row.amount)
        quantity = self.line(f"{where}.quantity", row.quantity, ITEM_LIMIT)
        instalment = self.money(f"{where}.instalment", row.instalment)
        note = self.line(f"{where}.note", row.note, NOTE_LIMIT)
        if not item or (amount is None and instalment is None and not (note or quantity or row.evidence)):
            return None
        return BalanceLine(
            side=row.side,
            item=item,
            amount_fen=amount,
            quantity=quantity,
            instalment_fen=instalment,
            note=note,
            evidence=row.evidence or "stated",
        )

    def flow(self, place: int, row: FlowRow) -> FlowLine | None:
        if not any(row.months):
            return None
        item = self.line(f"flows.{place}.item", row.item, ITEM_LIMIT)
        cells = (*row.months, *("",) * MONTHS)[:MONTHS]
        months = [self.money(f"flows.{place}.month.{month}", text) for month, text in enumerate(cells)]
        if not item or all(fen is None for fen in months):
            return None
        return FlowLine(flow=row.flow, item=item, months_fen=tuple(fen or 0 for fen in months))

    def check(self, item: CheckItem, cells: CheckCells) -> CrossCheck:
        inputs: dict[str, int] = {}
        for name in INPUTS[item]:
            number = self.number(f"checks.{item}.{name}", name, cells.inputs.get(name, ""))
            if number is not None:
                inputs[name] = number
        explanation = self.text(f"checks.{item}.explanation", cells.explanation)
        return CrossCheck(item=item, inputs=inputs, explanation=explanation)

    def facts(self, subject: LookSubject, text: str) -> str:
        return self.text(f"findings.{subject}.facts", text)

    def money(self, place: str, text: str) -> int | None:
        if not text.strip():
            return None
        try:
            return parse_amount(text, place).fen
        except Invalid as problem:
            self.refused.append(problem)
            return None

    def number(self, place: str, name: str, text: str) -> int | None:
        if name.endswith("_fen"):
            return self.money(place, text)
        written = half_width_digits(text).strip().removesuffix("%").removesuffix("％").strip()
        if not written:
            return None
        number = _counted(written, share=name.endswith("_bp"))
        if number is None or not in_range(name, number):
            self.refused.append(Invalid("range", _RANGES.get(name, _RANGES["share"]), field=place))
            return None
        return number

    def line(self, place: str, text: str, limit: int) -> str:
        try:
            return one_line(text, field=place, limit=limit)
        except Invalid as problem:
            self.refused.append(problem)
            return ""

    def text(self, place: str, text: str) -> str:
        try:
            return paragraphs(text, field=place, limit=FACTS_LIMIT)
        except Invalid as problem:
            self.refused.append(problem)
            return ""


_RANGES = {
    "share": Sentence("A share is more than 0 % and at most 100 %."),
    "days": Sentence("The days are a whole number from 1 to 31."),
    "months": Sentence("The months are a whole number from 1 to 600."),
}


def _counted(written: str, *, share: bool) -> int | None:
    """A whole number, or a share in per cent as basis points; None for anything else."""
    digits = written.replace("．", ".")
    if len(digits) > 12 or not digits.isascii() or not digits.replace(".", "", 1).isdigit():
        return None
    number = Decimal(digits) * (100 if share else 1)
    return int(number) if number == number.to_integral_value() else None


def _balance_row(line: BalanceLine) -> BalanceRow:
    return BalanceRow(
        side=line.side,
        item=line.item,
        amount=_amount_text(line.amount_fen),
        quantity=line.quantity,
        instalment=_amount_text(line.instalment_fen),
        evidence=line.evidence,
        note=line.note,
    )


def _flow_row(line: FlowLine) -> FlowRow:
    months = tuple(_amount_text(fen or None) for fen in line.months_fen)
    return FlowRow(flow=line.flow, item=line.item, months=months)


def _check_cells(check: CrossCheck) -> CheckCells:
    inputs = {name: _input_text(name, check.inputs[name]) for name in INPUTS[check.item] if name in check.inputs}
    return CheckCells(inputs=inputs, explanation=check.explanation)


def _input_text(name: str, number: int) -> str:
    if name.endswith("_fen"):
        return _amount_text(number)
    return f"{Decimal(number).scaleb(-2).normalize():f}" if name.endswith("_bp") else str(number)


def _amount_text(fen: int | None) -> str:
    return "" if fen is None else short_amount(Money(fen))
