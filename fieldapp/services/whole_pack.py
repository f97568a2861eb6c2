"""All papers of an application at one look: how far each has come, and what the next step for all of them is."""

from __future__ import annotations

from dataclasses import dataclass

from fieldapp.documents.papers import PaperState
from fieldapp.domain.application_status import LEVELS
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.services.case_records import read_case
from fieldapp.services.paper_kinds import DocumentLine
from fieldapp.services.print_documents import Document, PrintDocuments
from fieldapp.services.seal_documents import Progress
from fieldapp.store.database import Store


@dataclass(frozen=True, slots=True)
class PackPaper:
    """One paper; ``lacking`` says why there is no ``document`` yet. ``whose`` names the person it is only of."""

    line: DocumentLine
    document: Document | None = None
    lacking: Sentence | None = None
    whose: str = ""

    @property
    def frozen(self) -> bool:
        """Whether it was put before the customer, or sealed, and still says what the records say."""
        return self.document is not None and self.document.held is not None and not self.document.changed

    @property
    def sealed(self) -> bool:
        """Whether it is sealed and still says what the records say."""
        return self.frozen and self.line.state is PaperState.SEALED


@dataclass(frozen=True, slots=True)
class Pack:
    """The papers in their order; those that can be made have their PDF."""

    application: str
    prospect: str
    customer: str
    papers: tuple[PackPaper, ...]
    read_only: bool = False
    """Whether whoever looks is one who decides on it: then nothing is frozen or sealed here."""

    @property
    def made(self) -> tuple[Document, ...]:
        """The papers that can be printed."""
        return tuple(paper.document for paper in self.papers if paper.document is not None)

    @property
    def to_freeze(self) -> int:
        """How many papers are drafts, or changed since they were frozen."""
        return sum(paper.document is not None and not paper.frozen for paper in self.papers)

    @property
    def to_seal(self) -> int:
        """How many papers are frozen and not sealed."""
        return sum(paper.frozen and not paper.sealed for paper in self.papers)


def look_at_pack(store: Store, application: str, progress: Progress = lambda _done, _total: None) -> Pack:
    """Make every paper of an application. Takes a second or two: not for the thread that draws.

    ``progress`` counts papers and may raise to stop. Raises Actionable (``gone``).
    """
    printing = PrintDocuments(store)
    with store.reading() as view:
        case = read_case(view.records, application)
        people = {person: known.name for person, known in case.file.backing.people.items()}
        if case.file.application.person is not None and case.file.person is not None:
            people[case.file.application.person] = case.file.person.name
        read_only = view.state.enrolment().role in LEVELS
    lines = printing.pack(application)
    papers = []
    for count, line in enumerate(lines):
        progress(count, len(lines))
        papers.append(_paper(printing, line, people.get(line.about, "")))
    customer = case.file.person.name if case.file.person is not None else ""
    return Pack(application, case.prospect.id, customer, tuple(papers), read_only)


def _paper(printing: PrintDocuments, line: DocumentLine, whose: str) -> PackPaper:
    if line.lacking is not None:
        return PackPaper(line, lacking=line.lacking, whose=whose)
    try:
        return PackPaper(line, printing.of(line), whose=whose)
    except Actionable as error:
        return PackPaper(line, lacking=error.sentence, whose=whose)
