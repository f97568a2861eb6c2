"""What one request does to the streams: kept in memory, numbered, then written at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec

from fieldapp.headoffice.chain import Entry, fresh_random
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import audiences_of, own
from fieldapp.headoffice.storage.attachments import Reference
from fieldapp.headoffice.storage.records import Head, Sight, StoredReceipt
from fieldapp.headoffice.storage.store import Unit
from fieldapp.protocol.changes import Change


@dataclass(slots=True)
class _Pending:
    heads: dict[str, Head] = field(default_factory=dict)
    records: dict[str, StoredRecord] = field(default_factory=dict)
    sights: dict[tuple[str, str, str], Sight] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    receipts: dict[tuple[str, str], StoredReceipt] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)

    def absorb(self, later: _Pending) -> None:
        self.heads |= later.heads
        self.records |= later.records
        self.sights |= later.sights
        self.entries += later.entries
        self.receipts |= later.receipts
        self.references += later.references


class Ledger:
    """The only way a record changes: with a number, a journal entry and a row for everybody who sees it.

    The heads of all streams that are written must be locked by the unit. What happens inside one ``step`` happens
    whole or not at all. Nothing is stored before ``flush``.
    """

    def __init__(
        self, unit: Unit, heads: dict[str, Head], records: dict[str, StoredRecord], *, device: str, at: str
    ) -> None:
        self._unit = unit
        self._heads = heads
        self._records = records
        self._device = device
        self._at = at
        self._pending = _Pending()
        self._step = _Pending()

    @contextmanager
    def step(self) -> Iterator[None]:
        """One change: dropped alone when an exception passes."""
        self._step = _Pending()
        try:
            yield
            self._pending.absorb(self._step)
        finally:
            self._step = _Pending()

    def writes(self, stream: str) -> bool:
        """Whether the stream exists and its head is locked."""
        return stream in self._heads

    def record(self, record: str) -> StoredRecord | None:
        """A record as this request left it so far."""
        return self._step.records.get(record) or self._pending.records.get(record) or self._records.get(record)

    def family(self, record: StoredRecord) -> list[StoredRecord]:
        """Everything of the same root, as this request left it so far."""
        family = {r.record: r for r in self._unit.records.of_root(record.stream, record.root)}
        family |= {r.record: r for r in self._all().values() if (r.stream, r.root) == (record.stream, record.root)}
        return [self.record(known) or kept for known, kept in family.items()]

    def enter(self, change: Change, body: bytes, record: StoredRecord, effect: str = "change") -> StoredRecord:
        """Number ``record``, journal the change that brought it there, and show it to all who may see it."""
        head = self._head(record.stream)
        entry = Entry(
            stream=record.stream,
            seq=head.seq + 1,
            change=change.id,
            record=record.record,
            effect=effect,
            actor=change.actor,
            device=self._device,
            accepted_at=self._at,
            body=body,
            random=fresh_random(),
        ).after(head.hash)
        numbered = msgspec.structs.replace(record, seq=entry.seq)
        self._step.entries.append(entry)
        self._step.heads[record.stream] = Head(entry.seq, entry.hash, head.floor)
        self._step.records[record.record] = numbered
        for audience in audiences_of(numbered):
            self._show(numbered, audience, gone=False)
        return numbered

    def hash_at(self, record: StoredRecord) -> str:
        """The chain hash at the number that ``record`` was given in this step."""
        return next(e.hash for e in self._step.entries if (e.stream, e.seq) == (record.stream, record.seq))

    def assign(
        self, change: Change, body: bytes, record: StoredRecord, owner: str, effect: str = "assignment"
    ) -> StoredRecord:
        """Give ``record`` to another officer: it leaves the one and reaches the other, with a number of its own."""
        left = own(record.owner)
        had = record.had if owner in record.had else (*record.had, owner)
        assigned = self.enter(change, body, msgspec.structs.replace(record, owner=owner, had=had), effect)
        self._show(assigned, left, gone=True)
        return assigned

    def refer(self, record: StoredRecord, digests: Iterable[str]) -> None:
        """The record names these attachments."""
        self._step.references += [Reference(record.stream, digest, record.record) for digest in digests]

    def receipt(self, stream: str, change: str) -> StoredReceipt | None:
        """A receipt given by this very request."""
        return self._pending.receipts.get((stream, change))

    def give(self, stream: str, change: str, receipt: StoredReceipt) -> None:
        """Keep a receipt under the stream its change was addressed to."""
        self._step.receipts[stream, change] = receipt

    def flush(self) -> None:
        """Write what is pending."""
        pending, records = self._pending, self._unit.records
        records.add_entries(pending.entries)
        records.put(list(pending.records.values()))
        audiences: dict[tuple[str, str], list[Sight]] = {}
        for (stream, audience, _record), sight in pending.sights.items():
            audiences.setdefault((stream, audience), []).append(sight)
        for (stream, audience), sights in sorted(audiences.items()):
            records.show(stream, audience, sights)
        self._unit.attachments.refer(pending.references)
        records.add_receipts(pending.receipts)
        for stream, head in sorted(pending.heads.items()):
            records.set_head(stream, head)
        self._records |= pending.records
        self._heads |= pending.heads
        self._pending = _Pending()

    def forget(self) -> None:
        """Drop what is pending."""
        self._pending = _Pending()

    def _all(self) -> dict[str, StoredRecord]:
        return self._records | self._pending.records | self._step.records

    def _head(self, stream: str) -> Head:
        return self._step.heads.get(stream) or self._pending.heads.get(stream) or self._heads[stream]

    def _show(self, record: StoredRecord, audience: str, *, gone: bool) -> None:
        self._step.sights[record.stream, audience, record.record] = Sight(record.record, record.kind, record.seq, gone)
