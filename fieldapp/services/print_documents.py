"""The papers of an application and of visits: shown, printed, saved as a file; printing leaves a trace (DOMAIN E15)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fieldapp.documents.pack import data_digest, marked, render
from fieldapp.documents.papers import Paper, PaperState
from fieldapp.services.held_papers import HeldPaper, held_papers
from fieldapp.services.paper_kinds import PAPER_KINDS, DocumentKind, DocumentLine, Wanted
from fieldapp.services.paper_sources import read_sources
from fieldapp.services.save_file import file_name, save_file
from fieldapp.store.database import Store
from fieldapp.store.privacy import Act, PrivacyEvent
from fieldapp.store.unit import Unit

__all__ = ["Document", "DocumentKind", "DocumentLine", "PaperState", "PrintDocuments"]

log = logging.getLogger(__name__)

_STATES = {PaperState.DRAFT: "草稿", PaperState.FOR_SIGNATURE: "", PaperState.SEALED: "已封存"}


@dataclass(frozen=True, slots=True)
class Document:
    """One paper as PDF. ``digest`` is the whole data digest, ``name`` a good file name.

    ``held`` is its newest version that was frozen or sealed. Where the data are still those, ``pdf`` is that very file;
    ``changed`` says that they are not: then this is a draft of the next version. ``again`` marks a version that was
    frozen just now beside one the customer had before.
    """

    kind: DocumentKind
    record: str
    number: str
    state: PaperState
    digest: str
    name: str
    pdf: bytes
    about: str = ""
    version: int = 1
    held: HeldPaper | None = None
    changed: bool = False
    again: bool = False


class PrintDocuments:
    """Makes papers from what is on this laptop. Rendering takes up to half a second: not for the thread that draws."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def pack(self, application: str) -> list[DocumentLine]:
        """The papers of an application in the order of the pack; of visits the newest first.

        Raises Actionable (``gone``).
        """
        with self._store.reading() as view:
            sources = read_sources(view, self._store.clock.zone, application)
            lines = [line for kind, paper in PAPER_KINDS.items() for line in paper.lines(kind, sources)]
            held = {record: held_papers(view.records, record) for record in {line.record for line in lines}}
        return [_as_held(line, held[line.record].get(line.number)) for line in lines]

    def make(
        self, kind: DocumentKind, record: str, typed: Mapping[str, Any] | None = None, *, about: str = ""
    ) -> Document:
        """The paper of a kind; ``typed`` is what stands on the screen and is not saved, for the preview.

        Raises Actionable (``gone``, ``no_branch``, ``form`` and what the kind still lacks: ``terms``,
        ``photo_missing`` …), Invalid naming the field that cannot be printed (``glyph``, ``too_long`` …).
        """
        with self._store.reading() as view:
            made = PAPER_KINDS[kind].contents(view, self._store.clock.zone, Wanted(record, about, typed))
            held = held_papers(view.records, record).get(made.paper.mark.number)
            kept = view.attachments.content(held.pdf_digest) if held is not None and held.is_of(made.paper) else None
        if held is None:
            return document_of(kind, record, made.paper, made.customer, render(made.paper), about=about)
        if kept is not None:
            paper = held.marked(made.paper)
            return document_of(kind, record, paper, made.customer, kept, about=about, held=held)
        if held.is_of(made.paper):  # its bytes have not arrived from head office yet
            paper = held.marked(made.paper, PaperState.DRAFT)
            return document_of(kind, record, paper, made.customer, render(paper), about=about, held=held)
        paper = marked(made.paper, state=PaperState.DRAFT, version=held.version + 1)
        return document_of(kind, record, paper, made.customer, render(paper), about=about, held=held, changed=True)

    def of(self, line: DocumentLine) -> Document:
        """The paper of a line of the pack; raises like ``make``."""
        return self.make(line.kind, line.record, about=line.about)

    def application_form(self, application: str, typed: Mapping[str, Any] | None = None) -> Document:
        """Document 1; raises like ``make``."""
        return self.make(DocumentKind.APPLICATION, application, typed)

    def schedule(self, application: str, typed: Mapping[str, Any] | None = None) -> Document:
        """Document 5; raises like ``make``, and Actionable (``terms``) while the terms are incomplete."""
        return self.make(DocumentKind.SCHEDULE, application, typed)

    def visit_record(self, visit: str) -> Document:
        """Document 6; raises like ``make``."""
        return self.make(DocumentKind.VISIT, visit)

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
        """Note that the officer looks at the paper, if it shows an identity number in full."""
        if PAPER_KINDS[document.kind].shows_identity:
            self._note("reveal", document)

    def _note(self, act: Act, document: Document) -> None:
        def note(unit: Unit) -> None:
            at = unit.clock.now().isoformat(timespec="seconds")
            unit.privacy.add(PrivacyEvent(at, unit.enrolment.staff, act, document.record, document.kind.value))

        self._store.write(note)
        log.info("document_out", extra={"act": act, "record": document.record, "document": document.kind.value})


def document_of(
    kind: DocumentKind,
    record: str,
    paper: Paper,
    customer: str,
    pdf: bytes,
    *,
    about: str = "",
    held: HeldPaper | None = None,
    changed: bool = False,
) -> Document:
    """The paper with its PDF, under a good name for a file."""
    mark = paper.mark
    title = PAPER_KINDS[kind].title
    name = file_name(mark.printed_number.replace("/", "-"), title, customer, _STATES[mark.state], suffix=".pdf")
    return Document(
        kind, record, mark.number, mark.state, data_digest(paper), name, pdf, about, mark.version, held, changed
    )


def _as_held(line: DocumentLine, held: HeldPaper | None) -> DocumentLine:
    return line if held is None else replace(line, held=held, state=held.state)
