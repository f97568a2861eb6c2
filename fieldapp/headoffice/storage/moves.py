"""Taking records out of one stream and leaving word where they went (SYNC 12, 31)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, select

from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.rows import put


class Moves:
    """The moving side of one unit of work; the heads of both streams must be locked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take_out(self, stream: str, records: Sequence[str], to_stream: str) -> None:
        """Remove ``records`` from ``stream`` and forward whoever looks for them there to ``to_stream``."""
        t, f = tables.record, tables.forward
        self._connection.execute(delete(t).where(t.c.stream == stream, t.c.record.in_(records)))
        self._connection.execute(delete(f).where(f.c.stream == to_stream, f.c.record.in_(records)))  # it came back
        put(self._connection, f, [{"stream": stream, "record": record, "to_stream": to_stream} for record in records])

    def forwarded(self, stream: str, record: str) -> str | None:
        """The stream that ``record`` left ``stream`` for; it may have gone on from there."""
        f = tables.forward
        to_stream: str | None = self._connection.scalar(
            select(f.c.to_stream).where(f.c.stream == stream, f.c.record == record)
        )
        return to_stream

    def move_references(self, stream: str, records: Sequence[str], to_stream: str) -> None:
        """The attachments that ``records`` name are named in ``to_stream`` from now on."""
        r = tables.attachment_reference
        named = (r.c.stream == stream, r.c.record.in_(records))
        rows = [
            {"stream": to_stream, "digest": row.digest, "record": row.record}
            for row in self._connection.execute(select(r.c.digest, r.c.record).where(*named))
        ]
        self._connection.execute(delete(r).where(*named))
        put(self._connection, r, rows)

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
