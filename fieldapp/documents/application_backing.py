"""Sections 8 to 11 of document 1: debts, guarantees, closeness to the bank, the papers handed over."""

from __future__ import annotations

from fieldapp.documents import formats
from fieldapp.documents.fields import (
    checks,
    field_row,
    label,
    options_of,
    prose,
)
from fieldapp.documents.flow import Block, Glue
from fieldapp.documents.forms import Form
from fieldapp.documents.papers import ApplicationPaper, DebtLine, GuaranteeLine
from fieldapp.documents.sections import beside_or_below, continued, section
from fieldapp.documents.signing import checklist, question
from fieldapp.documents.tables import Column, Table
from fieldapp.domain.masking import masked_identity_number
from fieldapp.domain.money import total_known


def debts(paper: ApplicationPaper, f: Form) -> list[Block]:
    """What is owed already, and what others are guaranteed."""
    table = Table(
        "debts",
        (
            Column(6, f.label("lender")),
            Column(4, f.label("balance"), "right"),
            Column(4, f.label("instalment"), "right"),
            Column(4, f.label("due"), "centre"),
            Column(6, f.label("security")),
        ),
        continued(f, "debts"),
        least=2,
    )
    rows = table.blocks(
        [_debt_row(debt) for debt in paper.debts],
        total=(
            "",
            formats.amount(total_known([debt.balance for debt in paper.debts])),
            formats.amount(total_known([debt.instalment for debt in paper.debts])),
            "",
            "",
        ),
    )
    rows[-1] = rows[-1].holding(Glue.FIRM)
    given = f.field("guarantees_given", "guarantees_given")
    rows.append(
        field_row(
            label(4, f.label("guarantees_given")),
            checks(20, options_of(f, "gives_guarantees", _yes_no(paper.gives_guarantees))),
        )
    )
    if paper.guarantees_given:
        rows[-1] = rows[-1].holding(Glue.FIRM)
        rows += prose(paper.guarantees_given, given, name=f.label("guarantees_given"), heads=(continued(f, "debts"),))
    return section(f, "debts", rows)


def guarantees(paper: ApplicationPaper, f: Form) -> list[Block]:
    """Who and what secures the loan."""
    mode = field_row(
        label(4, f.label("guarantee_mode")),
        checks(20, options_of(f, "guarantee_mode", {paper.guarantee_mode or ""})),
    )
    table = Table(
        "guarantees",
        (
            Column(6, f.label("guarantor")),
            Column(6, f.label("identity_number"), "centre"),
            Column(6, f.label("collateral")),
            Column(6, f.label("guarantee_amount"), "right"),
        ),
        continued(f, "guarantees"),
        least=2,
    )
    rows = table.blocks([_guarantee_row(f, line) for line in paper.guarantees])
    return section(f, "guarantees", [mode.holding(Glue.FIRM), *rows])


def _guarantee_row(f: Form, line: GuaranteeLine) -> tuple[str, ...]:
    number = masked_identity_number(line.identity_number) if line.identity_number else ""
    mode = f.option("guarantee_mode", line.mode).zh if line.mode is not None else ""
    return (line.name, number, formats.joined(mode, line.collateral) or "—", formats.amount(line.amount))


def related(paper: ApplicationPaper, f: Form) -> list[Block]:
    """Whether the applicant is close to the bank."""
    field = f.field("related_party_detail", "related_detail")
    beside, below = beside_or_below(paper.related_party_detail)
    options = options_of(f, "related", _yes_no(paper.related_party))
    asked = question(f.text("texts", "related_question"), options, beside, field)
    rows = [asked]
    if below:
        rows = [asked.holding(Glue.FIRM)]
        rows += prose(below, field, name=f.label("related_detail"), heads=(continued(f, "related"),))
    return section(f, "related", rows)


def materials(paper: ApplicationPaper, f: Form) -> list[Block]:
    """The papers that were handed over."""
    options = options_of(f, "materials", paper.materials)
    return section(f, "materials", checklist(options, (continued(f, "materials"),)))


def _debt_row(debt: DebtLine) -> tuple[str, ...]:
    balance, instalment = formats.amount(debt.balance), formats.amount(debt.instalment)
    return (debt.lender, balance, instalment, formats.day(debt.due), debt.security)


def _yes_no(answer: bool | None) -> tuple[str, ...]:
    return () if answer is None else ("yes" if answer else "no",)
