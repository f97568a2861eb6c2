"""Which rows of household lists have been imported, so that importing a list again adds nothing.

A row is remembered by a digest of what makes it that household. It stays known when the officer later corrects the
name or the telephone of the prospect that came of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from fieldapp.store.connection import Connection


class ImportedRows:
    """The ``imported_row`` table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, digests: Iterable[bytes]) -> dict[bytes, str]:
        """Those of ``digests`` that were imported before, with the prospects that came of them."""
        rows = self._connection.execute(
            "SELECT digest, prospect FROM imported_row WHERE digest IN (SELECT value FROM json_each(?))",
            (json.dumps([digest.hex() for digest in digests]),),
        )
        return {bytes.fromhex(digest): prospect for digest, prospect in rows}

    def add(self, imported: Iterable[tuple[bytes, str]]) -> None:
        """Remember digests with the prospects that came of them."""
        self._connection.executemany(
            "INSERT INTO imported_row (digest, prospect) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING",
            [(digest.hex(), prospect) for digest, prospect in imported],
        )
