"""Which customers, and which people of other customers, are open to those who decide."""

from __future__ import annotations

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

    def open(self, stream: str, root: str) -> None:
        """Reviewers read the customer, or a person of another, from now on; the head of the stream is locked."""
        self._direct.insert(tables.under_review, [(stream, root)])

    def close(self, stream: str, root: str) -> bool:
        """The customer has left the stream; whether it was open."""
        was_open = self.is_open(stream, root)
        self._direct.run("DELETE FROM under_review WHERE stream = ? AND root = ?", stream, root)
        return was_open
