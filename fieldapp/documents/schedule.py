"""Document 5, the repayment schedule (DOMAIN D5): parameters, rows, totals, and what the residue is.

A revolving loan whose draws are planned shows these instead of instalments.
"""

from __future__ import annotations

from fieldapp.documents import formats
from fieldapp.documents.digest import digest_of
from fieldapp.documents.fields import ROW, Cell, band, field_row, figure, label, value
from fieldapp.documents.flow import Block, Glue, hold
from fieldapp.documents.forms import Clause, Form, form
from fieldapp.documents.papers import SchedulePaper
from fieldapp.documents.printing import Document
from fieldapp.documents.revolving_schedule import plan_notes, planned_days
from fieldapp.documents.signing import Signer, clauses, signatures
from fieldapp.documents.tables import Column, Table
from fieldapp.domain.capitals import capitals_with_currency
from fieldapp.domain.masking import masked_identity_number
from fieldapp.domain.money import Money, total
from fieldapp.domain.revolving_plan import planned_fees
from fieldapp.domain.schedules import RepaymentMethod

FORM = "schedule-E01"


def repayment_schedule(paper: SchedulePaper) -> bytes:
    """The schedule as a PDF; the same paper gives the same bytes.

    Raises Invalid (``glyph``, ``too_long``) naming the field, Actionable (``form``) for a broken form text.
    """
    texts = form(FORM, paper.mark.template_version)
    rows = _instalments(paper, texts) if paper.plan is None else planned_days(paper.plan, texts)
    blocks = [*_parameters(paper, texts), *rows, *_notes_and_signatures(paper, texts)]
    return Document(paper.letterhead, paper.mark, texts, digest_of(paper, texts), blocks).to_pdf()


def _parameters(paper: SchedulePaper, f: Form) -> list[Block]:
    terms = paper.schedule.terms
    number = masked_identity_number(paper.identity_number) if paper.identity_number else ""

    def pair(left: str, left_value: Cell, right: str, right_value: Cell) -> Block:
        return field_row(label(4, f.label(left)), left_value, label(4, f.label(right)), right_value, height=ROW)

    rows = [
        pair(
            "borrower",
            value(8, paper.borrower, f.field("borrower", "borrower")),
            "identity_number",
            value(8, number, f.field("identity_number", "identity_number")),
        ),
        pair(
            "principal",
            figure(8, formats.yuan(terms.principal), f.field("principal", "principal")),
            "capitals",
            value(8, capitals_with_currency(terms.principal), f.field("principal", "capitals")),
        ),
        pair(
            "yearly_rate",
            figure(8, formats.rate(terms.yearly_rate), f.field("yearly_rate", "yearly_rate")),
            "compound_cost",
            figure(8, formats.rate(paper.compound_cost), f.field("compound_cost", "compound_cost")),
        ),
        pair(
            "method",
            value(8, f.option("method", terms.method.value).zh, f.field("method", "method")),
            *_how_many(paper, f),
        ),
        pair(
            "start",
            figure(8, formats.day(terms.start), f.field("start", "start")),
            "day_count",
            value(8, f.option("day_count", terms.day_count.value).zh, f.field("day_count", "day_count")),
        ),
        pair(
            "rounding",
            value(8, _rounding(paper, f), f.field("rounding", "rounding")),
            *_remainder(paper, f),
        ),
    ]
    return hold([band(*f.section("parameters")), *rows], Glue.FIRM)


def _how_many(paper: SchedulePaper, f: Form) -> tuple[str, Cell]:
    """How many instalments there are, or how much is drawn at most where the borrower plans the draws."""
    if paper.plan is not None:
        return "highest", figure(8, formats.yuan(paper.plan.highest), f.field("movements", "highest"))
    count = str(len(paper.schedule.instalments))
    return "periods", figure(8, f.text("texts", "periods", count=count).zh, f.field("months", "periods"))


def _rounding(paper: SchedulePaper, f: Form) -> str:
    """A plan's interest is rounded once, when all its days are summed up (DOMAIN C4)."""
    when = "rounding" if paper.plan is None else "rounding_at_end"
    return f.option(when, paper.schedule.terms.rounding.value).zh


def _remainder(paper: SchedulePaper, f: Form) -> tuple[str, Cell]:
    if paper.plan is not None:
        return "plan_interest", figure(8, formats.yuan(paper.plan.interest), f.field("movements", "plan_interest"))
    residue = "last_absorbs" if paper.schedule.residue else "no_residue"
    return "residue", value(8, f.text("texts", residue).zh, f.field("residue", "residue"))


def _instalments(paper: SchedulePaper, f: Form) -> list[Block]:
    schedule = paper.schedule
    title, note = f.section("instalments")
    table = Table(
        "schedule",
        (
            Column(2, f.label("number"), "centre"),
            Column(4, f.label("due"), "centre"),
            Column(5, f.label("payment"), "right"),
            Column(4, f.label("principal_part"), "right"),
            Column(4, f.label("interest_part"), "right"),
            Column(5, f.label("balance"), "right"),
        ),
        band(title, note, continued=True),
        row_height=6.5,
    )
    rows = [
        (
            str(row.number),
            formats.day(row.due),
            formats.amount(row.payment),
            formats.amount(row.principal),
            formats.amount(row.interest),
            formats.amount(row.balance_after),
        )
        for row in schedule.instalments
    ]
    totals = (schedule.total_payment, schedule.terms.principal, schedule.total_interest)
    blocks = [band(title, note), *table.blocks(rows, total=("", "", *map(formats.amount, totals), ""))]
    return [*blocks[:-1], blocks[-1].holding(Glue.FIRM)]  # the total stays with the notes and what is signed


def _notes_and_signatures(paper: SchedulePaper, f: Form) -> list[Block]:
    """What is signed and the signatures; on the page of the total, so that no signature stands alone."""
    notes = [band(*f.section("notes")), *clauses(_notes(paper, f))]
    signers = [Signer(f.text("signers", "borrower"), fingerprint=True), Signer(f.text("signers", "officer"))]
    return hold([*notes, signatures(f, signers, 20.3)], Glue.FIRM)


def _notes(paper: SchedulePaper, f: Form) -> list[Clause]:
    plan = paper.plan
    said = [_residue_note(paper, f)] if plan is None else plan_notes(plan, paper.schedule.terms, f)
    fees = _fees(paper)
    if fees:
        said.append(Clause(f.text("notes", "fees", fees=formats.amount(fees)), bold=True))
    return [*said, *(Clause(f.text("notes", key), bold=False) for key in ("holidays", "indicative"))]


def _fees(paper: SchedulePaper) -> Money:
    terms = paper.schedule.terms
    if paper.plan is None:
        return paper.schedule.total_fees
    return total([each for fee in terms.fees for _, each in planned_fees(terms, fee, paper.plan.until)])


def _residue_note(paper: SchedulePaper, f: Form) -> Clause:
    schedule = paper.schedule
    last, residue = schedule.instalments[-1], schedule.residue
    if schedule.terms.method is RepaymentMethod.INTEREST_FIRST:
        return Clause(f.text("notes", "principal_at_end", principal=formats.amount(last.principal)), bold=False)
    if schedule.terms.method is RepaymentMethod.REVOLVING:
        return Clause(f.text("notes", "revolving"), bold=False)
    if not residue:
        return Clause(f.text("notes", "no_residue"), bold=False)
    whole, amount = (
        ("payment", last.payment)
        if schedule.terms.method is RepaymentMethod.EQUAL_INSTALMENTS
        else ("principal", last.principal)
    )
    direction, difference = ("more", residue) if residue.fen > 0 else ("less", -residue)
    values = {"last": formats.amount(amount), "difference": formats.amount(difference)}
    return Clause(f.text("notes", f"residue_{whole}_{direction}", **values), bold=False)
