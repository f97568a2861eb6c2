"""Streams, their journal and records, who sees them, and the receipts."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, insert, select, tuple_, update

from fieldapp.headoffice.chain import GENESIS, Entry
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.rows import put, record_of, row_of
from fieldapp.protocol.messages import Receipt


@dataclass(frozen=True, slots=True)
class Head:
    """How far a stream has come: its last number and hash, and the floor below which gone rows were purged."""

    seq: int
    hash: str
    floor: int


class Sight(NamedTuple):
    """One row of an audience: a record it sees, or saw (``gone``), and when that last changed."""

    record: str
    kind: str
    seq: int
    gone: bool


@dataclass(frozen=True, slots=True)
class StoredReceipt:
    """A receipt with the digest of the bytes it answered."""

    digest: str
    receipt: Receipt


class Records:
    """The records' side of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def heads(self, streams: Iterable[str], *, lock: bool = False) -> dict[str, Head]:
        """The heads of those ``streams`` that exist; locked in sorted order until the unit ends, if asked."""
        t = tables.stream_head
        query = select(t).where(t.c.stream.in_(sorted(set(streams)))).order_by(t.c.stream)
        rows = self._connection.execute(query.with_for_update() if lock else query)
        return {row.stream: Head(row.seq, row.hash, row.floor) for row in rows}

    def add_stream(self, stream: str) -> None:
        """A new stream, empty."""
        self._connection.execute(insert(tables.stream_head).values(stream=stream, seq=0, hash=GENESIS, floor=0))

    def set_head(self, stream: str, head: Head) -> None:
        """Where the stream stands now."""
        t = tables.stream_head
        self._connection.execute(update(t).where(t.c.stream == stream).values(seq=head.seq, hash=head.hash))

    def hashes(self, points: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """The chain hash at each of the ``points`` (stream, number) that the journal has."""
        t = tables.journal
        wanted = sorted(set(points))
        found = {point: GENESIS for point in wanted if point[1] == 0}
        rows = self._connection.execute(
            select(t.c.stream, t.c.seq, t.c.hash).where(tuple_(t.c.stream, t.c.seq).in_(wanted))
        )
        return found | {(row.stream, row.seq): row.hash for row in rows}

    def journal(self, stream: str) -> Generator[Entry, None, None]:
        """Every entry of a stream, in order; close it when leaving early."""
        t = tables.journal
        query = select(t).where(t.c.stream == stream).order_by(t.c.seq).execution_options(yield_per=500)
        with self._connection.execute(query) as rows:
            for row in rows:
                yield Entry(**row._mapping)

    def add_entries(self, entries: Sequence[Entry]) -> None:
        """Journal what was accepted."""
        if entries:
            self._connection.execute(insert(tables.journal), [msgspec.structs.asdict(entry) for entry in entries])

    def find(self, records: Iterable[str]) -> dict[str, StoredRecord]:
        """Those of ``records`` that head office knows, in whatever stream they are now (SYNC 12)."""
        t = tables.record
        rows = self._connection.execute(select(t).where(t.c.record.in_(sorted(set(records)))))
        return {row.record: record_of(row) for row in rows}

    def whereabouts(self, records: Iterable[str]) -> set[str]:
        """The streams that ``records`` are in now."""
        t = tables.record
        return set(self._connection.scalars(select(t.c.stream).where(t.c.record.in_(sorted(set(records)))).distinct()))

    def of_root(self, stream: str, root: str) -> list[StoredRecord]:
        """The root and all its children."""
        t = tables.record
        rows = self._connection.execute(select(t).where(t.c.stream == stream, t.c.root == root).order_by(t.c.seq))
        return [record_of(row) for row in rows]

    def of_kind(self, stream: str, kind: str) -> list[StoredRecord]:
        """Every record of one kind in a stream, oldest number first."""
        t = tables.record
        rows = self._connection.execute(select(t).where(t.c.stream == stream, t.c.kind == kind).order_by(t.c.seq))
        return [record_of(row) for row in rows]

    def put(self, records: Sequence[StoredRecord]) -> None:
        """Keep ``records`` as they are now."""
        put(self._connection, tables.record, [row_of(record) for record in records])

    def show(self, stream: str, audience: str, sights: Sequence[Sight]) -> None:
        """Tell an audience what it sees now."""
        put(
            self._connection,
            tables.seen,
            [{"stream": stream, "audience": audience, **sight._asdict(), "gone": int(sight.gone)} for sight in sights],
        )

    def sights(self, stream: str, audience: str, after: int, until: int, limit: int) -> list[Sight]:
        """What changed for an audience in ``after < seq <= until``, in order, at most ``limit``."""
        t = tables.seen
        rows = self._connection.execute(
            select(t.c.record, t.c.kind, t.c.seq, t.c.gone)
            .where(t.c.stream == stream, t.c.audience == audience, t.c.seq > after, t.c.seq <= until)
            .order_by(t.c.seq)
            .limit(limit)
        )
        return [Sight(row.record, row.kind, row.seq, bool(row.gone)) for row in rows]

    def live(self, audiences: dict[str, str], records: Iterable[str]) -> set[str]:
        """Those of ``records`` that are seen by one of ``audiences`` (stream to audience)."""
        t = tables.seen
        rows = self._connection.execute(
            select(t.c.record).where(
                tuple_(t.c.stream, t.c.audience).in_(sorted(audiences.items())),
                t.c.record.in_(sorted(set(records))),
                t.c.gone == 0,
            )
        )
        return {row.record for row in rows}

    def receipts(self, changes: Iterable[tuple[str, str]]) -> dict[tuple[str, str], StoredReceipt]:
        """The receipts given to ``changes``, each by its addressed stream and id (SYNC 11)."""
        t = tables.receipt
        rows = self._connection.execute(select(t).where(tuple_(t.c.stream, t.c.change).in_(sorted(set(changes)))))
        return {(row.stream, row.change): StoredReceipt(row.digest, _receipts.decode(row.receipt)) for row in rows}

    def add_receipts(self, receipts: dict[tuple[str, str], StoredReceipt]) -> None:
        """Keep receipts for good."""
        rows: list[dict[str, Any]] = [
            {
                "stream": stream,
                "change": change,
                "digest": stored.digest,
                "receipt": msgspec.json.encode(stored.receipt).decode(),
            }
            for (stream, change), stored in receipts.items()
        ]
        if rows:
            self._connection.execute(insert(tables.receipt), rows)


_receipts = msgspec.json.Decoder(Receipt)
