"""The bytes of photos, by the SHA-256 of their content, in chunks inside the encrypted file.

A photo stays as long as a record on this laptop names it. One that was taken here stays in any case until head office
has it in a backup that was tried (SYNC 39): until a change is durable that was made after head office confirmed it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from fieldapp.store.connection import Connection

CHUNK_BYTES = 256 * 1024

LEFT_ALONE = timedelta(days=1)
"""So long a photo is not fetched whose bytes came wrong again and again."""

LONGEST_REST = timedelta(days=1)
"""How long a photo that head office does not have is not asked for at most, however long it has been waited for."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """``held`` bytes are on this laptop, ``confirmed`` bytes at head office. States: to_send, to_fetch, complete."""

    digest: str
    size: int
    media_type: str
    held: int
    confirmed: int
    state: str

    @property
    def is_here(self) -> bool:
        """Whether all its bytes are, with its digest; how many are to come is not sure before."""
        return self.state != "to_fetch"


class NamedPhoto(msgspec.Struct, frozen=True):
    """How a record names a photo."""

    digest: str
    size: int
    media_type: str


class Attachments:
    """The tables of attachments, their chunks and the records that name them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._left: set[str] = set()

    def add(self, content: bytes, media_type: str, record: str | None) -> str:
        """Keep a photo to be sent; the same content is kept once. Returns its digest.

        Without a record it is the one to come in the same transaction that names it.
        """
        digest = hashlib.sha256(content).hexdigest()
        known = self.get(digest)
        if known is None or known.state == "to_fetch":  # what is still to come is here already
            self._connection.execute("DELETE FROM attachment WHERE digest = ?", (digest,))
            self._connection.execute(
                "INSERT INTO attachment (digest, size, media_type, held, state) VALUES (?,?,?,?, 'to_send')",
                (digest, len(content), media_type, len(content)),
            )
            for start in range(0, len(content), CHUNK_BYTES):
                self._store_chunk(digest, start, content[start : start + CHUNK_BYTES])
        if record is not None:
            self._name(record, (digest,))
        return digest

    def named_by(self, record: str, photos: Sequence[NamedPhoto]) -> None:
        """A record names these photos and no others; those that are not here are to be fetched."""
        wanted = {photo.digest for photo in photos}
        before = self._digests_of(record)
        self._connection.executemany(
            "INSERT INTO attachment (digest, size, media_type, state) VALUES (?,?,?, 'to_fetch')"
            " ON CONFLICT (digest) DO NOTHING",
            [(photo.digest, photo.size, photo.media_type) for photo in photos],
        )
        self._name(record, wanted - before)
        self._unname(record, before - wanted)

    def unnamed(self, record: str) -> None:
        """A record left this laptop; its photos go with it, but for those that others name or that are unsent."""
        self._unname(record, self._digests_of(record))

    def flush(self) -> None:
        """At the end of a transaction: what no record names any more goes, unless head office does not hold it yet."""
        if self._left:
            self._leave(self._left)
            self._left = set()

    def forget_durable(self, n: int) -> None:
        """Head office can never fall back behind the laptop's own change ``n``, nor behind what it confirmed before."""
        rows = self._connection.execute(
            "UPDATE attachment SET confirmed_at = NULL WHERE confirmed_at < ? RETURNING digest", (n,)
        )
        self._left.update(row[0] for row in rows.fetchall())

    def unsent_with(self, record: str) -> list[str]:
        """The digests of photos that head office is to get, of a record and of what belongs to it."""
        rows = self._connection.execute(
            "SELECT DISTINCT digest FROM attachment_of AS named JOIN attachment USING (digest)"  # noqa: S608 - constants only
            " WHERE state = 'to_send'"
            " AND (named.record = ?1 OR named.record IN (SELECT id FROM record WHERE parent = ?1))"
            f" AND NOT {_OF_REFUSED} ORDER BY digest",
            (record,),
        )
        return [row[0] for row in rows]

    def give_up(self, photos: Iterable[str]) -> set[str]:
        """Drop those of ``photos`` (digests) that nothing names any more; returns them.

        What is kept of a record that left this laptop may name them too. A submission that waits for a photo has none.
        """
        rows = self._connection.execute(
            "DELETE FROM attachment WHERE digest IN (SELECT value FROM json_each(?)) AND state <> 'to_fetch'"
            " AND NOT EXISTS (SELECT 1 FROM attachment_of WHERE attachment_of.digest = attachment.digest)"
            " AND NOT EXISTS (SELECT 1 FROM saved_change WHERE kind <> 'application'"
            "  AND instr(body, CAST(attachment.digest AS BLOB)))"
            " AND NOT EXISTS (SELECT 1 FROM refused WHERE instr(body, CAST(attachment.digest AS BLOB)))"
            " RETURNING digest",
            (msgspec.json.encode(list(photos)).decode(),),
        )
        return {row[0] for row in rows.fetchall()}

    def named(self, record: str) -> list[Attachment]:
        """The photos that a record names."""
        columns = ", ".join(f"attachment.{name}" for name in _COLUMNS.split(", "))
        rows = self._connection.execute(
            f"SELECT {columns} FROM attachment_of JOIN attachment USING (digest) WHERE record = ? ORDER BY digest",  # noqa: S608
            (record,),
        )
        return [Attachment(*row) for row in rows]

    def lacking(self, digests: Iterable[str]) -> None:
        """Head office lacks these, whatever it once confirmed (it may have been restored): send them again."""
        self._connection.executemany(
            "UPDATE attachment SET state = 'to_send', confirmed = 0 WHERE digest = ? AND state = 'complete'",
            [(digest,) for digest in digests],
        )

    def append(self, digest: str, offset: int, piece: bytes) -> bool:
        """Keep bytes fetched from head office; False where others are wanted by now, or none."""
        attachment = self.get(digest)
        if attachment is None or attachment.state != "to_fetch" or attachment.held != offset:
            return False
        self._store_chunk(digest, offset, piece)
        self._connection.execute("UPDATE attachment SET held = ? WHERE digest = ?", (offset + len(piece), digest))
        return True

    def complete(self, digest: str, size: int) -> None:
        """The ``size`` bytes of a fetched photo that are here have its digest, however many a record told."""
        self._connection.execute(
            "UPDATE attachment SET state = 'complete', size = ?2, confirmed = ?2 WHERE digest = ?1 AND held = ?2",
            (digest, size),
        )

    def begin_anew(self, digest: str, *, differed_at: datetime | None = None) -> None:
        """The bytes that were fetched are others than they should be: drop them.

        With ``differed_at`` they came so more than once: the photo is left alone from then on for ``LEFT_ALONE``.
        """
        self._connection.execute(
            "DELETE FROM attachment_chunk WHERE digest = ?"
            " AND EXISTS (SELECT 1 FROM attachment WHERE digest = ?1 AND state = 'to_fetch')",
            (digest,),
        )
        self._connection.execute(
            "UPDATE attachment SET held = 0, differed_at = ? WHERE digest = ? AND state = 'to_fetch'",
            (_text(differed_at) if differed_at is not None else None, digest),
        )

    def asked_in_vain(self, digest: str, now: datetime) -> None:
        """Head office does not have this photo.

        One that was taken a minute ago comes soon, one whose laptop is lost never: it is asked for again after as long
        as it has been waited for already, and after ``LONGEST_REST`` at most.
        """
        row = self._connection.execute("SELECT asked_since FROM attachment WHERE digest = ?", (digest,)).fetchone()
        since = datetime.fromisoformat(row[0]) if row and row[0] else now
        since = min(since, now)  # a clock may have gone back
        self._connection.execute(
            "UPDATE attachment SET asked_since = ?, asked_at = ?, rests_until = ?"
            " WHERE digest = ? AND state = 'to_fetch'",
            (_text(since), _text(now), _text(now + min(now - since, LONGEST_REST)), digest),
        )

    def confirm(self, digest: str, confirmed: int, *, complete: bool) -> None:
        """Head office holds ``confirmed`` bytes; ``complete`` when it has verified all of them."""
        self._connection.execute(
            "UPDATE attachment SET confirmed = ? WHERE digest = ? AND state = 'to_send'", (confirmed, digest)
        )
        if complete:
            self._connection.execute(
                "UPDATE attachment SET state = 'complete',"
                " confirmed_at = coalesce((SELECT CAST(value AS INTEGER) FROM state WHERE name = 'n'), 0)"
                " WHERE digest = ? AND state = 'to_send'",
                (digest,),
            )

    def get(self, digest: str) -> Attachment | None:
        """What is known of a photo."""
        row = self._connection.execute(
            f"SELECT {_COLUMNS} FROM attachment WHERE digest = ?",  # noqa: S608 - constants only
            (digest,),
        ).fetchone()
        return Attachment(*row) if row else None

    def waiting(self, state: str, at: datetime | None = None) -> list[Attachment]:
        """Photos still to be sent or fetched, smallest first; with ``at`` none that is to be left alone then.

        By a clock that went back none is. What head office refused, it needs no photos of until that is corrected.
        """
        query = f"SELECT {_COLUMNS} FROM attachment WHERE state = ? AND state <> 'complete'"  # noqa: S608 - constants only
        alone: tuple[str, ...] = ()
        if at is not None:
            query += f" AND NOT {_OF_REFUSED} AND (differed_at IS NULL OR differed_at <= ? OR differed_at > ?)"
            query += " AND (rests_until IS NULL OR rests_until <= ? OR asked_at > ?)"
            alone = (_text(at - LEFT_ALONE), _text(at), _text(at), _text(at))
        rows = self._connection.execute(f"{query} ORDER BY size, digest", (state, *alone))
        return [Attachment(*row) for row in rows]

    def content(self, digest: str) -> bytes | None:
        """The whole photo, None while bytes are missing."""
        attachment = self.get(digest)
        if attachment is None or not attachment.is_here:
            return None
        return b"".join(self.chunks(digest))

    def chunk_at(self, digest: str, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``offset`` on, found without reading what is before."""
        taken: list[bytes] = []
        end = offset + length
        while offset < end:
            row = self._connection.execute(
                "SELECT start, bytes FROM attachment_chunk WHERE digest = ? AND start <= ? ORDER BY start DESC LIMIT 1",
                (digest, offset),
            ).fetchone()
            part = row[1][offset - row[0] : end - row[0]] if row else b""
            if not part:
                break
            taken.append(part)
            offset += len(part)
        return taken[0] if len(taken) == 1 else b"".join(taken)

    def chunks(self, digest: str) -> Iterator[bytes]:
        """The held bytes in order."""
        query = "SELECT bytes FROM attachment_chunk WHERE digest = ? ORDER BY start"
        return (row[0] for row in self._connection.execute(query, (digest,)))

    def _digests_of(self, record: str) -> set[str]:
        rows = self._connection.execute("SELECT digest FROM attachment_of WHERE record = ?", (record,))
        return {row[0] for row in rows}

    def _name(self, record: str, digests: Iterable[str]) -> None:
        self._connection.executemany(
            "INSERT INTO attachment_of (record, digest) VALUES (?,?) ON CONFLICT DO NOTHING",
            [(record, digest) for digest in digests],
        )

    def _unname(self, record: str, digests: set[str]) -> None:
        self._connection.executemany(
            "DELETE FROM attachment_of WHERE record = ? AND digest = ?", [(record, digest) for digest in digests]
        )
        self._left |= digests

    def _leave(self, digests: Iterable[str]) -> None:
        """Drop what no record names and head office holds for good."""
        candidates = msgspec.json.encode(list(digests)).decode()
        self._connection.execute(
            "DELETE FROM attachment WHERE digest IN (SELECT value FROM json_each(?)) AND state <> 'to_send'"
            " AND confirmed_at IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM attachment_of WHERE attachment_of.digest = attachment.digest)",
            (candidates,),
        )

    def _store_chunk(self, digest: str, start: int, content: bytes) -> None:
        self._connection.execute(
            "INSERT INTO attachment_chunk (digest, start, bytes) VALUES (?,?,?)", (digest, start, content)
        )


_OF_REFUSED = (
    "(EXISTS (SELECT 1 FROM attachment_of WHERE attachment_of.digest = attachment.digest) AND NOT EXISTS"
    " (SELECT 1 FROM attachment_of WHERE attachment_of.digest = attachment.digest"
    "  AND record NOT IN (SELECT record FROM refused WHERE instr(body, CAST('\"new\":true' AS BLOB)))))"
)
"""Whether all records that name a photo were refused as they were made."""

_COLUMNS = "digest, size, media_type, held, confirmed, state"


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
