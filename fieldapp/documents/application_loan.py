"""Sections 4 to 7 of document 1: the business, the loan asked for, what it is for and what repays it."""

from __future__ import annotations

from fieldapp.documents import formats
from fieldapp.documents.fields import (
    amount_boxes,
    checks,
    field_row,
    figure,
    label,
    options_of,
    prose,
    value,
)
from fieldapp.documents.flow import Block, Glue
from fieldapp.documents.forms import Form
from fieldapp.documents.papers import ApplicationPaper, UseLine
from fieldapp.documents.sections import continued, section
from fieldapp.documents.tables import Column, Table
from fieldapp.domain.capitals import capitals_with_currency
from fieldapp.domain.money import total_known


def trade(paper: ApplicationPaper, f: Form) -> list[Block]:
    """What is traded, where and since when."""
    trade = paper.trade
    name = f.field
    stage = f.option("stage", trade.stage).zh if trade.stage else ""
    since = "" if trade.since is None else f"{trade.since:%Y-%m}"
    rows = [
        field_row(
            label(4, f.label("business_name")),
            value(10, trade.name, name("trade.name", "business_name")),
            label(4, f.label("uscc")),
            value(6, trade.uscc, name("trade.uscc", "uscc")),
        ),
        field_row(
            label(4, f.label("industry")),
            value(6, trade.industry, name("trade.industry", "industry")),
            label(4, f.label("stage_since")),
            value(4, formats.joined(stage, since), name("trade.stage", "stage_since")),
            label(3, f.label("staff")),
            figure(3, formats.count(trade.staff, "人"), name("trade.staff", "staff")),
        ),
        field_row(
            label(4, f.label("premises")),
            value(10, trade.address, name("trade.address", "premises")),
            label(4, f.label("tenure")),
            checks(6, options_of(f, "premises", {trade.premises or ""})),
        ),
        field_row(
            label(4, f.label("qr_merchant")),
            value(10, trade.qr_merchant_id, name("trade.qr_merchant_id", "qr_merchant")),
            label(4, f.label("monthly_sales")),
            figure(6, formats.in_yuan(trade.monthly_sales), name("trade.monthly_sales", "monthly_sales")),
        ),
    ]
    return section(f, "trade", rows)


def request(paper: ApplicationPaper, f: Form) -> list[Block]:
    """How much, for how long, and how it is repaid and paid out."""
    asked = paper.request
    name = f.field
    term = "" if asked.months is None else f.text("texts", "term", months=str(asked.months)).zh
    capitals = "" if asked.amount is None else capitals_with_currency(asked.amount)
    rows = [
        field_row(
            label(4, f.label("amount")),
            amount_boxes(20, asked.amount, name("request.amount", "amount")),
            height=11.2,
        ),
        field_row(label(4, f.label("capitals")), value(20, capitals, name("request.amount", "capitals"))),
        field_row(
            label(4, f.label("product_term")),
            value(8, formats.joined(asked.product or "", term), name("request.product", "product_term")),
            label(4, f.label("yearly_rate")),
            figure(8, formats.rate(asked.yearly_rate), name("request.yearly_rate", "yearly_rate")),
        ),
        field_row(label(4, f.label("method")), checks(20, options_of(f, "method", {asked.method or ""}))),
        field_row(
            label(4, f.label("payee_mode")),
            checks(8, options_of(f, "payee_mode", {asked.payee_mode or ""})),
            label(3, f.label("account")),
            value(9, formats.account(asked.account), name("request.account", "account")),
        ),
    ]
    return section(f, "request", rows)


def uses(paper: ApplicationPaper, f: Form) -> list[Block]:
    """What the loan is for, line by line, and the share of own funds."""
    table = Table(
        "uses",
        (
            Column(2, f.label("number"), "centre"),
            Column(10, f.label("purpose")),
            Column(6, f.label("payee")),
            Column(6, f.label("use_amount"), "right"),
        ),
        continued(f, "uses"),
        least=3,
    )
    needed = total_known([use.amount for use in paper.uses])
    rows = table.blocks(
        [_use_row(number, use) for number, use in enumerate(paper.uses, start=1)],
        total=("", "", "", formats.amount(needed)),
    )
    rows[-1] = rows[-1].holding(Glue.FIRM)  # the share of own funds is read beside the total
    everything = None if needed is None or paper.own_funds is None else needed + paper.own_funds
    funds = share = ""
    if everything is not None and paper.own_funds is not None:
        funds = f"{formats.amount(everything)} / {formats.in_yuan(paper.own_funds)}"
        share = formats.share(paper.own_funds, everything)
    rows.append(
        field_row(
            label(4, f.label("need_own")),
            figure(8, funds, f.field("own_funds", "need_own")),
            label(4, f.label("own_share")),
            figure(8, share, f.field("own_funds", "own_share")),
        )
    )
    return section(f, "uses", rows)


def sources(paper: ApplicationPaper, f: Form) -> list[Block]:
    """What it is repaid from."""
    again = (continued(f, "sources"),)
    rows = [
        *prose(paper.first_source, f.field("first_source", "first_source"), name=f.label("first_source"), heads=again),
        *prose(
            paper.second_source,
            f.field("second_source", "second_source"),
            name=f.label("second_source"),
            heads=again,
        ),
    ]
    return section(f, "sources", rows)


def _use_row(number: int, use: UseLine) -> tuple[str, ...]:
    return (str(number), use.purpose, use.payee, formats.amount(use.amount))
