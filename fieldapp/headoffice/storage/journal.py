"""The journal: everything that was ever accepted, entry by entry, or many new entries of one request in one piece."""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

import msgspec
import zstandard
from sqlalchemy import Connection, select

from fieldapp.headoffice.chain import GENESIS, Entry
from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.direct import Direct

HASH_BYTES = 32

LARGEST_RUN_BYTES = 64 * 1024 * 1024
"""More than one request can bring; what would unpack to more was not written here."""


class JournalRun(NamedTuple):
    """Changes of one request that were accepted one after the other, numbered ``first`` to ``last``.

    All were made by ``actor``, came from ``device`` at ``accepted_at``, made a record, and are chained with the same
    ``random`` bytes. ``hashes`` are the chain's 32 bytes at each; ``bodies`` is their JSON array, compressed.
    """

    stream: str
    last: int
    first: int
    actor: str
    device: str
    accepted_at: str
    random: bytes
    hashes: bytes
    bodies: bytes

    @classmethod
    def of(
        cls,
        stream: str,
        first: int,
        told: tuple[str, str, str],
        random: bytes,
        hashes: Sequence[str],
        bodies: Sequence[bytes],
    ) -> JournalRun:
        """The run of entries from number ``first`` on; ``told`` is actor, laptop and time, which they agree in."""
        array = b"[" + b",".join(bodies) + b"]"
        packed = zstandard.ZstdCompressor(level=1).compress(array)  # one for each: none may serve two threads
        return cls(stream, first + len(hashes) - 1, first, *told, random, bytes.fromhex("".join(hashes)), packed)

    def hash_at(self, seq: int) -> str:
        """The chain hash at a number within the run."""
        start = (seq - self.first) * HASH_BYTES
        return self.hashes[start : start + HASH_BYTES].hex()

    def entries(self) -> Iterator[Entry]:
        """One by one; where the bodies are not what was written, entries that do not hold."""
        bodies = self._read()
        for place, seq in enumerate(range(self.first, self.last + 1)):
            body = bodies[place] if place < len(bodies) else b""
            change, record = _named(body)
            told = (self.stream, seq, change, record, "change", self.actor, self.device, self.accepted_at)
            yield Entry(*told, body, self.random, self.hash_at(seq))

    def _read(self) -> list[bytes]:
        try:
            with zstandard.ZstdDecompressor().stream_reader(self.bodies) as reader:
                return [bytes(body) for body in _bodies.decode(reader.read(LARGEST_RUN_BYTES))]
        except (zstandard.ZstdError, msgspec.DecodeError):
            return []


class Journal:
    """The journal's side of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._direct = Direct(connection)

    def add(self, entries: Sequence[Entry]) -> None:
        """Journal what was accepted."""
        self._direct.insert(tables.journal, entries)

    def add_runs(self, runs: Sequence[JournalRun]) -> None:
        """Journal what was accepted, many in one piece."""
        self._direct.insert(tables.journal_run, runs)

    def entries(self, stream: str) -> Generator[Entry, None, None]:
        """Every entry of a stream, in order; close it when leaving early."""
        with closing(self._singles(stream)) as singles, closing(self._in_runs(stream)) as in_runs:
            yield from heapq.merge(singles, in_runs, key=lambda entry: entry.seq)

    def hashes(self, points: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """The chain hash at each of the ``points`` (stream, number) that the journal has."""
        wanted = set(points)
        found = {point: GENESIS for point in wanted if point[1] == 0}
        run: JournalRun | None = None
        for stream, seq in sorted(wanted - found.keys()):
            if run is None or run.stream != stream or not run.first <= seq <= run.last:
                run = self._run_at(stream, seq)
            if run is not None:
                found[stream, seq] = run.hash_at(seq)
                continue
            for row in self._direct.rows("SELECT hash FROM journal WHERE stream = ? AND seq = ?", stream, seq):
                found[stream, seq] = row[0]
        return found

    def device_at(self, stream: str, seq: int) -> str | None:
        """The laptop that the entry at this number came from; None where it was not a laptop's own change."""
        run = self._run_at(stream, seq)
        if run is not None:
            return run.device or None
        query = "SELECT device FROM journal WHERE stream = ? AND seq = ? AND effect = 'change'"
        rows = self._direct.rows(query, stream, seq)
        return str(rows[0][0]) if rows and rows[0][0] else None

    def last_before(self, stream: str, moment: str) -> int:
        """The number up to which everything in the stream was accepted before ``moment`` (UTC)."""
        firsts = [
            self._direct.rows(query, stream, moment)[0][0]
            for query in (
                "SELECT min(seq) FROM journal WHERE stream = ? AND accepted_at >= ?",
                "SELECT min(first) FROM journal_run WHERE stream = ? AND accepted_at >= ?",
            )
        ]
        after = [int(first) for first in firsts if first is not None]
        if after:
            return min(after) - 1
        return int(self._direct.rows("SELECT seq FROM stream_head WHERE stream = ?", stream)[0][0])

    def _run_at(self, stream: str, seq: int) -> JournalRun | None:
        rows = self._direct.rows(_RUN_AT, stream, seq)
        if not rows or rows[0][2] > seq:
            return None
        stream, last, first, actor, device, accepted_at, random, hashes = rows[0]
        return JournalRun(stream, last, first, actor, device, accepted_at, random, hashes, bodies=b"")

    def _singles(self, stream: str) -> Generator[Entry, None, None]:
        t = tables.journal
        query = select(t).where(t.c.stream == stream).order_by(t.c.seq).execution_options(yield_per=500)
        with self._connection.execute(query) as rows:
            for row in rows:
                yield Entry(**row._mapping)

    def _in_runs(self, stream: str) -> Generator[Entry, None, None]:
        t = tables.journal_run
        query = select(t).where(t.c.stream == stream).order_by(t.c.last).execution_options(yield_per=4)
        with self._connection.execute(query) as rows:
            for row in rows:
                yield from JournalRun(**row._mapping).entries()


class _Named(msgspec.Struct):
    id: str = ""
    record: str = ""


def _named(body: bytes) -> tuple[str, str]:
    try:
        named = _names.decode(body)
    except msgspec.DecodeError:
        return "", ""
    return named.id, named.record


_RUN_AT = (
    "SELECT stream, last, first, actor, device, accepted_at, random, hashes FROM journal_run"
    " WHERE stream = ? AND last >= ? ORDER BY last LIMIT 1"
)
_bodies = msgspec.json.Decoder(list[msgspec.Raw])
_names = msgspec.json.Decoder(_Named)
