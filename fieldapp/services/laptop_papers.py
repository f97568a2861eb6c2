"""The papers this laptop holds, to check others against."""

from __future__ import annotations

from collections.abc import Iterable

from fieldapp.domain.errors import Actionable
from fieldapp.domain.money import Money
from fieldapp.services.application_number import record_mark
from fieldapp.services.held_papers import HeldPaper, held_of
from fieldapp.services.print_documents import Document, PrintDocuments
from fieldapp.services.visit_contents import visit_mark, visit_of
from fieldapp.store.database import Store
from fieldapp.store.state import SealKey
from fieldapp.store.view import View


class LaptopPapers:
    """What was frozen and sealed here, or came from head office, and what would be printed now."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def authority(self) -> str | None:
        """Head office's certificate in PEM form; None before it has arrived."""
        with self._store.reading() as view:
            key = view.state.get("seal_key", SealKey)
        return key.authority if key is not None else None

    def papers(self) -> Iterable[HeldPaper]:
        """Every paper that was frozen or sealed."""
        with self._store.reading() as view:
            found = [held_of(stored) for stored in view.records.of_kind("document")]
        return [held for held in found if held is not None]

    def current(self, number: str) -> Document | None:
        """The paper of that number as the records would have it printed now, None where there is none."""
        if not number:
            return None
        printing = PrintDocuments(self._store)
        with self._store.reading() as view:
            owner = _owner(view, number)
        if owner is None:
            return None
        kind, record = owner
        try:
            if kind == "visit":
                return printing.visit_record(record)
            return next((printing.of(line) for line in printing.pack(record) if line.number == number), None)
        except Actionable:  # it cannot be printed now, so that nothing can be compared with it
            return None

    def amount(self, record: str) -> Money | None:
        """What an application asks for."""
        with self._store.reading() as view:
            stored = view.records.get(record)
        fen = stored.screen.get("amount_fen") if stored is not None else None
        return Money(fen) if isinstance(fen, int) else None


def _owner(view: View, number: str) -> tuple[str, str] | None:
    front = number.partition("/")[0]
    for stored in view.records.of_kind("application"):
        if front in (stored.screen.get("number"), record_mark(stored.id)):
            return "application", stored.id
    branch = view.state.enrolment().branch
    for stored in view.records.of_kind("visit"):
        visit = visit_of(stored)
        if visit is not None and visit_mark(stored.id, visit, branch).number == number:
            return "visit", stored.id
    return None
