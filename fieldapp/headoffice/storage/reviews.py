"""Which customers, and which people of other customers, are open to those who decide."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.direct import Direct


class Reviews:
    """The ``under_review`` table in one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._direct = Direct(connection)

    def is_open(self, stream: str, root: str) -> bool:
        """Whether reviewers of the stream's branch read the customer, or the person by themselves."""
        query = "SELECT 1 FROM under_review WHERE stream = ? AND root = ?"
        return bool(self._direct.rows(query, stream, root))

    def open_among(self, stream: str, roots: Collection[str]) -> set[str]:
        """Those of the customers, and of the people by themselves, whom reviewers read."""
        query = "SELECT root FROM under_review WHERE stream = ? AND root IN (?)"
        return {row[0] for row in self._direct.rows(query, stream, set(roots))} if roots else set()

    def open(self, stream: str, *roots: str) -> None:
        """Reviewers read the customers, or people of others, from now on; the head of the stream is locked."""
        self._direct.insert(tables.under_review, [(stream, root) for root in roots])

    def close(self, stream: str, roots: Collection[str]) -> list[str]:
        """The customers have left the stream; those of them that were open."""
        opened = "under_review WHERE stream = ? AND root IN (?)"
        were_open = [row[0] for row in self._direct.rows(f"SELECT root FROM {opened}", stream, set(roots))]  # noqa: S608
        if were_open:
            self._direct.run(f"DELETE FROM {opened}", stream, set(were_open))  # noqa: S608 - constants only
        return were_open
