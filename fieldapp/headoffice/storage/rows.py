"""Rows to records and back, and writing many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Table
from sqlalchemy.dialects import postgresql, sqlite

from fieldapp.headoffice.record import Past, StoredRecord, Written
from fieldapp.protocol.messages import Conflict

Values = dict[str, Any]


def put(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert ``rows``; one whose primary key is there already is replaced."""
    if not rows:
        return
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in keys}
    upsert = insert.on_conflict_do_update(index_elements=keys, set_=rest) if rest else insert.on_conflict_do_nothing()
    connection.execute(upsert, list(rows))


def row_of(record: StoredRecord) -> Values:
    """The row that keeps ``record``."""
    return {
        "stream": record.stream,
        "record": record.record,
        "kind": record.kind,
        "parent": record.parent,
        "root": record.root,
        "owner": record.owner,
        "moves": record.moves,
        "seq": record.seq,
        "field_values": _text(record.values),
        "conflicts": _text(record.conflicts),
        "history": _text(record.history),
        "written": _text(record.written),
        "had": _text(record.had),
        "late": int(record.late),
    }


def record_of(row: Row[Any]) -> StoredRecord:
    """The record that a row of ``record`` keeps."""
    return StoredRecord(
        stream=row.stream,
        record=row.record,
        kind=row.kind,
        parent=row.parent,
        root=row.root,
        owner=row.owner,
        moves=row.moves,
        seq=row.seq,
        values=msgspec.json.decode(row.field_values),
        conflicts=_conflicts.decode(row.conflicts),
        history=_history.decode(row.history),
        written=_written.decode(row.written),
        had=_had.decode(row.had),
        late=bool(row.late),
    )


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


_conflicts = msgspec.json.Decoder(tuple[Conflict, ...])
_history = msgspec.json.Decoder(tuple[Past, ...])
_written = msgspec.json.Decoder(dict[str, Written])
_had = msgspec.json.Decoder(tuple[str, ...])
