"""The rows of document 5 for a revolving loan whose draws and repayments are planned (DOMAIN C4).

Each day stands with the balance after it, how long that stands and the product of both (积数), so that a customer can
check the interest by hand.
"""

from __future__ import annotations

from fieldapp.documents import formats
from fieldapp.documents.fields import band
from fieldapp.documents.flow import Block, Glue
from fieldapp.documents.forms import Clause, Form
from fieldapp.documents.tables import Column, Table
from fieldapp.domain.money import Money, total
from fieldapp.domain.revolving_plan import PlannedDay, RevolvingPlan
from fieldapp.domain.schedules import LoanTerms


def planned_days(plan: RevolvingPlan, f: Form) -> list[Block]:
    """The plan day by day with its totals, which stay with what is signed."""
    title, note = f.section("plan")
    table = Table(
        "movements",
        (
            Column(2, f.label("row"), "centre"),
            Column(4, f.label("day"), "centre"),
            Column(4, f.label("drawn"), "right"),
            Column(4, f.label("repaid"), "right"),
            Column(4, f.label("drawn_balance"), "right"),
            Column(2, f.label("days"), "right"),
            Column(4, f.label("money_days"), "right"),
        ),
        band(title, note, continued=True),
        row_height=6.5,
    )
    rows = [_row(number, day) for number, day in enumerate(plan.days, start=1)]
    sums = (total([day.drawn for day in plan.days]), total([day.repaid for day in plan.days]))
    totals = ("", "", *map(formats.amount, sums), "", "", formats.amount(_sum(plan)))
    blocks = [band(title, note), *table.blocks(rows, totals)]
    return [*blocks[:-1], blocks[-1].holding(Glue.FIRM)]


def plan_notes(plan: RevolvingPlan, terms: LoanTerms, f: Form) -> list[Clause]:
    """How the interest follows from the rows, what is left to settle, and that a plan may change."""
    until = formats.day(plan.until)
    figures = {
        "interest": formats.amount(plan.interest),
        "sum": formats.amount(_sum(plan)),
        "rate": formats.rate(terms.yearly_rate),
        "day_count": f.option("day_count", terms.day_count.value).zh,
        "until": until,
    }
    said = [Clause(f.text("notes", "plan_interest", **figures), bold=True)]
    if plan.to_settle:
        principal = formats.amount(plan.to_settle)
        said.append(Clause(f.text("notes", "plan_settled", principal=principal, until=until), bold=True))
    return [*said, Clause(f.text("notes", "plan_free"), bold=False)]


def _row(number: int, day: PlannedDay) -> tuple[str, ...]:
    last = not day.days
    return (
        str(number),
        formats.day(day.on),
        formats.amount(day.drawn) if day.drawn else "",
        formats.amount(day.repaid) if day.repaid else "",
        formats.amount(day.balance),
        "" if last else str(day.days),
        "" if last else formats.amount(day.money_days),
    )


def _sum(plan: RevolvingPlan) -> Money:
    return total([day.money_days for day in plan.days])
