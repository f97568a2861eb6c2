"""The papers that were frozen for signature or sealed: what each said stays, whatever the data became (E14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from fieldapp.documents.pack import data_digest, marked
from fieldapp.documents.papers import Paper, PaperState
from fieldapp.domain.application_records import Document
from fieldapp.domain.errors import Actionable
from fieldapp.domain.kinds import Values, record_of
from fieldapp.store.records import Records, StoredRecord


@dataclass(frozen=True, slots=True)
class HeldPaper:
    """One frozen or sealed paper; ``entry`` is its record, ``record`` the application or visit it was made of.

    ``template`` is the form as printed (``A01-1.0``), ``pdf_digest`` the SHA-256 of the file, ``made_at`` in UTC.
    """

    entry: str
    record: str
    kind: str
    number: str
    version: int
    template: str
    state: PaperState
    data_digest: str
    pdf_digest: str
    staff: str
    made_at: datetime
    about: str = ""

    def is_of(self, paper: Paper) -> bool:
        """Whether ``paper``, with the form texts this one was made with, holds the same data."""
        try:
            return data_digest(self.marked(paper)) == self.data_digest
        except Actionable:  # the form texts of that version are gone: nobody can say that nothing changed
            return False

    def marked(self, paper: Paper, state: PaperState | None = None) -> Paper:
        """``paper`` as this version of it, with the same form texts."""
        return marked(
            paper,
            state=state or self.state,
            version=self.version,
            template_version=self.template.partition("-")[2] or None,
        )


def held_papers(records: Records, record: str) -> dict[str, HeldPaper]:
    """The newest version of each paper of an application or a visit, by number."""
    newest: dict[str, HeldPaper] = {}
    for held in versions_held(records, record):
        newest[held.number] = held
    return newest


def versions_held(records: Records, record: str) -> list[HeldPaper]:
    """Every version of every paper of an application or a visit, the older ones first."""
    found = [held_of(stored) for stored in records.children(record, "document")]
    return by_age(held for held in found if held is not None)


def held_of(stored: StoredRecord) -> HeldPaper | None:
    """The paper a record speaks of, None where a newer program wrote it."""
    return paper_held(stored.id, stored.parent, stored.screen)


def paper_held(entry: str, record: str | None, values: Values) -> HeldPaper | None:
    """The same of a record's ``values``, wherever it is kept; ``entry`` is its id, ``record`` its parent."""
    try:
        said = record_of(Document, values)
    except msgspec.ValidationError:
        return None
    return HeldPaper(
        entry=entry,
        record=record or "",
        kind=said.kind,
        number=said.number,
        version=said.version,
        template=said.template,
        state=PaperState(said.state),
        data_digest=said.data_digest,
        pdf_digest=said.pdf_digest,
        staff=said.staff,
        made_at=said.made_at,
        about=said.about,
    )


def by_age(papers: Iterable[HeldPaper]) -> list[HeldPaper]:
    """Versions of a paper in the order they were made; the sealed one behind the frozen one of the same version."""
    return sorted(papers, key=_age)


def _age(held: HeldPaper) -> tuple[int, bool, str]:
    return held.version, held.state is PaperState.SEALED, held.entry
