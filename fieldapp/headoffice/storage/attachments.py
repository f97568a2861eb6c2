"""Attachments by the SHA-256 of their bytes, in the pieces they came in, and the records that name them.

The bytes are wanted in every branch and belong to none: they stand on shelves named by their digest, which spread over
the shards as evenly as the digests do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select, tuple_

from fieldapp.headoffice.scope import REVIEW, officer_of
from fieldapp.headoffice.storage import tables
from fieldapp.headoffice.storage.rows import put


@dataclass(frozen=True, slots=True)
class Holding:
    """How many bytes of an attachment are here, and whether they are all of it and have its digest.

    ``begun`` is another each time an attachment is begun: as long as it stands, bytes are only ever added. ``device``
    is the laptop that began it.
    """

    received: int = 0
    complete: bool = False
    begun: str = ""
    device: str = ""


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
        """What is here of an attachment; with ``lock`` nobody else writes to it until the unit has ended."""
        t = tables.attachment
        columns = (t.c.received, t.c.complete, t.c.begun, t.c.device)
        query = select(*columns).where(*_of(t, digest))
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None and lock:  # what is not there cannot be locked, and another may begin it at this moment too
            self._await([digest])
            row = self._connection.execute(query.with_for_update()).one_or_none()
        return Holding(row.received, bool(row.complete), row.begun, row.device) if row is not None else Holding()

    def cut(self, digest: str, start: int) -> None:
        """Forget the bytes from ``start`` on, where a piece begins; what is left is for the caller to note."""
        t = tables.attachment_chunk
        self._connection.execute(delete(t).where(*_of(t, digest), t.c.start >= start))

    def take_for_whole(self, digest: str, name: str) -> None:
        """The copy ``name`` is the attachment: its bytes are from now on, and no other copy is needed."""
        t, chunk = tables.attachment, tables.attachment_chunk
        if name != digest:
            self.cut(digest, 0)
            ours = chunk.update().where(*_of(chunk, name))
            self._connection.execute(ours.values(stream=_shelf(digest), digest=digest))
        for table in (chunk, t):
            self._connection.execute(delete(table).where(table.c.stream == _copies(digest)))

    def append(self, digest: str, start: int, piece: bytes) -> None:
        """Keep the bytes that begin at ``start``."""
        self._connection.execute(insert(tables.attachment_chunk).values(**_place(digest), start=start, bytes=piece))

    def note(self, digest: str, holding: Holding, *, at: str) -> None:
        """What is here now."""
        row = _place(digest) | {
            "received": holding.received,
            "complete": int(holding.complete),
            "begun": holding.begun,
            "device": holding.device,
            "changed_at": at,
        }
        put(self._connection, tables.attachment, [row])

    def discard(self, digest: str) -> None:
        """Forget the bytes of an attachment, which turned out to be others."""
        t, chunk = tables.attachment, tables.attachment_chunk
        self._connection.execute(delete(chunk).where(*_of(chunk, digest)))
        nothing = {"received": 0, "complete": 0, "begun": "", "device": ""}
        self._connection.execute(t.update().where(*_of(t, digest)).values(nothing))

    def piece_at(self, digest: str, offset: int) -> tuple[int, bytes] | None:
        """The piece that the byte at ``offset`` is in, with where it begins; None behind the last."""
        t = tables.attachment_chunk
        row = self._connection.execute(
            select(t.c.start, t.c.bytes).where(*_of(t, digest), t.c.start <= offset).order_by(t.c.start.desc()).limit(1)
        ).one_or_none()
        return (row.start, bytes(row.bytes)) if row is not None and offset < row.start + len(row.bytes) else None

    def pieces(self, digest: str) -> Iterator[tuple[int, bytes]]:
        """The bytes in order, each piece with where it begins; never more than one of them is in memory."""
        offset = 0
        while (found := self.piece_at(digest, offset)) is not None:
            yield found
            offset = found[0] + len(found[1])

    def refer(self, references: Iterable[Reference]) -> None:
        """Records name attachments, which are awaited from now on unless they are here."""
        named = list(references)
        rows = [{"stream": r.stream, "digest": r.digest, "record": r.record} for r in named]
        put(self._connection, tables.attachment_reference, rows)
        self._await(sorted({r.digest for r in named}))

    def missing_among(self, digests: Iterable[str]) -> list[str]:
        """Those of ``digests`` that are not here in full, sorted."""
        wanted = sorted(set(digests))
        t = tables.attachment
        found: set[str] = set()
        for first in range(0, len(wanted), _MOST_NAMED):
            named = [(_shelf(digest), digest) for digest in wanted[first : first + _MOST_NAMED]]
            query = select(t.c.digest).where(tuple_(t.c.stream, t.c.digest).in_(named), t.c.complete == 1)
            found.update(self._connection.scalars(query))
        return [digest for digest in wanted if digest not in found]

    def awaited(self) -> list[Reference]:
        """Every reference to bytes that are not here in full: those records are not complete."""
        a, r, head = tables.attachment, tables.attachment_reference, tables.stream_head
        streams = list(self._connection.scalars(select(head.c.stream)))
        found: list[Reference] = []
        lacking = list(self._connection.scalars(select(a.c.digest).where(a.c.stream.in_(_SHELVES), a.c.complete == 0)))
        for first in range(0, len(lacking), _MOST_NAMED):
            digests = lacking[first : first + _MOST_NAMED]
            rows = self._connection.execute(select(r).where(r.c.stream.in_(streams), r.c.digest.in_(digests)))
            found += [Reference(row.stream, row.digest, row.record) for row in rows]
        return sorted(found, key=lambda reference: (reference.stream, reference.record, reference.digest))

    def unnamed(self, before: str, streams: Sequence[str]) -> list[str]:
        """The attachments, whole or not, that no record of ``streams`` names and nobody added to since ``before``."""
        t = tables.attachment
        found: list[str] = []
        for shelf in _SHELVES:
            old = select(t.c.digest).where(t.c.stream == shelf, t.c.changed_at < before)
            found += self._connection.scalars(old.where(~_named(t.c.digest, streams)).order_by(t.c.digest))
        return found

    def remove_unnamed(self, digest: str, before: str, streams: Sequence[str]) -> int | None:
        """Remove all there is of such an attachment, laptops' own copies of it too; returns how many bytes it was.

        None where it is none any more. The heads of ``streams``, which are all there are, must be locked.
        """
        t, chunk = tables.attachment, tables.attachment_chunk
        places = (_of(t, digest), (t.c.stream == _copies(digest),))
        found = [
            row
            for place in places
            for row in self._connection.execute(select(t.c.received, t.c.changed_at).where(*place).with_for_update())
        ]
        if not found or any(row.changed_at >= before for row in found):
            return None
        if self._connection.scalar(select(_named(digest, streams))):
            return None
        for table, place in ((chunk, _of(chunk, digest)), (t, _of(t, digest))):
            self._connection.execute(delete(table).where(*place))
            self._connection.execute(delete(table).where(table.c.stream == _copies(digest)))
        return sum(int(row.received) for row in found)

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
            if audience == REVIEW:
                opened = tables.under_review
                seen = seen.where(record.c.root.in_(select(opened.c.root).where(opened.c.stream == stream)))
            if self._connection.execute(seen.limit(1)).first() is not None:
                return True
        return False

    def _await(self, digests: Iterable[str]) -> None:
        """Make room for attachments of which nothing is here; what is here stays."""
        nothing = {"received": 0, "complete": 0, "begun": "", "device": "", "changed_at": ""}
        rows = [{"stream": _shelf(digest), "digest": digest} | nothing for digest in digests]
        put(self._connection, tables.attachment, rows, replace=False)


def own_copy(digest: str, device: str) -> str:
    """The name of a laptop's own copy of an attachment, beside the one that all add to."""
    return f"{digest}:{device}"


def _place(name: str) -> dict[str, Any]:
    """Where an attachment or a copy is kept: copies of one attachment under a stream that is theirs alone."""
    digest, _, device = name.partition(":")
    return {"stream": _copies(digest), "digest": device} if device else {"stream": _shelf(digest), "digest": digest}


def _of(table: Table, name: str) -> tuple[ColumnElement[bool], ...]:
    """Of the rows of ``table`` those of an attachment or a copy."""
    return tuple(table.c[column] == value for column, value in _place(name).items())


def _named(digest: ColumnElement[str] | str, streams: Sequence[str]) -> ColumnElement[bool]:
    """Whether a record of ``streams`` names an attachment."""
    r = tables.attachment_reference
    return select(r.c.record).where(r.c.stream.in_(streams), r.c.digest == digest).exists()


def _copies(digest: str) -> str:
    return f"copies-{digest}"


_MOST_NAMED = 500
"""Digests in one statement."""

_SHELVES = [f"shelf-{number:02x}" for number in range(256)]


def _shelf(digest: str) -> str:
    """The stream that an attachment's bytes are kept under."""
    return f"shelf-{digest[:2]}"
