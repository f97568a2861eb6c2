"""Blank forms for the pen, from the same templates as the filled ones: for the day on which no laptop is at hand.

The schedule and the cover are left out: they consist of figures that only the program works out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from fieldapp.documents.consent_papers import CreditPaper, PrivacyPaper
from fieldapp.documents.cost_paper import CostPaper
from fieldapp.documents.investigation_paper import InvestigationPaper
from fieldapp.documents.pack import render
from fieldapp.documents.papers import (
    Applicant,
    ApplicationPaper,
    DocumentMark,
    Letterhead,
    Paper,
    PaperState,
    VisitPaper,
)
from fieldapp.services.business_day import business_date
from fieldapp.services.paper_kinds import PAPER_KINDS, DocumentKind
from fieldapp.services.paper_sources import letterhead
from fieldapp.services.save_file import file_name, save_file
from fieldapp.store.database import Store

BLANK_NUMBERS: Mapping[DocumentKind, int] = {
    DocumentKind.APPLICATION: 1,
    DocumentKind.INVESTIGATION: 2,
    DocumentKind.CREDIT: 3,
    DocumentKind.PRIVACY: 4,
    DocumentKind.VISIT: 6,
    DocumentKind.COST: 7,
}
"""The kinds there are blank forms of, by their numbers in DOMAIN D."""


def save_blank_forms(store: Store, folder: Path) -> Iterator[Path]:
    """Write the blank form of every kind into ``folder``, one with each step; their paths in the order of the pack.

    A form is numbered ``KB-branch-day/document``. Raises Actionable: ``no_branch`` before the first synchronisation,
    ``form`` for a broken text file, ``no_folder``, ``no_permission``, ``disk_full``, ``not_saved``.
    """
    with store.reading() as view:
        enrolment = view.state.enrolment()
        head = letterhead(view.records, enrolment)
    day = business_date(store.clock)
    for kind, number in BLANK_NUMBERS.items():
        mark = DocumentMark(f"KB-{enrolment.branch}-{day:%Y%m%d}/{number}", PaperState.BLANK, day)
        name = file_name(mark.number.replace("/", "-"), PAPER_KINDS[kind].title, "空白表", suffix=".pdf")
        yield save_file(folder, name, render(blank_paper(kind, head, mark)))


def blank_paper(kind: DocumentKind, head: Letterhead, mark: DocumentMark) -> Paper:
    """The paper of a kind with nothing on it. Raises KeyError for a kind that has no blank form."""
    papers: dict[DocumentKind, Paper] = {
        DocumentKind.APPLICATION: ApplicationPaper(head, mark, Applicant()),
        DocumentKind.INVESTIGATION: InvestigationPaper(head, mark),
        DocumentKind.CREDIT: CreditPaper(head, mark),
        DocumentKind.PRIVACY: PrivacyPaper(head, mark),
        DocumentKind.VISIT: VisitPaper(head, mark, "", None, None, ""),
        DocumentKind.COST: CostPaper(head, mark),
    }
    return papers[kind]
