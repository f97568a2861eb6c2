"""Document 7, the all-in cost disclosure (DOMAIN D7): every charge, and the yearly figure more prominent than any."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from fieldapp.documents import formats
from fieldapp.documents.cost_paper import CostPaper
from fieldapp.documents.digest import digest_of
from fieldapp.documents.fields import (
    Cell,
    band,
    field_row,
    figure,
    identity_boxes,
    label,
    value,
)
from fieldapp.documents.flow import Block, Glue, hold
from fieldapp.documents.forms import Clause, Form, Text, form
from fieldapp.documents.page import PADDING, Page
from fieldapp.documents.papers import PaperState
from fieldapp.documents.printing import Document
from fieldapp.documents.signing import Signer, clauses, signatures
from fieldapp.documents.tables import Column, Table
from fieldapp.documents.typefaces import Weight
from fieldapp.domain.capitals import capitals_with_currency
from fieldapp.domain.cost_disclosure import Charge
from fieldapp.domain.schedules import FeeTiming

FORM = "cost-G01"
_PEN_CHARGES = 5


def cost_disclosure(paper: CostPaper) -> bytes:
    """The disclosure as a PDF; the same paper gives the same bytes.

    Raises Invalid (``glyph``, ``too_long``) naming the field, Actionable (``form``) for a broken form text.
    """
    texts = form(FORM, paper.mark.template_version)
    blocks = [*_loan(paper, texts), *_charges(paper, texts), *_total(paper, texts), *_signing(paper, texts)]
    return Document(paper.letterhead, paper.mark, texts, digest_of(paper, texts), blocks).to_pdf()


def _loan(paper: CostPaper, f: Form) -> list[Block]:
    schedule = paper.schedule
    principal = schedule.terms.principal if schedule is not None else None
    method = f.option("method", schedule.terms.method.value).zh if schedule is not None else ""
    periods = f.text("texts", "periods", count=str(len(schedule.instalments))).zh if schedule is not None else ""
    if paper.planned_until is not None:
        periods = f.text("texts", "planned", until=formats.day(paper.planned_until)).zh
    rows = [
        field_row(
            label(4, f.label("borrower")),
            value(6, paper.borrower, f.field("borrower", "borrower")),
            label(2, f.label("identity_number")),
            identity_boxes(12, paper.identity_number, f.field("identity_number", "identity_number")),
        ),
        field_row(
            label(4, f.label("principal")),
            value(6, formats.yuan(principal), f.field("principal", "principal"), align="right", weight=Weight.BOLD),
            label(2, f.label("capitals")),
            value(
                12,
                capitals_with_currency(principal) if principal is not None else "",
                f.field("principal", "capitals"),
            ),
        ),
        field_row(
            label(4, f.label("method")),
            value(8, method, f.field("method", "method")),
            label(4, f.label("periods")),
            figure(8, periods, f.field("months", "periods")),
        ),
    ]
    return hold([band(*f.section("loan")), *rows], Glue.FIRM)


def _charges(paper: CostPaper, f: Form) -> list[Block]:
    title, note = f.section("charges")
    table = Table(
        "charges",
        (
            Column(5, f.label("charge")),
            Column(5, f.label("payee")),
            Column(4, f.label("basis")),
            Column(3, f.label("when"), "centre"),
            Column(4, f.label("amount"), "right"),
            Column(3, f.label("yearly"), "right"),
        ),
        band(title, note, continued=True),
        least=_PEN_CHARGES if paper.mark.state is PaperState.BLANK else 2,
    )
    disclosed = paper.disclosure
    rows = [_charge_row(charge, paper, f) for charge in disclosed.charges] if disclosed is not None else []
    whole = ""
    if disclosed is not None:
        parts: Sequence[Decimal] = [charge.yearly for charge in disclosed.charges]
        whole = formats.rate(sum(parts, Decimal(0)))
    total = formats.amount(disclosed.total) if disclosed is not None else ""
    return [band(title, note), *table.blocks(rows, total=("", "", "", "", total, whole))]


def _charge_row(charge: Charge, paper: CostPaper, f: Form) -> tuple[str, ...]:
    amount, yearly = formats.amount(charge.amount), formats.rate(charge.yearly)
    if charge.fee is None:
        rate = formats.rate(paper.schedule.terms.yearly_rate) if paper.schedule is not None else ""
        basis = f.text("texts", "of_balance", rate=rate).zh
        when = f.text("texts", "with_instalments" if paper.planned_until is None else "settled").zh
        return (f.text("texts", "interest").zh, paper.letterhead.bank, basis, when, amount, yearly)
    fee = charge.fee
    once = fee.timing is FeeTiming.DAY_0
    basis = f.text("texts", "fixed").zh
    if fee.rate is not None:
        basis = f.text("texts", "of_principal", rate=formats.rate(fee.rate)).zh
    each = "with_instalments" if paper.planned_until is None else "each_month"
    when = f.text("texts", "day_0" if once else each).zh
    return (fee.name or f.text("texts", "fee").zh, fee.payee, basis, when, amount, yearly)


def _total(paper: CostPaper, f: Form) -> list[Block]:
    """The two yearly figures, 14 points and bold: nothing on the page is more prominent."""
    cost = paper.disclosure.cost if paper.disclosure is not None else None
    row = field_row(
        label(6, f.label("simple")),
        _large(6, formats.rate(cost.simple) if cost is not None else ""),
        label(6, f.label("compound")),
        _large(6, formats.rate(cost.compound) if cost is not None else ""),
        height=13.0,
    )
    return hold([band(*f.section("total")), row], Glue.FIRM)


def _large(columns: float, text: str) -> Cell:
    def draw(page: Page, left: float, top: float, width: float, height: float) -> None:
        page.text(left + width - PADDING, top + height / 2, text, 14, Weight.BOLD, "right")

    return Cell(columns, draw)


def _signing(paper: CostPaper, f: Form) -> list[Block]:
    """What may come on top, the notes, and the signatures with them."""
    surcharges = _section(f, "surcharges", [_filled(clause, paper, f) for clause in f.clauses("surcharge_clauses")])
    notes = _section(f, "notes", f.clauses("note_clauses"))
    signers = [Signer(f.text("signers", "borrower"), fingerprint=True), Signer(f.text("signers", "officer"))]
    return hold([*surcharges, *notes[:-1], notes[-1].holding(Glue.FIRM), signatures(f, signers, 24.0)], Glue.TOGETHER)


def _section(f: Form, key: str, entries: Sequence[Clause]) -> list[Block]:
    title, note = f.section(key)
    return [band(title, note), *clauses(entries, (band(title, note, continued=True),))]


def _filled(clause: Clause, paper: CostPaper, f: Form) -> Clause:
    """The surcharge beside the rate it comes to; a form for the pen leaves room for that."""
    rate = paper.schedule.terms.yearly_rate if paper.schedule is not None else None
    places: dict[str, str] = {}
    for kind in ("overdue", "misuse"):
        percent = _percent(f, f"{kind}_percent")
        places[kind] = str(percent)
        places[f"{kind}_rate"] = "______ %" if rate is None else formats.rate(rate * (100 + percent) / 100)
    try:
        return Clause(Text(clause.text.zh.format_map(places), clause.text.en.format_map(places)), clause.bold)
    except (KeyError, ValueError, IndexError) as error:
        raise f.broken("[[surcharge_clauses]]") from error


def _percent(f: Form, key: str) -> int:
    found = f.texts.get("surcharges", {}).get(key)
    if not isinstance(found, int) or not 0 <= found <= 1_000:
        raise f.broken(f"[surcharges] {key}")
    return found
