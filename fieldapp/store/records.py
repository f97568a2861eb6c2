"""Records in the database: what head office told (base) and what the screen shows (base and outbox together)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from fieldapp.domain.kinds import UNTOLD, Values
from fieldapp.protocol.messages import Conflict, RecordState, Rev
from fieldapp.protocol.totals import Adding, Totals
from fieldapp.store.connection import Connection

_COLUMNS = "id, kind, parent, stream, at, moves, seq, base, screen, conflicts, deleted, stale, ghost"
_INSERT = f"INSERT INTO record ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608 - constants only

_values_decoder = msgspec.json.Decoder(dict[str, Any])
_conflicts_decoder = msgspec.json.Decoder(tuple[Conflict, ...])
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One record. ``seq`` is None until head office told of it; ``base`` are the values it told."""

    id: str
    kind: str
    parent: str | None
    stream: str
    at: str | None
    moves: int
    seq: int | None
    base: Values
    screen: Values
    conflicts: tuple[Conflict, ...] = ()
    deleted: bool = False
    stale: bool = False
    ghost: bool = False


class Records:
    """Reading and writing of records; inserts are gathered and written together before the next read."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._new: list[tuple[object, ...]] = []

    def get(self, record: str) -> StoredRecord | None:
        """The record of that id, deleted ones too."""
        self.flush()
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM record WHERE id = ?", (record,)).fetchone()  # noqa: S608
        return _stored(row) if row else None

    def known(self, records: list[str]) -> dict[str, StoredRecord]:
        """Those of ``records`` that are on this laptop, by id."""
        self.flush()
        columns = ", ".join(f"record.{name}" for name in _COLUMNS.split(", "))
        rows = self._connection.execute(
            f"SELECT {columns} FROM json_each(?) AS wanted CROSS JOIN record ON record.id = wanted.value",  # noqa: S608
            (_encoder.encode(records).decode(),),
        )
        return {row[0]: _stored(row) for row in rows}

    def stale(self) -> list[StoredRecord]:
        """What a full pull did not name again (SYNC 27)."""
        self.flush()
        rows = self._connection.execute(f"SELECT {_COLUMNS} FROM record WHERE stale = 1")  # noqa: S608
        return [_stored(row) for row in rows.fetchall()]

    def totals(self) -> Totals:
        """What head office told this laptop, counted and summed as SYNC 37 says; row by row."""
        self.flush()
        adding = Adding()
        for stream, kind, record, moves, seq, told in self._connection.execute(
            "SELECT stream, kind, id, moves, seq, coalesce(base, screen) FROM record"
            " WHERE seq IS NOT NULL AND stale = 0 AND ghost = 0"
        ):
            if kind not in UNTOLD:
                adding.add(stream, kind, record, moves, seq, _values_decoder.decode(told))
        return adding.totals()

    def turn_stale(self) -> None:
        """A full pull begins: everything head office ever told yields to what it tells now."""
        self.flush()
        self._connection.execute("UPDATE record SET stale = 1 WHERE seq IS NOT NULL")

    def of_kind(self, kind: str) -> Iterator[StoredRecord]:
        """Every record of a kind that is not deleted, oldest first. For kinds of which there are few."""
        self.flush()
        query = f"SELECT {_COLUMNS} FROM record WHERE kind = ? AND deleted = 0 ORDER BY at, id"  # noqa: S608
        return map(_stored, self._connection.execute(query, (kind,)).fetchall())

    def count(self, kind: str) -> int:
        """How many records of a kind there are, deleted ones too."""
        self.flush()
        return int(self._connection.execute("SELECT count(*) FROM record WHERE kind = ?", (kind,)).fetchone()[0])

    def children(self, parent: str, *kinds: str) -> list[StoredRecord]:
        """The parent's records of those kinds that are not deleted, newest first."""
        self.flush()
        places = ",".join("?" * len(kinds))
        query = (
            f"SELECT {_COLUMNS} FROM record WHERE parent = ? AND kind IN ({places}) AND deleted = 0"  # noqa: S608
            " ORDER BY at DESC, id DESC"
        )
        return [_stored(row) for row in self._connection.execute(query, (parent, *kinds))]

    def newest(self, kind: str, since: str, limit: int, before: tuple[str, str] | None = None) -> list[StoredRecord]:
        """Up to ``limit`` records of a kind that happened at or after ``since`` (UTC), newest first.

        ``before`` is the ``(at, id)`` of the last one already seen.
        """
        self.flush()
        query = (
            f"SELECT {_COLUMNS} FROM record WHERE kind = ? AND at >= ? AND (at, id) < (?, ?) AND deleted = 0"  # noqa: S608
            " ORDER BY at DESC, id DESC LIMIT ?"
        )
        rows = self._connection.execute(query, (kind, since, *(before or ("9999", "")), limit))
        return [_stored(row) for row in rows]

    def in_conflict(self) -> list[StoredRecord]:
        """Every record with a value that waits for a person."""
        self.flush()
        query = f"SELECT {_COLUMNS} FROM record WHERE conflicts IS NOT NULL ORDER BY id"  # noqa: S608
        return [_stored(row) for row in self._connection.execute(query)]

    def insert(self, record: StoredRecord) -> None:
        """Add a record that is not there yet."""
        self._new.append(_row(record))

    def insert_told(self, state: RecordState, at: str | None, *, deleted: bool) -> None:
        """Add a record that is not there yet just as head office tells it."""
        moves, stream, seq = state.rev
        conflicts = _encoder.encode(state.conflicts).decode() if state.conflicts else None
        screen = bytes(state.encoded).decode()
        self._new.append(
            (state.record, state.kind, state.parent, stream, at, moves, seq, None, screen, conflicts, deleted, 0, 0)
        )

    def update(self, record: StoredRecord) -> None:
        """Replace what is kept of the record; the text of the screen is left alone when it says the same."""
        self.flush()
        row = self._connection.execute("SELECT screen FROM record WHERE id = ?", (record.id,)).fetchone()
        screen = row[0] if _values_decoder.decode(row[0]) == record.screen else _text(record.screen)
        self._connection.execute(
            "UPDATE record SET parent=?, stream=?, at=?, moves=?, seq=?, base=?, screen=?, conflicts=?, deleted=?,"
            " stale=?, ghost=? WHERE id=?",
            (
                record.parent,
                record.stream,
                record.at,
                record.moves,
                record.seq,
                _base_text(record),
                screen,
                _encoder.encode(record.conflicts).decode() if record.conflicts else None,
                record.deleted,
                record.stale,
                record.ghost,
                record.id,
            ),
        )

    def confirm(self, records: list[StoredRecord]) -> None:
        """Head office told exactly what the screen shows: only the revision has to be noted."""
        self.flush()
        self._connection.executemany(
            "UPDATE record SET moves = ?, stream = ?, seq = ?, base = NULL, stale = 0 WHERE id = ?",
            [(record.moves, record.stream, record.seq, record.id) for record in records],
        )

    def confirm_run(self, rows: tuple[int, int]) -> list[str]:
        """As ``confirm``, for the changes in those rows of ``sent``, which were all taken as sent.

        Returns the records for which that is not all: something newer was typed, or told, meanwhile.
        """
        self.flush()
        confirmed = self._connection.execute(
            "UPDATE record SET stream = told.stream, seq = told.seq, base = NULL, stale = 0 FROM"
            " (SELECT record, stream, max(seq) AS seq FROM sent WHERE row BETWEEN ? AND ? GROUP BY record) AS told"
            " WHERE record.id = told.record AND coalesce(record.seq, 0) <= told.seq AND ghost = 0 AND stale = 0"
            " AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.record = record.id)",
            rows,
        )
        if confirmed.rowcount == rows[1] - rows[0] + 1:
            return []
        left = self._connection.execute(
            "SELECT record.id FROM (SELECT record, max(seq) AS seq FROM sent WHERE row BETWEEN ? AND ? GROUP BY record)"
            " AS told CROSS JOIN record ON record.id = told.record WHERE record.seq IS NOT told.seq OR record.stale",
            rows,
        )
        return [row[0] for row in left]

    def revisions(self, records: list[str]) -> dict[str, Rev]:
        """The revision this laptop holds of those of ``records`` that were told, and are not stale or ghosts."""
        self.flush()
        rows = self._connection.execute(
            "SELECT record.id, moves, stream, seq"
            " FROM json_each(?) AS wanted CROSS JOIN record ON record.id = wanted.value"
            " WHERE seq IS NOT NULL AND stale = 0 AND ghost = 0",
            (_encoder.encode(records).decode(),),
        )
        return {row[0]: (row[1], row[2], row[3]) for row in rows}

    def forget(self, record: str) -> None:
        """Take a record that left this officer's scope off the laptop."""
        self.flush()
        self._connection.execute("DELETE FROM record WHERE id = ?", (record,))

    def flush(self) -> None:
        """Write the gathered inserts."""
        if self._new:
            rows, self._new = self._new, []
            self._connection.executemany(_INSERT, rows)


def happened_at(kind: str, values: Values) -> str | None:
    """The instant by which records of this kind are ordered, if they have one."""
    match kind:
        case "contact":
            return str(values.get("at"))
        case "visit":
            return str(values.get("started_at"))
        case _:
            return None


def _row(record: StoredRecord) -> tuple[object, ...]:
    return (
        record.id,
        record.kind,
        record.parent,
        record.stream,
        record.at,
        record.moves,
        record.seq,
        _base_text(record),
        _text(record.screen),
        _encoder.encode(record.conflicts).decode() if record.conflicts else None,
        record.deleted,
        record.stale,
        record.ghost,
    )


def _base_text(record: StoredRecord) -> str | None:
    if record.seq is None or record.base is record.screen or record.base == record.screen:
        return None
    return _text(record.base)


def _text(values: Values) -> str:
    return _encoder.encode(values).decode()


def _stored(row: tuple[Any, ...]) -> StoredRecord:
    screen = _values_decoder.decode(row[8])
    seq = row[6]
    base = _values_decoder.decode(row[7]) if row[7] is not None else (screen if seq is not None else {})
    return StoredRecord(
        row[0],
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        seq,
        base,
        screen,
        _conflicts_decoder.decode(row[9]) if row[9] else (),
        bool(row[10]),
        bool(row[11]),
        bool(row[12]),
    )
