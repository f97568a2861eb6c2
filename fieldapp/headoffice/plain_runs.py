"""New entries that follow each other in a request, taken in without the steps that only edits need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from fieldapp.domain.kinds import KINDS
from fieldapp.headoffice.arrivals import Arrival
from fieldapp.headoffice.knowledge import Knowledge
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.plain_entries import PlainEntry
from fieldapp.headoffice.runs import EnteredRun
from fieldapp.headoffice.scope import Author, may_record, relation_of
from fieldapp.headoffice.storage.rows import Parent


class PlainRuns:
    """Takes in plain entries as long as one follows the other.

    ``known`` are the names, of changes and of records, of which something is known already.
    """

    def __init__(self, author: Author, ledger: Ledger, knowledge: Knowledge, known: Iterable[str]) -> None:
        self._author = author
        self._ledger = ledger
        self._knowledge = knowledge
        self._known = set(known)

    def take(self, arrivals: Sequence[Arrival], start: int) -> EnteredRun | None:
        """Enter the plain entries from place ``start`` on, up to the first that is not one; None if there is none."""
        parents: dict[str, Parent] = {}
        fitting = self._fitting(arrivals, start, parents)
        if not fitting:
            return None
        run = self._ledger.enter_run(fitting, parents)
        self._knowledge.follow_run(run)
        return run

    def pass_by(self, arrival: Arrival) -> None:
        """Leave ``arrival`` to be received at length, which wants to know its record, and every other that stands."""
        self._ledger.store_entries()
        if arrival.plain is not None:
            self._ledger.look_for([arrival.plain.record])
        if (named := arrival.named) is not None:
            self._known.update((named.id, named.record))

    def _fitting(self, arrivals: Sequence[Arrival], start: int, parents: dict[str, Parent]) -> list[Arrival]:
        """Those that fit; ``parents`` is filled with theirs."""
        known, author = self._known, self._author.staff
        stream: str | None = None
        makers: set[tuple[str, str]] = set()
        fitting: list[Arrival] = []
        for arrival in islice(arrivals, start, None):
            entry = arrival.plain
            if (
                entry is None
                or entry.actor != author
                or entry.id in known
                or entry.record in known
                or entry.second_officer
                or (stream is not None and entry.stream != stream)
            ):
                break
            maker = entry.kind, entry.staff
            if maker not in makers:
                if not may_record(self._author, *maker):
                    break
                makers.add(maker)
            if entry.parent not in parents:
                parent = self._welcoming(entry)
                if parent is None:
                    break
                parents[entry.parent] = parent
            stream = entry.stream
            known.add(entry.id)
            known.add(entry.record)
            fitting.append(arrival)
        return fitting

    def _welcoming(self, entry: PlainEntry) -> Parent | None:
        """The parent, if the author has it there, and new entries below it are nobody's concern but theirs."""
        parent = self._ledger.place(entry.parent)
        if parent is None or parent.deleted or parent.stream != entry.stream:
            return None
        if not KINDS[entry.kind].belongs_to(parent.kind):
            return None
        return parent if self._ledger.writes(entry.stream) and relation_of(self._author, parent) == "in" else None
