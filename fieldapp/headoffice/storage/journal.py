"""The journal: everything that was ever accepted, entry by entry, or many new entries of one request in one piece."""

from __future__ import annotations

import hashlib
import heapq
import re
from bisect import bisect_left
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, select

from fieldapp.headoffice.chain import GENESIS, Entry
from fieldapp.headoffice.plain_entries import Said
from fieldapp.headoffice.runs import EnteredRun
from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.direct import Direct, Rows
from fieldapp.headoffice.storage.pieces import LEAST_PIECE, LastRead, read_said, unpacked_bodies
from fieldapp.headoffice.storage.rows import is_whole, whole

HASH_BYTES = 32


class Damaged(Exception):
    """The journal of a stream is not what was written: the entry at ``seq`` cannot be read."""

    def __init__(self, stream: str, seq: int) -> None:
        super().__init__(f"the journal of {stream} is damaged at {seq}")
        self.stream = stream
        self.seq = seq


class TakenChange(NamedTuple):
    """A change that the journal keeps: the SHA-256 of its bytes, its number, and the chain hash there."""

    change: str
    digest: str
    seq: int
    hash: str


class JournalRun(NamedTuple):
    """Changes of one request that were accepted one after the other, numbered ``first`` to ``last``.

    All were made by ``actor``, came from ``device`` at ``accepted_at``, made a record, and are chained with the same
    ``random`` bytes. ``hashes`` are the chain's 32 bytes at each; ``bodies`` is their JSON array, compressed.
    ``changes`` are the 16 bytes of each one's id, all between ``earliest`` and ``latest``; None where an id is no UUID.
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
    earliest: bytes | None = None
    latest: bytes | None = None
    changes: bytes | None = None

    @classmethod
    def of(cls, run: EnteredRun, told: tuple[str, str, str], random: bytes, packed: bytes) -> JournalRun:
        """The piece that keeps ``run``, whose bodies are ``packed``.

        ``told`` is actor, laptop and time, which its entries agree in.
        """
        hashes = bytes.fromhex("".join(run.hashes))
        ids: tuple[bytes, ...] = ()
        if _all_uuids(run.changes):
            ids = tuple(map(bytes.fromhex, (min(run.changes), max(run.changes), "".join(run.changes))))
        return cls(run.stream, run.last, run.seq, *told, random, hashes, packed, *ids)

    def taken(self, wanted: Collection[str]) -> Iterator[TakenChange]:
        """Those of the ``wanted`` changes that are in it."""
        ids = self.changes or b""
        places = {ids[start : start + _ID_BYTES].hex(): start // _ID_BYTES for start in range(0, len(ids), _ID_BYTES)}
        if there := places.keys() & wanted:
            bodies = self._bodies()
            for change in there:
                place = places[change]
                digest = hashlib.sha256(bodies[place] if place < len(bodies) else b"").hexdigest()
                seq = self.first + place
                yield TakenChange(change, digest, seq, self.hash_at(seq))

    def hash_at(self, seq: int) -> str:
        """The chain hash at a number within the run."""
        start = (seq - self.first) * HASH_BYTES
        return self.hashes[start : start + HASH_BYTES].hex()

    def entries(self) -> Iterator[Entry]:
        """One by one; where the bodies are not what was written, entries that do not hold."""
        bodies = self._bodies()
        for place, seq in enumerate(range(self.first, self.last + 1)):
            body = bodies[place] if place < len(bodies) else b""
            change, record = _named(body)
            told = (self.stream, seq, change, record, "change", self.actor, self.device, self.accepted_at)
            yield Entry(*told, body, self.random, self.hash_at(seq))

    def _bodies(self) -> list[bytes]:
        return [bytes(body) for body in unpacked_bodies(self.bodies)]


class Journal:
    """The journal's side of one unit of work."""

    def __init__(self, connection: Connection, direct: Direct | None = None) -> None:
        self._connection = connection
        self._direct = direct or Direct(connection)

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
        asked = wanted - found.keys()
        for stream in sorted({stream for stream, _seq in asked}):
            seqs = sorted(seq for in_stream, seq in asked if in_stream == stream)
            found |= {(stream, seq): kept for seq, kept in self._direct.rows(_HASHES_ALONE, stream, seqs)}
            for seq in (seq for seq in seqs if (stream, seq) not in found):
                for (kept,) in self._direct.rows(_HASH_IN_A_RUN, seq, seq, stream, seq):
                    if kept is not None:
                        found[stream, seq] = bytes(kept).hex()
        return found

    def taken(self, stream: str, changes: Collection[str]) -> list[TakenChange]:
        """Those of ``changes`` that stand in pieces which tell their changes."""
        wanted = changes if _all_uuids(changes) else [change for change in changes if _UUID.fullmatch(change)]
        if not wanted:
            return []
        bounds = bytes.fromhex(min(wanted)), bytes.fromhex(max(wanted))
        runs = self._direct.rows(_RUNS_BETWEEN, stream, *bounds)
        asked = sorted(map(bytes.fromhex, wanted)) if runs else []
        found: list[TakenChange] = []
        for last, earliest, latest in runs:
            nearest = bisect_left(asked, earliest)
            if nearest < len(asked) and asked[nearest] <= latest:
                row = self._direct.rows(_RUN_WITH_CHANGES, stream, last)[0]
                found += JournalRun(*row).taken(set(wanted))
        return found

    def said(self, stream: str, seqs: Iterable[int]) -> dict[int, Said]:
        """What the changes at these numbers say, each of which made a plain entry. Raises Damaged."""
        wanted = sorted(seqs)
        found: dict[int, Said | None] = {}
        ways = (self._said_in_pieces, self._said_alone)
        for way in ways if len(wanted) >= LEAST_PIECE else reversed(ways):  # fewer most often came alone
            if left := [seq for seq in wanted if seq not in found]:
                found |= way(stream, left)
        whole = {seq: said for seq in wanted if (said := found.get(seq)) is not None}
        if len(whole) < len(wanted):
            raise Damaged(stream, next(seq for seq in wanted if seq not in whole))
        return whole

    def foresee_alone(self, stream: str, seqs: Sequence[int]) -> None:
        """Ask, within ``Direct.foresee``, for what a few changes say that most likely stand alone."""
        self._direct.rows(_BODIES_ALONE, stream, seqs)

    def _said_in_pieces(self, stream: str, seqs: Sequence[int]) -> dict[int, Said | None]:
        found: dict[int, Said | None] = {}
        last, first, hashed, unpacked = 0, 0, b"", None
        for seq in seqs:
            if seq > last:
                at = self._direct.rows(_PIECE_FROM, stream, seq)
                if not at:
                    break
                last, first, hashed, unpacked = *at[0], None
            if seq >= first:
                unpacked = unpacked or _last_read.piece(bytes(hashed), partial(self._packed, stream, last))
                found[seq] = unpacked.said(seq - first)
        return found

    def _said_alone(self, stream: str, seqs: Sequence[int]) -> dict[int, Said | None]:
        return {seq: read_said(body) for seq, body in self._direct.rows(_BODIES_ALONE, stream, seqs)}

    def whole(self, stream: str, rows: Rows) -> Rows:
        """Rows of ``record`` of one stream, with what they leave to the journal. Raises Damaged."""
        said = self.said(stream, [row[7] for row in rows if not is_whole(row)])
        return [row if is_whole(row) else whole(row, said[row[7]]) for row in rows] if said else rows

    def device_at(self, stream: str, seq: int) -> str | None:
        """The laptop that the entry at this number came from; None where it was not a laptop's own change."""
        if (at := self._direct.rows(_DEVICE_IN_A_RUN, stream, seq)) and at[0][0] <= seq:
            return at[0][1] or None
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

    def _packed(self, stream: str, last: int) -> bytes:
        query = "SELECT bodies FROM journal_run WHERE stream = ? AND last = ?"
        return bytes(self._direct.rows(query, stream, last)[0][0])

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


_RUN_FROM = "FROM journal_run WHERE stream = ? AND last >= ? ORDER BY last LIMIT 1"
_HASHES_ALONE = "SELECT seq, hash FROM journal WHERE stream = ? AND seq IN (?)"
_HASH_IN_A_RUN = (
    "SELECT CASE WHEN first <= ?"
    f" THEN substr(hashes, CAST(1 + {HASH_BYTES} * (? - first) AS INTEGER), {HASH_BYTES}) END {_RUN_FROM}"
)
_DEVICE_IN_A_RUN = f"SELECT first, device {_RUN_FROM}"
_BODIES_ALONE = "SELECT seq, body FROM journal WHERE stream = ? AND seq IN (?)"
_PIECE_FROM = f"SELECT last, first, substr(hashes, 1 + length(hashes) - {HASH_BYTES}) {_RUN_FROM}"
_RUNS_BETWEEN = "SELECT last, earliest, latest FROM journal_run WHERE stream = ? AND latest >= ? AND earliest <= ?"
_COLUMNS = ", ".join(column.name for column in tables.journal_run.columns)
_RUN_WITH_CHANGES = f"SELECT {_COLUMNS} FROM journal_run WHERE stream = ? AND last = ?"  # noqa: S608 - constants only

_ID_BYTES = 16
_UUID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_UUIDS = re.compile(r"[0-9a-f]*", re.ASCII)


def _all_uuids(names: Collection[str]) -> bool:
    return set(map(len, names)) == {2 * _ID_BYTES} and _UUIDS.fullmatch("".join(names)) is not None


_last_read = LastRead(2 * 1024 * 1024)
_names = msgspec.json.Decoder(_Named)
