"""Attachments as they come and go: piece by piece, resumed where the link broke, verified at the end (SYNC 39).

What takes long, reading a whole attachment to find its digest, happens outside every lock.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from dataclasses import replace

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.digests import RunningDigests
from fieldapp.headoffice.exchange import LIMITS
from fieldapp.headoffice.instants import iso
from fieldapp.headoffice.scope import Caller
from fieldapp.headoffice.storage.attachments import Holding, Reference
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
        self._running = RunningDigests()

    def status(self, digest: str) -> AttachmentStatus:
        """How much is here; nothing of one never heard of. Raises Actionable (``digest``)."""
        _require_digest(digest)
        with self._store.reading() as unit:
            return _status(digest, unit.attachments.holding(digest))

    def append(self, caller: Caller, digest: str, offset: int, piece: bytes, length: int | None) -> AttachmentStatus:
        """Add the bytes from ``offset`` on; ``length`` is the whole attachment's size where the sender tells it.

        An empty piece at the end asks to verify what is here. Without a length the attachment is whole as soon as its
        bytes have the digest. Bytes that are whole and have another are discarded; so are as many as ``length`` or
        more, which are not the attachment, when the laptop that began them says so or a piece begins it anew: the word
        of another laptop alone discards nothing. Raises OffsetDiffers, and Actionable (``digest``,
        ``attachment_differs``, ``attachment_too_large``).
        """
        _require_digest(digest)
        received = offset + len(piece)
        length_told = received if length is None else length
        if not received <= length_told <= LIMITS.attachment_bytes:
            raise Actionable("attachment_too_large", Sentence("This attachment is larger than head office takes."))
        whole = length is None or received == length
        running = self._running.take(digest, offset)
        if running is not None:
            running = running.with_more(piece)
        with self._store.writing() as unit:
            held = unit.attachments.holding(digest, lock=True)
            if held.complete:
                return _status(digest, held)
            anew = length is not None and held.received >= length and offset == 0 and bool(piece)
            superfluous = length is not None and held.received > length and not anew
            if held.received != offset and not anew and not superfluous:
                raise OffsetDiffers(_status(digest, held))
            if running is not None and offset and running.begun != held.begun:
                running = None  # it was begun anew by way of another process
            matches = whole and running is not None and running.digest() == digest
            differs = superfluous or (length is not None and whole and running is not None and not matches)
            goes_on = bool(piece) and not anew and not superfluous
            to_be_believed = goes_on or held.device in ("", caller.device)
            if (differs and to_be_believed) or (anew and not differs):
                unit.attachments.discard(digest)
            if not differs:
                if piece:
                    unit.attachments.append(digest, offset, piece)
                begun, device = (held.begun, held.device) if offset else (secrets.token_hex(8), caller.device)
                held = Holding(received, matches, begun, device)
                unit.attachments.note(digest, held, at=iso(self._clock.now()))
        if differs:
            raise _damaged(caller, digest)
        if running is not None and not matches:
            self._running.keep(digest, replace(running, begun=held.begun))
        if whole and running is None:
            certain = length is not None
            return self._verified(caller, digest, held, certain=certain, discarding=certain and to_be_believed)
        return _status(digest, held)

    def size(self, caller: Caller, digest: str) -> int:
        """Of an attachment that is here and that a record in the caller's scope names.

        Raises Actionable (``digest``, ``attachment_unknown``).
        """
        _require_digest(digest)
        with self._store.reading() as unit:
            held = unit.attachments.holding(digest)
            if not held.complete or not unit.attachments.seen_by(digest, caller.author.audiences()):
                raise Actionable("attachment_unknown", Sentence("Head office has no such attachment for you."))
            return held.received

    def part(self, digest: str, start: int, end: int) -> bytes:
        """Bytes from ``start`` on, before ``end``: as many as stand together; none where they are not here."""
        with self._store.reading() as unit:
            begins, piece = unit.attachments.piece_at(digest, start) or (start, b"")
        return piece[start - begins : end - begins]

    def awaited(self) -> list[Reference]:
        """Records whose attachments are not all here: they stand, but are not complete."""
        with self._store.reading() as unit:
            return unit.attachments.awaited()

    def _verified(
        self, caller: Caller, digest: str, held: Holding, *, certain: bool, discarding: bool
    ) -> AttachmentStatus:
        """Read what is here and see whether it is the attachment, as it must be if it is ``certain`` to be whole."""
        sha = hashlib.sha256()
        offset = 0
        while offset < held.received:
            piece = self.part(digest, offset, held.received)
            if not piece:
                break
            sha.update(piece)
            offset += len(piece)
        matches = sha.hexdigest() == digest
        if not matches and not certain:
            return _status(digest, held)
        with self._store.writing() as unit:
            now = unit.attachments.holding(digest, lock=True)
            if now != held:  # somebody else went on meanwhile
                return _status(digest, now)
            if matches:
                held = replace(held, complete=True)
                unit.attachments.note(digest, held, at=iso(self._clock.now()))
            elif discarding:
                unit.attachments.discard(digest)
        if not matches:
            raise _damaged(caller, digest)
        return _status(digest, held)


def _require_digest(digest: str) -> None:
    if not _DIGEST.fullmatch(digest):
        raise Actionable("digest", Sentence("An attachment is named by its SHA-256 in small hexadecimal digits."))


def _status(digest: str, holding: Holding) -> AttachmentStatus:
    return AttachmentStatus(digest=digest, offset=holding.received, complete=holding.complete)


def _damaged(caller: Caller, digest: str) -> Actionable:
    log.warning("attachment_differs", extra={"digest": digest, "device": caller.device})
    return Actionable("attachment_differs", Sentence("The attachment arrived damaged. It has to be sent again."))
