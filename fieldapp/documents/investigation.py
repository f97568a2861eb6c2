"""Document 2, the household and business investigation (DOMAIN D2): two pages for a usual case; empty, for a pen."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from fieldapp.documents import formats
from fieldapp.documents.digest import digest_of
from fieldapp.documents.fields import ROW, band, field_row, figure, label, prose, value
from fieldapp.documents.flow import Block, Glue, hold
from fieldapp.documents.forms import Form, Text, form
from fieldapp.documents.investigation_months import month_rows, season_row
from fieldapp.documents.investigation_paper import CheckLine, InvestigationPaper, LookLine
from fieldapp.documents.printing import Document
from fieldapp.documents.signing import Signer, signatures
from fieldapp.documents.tables import Column, Table
from fieldapp.domain.cross_checks import percent, short_amount
from fieldapp.domain.indicators import average
from fieldapp.domain.money import ZERO, Money, total_known

FORM = "investigation-B01"
_ROW_HEIGHT, _OPINION, _SIGNING = 6.9, 14.0, 22.0
_LOOKS, _METERS = ("character", "product", "collateral"), ("water", "electricity", "tax")
_NOTHING = "—"


def investigation(paper: InvestigationPaper) -> bytes:
    """The form as a PDF; the same paper gives the same bytes. Lists and texts take as many pages as they need.

    Raises Invalid (``glyph``, ``too_long``) naming the field or the row, Actionable (``form``) for a broken form text.
    """
    texts = form(FORM, paper.mark.template_version)
    return Document(paper.letterhead, paper.mark, texts, digest_of(paper, texts), _blocks(paper, texts)).to_pdf()


def _blocks(paper: InvestigationPaper, f: Form) -> list[Block]:
    return [
        *_visit(paper, f),
        *_members(paper, f),
        *_assets(paper, f),
        *_liabilities(paper, f),
        *_equity(paper, f),
        *_seasons(paper, f),
        *_months(paper, f),
        *_checks(paper, f),
        *_looks(paper, f),
        *_flows(paper, f),
        *_closing(paper, f),
    ]


def _visit(paper: InvestigationPaper, f: Form) -> list[Block]:
    met = "；".join(f"{one.name}（{one.relation}）" if one.relation else one.name for one in paper.people)
    when = ""
    if paper.started is not None:
        end = paper.ended or paper.started
        same_day = end.date() == paper.started.date()
        until = f"{end:%H:%M}" if same_day else formats.moment(end)
        when = f.text("texts", "time", start=formats.moment(paper.started), end=until).zh
    people = field_row(
        label(4, f.label("customer")),
        value(8, paper.customer, f.field("customer", "customer")),
        label(4, f.label("officers")),
        value(8, formats.joined(paper.officer, paper.second_officer), f.field("officer", "officers")),
        height=ROW,
    )
    where = "，".join(part for part in (when, paper.place) if part)
    return [
        people.holding(Glue.FIRM),
        *prose(where, f.field("started", "investigated"), name=f.label("investigated"), least=ROW),
        *prose(met, f.field("people", "people"), name=f.label("people"), least=ROW),
    ]


def _members(paper: InvestigationPaper, f: Form) -> list[Block]:
    table = Table(
        "members",
        (
            Column(4, f.label("name")),
            Column(3, f.label("relation"), "centre"),
            Column(2, f.label("age"), "centre"),
            Column(4, f.label("health_school"), "centre"),
            Column(7, f.label("work")),
            Column(4, f.label("income"), "right"),
        ),
        _band(f, "members", continued=True),
        row_height=_ROW_HEIGHT,
        least=4,
    )
    relations = {key: text.zh for key, text in f.options("relation")}
    rows = [
        (
            member.name,
            relations.get(member.relation, member.relation),
            "" if member.age is None else str(member.age),
            member.health_school,
            member.work,
            formats.amount(member.income),
        )
        for member in paper.members
    ]
    return [_band(f, "members"), *table.blocks(rows)]


def _assets(paper: InvestigationPaper, f: Form) -> list[Block]:
    table = Table(
        "assets",
        (
            Column(5, f.label("item")),
            Column(10, f.label("description")),
            Column(3, f.label("quantity"), "centre"),
            Column(4, f.label("value"), "right"),
            Column(2, f.label("evidence"), "centre"),
        ),
        _band(f, "assets", continued=True),
        row_height=_ROW_HEIGHT,
        least=8,
    )
    rows = [
        (line.item, line.note, line.quantity, _figure(line.value), _evidence(f, line.evidence)) for line in paper.assets
    ]
    return [_band(f, "assets"), *table.blocks(rows, ("", "", "", formats.amount(paper.total_assets), ""))]


def _liabilities(paper: InvestigationPaper, f: Form) -> list[Block]:
    table = Table(
        "liabilities",
        (
            Column(5, f.label("item")),
            Column(10, f.label("lender")),
            Column(3, f.label("instalment"), "right"),
            Column(4, f.label("balance"), "right"),
            Column(2, f.label("evidence"), "centre"),
        ),
        _band(f, "liabilities", continued=True),
        row_height=_ROW_HEIGHT,
        least=3,
    )
    rows = [
        (line.item, line.note, _figure(line.instalment), _figure(line.balance), _evidence(f, line.evidence))
        for line in paper.liabilities
    ]
    instalments = total_known([line.instalment for line in paper.liabilities])
    sums = ("", "", formats.amount(instalments) if instalments else "", formats.amount(paper.total_liabilities), "")
    return [_band(f, "liabilities"), *table.blocks(rows, sums)]


def _equity(paper: InvestigationPaper, f: Form) -> list[Block]:
    found = paper.equity_check
    row = field_row(
        label(4, f.label("equity")),
        figure(5, formats.in_yuan(paper.equity), f.field("equity", "equity")),
        label(5, f.label("expected")),
        figure(4, formats.in_yuan(found.estimate if found is not None else None), f.field("expected", "expected")),
        label(3, f.label("gap")),
        figure(3, _per_cent(found.deviation) if found is not None else "", f.field("gap", "gap")),
        height=ROW,
    )
    said = prose(
        "；".join(_equity_said(paper, f)), f.field("explanation", "explanation"), name=f.label("explanation"), least=ROW
    )
    return hold([row, *said], Glue.TOGETHER)


def _equity_said(paper: InvestigationPaper, f: Form) -> list[str]:
    said = []
    if paper.claimed is not None and paper.equity is not None and paper.claimed != paper.equity:
        difference = short_amount(paper.claimed - paper.equity)
        said.append(f.text("texts", "claimed", claimed=short_amount(paper.claimed), difference=difference).zh)
    found = paper.equity_check
    if found is not None and found.estimate is not None and found.verdict is not None:
        values = {"working": found.working, "estimate": short_amount(found.estimate), "tolerance": _tolerance(paper)}
        said.append(f.text("texts", f"equity_{found.verdict}", **values).zh)
        if found.explanation:
            said.append(found.explanation)
    return said


def _seasons(paper: InvestigationPaper, f: Form) -> list[Block]:
    words = {key: text.zh for key, text in f.options("season")}
    seasons = [words.get(season, "") for season in paper.seasons]
    return hold([_band(f, "seasons"), season_row(f.label("month"), seasons)], Glue.FIRM)


def _months(paper: InvestigationPaper, f: Form) -> list[Block]:
    words = dict(f.options("flow"))
    closing = field_row(
        label(4, f.label("net")),
        figure(4, formats.amount(paper.net), f.field("net", "net")),
        label(4, f.label("existing")),
        figure(4, formats.amount(paper.existing_instalments), f.field("existing_instalments", "existing")),
        label(4, f.label("bearable")),
        figure(4, formats.amount(paper.bearable), f.field("bearable", "bearable")),
        height=ROW,
    )
    tables = [_band(f, "months"), *month_rows(f.label("item"), words, paper.months), closing]
    return hold(tables, Glue.TOGETHER)


def _flows(paper: InvestigationPaper, f: Form) -> list[Block]:
    if not paper.flows:
        return []
    table = Table(
        "flows",
        (
            Column(9, f.label("item")),
            Column(5, f.label("part")),
            Column(5, f.label("year"), "right"),
            Column(5, f.label("monthly"), "right"),
        ),
        _band(f, "flows", continued=True),
        row_height=6.5,
    )
    rows = [
        (line.item, f.option("flow", line.flow).zh, formats.amount(line.year), formats.amount(_twelfth(line.year)))
        for line in paper.flows
    ]
    return hold([_band(f, "flows"), *table.blocks(rows)], Glue.TOGETHER, to_next=True)


def _checks(paper: InvestigationPaper, f: Form) -> list[Block]:
    table = Table(
        "checks",
        (
            Column(6, f.label("item")),
            Column(8, f.label("source")),
            Column(4, f.label("result"), "right"),
            Column(3, f.label("deviation"), "right"),
            Column(3, f.label("verdict"), "centre"),
        ),
        _check_band(paper, f, continued=True),
        row_height=6.6,
    )
    known = {line.item: line for line in paper.checks}
    rows = [_check_row(known.get(item), name, f) for item, name in f.options("check")]
    names = dict(f.options("check"))
    explained = "；".join(
        f"{names[line.item].zh}：{line.explanation}"
        for line in paper.checks
        if line.explanation and line.item in names and line.item != "equity"
    )
    heads = (_check_band(paper, f, continued=True),)
    said = prose(explained, f.field("checks", "explanation"), name=f.label("explanation"), least=ROW, heads=heads)
    return [*hold([_check_band(paper, f), *table.blocks(rows)], Glue.TOGETHER), *(said if explained else [])]


def _check_row(line: CheckLine | None, name: Text, f: Form) -> tuple[str, ...]:
    if line is None or line.estimate is None:
        return (name.zh, line.working if line is not None else "", "", "", "")
    verdict = f.option("verdict", line.verdict).zh if line.verdict is not None else ""
    return (name.zh, line.working, formats.amount(line.estimate), _per_cent(line.deviation), verdict)


def _looks(paper: InvestigationPaper, f: Form) -> list[Block]:
    heads = (_band(f, "looks", continued=True),)
    rows = []
    for key, subjects in (("looks", _LOOKS), ("meters", _METERS)):
        said = _found([line for line in paper.looks if line.subject in subjects], f)
        rows += prose(said, f.field(key, key), name=f.label(key), least=ROW, heads=heads)
    return [_band(f, "looks"), *rows]


def _found(lines: Sequence[LookLine], f: Form) -> str:
    words = {key: text.zh for key, text in f.options("subject")}
    said = []
    for line in lines:
        photos = f.text("texts", "photos", count=str(line.photos)).zh if line.photos else ""
        said.append(f"{words.get(line.subject, line.subject)}：{line.facts}{photos}")
    return "；".join(said)


def _closing(paper: InvestigationPaper, f: Form) -> list[Block]:
    """Both opinions, each in its own hand, and the signatures whole under them."""
    heads = (_band(f, "opinions", continued=True),)
    rows = [
        block
        for key, text in (("first_opinion", paper.first_opinion), ("second_opinion", paper.second_opinion))
        for block in prose(text, f.field(key, key), name=f.label(key), least=_OPINION, heads=heads)
    ]
    signers = [
        Signer(f.text("signers", "first_officer")),
        Signer(f.text("signers", "second_officer")),
        Signer(f.text("signers", "customer"), fingerprint=True),
    ]
    opinions = hold([_band(f, "opinions"), *rows], Glue.TOGETHER, to_next=True)
    opinions[-1] = opinions[-1].holding(Glue.FIRM)
    return [*opinions, signatures(f, signers, _SIGNING)]


def _band(f: Form, key: str, *, continued: bool = False) -> Block:
    title, note = f.section(key)
    return band(title, note, continued=continued)


def _check_band(paper: InvestigationPaper, f: Form, *, continued: bool = False) -> Block:
    title = f.text("sections", "checks")
    note = f.text("section_notes", "checks", tolerance=_tolerance(paper)) if paper.tolerance is not None else None
    return band(title, note, continued=continued)


def _tolerance(paper: InvestigationPaper) -> str:
    return "" if paper.tolerance is None else f"{(paper.tolerance * 100).normalize():f}"


def _per_cent(fraction: Decimal | None) -> str:
    return "" if fraction is None else f"{percent(fraction)} %"


def _figure(money: Money | None) -> str:
    return _NOTHING if money is None else formats.amount(money)


def _evidence(f: Form, evidence: str | None) -> str:
    return "" if evidence is None else f.option("evidence", evidence).zh


def _twelfth(money: Money) -> Money:
    return average(money, 12) or ZERO
