"""Visits in plain SQLite as the limit keeps them at both ends: a column a field, WAL, ``synchronous=FULL``."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from fieldapp.domain.records import Visit

Row = list[Any]

FIELDS = ("id", "prospect", *Visit.__struct_fields__)
"""What a visit is here: twenty columns; what holds more than one value is kept as text."""


def open_plain(path: str, last: str, *indexes: str) -> Any:
    """A connection to the visits at ``path``; ``last`` defines the column after the fields."""
    connection: Any = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    columns = ", ".join(("id TEXT PRIMARY KEY", *FIELDS[1:], last))
    connection.execute(f"CREATE TABLE IF NOT EXISTS visit ({columns})")
    for index in indexes:
        connection.execute(f"CREATE INDEX IF NOT EXISTS {index}")
    return connection


def upsert(last: str) -> str:
    """The statement that keeps a row of ``FIELDS`` and ``last``, new or known."""
    columns = (*FIELDS, last)
    changed = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO visit ({', '.join(columns)}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {changed}"


def row_of(record_id: str, prospect: str, visit: Visit) -> Row:
    """The values of ``FIELDS``."""
    plain = msgspec.to_builtins(visit)
    typed = [plain[field] for field in Visit.__struct_fields__]
    return [record_id, prospect, *(_text(value) if isinstance(value, list | tuple) else value for value in typed)]


def _text(several: Sequence[object]) -> str:
    return ", ".join(str(one) for one in several)
