"""The papers of an application and of visits: shown, printed, saved as a file; printing leaves a trace (DOMAIN E15)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from fieldapp.documents.pack import data_digest, render
from fieldapp.documents.papers import Letterhead, Paper, PaperState
from fieldapp.domain import products
from fieldapp.domain.case_file import CaseFile, with_typed
from fieldapp.domain.errors import Actionable
from fieldapp.domain.kinds import record_of
from fieldapp.domain.records import Person, Product
from fieldapp.domain.wording import Sentence
from fieldapp.services.case_records import Case, read_case
from fieldapp.services.paper_contents import (
    application_mark,
    application_paper,
    letterhead,
    schedule_paper,
    visit_mark,
    visit_of,
    visit_paper,
)
from fieldapp.services.product_list import known_products
from fieldapp.services.save_file import file_name, save_file
from fieldapp.services.staff_names import staff_names
from fieldapp.store.database import Store
from fieldapp.store.privacy import Act, PrivacyEvent
from fieldapp.store.records import Records, StoredRecord
from fieldapp.store.unit import Unit
from fieldapp.store.view import View

log = logging.getLogger(__name__)


class DocumentKind(StrEnum):
    """The papers of this release, by DOMAIN D."""

    APPLICATION = "application"
    SCHEDULE = "schedule"
    VISIT = "visit"


_TITLES = {
    DocumentKind.APPLICATION: "贷款申请表",
    DocumentKind.SCHEDULE: "还款计划表",
    DocumentKind.VISIT: "走访记录",
}
_STATES = {PaperState.DRAFT: "草稿", PaperState.FOR_SIGNATURE: "", PaperState.SEALED: ""}


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One paper of a pack; ``record`` is the application or the visit. ``lacking`` says why it cannot be made yet."""

    kind: DocumentKind
    record: str
    number: str
    dated: date
    state: PaperState
    lacking: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One paper as PDF. ``digest`` is the whole data digest, ``name`` a good file name."""

    kind: DocumentKind
    record: str
    number: str
    state: PaperState
    digest: str
    name: str
    pdf: bytes


class PrintDocuments:
    """Makes papers from what is on this laptop. Rendering takes up to half a second: not for the thread that draws."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def pack(self, application: str) -> list[DocumentLine]:
        """The papers of an application: form, schedule, and the visits to the customer, newest first.

        Raises Actionable (``gone``).
        """
        zone = self._store.clock.zone
        with self._store.reading() as view:
            case = read_case(view.records, application)
            branch = view.state.enrolment().branch
            visits = view.records.children(case.prospect.id, "visit")
            product = _product_of(view.records, case.file)
        lines = []
        for kind, document in ((DocumentKind.APPLICATION, 1), (DocumentKind.SCHEDULE, 5)):
            mark = application_mark(application, case.file.application, document, zone)
            lacking = _schedule_lacks(case, product) if kind is DocumentKind.SCHEDULE else None
            lines.append(DocumentLine(kind, application, mark.number, mark.dated, mark.state, lacking))
        for stored in visits:
            visit = visit_of(stored)
            if visit is not None:
                mark = visit_mark(stored.id, visit, branch)
                lines.append(DocumentLine(DocumentKind.VISIT, stored.id, mark.number, mark.dated, mark.state))
        return lines

    def application_form(self, application: str, typed: Mapping[str, Any] | None = None) -> Document:
        """Document 1, for the preview; ``typed`` is what stands on the screen and is not saved.

        Raises Actionable (``gone``, ``no_branch``), Invalid naming the field that cannot be printed (``glyph`` …).
        """
        return self._of_application(DocumentKind.APPLICATION, application, typed or {})

    def schedule(self, application: str, typed: Mapping[str, Any] | None = None) -> Document:
        """Document 5; raises like ``application_form``, and Actionable (``terms``) while the terms are incomplete."""
        return self._of_application(DocumentKind.SCHEDULE, application, typed or {})

    def visit_record(self, visit: str) -> Document:
        """Document 6; raises Actionable (``gone``, ``no_branch``, ``photo_missing``), Invalid."""
        with self._store.reading() as view:
            stored = view.records.get(visit)
            said = visit_of(stored) if stored is not None and stored.kind == "visit" else None
            if stored is None or said is None:
                raise Actionable("gone", Sentence("This visit is not on this laptop any more."))
            corrected = view.records.get(said.amends) if said.amends else None
            enrolment = view.state.enrolment()
            paper = visit_paper(
                stored,
                _customer(view.records, stored),
                letterhead(view.records, enrolment),
                enrolment.branch,
                staff_names(view),
                view.attachments.content,
                visit_of(corrected) if corrected is not None else None,
            )
        return _document(DocumentKind.VISIT, visit, paper, paper.customer)

    def of(self, line: DocumentLine) -> Document:
        """The paper of a line of the pack."""
        match line.kind:
            case DocumentKind.APPLICATION:
                return self.application_form(line.record)
            case DocumentKind.SCHEDULE:
                return self.schedule(line.record)
            case DocumentKind.VISIT:
                return self.visit_record(line.record)

    def save(self, document: Document, folder: Path) -> Path:
        """Write the PDF into ``folder`` under its name, whole or not at all; the same paper replaces its older print.

        Raises Actionable: ``no_folder``, ``no_permission``, ``disk_full``, ``not_saved``.
        """
        # Noted before: a copy that nobody knows of would be worse than a note of a copy that failed.
        self._note("export", document)
        return save_file(folder, document.name, document.pdf)

    def note_printing(self, document: Document) -> None:
        """Note that the officer prints the paper; called before it is handed to the printer."""
        self._note("print", document)

    def note_showing(self, document: Document) -> None:
        """Note that the officer looks at the paper, which shows an identity number in full."""
        self._note("reveal", document)

    def _note(self, act: Act, document: Document) -> None:
        def note(unit: Unit) -> None:
            at = unit.clock.now().isoformat(timespec="seconds")
            unit.privacy.add(PrivacyEvent(at, unit.enrolment.staff, act, document.record, document.kind.value))

        self._store.write(note)
        log.info("document_out", extra={"act": act, "record": document.record, "document": document.kind.value})

    def _of_application(self, kind: DocumentKind, application: str, typed: Mapping[str, Any]) -> Document:
        with self._store.reading() as view:
            paper, file = self._paper(view, kind, application, typed)
        return _document(kind, application, paper, file.person.name if file.person is not None else "")

    def _paper(
        self, view: View, kind: DocumentKind, application: str, typed: Mapping[str, Any]
    ) -> tuple[Paper, CaseFile]:
        case = read_case(view.records, application)
        file = with_typed(case.file, typed)[0] if typed else case.file
        product = _product_of(view.records, file)
        head: Letterhead = letterhead(view.records, view.state.enrolment())
        zone = self._store.clock.zone
        if kind is DocumentKind.SCHEDULE:
            return schedule_paper(case, file, product, head, zone), file
        return application_paper(case, file, product, head, staff_names(view), zone), file


def _document(kind: DocumentKind, record: str, paper: Paper, customer: str) -> Document:
    mark = paper.mark
    name = file_name(mark.number.replace("/", "-"), _TITLES[kind], customer, _STATES[mark.state], suffix=".pdf")
    return Document(kind, record, mark.number, mark.state, data_digest(paper), name, render(paper))


def _product_of(records: Records, file: CaseFile) -> Product | None:
    return products.version_of(known_products(records), file.application)


def _schedule_lacks(case: Case, product: Product | None) -> Sentence | None:
    try:
        terms = products.loan_terms(product, case.file.application, date.max) if product is not None else None
    except Actionable as error:
        return error.sentence
    if terms is None or case.file.application.start is None:
        return Sentence("Product, amount, term, method or the day of the loan is missing.")
    return None


def _customer(records: Records, visit: StoredRecord) -> Person | None:
    prospect = records.get(visit.parent) if visit.parent is not None else None
    wanted = prospect.screen.get("person") if prospect is not None else None
    stored = records.get(wanted) if wanted else None
    return record_of(Person, stored.screen) if stored is not None else None
