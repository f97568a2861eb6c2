"""What stands on the cover of a pack: the loan, its people, and every paper with its pages and digest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from fieldapp.documents.cover_paper import CoverLine, CoverPaper, CoverParty
from fieldapp.documents.pack import data_digest, form_of, render
from fieldapp.documents.papers import Paper
from fieldapp.domain import parties
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.errors import Actionable
from fieldapp.domain.records import Person
from fieldapp.services.held_papers import HeldPaper
from fieldapp.services.paper_sources import CaseSources, money_of, named
from fieldapp.store.view import View

_MOST_COUNTED = 10_000
_counted: dict[str, int] = {}
"""Pages by the digest of the file, or of the data and wording of a paper that has none yet: neither changes its count.

Kept no longer than the program runs, for another release may set the same data on other pages.
"""

_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


@dataclass(frozen=True, slots=True)
class PackedPaper:
    """One paper of the pack: its kind, its number, about whom it is, and itself where it can be made already.

    ``held`` is its newest version that was frozen or sealed, of these data or of others.
    """

    kind: str
    number: str
    about: str
    paper: Paper | None
    held: HeldPaper | None = None


def cover_paper(sources: CaseSources, packed: Iterable[PackedPaper]) -> CoverPaper:
    """Document 0 of an application, over the papers it holds now."""
    file, product, names = sources.file, sources.product, sources.names
    application, person = file.application, file.person or Person()
    beside = cover_parties(file)
    return CoverPaper(
        letterhead=sources.letterhead,
        mark=sources.mark(0),
        borrower=person.name,
        lines=tuple(_line(sources.view, one) for one in packed),
        signing=1 + sum(1 for _, signs in beside if signs),
        identity_number=person.id_number,
        mobile=person.mobile,
        parties=tuple(party for party, _ in beside),
        product=product.name if product is not None else None,
        months=application.months,
        method=application.method,
        amount=money_of(application.amount_fen),
        grid=file.prospect.village,
        credit_officer=named(names, application.officer),
        marketed_by=named(names, file.prospect.marketed_by),
    )


def cover_parties(file: CaseFile) -> list[tuple[CoverParty, bool]]:
    """The spouse of a married borrower and every other party, each with whether they sign."""
    found = []
    if parties.needs_spouse(file) and file.spouse is not None:
        _, said = parties.spouse_party(file.backing)
        found.append((CoverParty(file.spouse.name, "spouse", file.spouse.id_number), said.signs))
    for _, party in file.backing.of_role("co_borrower", "guarantor", "pledgor"):
        person = file.backing.people.get(party.person, Person())
        found.append((CoverParty(person.name, party.role, person.id_number), party.signs))
    return found


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF of this program has: its page objects stand uncompressed, a seal repeats one behind them."""
    return len(_PAGE.findall(pdf.partition(b"%%EOF")[0]))


def _line(view: View, packed: PackedPaper) -> CoverLine:
    number = packed.number.rpartition("/")[2].partition("-")[0]
    paper, held = packed.paper, packed.held
    with suppress(Actionable):  # a paper that cannot be printed says why itself
        if paper is not None:
            if held is not None and held.is_of(paper):
                paper, pages = held.marked(paper), _pages_held(view, held, paper)
            else:
                pages = _pages_set(paper)
            return CoverLine(packed.kind, number, packed.about, pages, form_of(paper).code, data_digest(paper))
    return CoverLine(packed.kind, number, packed.about)


def _pages_held(view: View, held: HeldPaper, paper: Paper) -> int:
    """The pages of the file that is kept, or of ``paper`` set anew while that has not arrived from head office."""
    known = _counted.get(held.pdf_digest)
    if known is not None:
        return known
    kept = view.attachments.content(held.pdf_digest)
    return _pages_set(paper) if kept is None else _count(held.pdf_digest, kept)


def _pages_set(paper: Paper) -> int:
    digest = data_digest(paper)
    known = _counted.get(digest)
    return _count(digest, render(paper)) if known is None else known


def _count(digest: str, pdf: bytes) -> int:
    pages = pages_of(pdf)
    if len(_counted) >= _MOST_COUNTED:
        _counted.clear()
    _counted[digest] = pages
    return pages
