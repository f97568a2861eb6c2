"""Opening the encrypted file, the same way for the writer, the readers and the tools."""

from __future__ import annotations

import sqlite3 as typing_only
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlite

from fieldapp.bound_values import bind_as_they_are
from fieldapp.copying_back import AT_LENGTH_PAGES
from fieldapp.store.faults import damaged_file, translated_faults

Connection = typing_only.Connection
"""For annotations: sqlcipher3's connection has the interface of the standard one but publishes no types."""

SAFE_SQLITE = (3, 51, 3)
"""Older ones can lose committed writes when two connections checkpoint a WAL at once."""

CACHE_KIB = 16 * 1024
BUSY_MS = 5_000

SMALLEST_FILE = 512
"""Bytes of the smallest database. SQLite takes an empty file, and one of a single byte, for a new one to be made."""

bind_as_they_are()


def connect(path: Path, key: bytes, *, read_only: bool = False) -> Connection:
    """A connection to the database at ``path``, in autocommit mode: transactions are begun explicitly.

    Raises StorageFault: ``damaged`` (with the right key), ``no_permission``, ``disk_full``, ``in_use``.
    """
    require_safe_sqlite()
    with translated_faults():
        connection = sqlite.connect(
            str(path), isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000, cached_statements=256
        )
        try:
            connection.execute("PRAGMA cipher_log_level = NONE")
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            connection.execute("PRAGMA cipher_memory_security = OFF")
            _prove_readable(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute(f"PRAGMA wal_autocheckpoint = {AT_LENGTH_PAGES}")
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            if read_only:
                connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
    opened: Connection = connection
    return opened


def require_safe_sqlite() -> None:
    """Refuse to run on an SQLite that can lose committed writes."""
    if sqlite.sqlite_version_info < SAFE_SQLITE:
        raise RuntimeError(f"sqlcipher3 carries SQLite {sqlite.sqlite_version}; 3.51.3 or newer is needed")


def _prove_readable(connection: Connection) -> None:
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite.DatabaseError as error:
        if "not a database" in str(error):
            raise damaged_file() from error
        raise
