"""Rows to records and back, and writing a few at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from fieldapp.headoffice.plain_entries import PlainEntry, Said
from fieldapp.headoffice.record import EVERY_FIELD, Past, StoredRecord, Written
from fieldapp.headoffice.storage import tables
from fieldapp.protocol.messages import Conflict, RecordState

Values = dict[str, Any]

Row = tuple[Any, ...]
"""A row of ``record``: the values of all its columns in their order; ``field_values`` may be bytes.

Of a new entry that nobody changed since, ``field_values`` and ``written`` may be empty: the journal says them, at
``seq``.
"""


class Place(NamedTuple):
    """What and where a record is, whose it is and was, and whether it is deleted."""

    kind: str
    stream: str
    root: str
    owner: str
    had: tuple[str, ...]
    deleted: bool


COLUMNS = ", ".join(column.name for column in tables.record.columns)
"""Of ``record``, in the order that ``row_of`` and ``record_of`` keep."""


def put(connection: Connection, table: Table, rows: Sequence[Values], *, replace: bool = True) -> None:
    """Insert ``rows``; one whose primary key is there already is replaced, or else left as it is."""
    if not rows:
        return
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
    keys = [column.name for column in table.primary_key]
    others = [column.name for column in table.columns if replace and column.name not in keys]
    rest = {name: insert.excluded[name] for name in others}
    upsert = insert.on_conflict_do_update(index_elements=keys, set_=rest) if rest else insert.on_conflict_do_nothing()
    connection.execute(upsert, list(rows))


def row_of(record: StoredRecord) -> Row:
    """The row of ``record`` that keeps ``record``."""
    return (
        record.stream,
        record.record,
        record.kind,
        record.parent,
        record.root,
        record.owner,
        record.moves,
        record.seq,
        _text(record.values),
        _text(record.conflicts) if record.conflicts else "[]",
        _text(record.history) if record.history else "[]",
        _text(record.written),
        _text(record.had),
        int(record.late),
    )


Parent = StoredRecord | Place
"""All that has to be known of what a new entry stands under."""


def place_of(row: Row) -> Place:
    """The place of the record that a row keeps."""
    deleted = is_whole(row) and _marks.decode(row[8]).deleted is True
    return Place(row[2], row[0], row[4], row[5], _read_had(row[12]), deleted)


def is_whole(row: Row) -> bool:
    """Whether the row says all of its record by itself."""
    return bool(row[8])


def whole(row: Row, said: Said) -> Row:
    """The row with what the change that made its record says."""
    return (*row[:8], said.values, *row[9:11], _text({EVERY_FIELD: said[1:]}), *row[12:])


def is_of_root(row: Row, stream: str, root: str) -> bool:
    """Whether the row keeps a record of that root, in that stream."""
    return (row[0], row[4]) == (stream, root)


class _Marks(msgspec.Struct):
    deleted: Any = False


@lru_cache(maxsize=1024)
def _read_had(text: str) -> tuple[str, ...]:
    return _had.decode(text)


def entry_row(entry: PlainEntry, parent: Parent, seq: int) -> Row:
    """The row of the new record that ``entry`` makes under ``parent``."""
    actor = entry.actor
    return (
        parent.stream,
        entry.record,
        entry.kind,
        entry.parent,
        parent.root,
        parent.owner,
        0,
        seq,
        entry.values or "",
        "[]",
        "[]",
        _text({EVERY_FIELD: (actor, entry.made_at, entry.id)}) if entry.values else "",
        _had_by(parent.owner, actor),
        0,
    )


@lru_cache(maxsize=1024)
def _had_by(owner: str, actor: str) -> str:
    return _text((owner,) if owner == actor else (owner, actor))


def record_of(row: Row) -> StoredRecord:
    """The record that a row of ``record`` keeps."""
    return StoredRecord(
        stream=row[0],
        record=row[1],
        kind=row[2],
        parent=row[3],
        root=row[4],
        owner=row[5],
        moves=row[6],
        seq=row[7],
        values=msgspec.json.decode(row[8]),
        conflicts=_conflicts.decode(row[9]) if row[9] != "[]" else (),
        history=_history.decode(row[10]) if row[10] != "[]" else (),
        written=_written.decode(row[11]),
        had=_had.decode(row[12]),
        late=bool(row[13]),
    )


def state_of(stream: str, row: Row) -> RecordState:
    """What is told of a row (seq, record, kind, parent, moves, bytes of the values, conflicts), which stay JSON."""
    seq, record, kind, parent, moves, values, conflicts = row
    rev, encoded = (moves, stream, seq), msgspec.Raw(values)
    if conflicts == "[]":
        return RecordState(kind=kind, record=record, rev=rev, encoded=encoded, parent=parent)
    told = _conflicts.decode(conflicts)
    return RecordState(kind=kind, record=record, rev=rev, encoded=encoded, parent=parent, conflicts=told)


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


_conflicts = msgspec.json.Decoder(tuple[Conflict, ...])
_history = msgspec.json.Decoder(tuple[Past, ...])
_written = msgspec.json.Decoder(dict[str, Written])
_had = msgspec.json.Decoder(tuple[str, ...])
_marks = msgspec.json.Decoder(_Marks)
