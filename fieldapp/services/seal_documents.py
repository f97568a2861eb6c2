"""From draft to signed: a paper is frozen for the customer's signature, and sealed once it is signed (DOMAIN E14).

What was frozen or sealed stays, file and all. A correction is a new version beside it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from fieldapp.documents.pack import data_digest, form_of, marked, render
from fieldapp.documents.papers import Paper, PaperState
from fieldapp.documents.seal import SealingKey, sealed
from fieldapp.domain.application_records import Document as DocumentEntry
from fieldapp.domain.application_status import LEVELS
from fieldapp.domain.errors import Actionable
from fieldapp.domain.records import Photo
from fieldapp.domain.wording import Sentence
from fieldapp.services.business_day import business_date, whole_second
from fieldapp.services.held_papers import HeldPaper, held_papers
from fieldapp.services.paper_kinds import PAPER_KINDS, DocumentKind, Made, Wanted
from fieldapp.services.print_documents import Document, PrintDocuments, document_of
from fieldapp.store.database import Store
from fieldapp.store.state import SealKey
from fieldapp.store.unit import Unit

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/pdf"


Progress = Callable[[int, int], object]
"""Told how many of how many papers are done."""


def _untold(_done: int, _total: int) -> None:
    """Nobody wants to know how far it is."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A paper of a pack that was not frozen or sealed, and why."""

    number: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class PackKept:
    """The papers of a pack that were frozen or sealed, and those that could not be."""

    documents: tuple[Document, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A paper about to be kept, with its file."""

    kind: DocumentKind
    record: str
    about: str
    customer: str
    paper: Paper
    pdf: bytes


class SealDocuments:
    """Freezes and seals. Each takes up to a second: not for the thread that draws."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def freeze(self, kind: DocumentKind, record: str, *, about: str = "") -> Document:
        """The paper for signature: its data, digest and file are kept from now on.

        The same data are frozen once. Data that changed since are a new version beside the one before. Raises
        Actionable (``role``) for reviewers and approvers, and like ``PrintDocuments.make``.
        """
        made, held = self._now(kind, record, about)
        if held is not None and held.is_of(made.paper):
            with self._store.reading() as view:
                kept = view.attachments.content(held.pdf_digest)
            if kept is None:
                raise _not_here()
            return document_of(kind, record, held.marked(made.paper), made.customer, kept, about=about, held=held)
        version = held.version + 1 if held is not None else 1
        paper = marked(made.paper, state=PaperState.FOR_SIGNATURE, version=version)
        frozen = self._keep(_Kept(kind, record, about, made.customer, paper, render(paper)), held)
        return replace(frozen, again=version > 1)

    def seal(self, kind: DocumentKind, record: str, *, about: str = "") -> Document:
        """The signed paper, sealed with this laptop's key; sealing it again changes nothing.

        Raises Actionable: ``not_frozen``, ``changed_since`` (what the customer signed is not what the records say now),
        ``no_certificate``, and like ``freeze``.
        """
        made, held = self._now(kind, record, about)
        if held is None:
            raise Actionable(
                "not_frozen",
                Sentence("This paper has not been put before the customer yet."),
                advice=Sentence("Freeze it for signature, have it signed, then seal it."),
            )
        if not held.is_of(made.paper):
            raise Actionable(
                "changed_since",
                Sentence("The data changed after this paper was frozen for signature."),
                advice=Sentence("Freeze it again: that is a new version, which the customer signs."),
            )
        if held.state is PaperState.SEALED:
            return self.freeze(kind, record, about=about)
        key, branch = self._key()
        paper = held.marked(made.paper, PaperState.SEALED)
        pdf = sealed(render(paper), key, place=branch, at=whole_second(self._store.clock.now()))
        return self._keep(_Kept(kind, record, about, made.customer, paper, pdf), held)

    def freeze_pack(self, application: str, progress: Progress = _untold) -> PackKept:
        """Freeze every paper of an application that lacks nothing. Raises Actionable (``gone``).

        ``progress`` counts papers and may raise to stop between two of them: those frozen until then stay so.
        """
        return self._each(application, self.freeze, progress)

    def seal_pack(self, application: str, progress: Progress = _untold) -> PackKept:
        """Seal every paper of an application that was frozen and still says what the records say.

        ``progress`` as for ``freeze_pack``. Raises Actionable: ``gone``, ``no_certificate``.
        """
        self._key()
        return self._each(application, self.seal, progress)

    def _each(self, application: str, do: Callable[..., Document], progress: Progress) -> PackKept:
        documents: list[Document] = []
        left_out: list[LeftOut] = []
        lines = PrintDocuments(self._store).pack(application)
        for count, line in enumerate(lines):
            progress(count, len(lines))
            try:
                if line.lacking is not None:
                    left_out.append(LeftOut(line.number, line.lacking))
                else:
                    documents.append(do(line.kind, line.record, about=line.about))
            except Actionable as error:
                left_out.append(LeftOut(line.number, error.sentence))
        return PackKept(tuple(documents), tuple(left_out))

    def _now(self, kind: DocumentKind, record: str, about: str) -> tuple[Made, HeldPaper | None]:
        with self._store.reading() as view:
            if view.state.enrolment().role in LEVELS:
                raise Actionable(
                    "role", Sentence("Who decides on applications neither freezes nor seals their papers.")
                )
            made = PAPER_KINDS[kind].contents(view, self._store.clock.zone, Wanted(record, about))
            return made, held_papers(view.records, record).get(made.paper.mark.number)

    def _key(self) -> tuple[SealingKey, str]:
        with self._store.reading() as view:
            kept = view.state.get("seal_key", SealKey)
            branch = view.state.enrolment().branch_name
        if kept is None or kept.certificate is None or kept.authority is None:
            raise Actionable(
                "no_certificate",
                Sentence("This laptop has no certificate to seal papers with yet."),
                advice=Sentence("Synchronise once, then seal. What is frozen for signature stays as it is."),
            )
        return SealingKey(kept.key, kept.certificate, kept.authority), branch

    def _keep(self, kept: _Kept, before: HeldPaper | None) -> Document:
        record, paper, pdf = kept.record, kept.paper, kept.pdf
        document = document_of(kept.kind, record, paper, kept.customer, pdf, about=kept.about)

        def keep(unit: Unit) -> None:
            standing = held_papers(unit.records, record).get(paper.mark.number)
            if (standing.entry if standing is not None else None) != (before.entry if before is not None else None):
                raise Actionable(
                    "meanwhile",
                    Sentence("This paper was frozen or sealed a moment ago in another window."),
                    advice=Sentence("Open it again."),
                )
            digest = unit.attachments.add(pdf, MEDIA_TYPE, None)
            entry = DocumentEntry(
                kind=kept.kind.value,
                number=paper.mark.number,
                version=paper.mark.version,
                template=form_of(paper).code,
                state="sealed" if paper.mark.state is PaperState.SEALED else "for_signature",
                data_digest=data_digest(paper),
                pdf_digest=digest,
                staff=unit.enrolment.staff,
                made_at=whole_second(unit.clock.now()),
                business_date=business_date(unit.clock),
                about=kept.about,
                replaces=before.entry if before is not None else None,
                photos=(Photo(digest=digest, name=document.name, size=len(pdf), media_type=MEDIA_TYPE),),
            )
            unit.create("document", entry, parent=record)

        self._store.write(keep)
        log.info(
            "document_kept", extra={"record": record, "document": kept.kind.value, "state": paper.mark.state.value}
        )
        with self._store.reading() as view:
            return replace(document, held=held_papers(view.records, record)[paper.mark.number])


def _not_here() -> Actionable:
    return Actionable(
        "paper_missing",
        Sentence("The file of this paper has not arrived on this laptop yet."),
        advice=Sentence("Synchronise, then open it again."),
    )
