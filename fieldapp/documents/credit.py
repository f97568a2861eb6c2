"""Document 3, the authorisation of credit inquiry and reporting (DOMAIN D3): one page, one person."""

from __future__ import annotations

from fieldapp.documents import formats
from fieldapp.documents.consent_papers import CreditPaper
from fieldapp.documents.consent_parts import (
    choice_row,
    numbered,
    person_rows,
    signed_on_screen,
    signing,
    ticks,
)
from fieldapp.documents.digest import digest_of
from fieldapp.documents.fields import field_row, label, value
from fieldapp.documents.flow import Block
from fieldapp.documents.forms import Clause, Form, Text, form
from fieldapp.documents.printing import Document
from fieldapp.documents.sections import section

FORM = "credit-C01"
PARTS = ("inquiry", "reporting", "adverse")
"""The sections that are each chosen and signed for."""

_AREA = 23.0
"""Room to sign, in mm."""


def credit_authorisation(paper: CreditPaper) -> bytes:
    """The authorisation as a PDF; the same paper gives the same bytes.

    Raises Invalid (``glyph``, ``too_long``) naming the field, Actionable (``form``) for a broken form text.
    """
    texts = form(FORM, paper.mark.template_version)
    blocks = _Layout(paper, texts).blocks()
    signed = signed_on_screen(texts, paper.given)
    return Document(paper.letterhead, paper.mark, texts, digest_of(paper, texts), blocks, signed).to_pdf()


class _Layout:
    def __init__(self, paper: CreditPaper, texts: Form) -> None:
        self._paper, self._form = paper, texts
        self._clauses = 1

    def blocks(self) -> list[Block]:
        f, bank = self._form, self._paper.letterhead
        authorised = f.text("texts", "authorised", bank=bank.bank, branch=bank.branch).zh
        rows = [
            *person_rows(f, self._paper.signatory),
            field_row(
                label(4, f.label("authorised")),
                value(20, authorised, f.field("letterhead.bank", "authorised")),
            ),
        ]
        parts = [block for part in PARTS for block in self._part(part)]
        return [*section(f, "person", rows), *parts, *signing(f, self._paper.given, _AREA)]

    def _part(self, part: str) -> list[Block]:
        f, given = self._form, self._paper.given
        rows: list[Block] = []
        clauses = [_filled(entry, self._validity()) for entry in f.clauses(part)]
        for block, entry in zip(numbered(clauses, self._clauses), f.texts[part], strict=True):
            rows.append(block)
            if entry.get("purposes"):
                ticked = given.purposes if given is not None and not given.photo else ()
                rows += ticks([(text, purpose in ticked) for purpose, text in f.options("purposes")])
        self._clauses += len(clauses)
        answer = given.answer(part) if given is not None else None
        rows.append(choice_row(f, answer, given.writing(part) if given is not None else ()))
        return section(f, part, rows)

    def _validity(self) -> Text:
        f, given = self._form, self._paper.given
        if given is not None and given.expires is not None and not given.photo:
            return f.text("texts", "valid_until", expires=formats.day(given.expires))
        return f.text("texts", "valid_months", months=str(f.texts["validity"]["months"]))


def _filled(clause: Clause, validity: Text) -> Clause:
    zh = clause.text.zh.replace("{validity}", validity.zh)
    en = clause.text.en.replace("{validity}", validity.en)
    return Clause(Text(zh, en), clause.bold)
