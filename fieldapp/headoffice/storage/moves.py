"""Taking records out of one stream and leaving word where they went (SYNC 12, 31)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.direct import Direct


class Moves:
    """The moving side of one unit of work; the heads of both streams must be locked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._direct = Direct(connection)
        # SQLite would rather read all references of the stream, for the primary key holds all that is asked for
        self._by_record = " INDEXED BY attachment_reference_by_record" if connection.dialect.name == "sqlite" else ""

    def take_out(self, stream: str, records: Sequence[str], to_stream: str) -> list[str]:
        """Remove ``records`` from ``stream`` and forward whoever looks for them there to ``to_stream``.

        Returns those that come back: they left ``to_stream`` once.
        """
        names = set(records)
        self._direct.run("DELETE FROM record WHERE stream = ? AND record IN (?)", stream, names)
        forwarded = "forward WHERE stream = ? AND record IN (?)"
        back = self._direct.rows(f"SELECT record FROM {forwarded}", to_stream, names)  # noqa: S608 - constants only
        for left in (to_stream, stream):
            self._direct.run(f"DELETE FROM {forwarded}", left, names)  # noqa: S608 - constants only
        self._direct.insert(tables.forward, [(stream, record, to_stream) for record in records])
        return [row[0] for row in back]

    def forwarded(self, stream: str, record: str) -> str | None:
        """The stream that ``record`` left ``stream`` for; it may have gone on from there."""
        f = tables.forward
        to_stream: str | None = self._connection.scalar(
            select(f.c.to_stream).where(f.c.stream == stream, f.c.record == record)
        )
        return to_stream

    def move_references(self, stream: str, records: Sequence[str], to_stream: str) -> None:
        """The attachments that ``records`` name are named in ``to_stream`` from now on."""
        rows = self._direct.rows(
            f"SELECT digest, record FROM attachment_reference{self._by_record} WHERE stream = ? AND record IN (?)",  # noqa: S608
            stream,
            set(records),
        )
        leaving = "DELETE FROM attachment_reference WHERE stream = ? AND digest = ? AND record = ?"
        for left in (stream, to_stream):
            self._direct.run_each(leaving, [(left, *row) for row in rows])
        self._direct.insert(tables.attachment_reference, [(to_stream, *row) for row in rows])

    def owned(self, stream: str, kind: str, owner: str, limit: int, *, after: str = "") -> list[str]:
        """At most ``limit`` records of one kind that belong to ``owner``, by their ids, behind ``after``."""
        t = tables.record
        query = select(t.c.record).where(t.c.stream == stream, t.c.kind == kind, t.c.owner == owner, t.c.record > after)
        return list(self._connection.scalars(query.order_by(t.c.record).limit(limit)))

    def count_owned(self, stream: str, kind: str, owner: str) -> int:
        """How many records of one kind belong to ``owner``."""
        t = tables.record
        query = select(func.count()).where(t.c.stream == stream, t.c.kind == kind, t.c.owner == owner)
        return self._connection.scalar(query) or 0
