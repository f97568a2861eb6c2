"""Attachments as they come: piece by piece, resumed where the link broke, verified at the end (SYNC 39)."""

from __future__ import annotations

import hashlib
import logging
import re

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.exchange import LIMITS
from fieldapp.headoffice.instants import iso
from fieldapp.headoffice.scope import Caller
from fieldapp.headoffice.storage.attachments import Attachments, Holding, Reference
from fieldapp.headoffice.storage.store import Store
from fieldapp.protocol.identifiers import Clock
from fieldapp.protocol.messages import AttachmentStatus

log = logging.getLogger(__name__)

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


class OffsetDiffers(Exception):
    """The piece does not begin where the bytes here end; ``status`` tells the true offset."""

    def __init__(self, status: AttachmentStatus) -> None:
        super().__init__(status.digest)
        self.status = status


class Uploads:
    """Taking in and giving out attachments."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def status(self, digest: str) -> AttachmentStatus:
        """How much is here; nothing of one never heard of. Raises Actionable (``digest``)."""
        _require_digest(digest)
        with self._store.reading() as unit:
            return _status(digest, unit.attachments.holding(digest))

    def append(self, caller: Caller, digest: str, offset: int, piece: bytes, length: int | None) -> AttachmentStatus:
        """Add the bytes from ``offset`` on; ``length`` is the whole attachment's size where the sender tells it.

        Without a length the attachment is whole as soon as its bytes have the digest. Bytes that are whole and have
        another are discarded. Raises OffsetDiffers, and Actionable (``digest``, ``attachment_differs``,
        ``attachment_too_large``).
        """
        _require_digest(digest)
        with self._store.writing() as unit:
            held = unit.attachments.holding(digest, lock=True)
            if held.complete:
                return _status(digest, held)
            if held.received != offset:
                raise OffsetDiffers(_status(digest, held))
            received = offset + len(piece)
            greatest = LIMITS.attachment_bytes if length is None else min(length, LIMITS.attachment_bytes)
            if received > greatest or (length or 0) > LIMITS.attachment_bytes:
                raise Actionable("attachment_too_large", Sentence("This attachment is larger than head office takes."))
            if piece:
                unit.attachments.append(digest, offset, piece)
            whole = length is None or received == length
            matches = whole and _digest_of(unit.attachments, digest) == digest
            differs = whole and not matches and length is not None
            if differs:
                unit.attachments.discard(digest)
            else:
                held = Holding(received, matches)
                unit.attachments.note(digest, held, device=caller.device, at=iso(self._clock.now()))
        if differs:
            log.warning("attachment_differs", extra={"digest": digest, "device": caller.device})
            raise Actionable("attachment_differs", Sentence("The attachment arrived damaged. It has to be sent again."))
        return _status(digest, held)

    def read(self, caller: Caller, digest: str) -> bytes:
        """All of an attachment that a record in the caller's scope names.

        Raises Actionable (``digest``, ``attachment_unknown``).
        """
        _require_digest(digest)
        with self._store.reading() as unit:
            if not unit.attachments.holding(digest).complete or not unit.attachments.seen_by(
                digest, caller.author.audiences()
            ):
                raise Actionable("attachment_unknown", Sentence("Head office has no such attachment for you."))
            return b"".join(piece for _start, piece in unit.attachments.pieces(digest))

    def awaited(self) -> list[Reference]:
        """Records whose attachments are not all here: they stand, but are not complete."""
        with self._store.reading() as unit:
            return unit.attachments.awaited()


def _require_digest(digest: str) -> None:
    if not _DIGEST.fullmatch(digest):
        raise Actionable("digest", Sentence("An attachment is named by its SHA-256 in small hexadecimal digits."))


def _status(digest: str, holding: Holding) -> AttachmentStatus:
    return AttachmentStatus(digest=digest, offset=holding.received, complete=holding.complete)


def _digest_of(attachments: Attachments, digest: str) -> str:
    sha = hashlib.sha256()
    for _start, piece in attachments.pieces(digest):
        sha.update(piece)
    return sha.hexdigest()
