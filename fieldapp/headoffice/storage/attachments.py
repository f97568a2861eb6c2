"""Attachments by the SHA-256 of their bytes, in the pieces they came in, and the records that name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.headoffice.scope import officer_of
from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.rows import put


@dataclass(frozen=True, slots=True)
class Holding:
    """How many bytes of an attachment are here, and whether that is all of it."""

    received: int = 0
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A record that names an attachment."""

    stream: str
    digest: str
    record: str


class Attachments:
    """The attachments' side of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def holding(self, digest: str, *, lock: bool = False) -> Holding:
        """What is here of an attachment."""
        t = tables.attachment
        query = select(t.c.received, t.c.complete).where(t.c.stream == BANK_STREAM, t.c.digest == digest)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        return Holding(row.received, bool(row.complete)) if row is not None else Holding()

    def append(self, digest: str, start: int, piece: bytes) -> None:
        """Keep the bytes that begin at ``start``."""
        self._connection.execute(
            insert(tables.attachment_chunk).values(stream=BANK_STREAM, digest=digest, start=start, bytes=piece)
        )

    def note(self, digest: str, holding: Holding, *, device: str, at: str) -> None:
        """What is here now."""
        row: dict[str, Any] = {"received": holding.received, "complete": int(holding.complete), "device": device}
        put(
            self._connection,
            tables.attachment,
            [{"stream": BANK_STREAM, "digest": digest, **row, "changed_at": at}],
        )

    def discard(self, digest: str) -> None:
        """Forget an attachment whose bytes turned out to be others."""
        for t in (tables.attachment_chunk, tables.attachment):
            self._connection.execute(delete(t).where(t.c.stream == BANK_STREAM, t.c.digest == digest))

    def pieces(self, digest: str) -> Iterator[tuple[int, bytes]]:
        """The bytes in order, each piece with where it begins."""
        t = tables.attachment_chunk
        rows = self._connection.execute(
            select(t.c.start, t.c.bytes).where(t.c.stream == BANK_STREAM, t.c.digest == digest).order_by(t.c.start)
        )
        for row in rows:
            yield row.start, bytes(row.bytes)

    def refer(self, references: Iterable[Reference]) -> None:
        """Records name attachments."""
        rows = [{"stream": r.stream, "digest": r.digest, "record": r.record} for r in references]
        put(self._connection, tables.attachment_reference, rows)

    def missing_among(self, digests: Iterable[str]) -> list[str]:
        """Those of ``digests`` that are not here in full, sorted."""
        wanted = set(digests)
        t = tables.attachment
        rows = self._connection.execute(
            select(t.c.digest).where(t.c.stream == BANK_STREAM, t.c.digest.in_(sorted(wanted)), t.c.complete == 1)
        )
        return sorted(wanted - {row.digest for row in rows})

    def awaited(self) -> list[Reference]:
        """Every reference to bytes that are not here in full: those records are not complete."""
        r, a = tables.attachment_reference, tables.attachment
        rows = self._connection.execute(
            select(r)
            .outerjoin(a, (a.c.stream == BANK_STREAM) & (a.c.digest == r.c.digest) & (a.c.complete == 1))
            .where(a.c.digest.is_(None))
            .order_by(r.c.stream, r.c.record, r.c.digest)
        )
        return [Reference(row.stream, row.digest, row.record) for row in rows]

    def seen_by(self, digest: str, audiences: dict[str, str]) -> bool:
        """Whether a record that one of ``audiences`` sees names the attachment."""
        reference, record = tables.attachment_reference, tables.record
        query = select(record.c.stream, record.c.owner).join(
            reference, (reference.c.stream == record.c.stream) & (reference.c.record == record.c.record)
        )
        for stream, audience in sorted(audiences.items()):
            officer = officer_of(audience)
            seen = query.where(record.c.stream == stream, reference.c.stream == stream, reference.c.digest == digest)
            seen = seen.where(record.c.owner == officer) if officer is not None else seen
            if self._connection.execute(seen.limit(1)).first() is not None:
                return True
        return False
