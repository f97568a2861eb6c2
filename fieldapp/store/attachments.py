"""The bytes of photos, by the SHA-256 of their content, in chunks inside the encrypted file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from fieldapp.store.connection import Connection

CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Attachment:
    """``held`` bytes are on this laptop, ``confirmed`` bytes at head office. States: to_send, to_fetch, complete."""

    digest: str
    size: int
    media_type: str
    record: str | None
    held: int
    confirmed: int
    state: str


class Attachments:
    """The two attachment tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, content: bytes, media_type: str, record: str | None) -> str:
        """Keep a photo to be sent; the same content is kept once. Returns its digest."""
        digest = hashlib.sha256(content).hexdigest()
        if self.get(digest) is None:
            self._connection.execute(
                "INSERT INTO attachment (digest, size, media_type, record, held, state) VALUES (?,?,?,?,?, 'to_send')",
                (digest, len(content), media_type, record, len(content)),
            )
            for position, start in enumerate(range(0, len(content), CHUNK_BYTES)):
                self._store_chunk(digest, position, content[start : start + CHUNK_BYTES])
        return digest

    def expect(self, digest: str, size: int, media_type: str, record: str) -> None:
        """A record arrived that names a photo this laptop does not hold yet."""
        self._connection.execute(
            "INSERT INTO attachment (digest, size, media_type, record, state) VALUES (?,?,?,?, 'to_fetch')"
            " ON CONFLICT (digest) DO NOTHING",
            (digest, size, media_type, record),
        )

    def receive(self, digest: str, content: bytes) -> bool:
        """Append bytes fetched from head office; True when all arrived and their digest is right.

        Bytes that turn out to be something else are dropped, to be fetched anew.
        """
        attachment = self.get(digest)
        if attachment is None or attachment.state != "to_fetch":
            return attachment is not None
        position = self._connection.execute(
            "SELECT coalesce(max(position) + 1, 0) FROM attachment_chunk WHERE digest = ?", (digest,)
        ).fetchone()[0]
        self._store_chunk(digest, position, content)
        held = attachment.held + len(content)
        self._connection.execute("UPDATE attachment SET held = ? WHERE digest = ?", (held, digest))
        if held < attachment.size:
            return False
        whole = hashlib.sha256()
        for chunk in self.chunks(digest):
            whole.update(chunk)
        if whole.hexdigest() != digest:
            self._connection.execute("DELETE FROM attachment_chunk WHERE digest = ?", (digest,))
            self._connection.execute("UPDATE attachment SET held = 0 WHERE digest = ?", (digest,))
            return False
        self._connection.execute("UPDATE attachment SET state = 'complete' WHERE digest = ?", (digest,))
        return True

    def confirm(self, digest: str, confirmed: int, *, complete: bool) -> None:
        """Head office holds ``confirmed`` bytes; ``complete`` when it has verified all of them."""
        self._connection.execute(
            "UPDATE attachment SET confirmed = ?, state = CASE WHEN ? THEN 'complete' ELSE state END WHERE digest = ?",
            (confirmed, complete, digest),
        )

    def get(self, digest: str) -> Attachment | None:
        """What is known of a photo."""
        row = self._connection.execute(
            "SELECT digest, size, media_type, record, held, confirmed, state FROM attachment WHERE digest = ?",
            (digest,),
        ).fetchone()
        return Attachment(*row) if row else None

    def waiting(self, state: str) -> list[Attachment]:
        """Photos still to be sent or fetched, smallest first."""
        rows = self._connection.execute(
            "SELECT digest, size, media_type, record, held, confirmed, state FROM attachment WHERE state = ?"
            " ORDER BY size, digest",
            (state,),
        )
        return [Attachment(*row) for row in rows]

    def content(self, digest: str) -> bytes | None:
        """The whole photo, None while bytes are missing."""
        attachment = self.get(digest)
        if attachment is None or attachment.held < attachment.size:
            return None
        return b"".join(self.chunks(digest))

    def chunk_at(self, digest: str, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``offset`` on."""
        taken = b""
        start = 0
        for chunk in self.chunks(digest):
            end = start + len(chunk)
            if end > offset:
                taken += chunk[max(0, offset - start) :]
                if len(taken) >= length:
                    break
            start = end
        return taken[:length]

    def chunks(self, digest: str) -> Iterator[bytes]:
        """The held bytes in order."""
        query = "SELECT bytes FROM attachment_chunk WHERE digest = ? ORDER BY position"
        return (row[0] for row in self._connection.execute(query, (digest,)))

    def _store_chunk(self, digest: str, position: int, content: bytes) -> None:
        self._connection.execute(
            "INSERT INTO attachment_chunk (digest, position, bytes) VALUES (?,?,?)", (digest, position, content)
        )
