"""New entries that follow each other in a request, taken in without the steps that only edits need."""

from __future__ import annotations

from fieldapp.headoffice.arrivals import Arrival
from fieldapp.headoffice.knowledge import Knowledge
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.plain_entries import PlainEntry
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.runs import EnteredRun
from fieldapp.headoffice.scope import Author, may_record, relation_of
from fieldapp.headoffice.storage.records import StoredReceipt


class PlainRuns:
    """Gathers plain entries as long as one follows the other, then enters them together."""

    def __init__(
        self, author: Author, ledger: Ledger, knowledge: Knowledge, earlier: dict[tuple[str, str], StoredReceipt]
    ) -> None:
        self._author = author
        self._ledger = ledger
        self._knowledge = knowledge
        self._earlier = earlier
        self._stream = ""
        self._gathered: list[Arrival] = []
        self._names: set[str] = set()
        self._parents: dict[str, StoredRecord] = {}

    def gather(self, arrival: Arrival) -> bool:
        """Take ``arrival`` in with those that were gathered; whether that is possible."""
        plain = arrival.plain
        if plain is None or not self._fits(plain):
            return False
        change = plain.change
        self._stream = change.stream
        self._names.update((change.id, change.record))
        self._gathered.append(arrival)
        return True

    def enter(self) -> EnteredRun | None:
        """Enter what was gathered; None if nothing was."""
        run = None
        if self._gathered:
            run = self._ledger.enter_run(self._stream, self._gathered, self._parents)
            self._knowledge.follow_run(run)
        self._gathered, self._names, self._parents = [], set(), {}
        return run

    def _fits(self, plain: PlainEntry) -> bool:
        change = plain.change
        if self._gathered and change.stream != self._stream:
            return False
        return (
            change.actor == self._author.staff
            and (change.parent in self._parents or self._welcomes(change.parent, change.stream))
            and change.id not in self._names
            and change.record not in self._names
            and not plain.second_officer
            and may_record(self._author, change.kind, plain.staff)
            and (change.stream, change.id) not in self._earlier
            and not self._ledger.concerns(change)
            and self._knowledge.matches(change.record, None)
        )

    def _welcomes(self, name: str, stream: str) -> bool:
        """Whether the author has that parent there, and new entries below it are nobody's concern but theirs."""
        parent = self._ledger.record(name)
        if parent is None or parent.deleted or parent.stream != stream or not self._ledger.writes(stream):
            return False
        if relation_of(self._author, parent) != "in":
            return False
        self._parents[name] = parent
        return True
