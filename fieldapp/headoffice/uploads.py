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
from fieldapp.headoffice.storage.attachments import Holding, Reference, own_copy
from fieldapp.headoffice.storage.store import Store, Unit
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

    def status(self, caller: Caller, digest: str) -> AttachmentStatus:
        """How much is here for ``caller`` to go on from; nothing of one never heard of.

        Raises Actionable (``digest``).
        """
        _require_digest(digest)
        with self._store.reading() as unit:
            held = unit.attachments.holding(digest)
            if not held.complete:
                _name, held = _copy_of(unit, caller, digest, held)
            return _status(digest, held)

    def append(self, caller: Caller, digest: str, offset: int, piece: bytes, length: int | None) -> AttachmentStatus:
        """Add the bytes from ``offset`` on; ``length`` is the whole attachment's size where the sender tells it.

        An empty piece at the end asks to verify what is here. Without a length the attachment is whole as soon as its
        bytes have the digest. Laptops add to one copy; what is whole and is not the attachment, or more than it, is
        discarded on the word of the laptop that began it. From whoever else says so no byte is kept, and none is
        discarded: for one of the two is wrong. Who was told so sends all of it again, to a copy of their own, which no
        other laptop touches. Raises OffsetDiffers, and Actionable (``digest``, ``attachment_differs``,
        ``attachment_too_large``).
        """
        _require_digest(digest)
        received = offset + len(piece)
        length_told = received if length is None else length
        if not received <= length_told <= LIMITS.attachment_bytes:
            raise Actionable("attachment_too_large", Sentence("This attachment is larger than head office takes."))
        whole = length is None or received == length
        with self._store.writing() as unit:
            held = unit.attachments.holding(digest, lock=True)
            if held.complete:
                return _status(digest, held)
            name, held = _copy_of(unit, caller, digest, held)
            begun_here = held.device in ("", caller.device)
            anew = length is not None and held.received >= length and offset == 0 and bool(piece)
            if anew and not begun_here:
                name, held, anew = own_copy(digest, caller.device), Holding(), False
            superfluous = length is not None and held.received > length and not anew
            if held.received != offset and not anew and not superfluous:
                raise OffsetDiffers(_status(digest, held))
            running = self._running.take(name, offset)
            if running is not None:
                running = running.with_more(piece)
                if offset and running.begun != held.begun:
                    running = None  # it was begun anew by way of another process
            matches = whole and running is not None and running.digest() == digest
            differs = superfluous or (length is not None and whole and running is not None and not matches)
            if differs:
                self._begin_copy(unit, caller, digest, name, discarding=begun_here)
            else:
                if anew:
                    unit.attachments.discard(name)
                if piece:
                    unit.attachments.append(name, offset, piece)
                begun, device = (held.begun, held.device) if offset else (secrets.token_hex(8), caller.device)
                held = Holding(received, matches, begun, device)
                self._note(unit, digest, name, held)
        if differs:
            raise _damaged(caller, digest)
        if running is not None and not matches:
            self._running.keep(name, replace(running, begun=held.begun))
        if whole and running is None:
            return self._verified(caller, digest, name, held, offset, certain=length is not None)
        return _status(digest, held)

    def _note(self, unit: Unit, digest: str, name: str, held: Holding) -> None:
        """What is here now of the copy ``name``, which may be all there is to have."""
        if held.complete:
            unit.attachments.take_for_whole(digest, name)
        unit.attachments.note(digest if held.complete else name, held, at=iso(self._clock.now()))

    def _begin_copy(self, unit: Unit, caller: Caller, digest: str, name: str, *, discarding: bool) -> None:
        """What ``caller`` sends from now on goes to a copy of their own; ``discarding`` what they began so far."""
        if discarding:
            unit.attachments.discard(name)
        nothing = Holding(begun=secrets.token_hex(8), device=caller.device)
        unit.attachments.note(own_copy(digest, caller.device), nothing, at=iso(self._clock.now()))

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
        self, caller: Caller, digest: str, name: str, held: Holding, offset: int, *, certain: bool
    ) -> AttachmentStatus:
        """Read what is here and see whether it is the attachment, as it must be if it is ``certain`` to be whole.

        The last piece began at ``offset``.
        """
        matches = self._digest_of(name, held.received) == digest
        if not matches and not certain:
            return _status(digest, held)
        with self._store.writing() as unit:
            whole = unit.attachments.holding(digest, lock=True)
            now = whole if name == digest or whole.complete else unit.attachments.holding(name)
            if now != held:  # somebody else went on meanwhile
                return _status(digest, now)
            if matches:
                held = replace(held, complete=True)
                self._note(unit, digest, name, held)
            else:
                begun_here = held.device in ("", caller.device)
                if not begun_here:
                    unit.attachments.cut(name, offset)
                    self._note(unit, digest, name, replace(held, received=offset))
                self._begin_copy(unit, caller, digest, name, discarding=begun_here)
        if not matches:
            raise _damaged(caller, digest)
        return _status(digest, held)

    def _digest_of(self, name: str, length: int) -> str:
        sha = hashlib.sha256()
        offset = 0
        while offset < length:
            piece = self.part(name, offset, length)
            if not piece:
                break
            sha.update(piece)
            offset += len(piece)
        return sha.hexdigest()


def _copy_of(unit: Unit, caller: Caller, digest: str, shared: Holding) -> tuple[str, Holding]:
    """The copy that ``caller`` adds to, and what is there of it: one of their own, or ``shared`` with all."""
    name = own_copy(digest, caller.device)
    own = unit.attachments.holding(name)
    return (name, own) if own.device else (digest, shared)


def _require_digest(digest: str) -> None:
    if not _DIGEST.fullmatch(digest):
        raise Actionable("digest", Sentence("An attachment is named by its SHA-256 in small hexadecimal digits."))


def _status(digest: str, holding: Holding) -> AttachmentStatus:
    return AttachmentStatus(digest=digest, offset=holding.received, complete=holding.complete)


def _damaged(caller: Caller, digest: str) -> Actionable:
    log.warning("attachment_differs", extra={"digest": digest, "device": caller.device})
    return Actionable("attachment_differs", Sentence("The attachment arrived damaged. It has to be sent again."))
