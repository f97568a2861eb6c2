"""Document 0, the cover of a pack (DOMAIN D): who and what, the list of papers, the checks before sealing."""

from __future__ import annotations

from fieldapp.documents import formats
from fieldapp.documents.cover_paper import CoverLine, CoverPaper
from fieldapp.documents.digest import digest_of
from fieldapp.documents.fields import ROW, Cell, band, field_row, figure, label, options_of, title, two_lines, value
from fieldapp.documents.flow import Block, Glue, hold
from fieldapp.documents.forms import Form, Text, form
from fieldapp.documents.page import COLUMN, LEFT, PADDING, RIGHT, WIDTH, Align, Page
from fieldapp.documents.printing import Document
from fieldapp.documents.signing import Signer, checklist, signatures
from fieldapp.documents.typefaces import FieldName, Weight, printable
from fieldapp.domain.capitals import capitals_with_currency
from fieldapp.domain.masking import masked_identity_number, masked_phone

FORM = "cover-P01"
_ROW, _HEAD, _TOTAL = 8.0, 8.4, 8.0
_COLUMNS = (1.5, 9.5, 1.5, 4.0, 4.0, 3.5)
_HEADS = ("number", "document", "pages", "template_of", "digest_of", "sign")


def pack_cover(paper: CoverPaper) -> bytes:
    """The cover as a PDF; the same paper gives the same bytes.

    Raises Invalid (``glyph``, ``too_long``) naming the field, Actionable (``form``) for a broken form text.
    """
    texts = form(FORM, paper.mark.template_version)
    blocks = [*_loan(paper, texts), *_contents(paper, texts), *_sealing(texts)]
    return Document(paper.letterhead, paper.mark, texts, digest_of(paper, texts), blocks).to_pdf()


def _loan(paper: CoverPaper, f: Form) -> list[Block]:
    term = "" if paper.months is None else f.text("texts", "term", months=str(paper.months)).zh
    method = f.option("method", paper.method).zh if paper.method else ""
    capitals = "" if paper.amount is None else capitals_with_currency(paper.amount)
    mobile = masked_phone(paper.mobile) if paper.mobile else ""
    rows = [
        _pair(
            f, "borrower", paper.borrower, "identity_number", _masked(paper.identity_number), field="identity_number"
        ),
        *(
            field_row(
                label(5, f.option("role", party.role)),
                value(10, party.name, FieldName(f"parties.{place}", f.option("role", party.role).both)),
                label(4, f.label("identity_number")),
                value(5, _masked(party.identity_number), f.field(f"parties.{place}", "identity_number")),
                height=ROW,
            )
            for place, party in enumerate(paper.parties, start=1)
        ),
        _pair(f, "product_term", formats.joined(paper.product or "", term, method), "mobile", mobile, field="mobile"),
        field_row(
            label(5, f.label("amount")),
            figure(7, formats.yuan(paper.amount), f.field("amount", "amount")),
            value(12, capitals, f.field("amount", "amount")),
            height=ROW,
        ),
        _pair(
            f, "branch_grid", formats.joined(paper.letterhead.branch, paper.grid or ""), "applied_on",
            formats.day(paper.mark.dated), field="applied_on",
        ),
        _pair(f, "officer", paper.credit_officer or "", "marketed_by", paper.marketed_by or "", field="marketed_by"),
    ]  # fmt: skip
    return hold(rows, Glue.TOGETHER)


def _pair(f: Form, left: str, one: str, right: str, other: str, *, field: str) -> Block:
    return field_row(
        label(5, f.label(left)),
        value(10, one, f.field(left, left)),
        label(4, f.label(right)),
        value(5, other, f.field(field, right)),
        height=ROW,
    )


def _contents(paper: CoverPaper, f: Form) -> list[Block]:
    heading, note = f.section("contents")
    heads = (band(heading, note, continued=True), _head(f))
    rows = [_line(paper, line, place, f, heads) for place, line in enumerate(paper.lines, start=1)]
    for place in (-2, -1):
        if len(rows) >= -place:
            rows[place] = rows[place].holding(Glue.FIRM)
    total = sum(line.pages or 0 for line in paper.lines)
    # The total stays with the checks below, so that the last page of a long list is never theirs alone.
    return [band(heading, note), _head(f), *rows, _total(total).holding(Glue.FIRM)]


def _head(f: Form) -> Block:
    cells = [_centred(columns, f.label(head)) for columns, head in zip(_COLUMNS, _HEADS, strict=True)]
    return field_row(*cells, height=_HEAD).holding(Glue.FIRM)


def _centred(columns: float, text: Text) -> Cell:
    def draw(page: Page, left: float, top: float, width: float, height: float) -> None:
        two_lines(page, left + width / 2, top + height / 2, text, width - 1, "centre")

    return Cell(columns, draw, shaded=True)


def _line(paper: CoverPaper, line: CoverLine, place: int, f: Form, heads: tuple[Block, ...]) -> Block:
    named = f.option("document", line.kind)
    name = f"lines.{place}"
    about = " ".join(printable(line.about, f.field(name, "document")).split())
    said = Text(f"{named.zh}（{about}）", named.en) if about else named
    digest = f"{line.digest[:4]}-{line.digest[4:8]}" if line.digest else "—"
    row = field_row(
        _figure(1.5, line.number, f.field(name, "number")),
        title(9.5, said),
        _figure(1.5, "—" if line.pages is None else str(line.pages), f.field(name, "pages")),
        _figure(4.0, line.template or "—", f.field(name, "template_of")),
        _figure(4.0, digest, f.field(name, "digest_of")),
        _figure(3.5, _to_sign(paper, line, f) if line.pages is not None else "—", f.field(name, "sign")),
        height=_ROW,
    )
    return Block(row.height, row.draw, heads=heads)


def _figure(columns: float, text: str, field: FieldName, align: Align = "centre") -> Cell:
    return value(columns, text, field, align=align)


def _to_sign(paper: CoverPaper, line: CoverLine, f: Form) -> str:
    """How many signatures and fingerprints a paper wants: the form says how many of each signer and beside them."""
    each, beside = f.text("signing_each", line.kind), f.text("signing", line.kind)
    try:
        signed = int(each.zh) * paper.signing + int(beside.zh)
        printed = int(each.en) * paper.signing + int(beside.en)
    except ValueError as error:
        raise f.broken(f"[signing] {line.kind}") from error
    said = [("signatures", signed), ("fingerprints", printed)]
    return " ".join(f.text("texts", key, count=str(count)).zh for key, count in said if count) or "—"


def _total(pages: int) -> Block:
    def draw(page: Page, top: float) -> None:
        page.label_fill(LEFT, top, WIDTH, _TOTAL)
        middle = top + _TOTAL / 2
        page.text(LEFT + PADDING, middle, "合计 Total", 10, Weight.BOLD)
        before = LEFT
        for place, columns in enumerate(_COLUMNS):
            if place == 2:
                page.text(before + columns * COLUMN / 2, middle, str(pages), 10, Weight.BOLD, "centre")
            if place > 1:
                page.rule(before, top, before, top + _TOTAL)
            before += columns * COLUMN
        page.rule(LEFT, top + _TOTAL, RIGHT, top + _TOTAL)

    return Block(_TOTAL, draw)


def _sealing(f: Form) -> list[Block]:
    """What the officer ticks by hand, and who signs for it: on one page."""
    heading, note = f.section("sealing")
    signers = [Signer(f.text("signers", who)) for who in ("first_officer", "second_officer", "archive")]
    checks = checklist(options_of(f, "sealing", ()))
    return hold([band(heading, note), *checks, signatures(f, signers, 17.0)], Glue.TOGETHER)


def _masked(number: str | None) -> str:
    return masked_identity_number(number) if number else ""
