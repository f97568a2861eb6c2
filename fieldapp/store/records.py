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
_SELECT = f"SELECT {_COLUMNS} FROM record_as_told"  # noqa: S608 - constants only
_INSERT = f"INSERT INTO record ({_COLUMNS}, made) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608

_TOLD = "id, kind, parent, stream, at, moves, seq, screen"


def _insert_told(records: int) -> str:
    """The statement for so many records at once.

    Where one cannot be kept, those before it are not undone by the statement: the transaction ends with it.
    """
    row = "(" + ",".join("?" for _ in _TOLD.split(",")) + ")"
    return f"INSERT OR FAIL INTO record ({_TOLD}) VALUES {','.join([row] * records)}"  # noqa: S608 - constants only


_INSERT_TOLD = {_insert_told(records): records * len(_TOLD.split(",")) for records in (500, 25, 1)}
"""How many values each statement takes, the longest first."""

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
    """Reading and writing of records; inserts are gathered and written together before the next read.

    A record that was made here and of which nothing else is known names the change that made it (``made``). Where that
    was accepted as sent, the record's stream and number follow from the run it was in, and its row is never written for
    it: whoever asks for ``stream`` or ``seq`` reads ``record_as_told``. Whatever else is told or typed notes them in
    the row, and ``made`` goes.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._new: list[tuple[object, ...]] = []
        self._told: list[object] = []  # by head office, the values one after the other

    def get(self, record: str) -> StoredRecord | None:
        """The record of that id, deleted ones too."""
        self.flush()
        row = self._connection.execute(f"{_SELECT} WHERE id = ?", (record,)).fetchone()
        return _stored(row) if row else None

    def known(self, records: list[str]) -> dict[str, StoredRecord]:
        """Those of ``records`` that are on this laptop, by id."""
        if not records:
            return {}
        self.flush()
        query = f"{_SELECT} WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608 - constants only
        rows = self._connection.execute(query, (_encoder.encode(records).decode(),))
        return {row[0]: _stored(row) for row in rows}

    def stale(self) -> list[StoredRecord]:
        """What a full pull did not name again (SYNC 27)."""
        self.flush()
        rows = self._connection.execute(f"{_SELECT} WHERE stale = 1")
        return [_stored(row) for row in rows.fetchall()]

    def totals(self) -> Totals:
        """What head office told this laptop, counted and summed as SYNC 37 says; row by row."""
        self.flush()
        adding = Adding()
        for stream, kind, record, moves, seq, told in self._connection.execute(
            "SELECT stream, kind, id, moves, seq, coalesce(base, screen) FROM record_as_told"
            " WHERE seq IS NOT NULL AND stale = 0 AND ghost = 0"
        ):
            if kind not in UNTOLD:
                adding.add(stream, kind, record, moves, seq, _values_decoder.decode(told))
        return adding.totals()

    def turn_stale(self) -> None:
        """A full pull begins: everything head office ever told yields to what it tells now."""
        self.flush()
        self._connection.execute(
            "UPDATE record SET stale = 1, stream = told.stream, seq = told.seq, made = NULL FROM record_as_told AS told"
            " WHERE told.id = record.id AND told.seq IS NOT NULL"
        )
        self._connection.execute("DELETE FROM taken WHERE told_at IS NULL")  # no number follows from them any more

    def of_kind(self, kind: str) -> Iterator[StoredRecord]:
        """Every record of a kind that is not deleted, oldest first. For kinds of which there are few."""
        self.flush()
        query = f"{_SELECT} WHERE kind = ? AND deleted = 0 ORDER BY at, id"
        return map(_stored, self._connection.execute(query, (kind,)).fetchall())

    def count(self, kind: str) -> int:
        """How many records of a kind there are, deleted ones too."""
        self.flush()
        return int(self._connection.execute("SELECT count(*) FROM record WHERE kind = ?", (kind,)).fetchone()[0])

    def children(self, parent: str, *kinds: str) -> list[StoredRecord]:
        """The parent's records of those kinds that are not deleted, newest first."""
        self.flush()
        places = ",".join("?" * len(kinds))
        # by its parent, not in the order of all of its kind: an expression is in no index
        query = f"{_SELECT} WHERE parent = ? AND kind IN ({places}) AND deleted = 0 ORDER BY +at DESC, +id DESC"
        return [_stored(row) for row in self._connection.execute(query, (parent, *kinds))]

    def newest(self, kind: str, since: str, limit: int, before: tuple[str, str] | None = None) -> list[StoredRecord]:
        """Up to ``limit`` records of a kind that happened at or after ``since`` (UTC), newest first.

        ``before`` is the ``(at, id)`` of the last one already seen.
        """
        self.flush()
        query = (
            f"{_SELECT} WHERE kind = ? AND at >= ? AND (at, id) < (?, ?) AND deleted = 0"
            " ORDER BY at DESC, id DESC LIMIT ?"
        )
        rows = self._connection.execute(query, (kind, since, *(before or ("9999", "")), limit))
        return [_stored(row) for row in rows]

    def in_conflict(self) -> list[StoredRecord]:
        """Every record with a value that waits for a person."""
        self.flush()
        query = f"{_SELECT} WHERE conflicts IS NOT NULL ORDER BY id"
        return [_stored(row) for row in self._connection.execute(query)]

    def insert(self, record: StoredRecord, made: int | None = None) -> None:
        """Add a record that is not there yet, made here by the change of that number or known from head office."""
        self._new.append(_row(record, made))

    def insert_told(self, values: list[object]) -> None:
        """Add records that are not there yet as head office tells them, by id, kind, parent, stream, instant, moves,
        number and screen of each, one after the other.
        """
        self._told += values

    def insert_at_length(self, state: RecordState, at: str | None, *, deleted: bool) -> None:
        """Add a record that is not there yet just as head office tells it, whatever it tells."""
        moves, stream, seq = state.rev
        conflicts = _encoder.encode(state.conflicts).decode() if state.conflicts else None
        screen = str(state.encoded, "utf-8")
        told = (state.record, state.kind, state.parent, stream, at, moves, seq, None, screen, conflicts)
        self._new.append((*told, int(deleted), 0, 0, None))

    def update(self, record: StoredRecord) -> int | None:
        """Replace what is kept of the record; the text of the screen is left alone when it says the same.

        Returns the number of the change that was, until now, all that was known of it.
        """
        self.flush()
        text, made = self._connection.execute("SELECT screen, made FROM record WHERE id = ?", (record.id,)).fetchone()
        screen = text if _values_decoder.decode(text) == record.screen else _text(record.screen)
        self._connection.execute(
            "UPDATE record SET parent=?, stream=?, at=?, moves=?, seq=?, base=?, screen=?, conflicts=?, deleted=?,"
            " stale=?, ghost=?, made=NULL WHERE id=?",
            (
                record.parent,
                record.stream,
                record.at,
                record.moves,
                record.seq,
                _base_text(record),
                screen,
                _encoder.encode(record.conflicts).decode() if record.conflicts else None,
                int(record.deleted),
                int(record.stale),
                int(record.ghost),
                record.id,
            ),
        )
        return None if made is None else int(made)

    def confirm(self, revisions: dict[str, Rev]) -> None:
        """Of these records head office told exactly what the screen shows: only the revision has to be noted."""
        self.flush()
        self._connection.executemany(
            "UPDATE record SET moves = ?, stream = ?, seq = ?, base = NULL, stale = 0, made = NULL WHERE id = ?",
            [(*rev, record) for record, rev in revisions.items()],
        )

    def confirm_run(self, numbers: dict[str, int], stream: str) -> set[str]:
        """As ``confirm``, for records of which the last change was accepted as sent with that number of ``stream``.

        Returns those for which that is all; of the others something newer was told meanwhile, or all is read anew.
        """
        self.flush()
        confirmed = self._connection.execute(
            "UPDATE record SET stream = ?, seq = told.value, base = NULL, stale = 0, made = NULL"
            " FROM json_each(?) AS told"
            " WHERE record.id = told.key AND coalesce(seq, 0) <= told.value AND ghost = 0 AND stale = 0 RETURNING id",
            (stream, _encoder.encode(numbers).decode()),
        )
        return {row[0] for row in confirmed.fetchall()}

    def revisions(self, records: list[str]) -> dict[str, Rev]:
        """The revision this laptop holds of those of ``records`` that were told, and are not stale or ghosts."""
        if not records:
            return {}
        self.flush()
        rows = self._connection.execute(
            "SELECT id, moves, stream, seq FROM record_as_told WHERE id IN (SELECT value FROM json_each(?))"
            " AND seq IS NOT NULL AND stale = 0 AND ghost = 0",
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
        if self._told:
            told, self._told = self._told, []
            self._write_told(told)

    def _write_told(self, told: list[object]) -> None:
        """Many records a statement: what begins and ends one takes as long as a record, and Python waits meanwhile."""
        start = 0
        for statement, length in _INSERT_TOLD.items():
            while len(told) - start >= length:
                self._connection.execute(statement, told[start : start + length])
                start += length


def happened_at(kind: str, values: Values) -> str | None:
    """The instant by which records of this kind are ordered, if they have one."""
    match kind:
        case "contact":
            return str(values.get("at"))
        case "visit":
            return str(values.get("started_at"))
        case _:
            return None


def _row(record: StoredRecord, made: int | None) -> tuple[object, ...]:
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
        int(record.deleted),
        int(record.stale),
        int(record.ghost),
        made,
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
