"""Streams and their records, who sees them, and the receipts."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, insert, select

from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.domain.kinds import UNTOLD
from fieldapp.headoffice.chain import GENESIS
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.runs import plain_receipt
from fieldapp.headoffice.scope import HEAD, REVIEW, SHARED, officer_of
from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.direct import Direct, Rows
from fieldapp.headoffice.storage.journal import Journal
from fieldapp.headoffice.storage.pieces import LEAST_PIECE
from fieldapp.headoffice.storage.rows import COLUMNS, Row, record_of, row_of, state_of
from fieldapp.protocol.messages import Receipt, RecordState


class Head(NamedTuple):
    """How far a stream has come: its last number and hash, and the floor below which departures were purged."""

    seq: int
    hash: str
    floor: int


class Departure(NamedTuple):
    """A record that an audience saw and no longer does, and the number that took it away."""

    record: str
    kind: str
    seq: int


Told = tuple[int, RecordState | None, int, Departure | None]
"""One row of a page, by its number: a record as it is now, with how many bytes its values have, or how it departed."""


class StoredReceipt(NamedTuple):
    """A receipt with the digest of the bytes it answered."""

    digest: str
    receipt: Receipt


class Records:
    """The records' side of one unit of work."""

    def __init__(self, connection: Connection, direct: Direct) -> None:
        self._connection = connection
        self._direct = direct
        self.journal = Journal(connection, direct)
        self.many_writers = connection.dialect.name != "sqlite"
        """Whether others may write while this unit does, except where it holds a head."""

    def together(self, *, rows: int) -> AbstractContextManager[None]:
        """What is written within, and tells nothing, travels together where its ``rows`` are few; errors come at the
        end.
        """
        return self._direct.together(rows=rows)

    def foresee(self, looks: Callable[[], object]) -> None:
        """Ask together what ``looks`` will ask one by one (``Direct.foresee``)."""
        self._direct.foresee(looks)

    def heads(self, streams: Iterable[str], *, lock: bool = False) -> dict[str, Head]:
        """The heads of those ``streams`` that exist; locked in sorted order until the unit ends, if asked."""
        query = "SELECT stream, seq, hash, floor FROM stream_head WHERE stream IN (?) ORDER BY stream"
        if lock and self.many_writers:
            query += " FOR UPDATE"
        return {row[0]: Head(row[1], row[2], row[3]) for row in self._direct.rows(query, set(streams))}

    def lock_heads(self, streams: Iterable[str], seen: dict[str, Head]) -> dict[str, Head]:
        """The heads, locked; ``seen`` are those that this unit has read and not written since.

        Where nobody else can write they are still the same.
        """
        if self.many_writers:
            return self.heads(streams, lock=True)
        wanted = set(streams)
        unseen = wanted - seen.keys()
        return {stream: seen[stream] for stream in wanted - unseen} | (self.heads(unseen) if unseen else {})

    def streams(self) -> list[str]:
        """Every stream there is."""
        return list(self._connection.scalars(select(tables.stream_head.c.stream).order_by("stream")))

    def add_stream(self, stream: str) -> None:
        """A new stream, empty."""
        self._connection.execute(insert(tables.stream_head).values(stream=stream, seq=0, hash=GENESIS, floor=0))

    def set_head(self, stream: str, head: Head) -> None:
        """Where the stream stands now."""
        self._direct.run("UPDATE stream_head SET seq = ?, hash = ? WHERE stream = ?", head.seq, head.hash, stream)

    def raise_floor(self, stream: str, floor: int) -> None:
        """From now on departures up to ``floor`` may be forgotten. The stream's head must be locked."""
        self._direct.run("UPDATE stream_head SET floor = ? WHERE stream = ?", floor, stream)

    def audiences_left(self, stream: str) -> list[str]:
        """The audiences that records of a stream departed from."""
        return [row[0] for row in self._direct.rows("SELECT DISTINCT audience FROM departure WHERE stream = ?", stream)]

    def forget_departures(self, stream: str, audience: str, until: int, most: int) -> int:
        """Forget an audience's oldest departures, of those numbered up to ``until`` at most ``most``; how many it was.

        The stream's head must be locked, and its floor there already.
        """
        some = "FROM departure WHERE stream = ? AND audience = ? AND seq <= ?"
        oldest = f"SELECT seq {some} ORDER BY seq LIMIT ? + 0"
        numbers = self._direct.rows(oldest, stream, audience, until, most)
        if numbers:
            self._direct.run(f"DELETE {some}", stream, audience, numbers[-1][0])
        return len(numbers)

    def find(self, records: Iterable[str], streams: Iterable[str]) -> dict[str, StoredRecord]:
        """Those of ``records`` that are in one of ``streams`` now."""
        return {record: record_of(row) for record, row in self.find_rows(records, streams).items()}

    def find_rows(self, records: Iterable[str], streams: Iterable[str]) -> dict[str, Row]:
        """The same, not read yet."""
        wanted = set(records)
        query = f"SELECT {COLUMNS} FROM record WHERE stream = ? AND record IN (?)"  # noqa: S608 - constants only
        return {row[1]: row for stream in sorted(set(streams)) for row in self._whole_rows(query, stream, wanted)}

    def names(self, stream: str) -> list[str]:
        """The ids of all records of a stream."""
        return [row[0] for row in self._direct.rows("SELECT record FROM record WHERE stream = ?", stream)]

    def forwards(self, records: Iterable[str], streams: Iterable[str]) -> dict[str, str]:
        """Where those of ``records`` went that were moved out of one of ``streams``: record to stream (SYNC 12)."""
        query = "SELECT record, to_stream FROM forward WHERE stream = ? AND record IN (?)"
        wanted = set(records)
        looked_in = set(streams)
        if not wanted or not self._direct.rows("SELECT 1 FROM forward WHERE stream IN (?) LIMIT 1", looked_in):
            return {}  # most often nothing ever left any of them
        return {row[0]: row[1] for stream in sorted(looked_in) for row in self._direct.rows(query, stream, wanted)}

    def tell_where(self, places: dict[str, str]) -> None:
        """Whoever looks for these records anywhere learns the stream each is in now.

        They were made anew there: nothing else tells those who made them first, in another stream.
        """
        rows = [(BANK_STREAM, record, stream) for record, stream in places.items()]
        self._direct.run_each("DELETE FROM forward WHERE stream = ? AND record = ?", [row[:2] for row in rows])
        self._direct.insert(tables.forward, rows)

    def of_root(self, stream: str, root: str, *, entries: bool = True) -> list[StoredRecord]:
        """The root and all its children, oldest number first; without visits and contacts, if ``entries`` are not
        asked for.
        """
        family = [record_of(row) for row in self._whole_rows(f"{_FAMILY} AND {tables.NO_ENTRY}", stream, root)]
        if not entries:
            return sorted(family, key=lambda member: member.seq)
        had = {officer for member in family if member.record == root for officer in (member.owner, *member.had)}
        if not had:  # the root is elsewhere
            return [record_of(row) for row in self._whole_rows(f"{_FAMILY} ORDER BY seq", stream, root)]
        of_owners = f"{_FAMILY} AND owner IN (?) AND {tables.ENTRY}"
        family += map(record_of, self._whole_rows(of_owners, stream, root, had))
        return sorted(family, key=lambda member: member.seq)

    def of_roots(self, stream: str, roots: Collection[str], entries: Collection[int]) -> dict[str, list[StoredRecord]]:
        """Each of ``roots`` with all its children, oldest number first; visits and contacts are those numbered
        ``entries``, as ``numbers_of`` tells them.
        """
        of_roots = f"SELECT {COLUMNS} FROM record WHERE stream = ? AND root IN (?) AND {tables.NO_ENTRY}"  # noqa: S608
        numbered = f"SELECT {COLUMNS} FROM record WHERE stream = ? AND seq IN (?) AND {tables.ENTRY}"  # noqa: S608
        rows = [
            *self._whole_rows(of_roots, stream, set(roots)),
            *(self._whole_rows(numbered, stream, set(entries)) if entries else ()),
        ]
        families: dict[str, list[StoredRecord]] = {root: [] for root in roots}
        for member in map(record_of, rows):
            families[member.root].append(member)
        return {root: sorted(family, key=lambda member: member.seq) for root, family in families.items()}

    def numbers_of(self, stream: str, roots: Collection[StoredRecord], *, after: int = 0) -> dict[str, array[int]]:
        """By root, the numbers behind ``after`` of what stands under each of ``roots`` and belongs to whoever ever had
        one of them: one look through all that is theirs, in the index alone.
        """
        query = (
            "SELECT seq, root FROM record WHERE stream = ? AND owner = ? AND seq > ? AND root IN (?)"
            " ORDER BY seq LIMIT ? + 0"
        )
        found = {root.record: array("q") for root in roots}
        for owner in sorted({owner for root in roots for owner in (root.owner, *root.had)}):
            last: int | None = after
            while last is not None:
                rows = self._direct.rows(query, stream, owner, last, set(found), _NUMBERS_AT_ONCE)
                for seq, root in rows:
                    found[root].append(seq)
                last = rows[-1][0] if len(rows) == _NUMBERS_AT_ONCE else None
        return found

    def left_to_the_journal(self, stream: str, owner: str, after: int, limit: int) -> list[int]:
        """The numbers behind ``after`` of an officer's records whose rows leave what was typed to the journal, in
        order, at most ``limit``.
        """
        query = (
            "SELECT seq FROM record WHERE stream = ? AND owner = ? AND seq > ? AND field_values = ''"
            " ORDER BY seq LIMIT ? + 0"
        )
        return [row[0] for row in self._direct.rows(query, stream, owner, after, limit)]

    def write_out(self, stream: str, numbers: Collection[int]) -> None:
        """Have the rows at these ``numbers`` say by themselves what they leave to the journal; the head of the stream
        is locked. Raises Damaged.
        """
        query = f"SELECT {COLUMNS} FROM record WHERE stream = ? AND seq IN (?) AND field_values = ''"  # noqa: S608
        rows = self._whole_rows(query, stream, set(numbers))
        self._direct.run_each(
            "UPDATE record SET field_values = ?, written = ? WHERE stream = ? AND record = ?",
            [(row[8].decode(), row[11], row[0], row[1]) for row in rows],
        )

    def of_kind(self, stream: str, kind: str) -> list[StoredRecord]:
        """Every record of one kind in a stream, oldest number first."""
        query = f"SELECT {COLUMNS} FROM record WHERE stream = ? AND kind = ? ORDER BY seq"  # noqa: S608
        return [record_of(row) for row in self._whole_rows(query, stream, kind)]

    def under_review(self, stream: str, kinds: Collection[str]) -> list[StoredRecord]:
        """Of the customers that those who decide read in a stream, the records of ``kinds``: no visits, no contacts."""
        open_roots = "SELECT root FROM under_review WHERE stream = ?"
        query = (
            f"SELECT {COLUMNS} FROM record WHERE stream = ? AND root IN ({open_roots}) AND kind IN (?)"  # noqa: S608
            f" AND {tables.NO_ENTRY}"
        )
        return [record_of(row) for row in self._whole_rows(query, stream, stream, set(kinds))]

    def put(self, created: Sequence[StoredRecord], changed: Sequence[StoredRecord]) -> None:
        """Keep records as they are now: ``created`` are new in their stream, ``changed`` were there."""
        self.add_rows([row_of(record) for record in created])
        self._direct.run_each(_UPDATE, [(*row[2:], *row[:2]) for row in map(row_of, changed)])

    def add_rows(self, rows: Rows) -> None:
        """Keep records that are new in their stream, already as rows."""
        self._direct.insert(tables.record, rows)

    def depart(self, stream: str, audience: str, departures: Sequence[Departure]) -> None:
        """Records leave an audience."""
        self._direct.run_each(_DEPART, [(stream, audience, *departure) for departure in departures])

    def return_to(self, stream: str, audience: str, records: Sequence[str]) -> None:
        """Records that left an audience are its own again."""
        query = "DELETE FROM departure WHERE stream = ? AND audience = ? AND record = ?"
        self._direct.run_each(query, [(stream, audience, record) for record in records])

    def told(self, stream: str, audience: str, after: int, until: int, limit: int) -> list[Told]:
        """What changed for an audience in ``after < seq <= until``, in order, at most ``limit``.

        A bare ``LIMIT ?`` would have SQLite prepare the statement anew whenever it is bound.
        """
        whose, values = _whose(stream, audience)
        query = f"{_TO_TELL} WHERE stream = ?{whose} AND seq > ? AND seq <= ? ORDER BY seq LIMIT ? + 0"
        standing = partial(self._direct.rows, query, stream, *values, after, until, limit)
        gone = partial(self._direct.rows, _DEPARTED, stream, audience, after, until, limit)

        def look() -> None:
            standing()
            gone()
            if until - after < LEAST_PIECE:
                self.journal.foresee_alone(stream, [*range(after + 1, until + 1)])

        self.foresee(look)
        left = gone()
        told = self._as_told(stream, standing())
        if not left:
            return told
        told += [(row[2], None, 0, Departure(*row)) for row in left]
        return sorted(told, key=lambda one: one[0])[:limit]

    def told_under(self, stream: str, audience: str, owner: str, roots: Collection[str]) -> list[Told]:
        """What an audience sees of these customers of ``owner``, whole, by number."""
        whose, values = _whose(stream, audience)
        family = f"{_TO_TELL} WHERE stream = ?{whose} AND root IN (?)"
        of_stream = (stream, *values, set(roots))
        rows = [
            *self._direct.rows(f"{family} AND {tables.NO_ENTRY}", *of_stream),
            *self._direct.rows(f"{family} AND owner = ? AND {tables.ENTRY}", *of_stream, owner),
        ]
        return self._as_told(stream, sorted(rows))

    def _as_told(self, stream: str, rows: Rows) -> list[Told]:
        said = self.journal.said(stream, [row[0] for row in rows if not row[5]])
        if said:
            rows = [row if row[5] else (*row[:5], said[row[0]].values, row[6]) for row in rows]
        return [(row[0], state_of(stream, row), len(row[5]), None) for row in rows]

    def count_told(self, stream: str, audience: str, until: int) -> int:
        """How many records of the stream up to number ``until`` an audience sees."""
        whose, values = _whose(stream, audience)
        query = f"SELECT count(*) FROM record WHERE stream = ?{whose} AND seq <= ?"  # noqa: S608 - constants
        return int(self._direct.rows(query, stream, *values, until)[0][0])

    def holds(self, streams: Iterable[str], device: str) -> dict[tuple[str, str], int]:
        """The numbers of the refused changes behind which a laptop's changes wait, by (addressed stream, record)."""
        query = "SELECT record, n FROM held WHERE stream = ? AND device = ?"
        return {
            (stream, row[0]): row[1]
            for stream in sorted(set(streams))
            for row in self._direct.rows(query, stream, device)
        }

    def put_holds(self, device: str, holds: dict[tuple[str, str], int | None]) -> None:
        """Hold what comes after a refused change; None lets go."""
        keys = [(stream, device, record) for stream, record in holds]
        self._direct.run_each("DELETE FROM held WHERE stream = ? AND device = ? AND record = ?", keys)
        rows = [(stream, device, record, n) for (stream, record), n in holds.items() if n is not None]
        self._direct.insert(tables.held, rows)

    def receipts(self, changes: Iterable[tuple[str, str]]) -> dict[tuple[str, str], StoredReceipt]:
        """The receipts given to ``changes``, each by its addressed stream and id (SYNC 11)."""
        addressed: dict[str, set[str]] = {}
        for stream, change in changes:
            addressed.setdefault(stream, set()).add(change)
        rows = [(stream, *row) for stream, ids in sorted(addressed.items()) for row in self._receipts(stream, ids)]
        hashes = self.journal.hashes([(stream, seq) for stream, _change, _digest, seq, kept in rows if kept is None])
        found = {
            (stream, change): StoredReceipt(
                digest,
                plain_receipt(change, stream, seq, hashes[stream, seq]) if kept is None else _receipts.decode(kept),
            )
            for stream, change, digest, seq, kept in rows
        }
        for stream, ids in addressed.items():
            for change, digest, seq, chain_hash in self.journal.taken(stream, ids):
                found[stream, change] = StoredReceipt(digest, plain_receipt(change, stream, seq, chain_hash))
        return found

    def _whole_rows(self, query: str, stream: str, *values: object) -> Rows:
        return self.journal.whole(stream, self._direct.rows(query, stream, *values))

    def _receipts(self, stream: str, changes: set[str]) -> Rows:
        return self._direct.rows(
            "SELECT change, digest, seq, receipt FROM receipt WHERE stream = ? AND change IN (?)", stream, changes
        )

    def add_receipts(self, receipts: dict[tuple[str, str], StoredReceipt]) -> None:
        """Keep receipts for good."""
        self._direct.insert(
            tables.receipt,
            [
                (stream, change, stored.digest, stored.receipt.seq, _kept(stream, stored.receipt))
                for (stream, change), stored in receipts.items()
            ],
        )

    def add_plain_receipts(self, stream: str, seq: int, changes: Sequence[str], digests: Sequence[str]) -> None:
        """Keep the receipts of new records that were taken as sent, numbered one after the other from ``seq`` on."""
        told = zip(changes, digests, range(seq, seq + len(changes)), strict=True)
        self._direct.insert(tables.receipt, [(stream, change, digest, number, None) for change, digest, number in told])


def live_in(record: StoredRecord, audiences: dict[str, str]) -> bool:
    """Whether one of ``audiences`` (stream to audience) sees ``record`` now."""
    audience = audiences.get(record.stream)
    if record.kind in UNTOLD:
        return False
    if audience in (HEAD, SHARED, REVIEW):  # who decides is answered about what they made themselves, and nothing else
        return True
    return audience is not None and officer_of(audience) == record.owner and record.kind != ALERT


def _whose(stream: str, audience: str) -> tuple[str, tuple[str, ...]]:
    """The condition on ``record`` rows that an audience sees, with its values."""
    officer = officer_of(audience)
    if officer is not None:
        return f" AND owner = ? AND kind <> '{ALERT}'{_BUT_UNTOLD}", (officer,)
    if audience == REVIEW:
        opened = "(SELECT root FROM under_review WHERE under_review.stream = ?)"
        return f" AND (root IN {opened} OR record IN {opened})", (stream, stream)
    return (_BUT_UNTOLD, ()) if audience == HEAD else ("", ())


_DEPART = (
    "INSERT INTO departure (stream, audience, record, kind, seq) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (stream, audience, record) DO UPDATE SET kind = excluded.kind, seq = excluded.seq"
)
_DEPARTED = (
    "SELECT record, kind, seq FROM departure WHERE stream = ? AND audience = ? AND seq > ? AND seq <= ?"
    " ORDER BY seq LIMIT ? + 0"
)
_FAMILY = f"SELECT {COLUMNS} FROM record WHERE stream = ? AND root = ?"  # noqa: S608 - constants only

_TO_TELL = "SELECT seq, record, kind, parent, moves, BYTES OF field_values, conflicts FROM record"
_BUT_UNTOLD = "".join(f" AND kind <> '{kind}'" for kind in sorted(UNTOLD))

ALERT = "alert"
"""The kind that an officer is not told: a control that noticed something says it to those who decide (DOMAIN E)."""


_NUMBERS_AT_ONCE = 10_000

_UPDATE = (
    "UPDATE record SET kind = ?, parent = ?, root = ?, owner = ?, moves = ?, seq = ?, field_values = ?, conflicts = ?,"
    " history = ?, written = ?, had = ?, late = ? WHERE stream = ? AND record = ?"
)
_receipts = msgspec.json.Decoder(Receipt)


def _kept(stream: str, receipt: Receipt) -> str | None:
    plain = receipt.outcome == "accepted" and receipt.prev_rev is None and receipt.rev == (0, stream, receipt.seq)
    return None if plain and receipt.taken else msgspec.json.encode(receipt).decode()
