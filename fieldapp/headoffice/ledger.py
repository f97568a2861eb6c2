"""What one request does to the streams: kept in memory, numbered, then written at once."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import dropwhile
from typing import NamedTuple

import msgspec

from fieldapp.headoffice.arrivals import Arrival
from fieldapp.headoffice.chain import Entry, Randomness, chained, chained_on
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.runs import EnteredRun
from fieldapp.headoffice.scope import own
from fieldapp.headoffice.storage.attachments import Reference
from fieldapp.headoffice.storage.journal import JournalRun
from fieldapp.headoffice.storage.pieces import LEAST_PIECE, packed_beside
from fieldapp.headoffice.storage.records import Departure, Head, StoredReceipt
from fieldapp.headoffice.storage.rows import Parent, Row, entry_row, is_of_root, place_of, record_of
from fieldapp.headoffice.storage.store import Unit
from fieldapp.headoffice.storage.tables import ENTRY_KINDS
from fieldapp.protocol.changes import Change

_GATHERED = 1000
"""Visits and contacts of several customers that are read together."""


def _of_group(change: Change) -> str:
    return f"group:{change.group}"  # no record's name has a colon


class _Unjournalled(NamedTuple):
    """A run that is not in the journal yet: what its entries agree in, and their bodies; being packed, if many."""

    run: EnteredRun
    agreed: tuple[str, str, str]
    random: bytes
    bodies: list[bytes]
    packed: Future[bytes] | None

    def one_by_one(self) -> Iterator[Entry]:
        """As the journal keeps few."""
        run = self.run
        for place, body in enumerate(self.bodies):
            told = (run.stream, run.seq + place, run.changes[place], run.records[place], "change", *self.agreed)
            yield Entry(*told, body, self.random, run.hashes[place])


@dataclass(slots=True)
class _Pending:
    heads: dict[str, Head] = field(default_factory=dict)
    records: dict[str, StoredRecord] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    left: dict[tuple[str, str], dict[str, Departure | None]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    unjournalled: list[_Unjournalled] = field(default_factory=list)
    receipts: dict[tuple[str, str], StoredReceipt] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    holds: dict[tuple[str, str], int | None] = field(default_factory=dict)
    runs: list[EnteredRun] = field(default_factory=list)
    in_runs: set[str] = field(default_factory=set)
    """The changes in those runs."""

    def absorb(self, later: _Pending) -> None:
        self.heads.update(later.heads)
        self.records.update(later.records)
        self.entries += later.entries
        self.receipts.update(later.receipts)
        self.references += later.references
        self.holds.update(later.holds)
        for audience, records in later.left.items():
            self.left.setdefault(audience, {}).update(records)


class Ledger:
    """The only way a record changes: with a number, a journal entry, and a departure for those who see it no longer.

    The heads of all streams that are written must be locked by the unit. A step is kept whole or dropped whole;
    nothing is stored before ``flush``.
    """

    def __init__(
        self,
        unit: Unit,
        heads: dict[str, Head],
        records: dict[str, StoredRecord],
        *,
        device: str,
        at: str,
        rows: dict[str, Row] | None = None,
    ) -> None:
        """``records`` and ``rows`` are what is known to be stored, read or not yet."""
        self._unit = unit
        self._heads = heads
        self._records = records
        self._device = device
        self._at = at
        self._random = Randomness()
        self._pending = _Pending()
        self._step = _Pending()
        self._rows = rows or {}
        self._holds: dict[tuple[str, str], int] = {}
        self._given: dict[tuple[str, str], StoredReceipt] = {}  # and stored
        self.entered: dict[str, tuple[int, int]] = {}
        """The numbers given in each stream so far: after the first, until the second."""
        self._touched: dict[str, dict[str, int]] = {}
        self._under: dict[tuple[str, str], array[int]] = {}
        self._gathered: dict[str, list[StoredRecord]] = {}

    def keep(self) -> None:
        """What was entered since the last ``keep`` or ``drop`` is one step, and whole."""
        self._pending.absorb(self._step)
        self._step = _Pending()

    def drop(self) -> None:
        """Forget what was entered since the last step was kept."""
        self._step = _Pending()

    def writes(self, stream: str) -> bool:
        """Whether the stream exists and its head is locked."""
        return stream in self._heads

    def record(self, record: str) -> StoredRecord | None:
        """A record as this request left it so far."""
        for held in (self._step.records, self._pending.records, self._records):
            if record in held:
                return held[record]
        if record in self._pending.rows:
            self.store_entries()
        if (row := self._rows.get(record)) is None:
            return None
        self._records[record] = read = record_of(*self._unit.records.journal.whole(row[0], [row]))
        return read

    def place(self, record: str) -> Parent | None:
        """Where a record stands and whose it is, without reading the rest of it where that is not known yet."""
        row = self._rows.get(record)
        if row is None or record in self._records or record in self._pending.records or record in self._step.records:
            return self.record(record)
        return place_of(row)

    def fetch(self, record: str) -> StoredRecord | None:
        """The same of a record that the request did not name, in the streams whose heads it holds."""
        self.look_for([record])
        return self.record(record)

    def look_for(self, records: Iterable[str]) -> None:
        """Have at hand those of ``records`` that are in the streams whose heads this request holds."""
        if unseen := [record for record in records if "\x00" not in record and self.record(record) is None]:
            self._records = self._unit.records.find(unseen, self._heads) | self._records

    def streams_of(self, changes: Iterable[Change]) -> set[str]:
        """Where the records of ``changes`` are now."""
        return {record.stream for change in changes if (record := self.record(change.record)) is not None}

    def foresee_families(self, roots: Iterable[str]) -> None:
        """Note which visits and contacts stood under each of ``roots`` before the request, whose families are asked for
        in this order: one look through all that is their officer's, where ``family`` takes one for each.
        """
        by_stream: dict[str, list[StoredRecord]] = {}
        for root in filter(None, map(self.record, roots)):
            by_stream.setdefault(root.stream, []).append(root)
        for stream, together in by_stream.items():
            if len(together) > 1:
                under = self._unit.records.numbers_of(stream, together)
                self._under |= {(stream, root): numbers for root, numbers in under.items()}

    def family(self, record: StoredRecord, *, entries: bool = True) -> list[StoredRecord]:
        """Everything of the same root, as this request left it so far, by number; without visits and contacts, which
        are many, if those are not asked for.
        """
        self.store_entries()
        stored = self._stored_family(record.stream, record.root, entries=entries)
        family = {one.record: one for one in stored}
        self._records = family | self._records
        family |= self._of_root(record.stream, record.root, entries=entries)
        return sorted((self.record(known) or kept for known, kept in family.items()), key=lambda one: one.seq)

    def _stored_family(self, stream: str, name: str, *, entries: bool) -> list[StoredRecord]:
        """As it stood before the request: what came since is known here anyway."""
        if not entries or (stream, name) not in self._under:
            return self._unit.records.of_root(stream, name, entries=entries)
        if name not in self._gathered:
            self._gather(stream, name)
        return self._gathered.pop(name)

    def _gather(self, stream: str, name: str) -> None:
        """Have at hand the family of ``name`` and of those that follow it, as far as they are not too many together:
        a piece of the journal tells what several of them said.
        """
        roots: list[str] = []
        numbers: list[int] = []
        for of_stream, root in dropwhile(lambda key: key != (stream, name), self._under):
            under = self._under[of_stream, root]
            if of_stream != stream or (roots and len(numbers) + len(under) > _GATHERED):
                break
            roots.append(root)
            numbers += under
        self._gathered = self._unit.records.of_roots(stream, roots, numbers)

    def enter(
        self, change: Change, body: bytes, digest: str, record: StoredRecord, effect: str = "change"
    ) -> StoredRecord:
        """Number ``record`` and journal the change that brought it there, whose ``body`` has the ``digest``."""
        head = self._head(record.stream)
        seq = head.seq + 1
        told = (record.stream, seq, change.id, record.record, effect, change.actor, self._device, self._at)
        random = self._random.sixteen_bytes()
        entry = Entry(*told, body, random, chained(head.hash, told, digest, random))
        numbered = msgspec.structs.replace(record, seq=entry.seq)
        self._step.entries.append(entry)
        self._step.heads[record.stream] = Head(entry.seq, entry.hash, head.floor)
        self._step.records[record.record] = numbered
        return numbered

    def names(self) -> Iterator[str]:
        """Of the records and changes of which anything was known when the request came."""
        yield from self._records
        yield from self._rows
        yield from (record for _stream, record in self._holds)

    def enter_run(self, arrivals: Sequence[Arrival], parents: dict[str, Parent]) -> EnteredRun:
        """A step of its own: the new entries of ``arrivals``, all plain and of one stream and author, taken as sent.

        ``parents`` are their parents by name. Nothing may be known of any of them before.
        """
        entries = [arrival.plain for arrival in arrivals if arrival.plain is not None]
        changes, records = [entry.id for entry in entries], [entry.record for entry in entries]
        digests, bodies = [arrival.digest for arrival in arrivals], [arrival.body for arrival in arrivals]
        stream, actor = entries[0].stream, entries[0].actor
        random = self._random.sixteen_bytes()  # while no other thread of this request wants the interpreter
        packed = packed_beside(bodies) if len(entries) >= LEAST_PIECE else None
        pending = self._pending
        head = pending.heads.get(stream) or self._heads[stream]
        seq = head.seq + 1
        agreed = (actor, self._device, self._at)
        hashes = chained_on(head.hash, (stream, seq, *agreed), random, zip(changes, records, digests, strict=True))
        run = EnteredRun(stream, seq, changes, records, digests, hashes)
        for number, entry in enumerate(entries, seq):
            pending.rows[entry.record] = entry_row(entry, parents[entry.parent], number)
        pending.unjournalled.append(_Unjournalled(run, agreed, random, bodies, packed))
        pending.in_runs.update(changes)
        pending.runs.append(run)
        pending.heads[stream] = Head(run.last, hashes[-1], head.floor)
        return run

    @property
    def heads(self) -> dict[str, Head]:
        """Of all streams that may be written, as the request left them so far."""
        return self._heads | self._pending.heads

    def hash_at(self, record: StoredRecord) -> str:
        """The chain hash at the number that ``record`` was given in this step."""
        for entry in self._step.entries:
            if entry.seq == record.seq and entry.stream == record.stream:
                return entry.hash
        raise LookupError(record.record)

    def assign(
        self,
        change: Change,
        body: bytes,
        digest: str,
        record: StoredRecord,
        owner: str,
        effect: str = "assignment",
    ) -> StoredRecord:
        """Give ``record`` to another officer: it leaves the one and reaches the other, with a number of its own."""
        had = record.had if owner in record.had else (*record.had, owner)
        given = msgspec.structs.replace(record, owner=owner, had=had)
        assigned = self.enter(change, body, digest, given, effect)
        self.depart(record, own(record.owner), assigned.seq)
        if owner in record.had:  # nobody else ever left it
            self._left(record.stream, own(owner))[record.record] = None
        return assigned

    def depart(self, record: StoredRecord, audience: str, seq: int) -> None:
        """``audience`` of the record's stream sees it no longer, since number ``seq``."""
        self._left(record.stream, audience)[record.record] = Departure(record.record, record.kind, seq)

    def reach(self, record: StoredRecord, audience: str) -> None:
        """``audience`` of the record's stream sees it from now on; it may have left its sight once."""
        self._left(record.stream, audience)[record.record] = None

    def refer(self, record: StoredRecord, digests: Iterable[str]) -> None:
        """The record names these attachments."""
        self._step.references += [Reference(record.stream, digest, record.record) for digest in digests]

    def touched(self, stream: str) -> dict[str, int]:
        """The records of a stream that were given numbers otherwise than in a run, each with its last."""
        return self._touched.get(stream, {})

    def receipt(self, stream: str, change: str) -> StoredReceipt | None:
        """A receipt given by this very request."""
        pending = self._pending
        given = pending.receipts.get((stream, change)) or self._given.get((stream, change))
        for run in pending.runs if change in pending.in_runs else ():
            if run.stream == stream and change in run.changes:
                place = run.changes.index(change)
                return StoredReceipt(run.digests[place], run.receipt(place))
        return given

    def give(self, stream: str, change: str, receipt: StoredReceipt) -> None:
        """Keep a receipt under the stream its change was addressed to."""
        self._step.receipts[stream, change] = receipt

    def know_holds(self, holds: dict[tuple[str, str], int]) -> None:
        """The refused changes of this laptop behind which others wait, by (addressed stream, record)."""
        self._holds = holds

    def waits_behind(self, change: Change) -> bool:
        """Whether an earlier change of this record was refused and has not been corrected (SYNC 17)."""
        held = self._held(change)
        return held is not None and change.n > held

    def group_waits(self, change: Change, numbers: Collection[int]) -> bool:
        """Whether a change of the group of ``change`` was refused and none of those numbered so corrects it."""
        held = self._number_held(change.stream, _of_group(change))
        return held is not None and held not in numbers

    def hold_group(self, change: Change) -> None:
        """The group of ``change`` waits until it is corrected, under its number."""
        self._step.holds[change.stream, _of_group(change)] = change.n

    def let_go_group(self, change: Change) -> None:
        """The group of ``change`` stands."""
        if self._number_held(change.stream, _of_group(change)) is not None:
            self._step.holds[change.stream, _of_group(change)] = None

    def hold(self, change: Change) -> None:
        """What this laptop typed into the record after ``change`` waits until that is taken, under its number.

        What waits behind an earlier change already goes on doing so.
        """
        held = self._held(change)
        if held is None or change.n < held:
            self._step.holds[change.stream, change.record] = change.n

    def let_go(self, change: Change) -> None:
        """``change`` was taken: if it is the correction that others wait for, they need not any more."""
        if self._held(change) == change.n:
            self._step.holds[change.stream, change.record] = None

    def store_entries(self) -> None:
        """Write the runs entered so far: before anything else is done with a record, the database has its word on
        whether their names were free, and the journal what they say.
        """
        pending, records = self._pending, self._unit.records
        if not pending.rows:
            return
        records.add_rows(list(pending.rows.values()))
        self._rows |= pending.rows
        pending.rows = {}
        for run in pending.unjournalled:
            self._journal(run)
        pending.unjournalled = []

    def flush(self) -> None:
        """Write what is pending."""
        pending = self._pending
        self._unit.attachments.refer(pending.references)
        most = max(map(len, (pending.rows, pending.entries, pending.records, pending.receipts)))
        with self._unit.records.together(rows=most):
            self._write(pending)
        for entry in pending.entries:
            self._touched.setdefault(entry.stream, {})[entry.record] = entry.seq
        for stream, head in pending.heads.items():
            self.entered[stream] = (self.entered.get(stream, (self._heads[stream].seq, 0))[0], head.seq)
        self._given |= pending.receipts
        self._holds = {held: n for held, n in (self._holds | pending.holds).items() if n is not None}
        self._records |= pending.records
        self._heads |= pending.heads
        self._pending = _Pending()

    def _write(self, pending: _Pending) -> None:
        records = self._unit.records
        records.journal.add(pending.entries)
        self.store_entries()
        created = [r for r in pending.records.values() if not self._is_stored(r)]
        records.put(created, [r for r in pending.records.values() if self._is_stored(r)])
        for (stream, audience), left in sorted(pending.left.items()):
            records.return_to(stream, audience, [record for record, departure in left.items() if departure is None])
            records.depart(stream, audience, [departure for departure in left.values() if departure is not None])
        records.add_receipts(pending.receipts)
        records.put_holds(self._device, pending.holds)
        for stream, head in sorted(pending.heads.items()):
            records.set_head(stream, head)

    def forget(self) -> None:
        """Drop what is pending."""
        self._pending = _Pending()

    def _held(self, change: Change) -> int | None:
        return self._number_held(change.stream, change.record)

    def _number_held(self, stream: str, held: str) -> int | None:
        key = (stream, held)
        for holds in (self._step.holds, self._pending.holds):
            if key in holds:
                return holds[key]
        return self._holds.get(key)

    def _is_stored(self, record: StoredRecord) -> bool:
        stored = self._records.get(record.record)
        row = self._rows.get(record.record)
        return (stored is not None and stored.stream == record.stream) or (row is not None and row[0] == record.stream)

    def _of_root(self, stream: str, root: str, *, entries: bool) -> dict[str, StoredRecord]:
        left_out = () if entries else ENTRY_KINDS
        rows = [row for row in self._rows.values() if is_of_root(row, stream, root) and row[2] not in left_out]
        read = {row[1]: record_of(row) for row in self._unit.records.journal.whole(stream, rows)}
        read |= self._records | self._pending.records | self._step.records
        return {
            record: one
            for record, one in read.items()
            if (one.stream, one.root) == (stream, root) and one.kind not in left_out
        }

    def _journal(self, entered: _Unjournalled) -> None:
        records, run = self._unit.records, entered.run
        tells_receipts = False
        if entered.packed is not None:
            piece = JournalRun.of(run, entered.agreed, entered.random, entered.packed.result())
            records.journal.add_runs([piece])
            tells_receipts = piece.changes is not None
        else:
            records.journal.add([*entered.one_by_one()])
        if not tells_receipts:
            records.add_plain_receipts(run.stream, run.seq, run.changes, run.digests)

    def _head(self, stream: str) -> Head:
        return self._step.heads.get(stream) or self._pending.heads.get(stream) or self._heads[stream]

    def _left(self, stream: str, audience: str) -> dict[str, Departure | None]:
        return self._step.left.setdefault((stream, audience), {})
