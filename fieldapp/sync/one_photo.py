"""One photo on its way to or from head office: in pieces, from the byte where the link broke, verified at the end."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from fieldapp.protocol.messages import Limits
from fieldapp.store.attachments import Attachment
from fieldapp.store.database import Store
from fieldapp.store.unit import Unit
from fieldapp.sync.throttle import Throttle
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import TooLarge

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
"""How often one photo is begun in one synchronisation when its bytes turn out to be damaged."""

LEAST_PIECE_BYTES = 16 * 1024
"""Where head office, or what is between, takes no smaller piece either, the photo stays for another day."""


@dataclass(frozen=True, slots=True)
class Way:
    """What a photo travels by. ``go_on`` raises Cancelled; ``reached`` is told each new offset of the photo."""

    store: Store
    head_office: HeadOffice
    throttle: Throttle
    limits: Limits
    go_on: Callable[[], None]
    reached: Callable[[int], None]


def send_photo(way: Way, photo: Attachment) -> bool:
    """Whether head office has all of it now. Raises SyncTrouble; whatever happens the photo stays on the laptop."""
    if photo.size > way.limits.attachment_bytes:
        log.warning("photo_too_large", extra={"digest": photo.digest, "bytes": photo.size})
        return False
    status = way.head_office.attachment_status(photo.digest)
    known = photo.confirmed
    most = way.limits.chunk_bytes
    attempts = 1
    try:
        while not status.complete:
            way.go_on()
            offset = known = min(status.offset, photo.size)
            way.reached(offset)
            with way.store.reading() as view:
                piece = view.attachments.chunk_at(photo.digest, offset, way.throttle.piece_bytes(most))
            if not piece and offset < photo.size:
                return False  # it is not wanted any more
            way.throttle.take(len(piece))
            try:
                status = way.head_office.send_piece(photo.digest, offset, photo.size, piece)
            except TooLarge:
                if most <= LEAST_PIECE_BYTES:
                    raise
                most //= 2
                continue
            if not status.complete and status.offset <= offset:
                attempts += 1
                if attempts > MOST_ATTEMPTS:
                    log.warning("photo_not_taken", extra={"digest": photo.digest})
                    return False
    finally:
        if status.complete or known != photo.confirmed:
            _note(way.store, photo, photo.size if status.complete else known, complete=status.complete)
    way.reached(photo.size)
    return True


def fetch_photo(way: Way, photo: Attachment) -> bool:
    """Whether all of it is here now; False while head office does not have it. Raises SyncTrouble, StorageFault.

    Its digest says when it is whole, not the size that a record tells. Bytes that have another one at their end are
    fetched anew; where they come so again the photo is left alone for a day.
    """
    offset, sha = photo.held, _digested(way, photo)
    differed: set[str] = set()
    while True:
        end = _fetch(way, photo, offset, sha)
        if end is _End.NOT_THERE:
            _note_in_vain(way.store, photo)
        if end is not _End.DIFFERS:
            return end is _End.WHOLE
        log.warning("photo_differs", extra={"digest": photo.digest})
        again = sha.hexdigest() in differed or len(differed) + 1 == MOST_ATTEMPTS
        _begin_anew(way.store, photo, leave_alone=again)
        if again:
            return False
        differed.add(sha.hexdigest())
        offset, sha = 0, hashlib.sha256()


class _End(Enum):
    """What came of fetching a photo: all of it; nothing, head office lacks it; not now; or all, and it is another."""

    WHOLE = auto()
    NOT_THERE = auto()
    LATER = auto()
    DIFFERS = auto()


def _digested(way: Way, photo: Attachment) -> hashlib._Hash:
    """What is known of the bytes that are here already."""
    sha = hashlib.sha256()
    for start in range(0, photo.held, way.limits.chunk_bytes):
        with way.store.reading() as view:
            length = min(way.limits.chunk_bytes, photo.held - start)
            sha.update(view.attachments.chunk_at(photo.digest, start, length))
    return sha


def _fetch(way: Way, photo: Attachment, offset: int, sha: hashlib._Hash) -> _End:
    """Fetch the bytes from ``offset`` on; ``sha`` has seen those before it, and sees these."""
    size = photo.size
    whole = sha.hexdigest() == photo.digest
    if whole:
        way.store.write(lambda unit: _complete(unit, photo, offset))
    while not whole:
        way.go_on()
        way.reached(min(offset, photo.size))
        piece: bytes | None = None
        if offset < size:
            wanted = min(way.throttle.piece_bytes(way.limits.chunk_bytes), size - offset)
            way.throttle.take(wanted)
            piece = way.head_office.fetch_piece(photo.digest, offset, wanted)
        if piece is None:  # there is no more, or head office has none of it now
            status = way.head_office.attachment_status(photo.digest)
            if not status.complete:
                return _End.NOT_THERE
            if offset < status.offset <= size:
                return _End.LATER
            if offset >= status.offset:
                return _End.DIFFERS
            size = status.offset
            continue
        piece = piece[:wanted]
        if not piece:
            return _End.LATER
        sha.update(piece)
        whole = sha.hexdigest() == photo.digest
        if not _keep(way.store, photo, offset, piece, whole=whole):
            return _End.LATER  # it is not wanted any more
        offset += len(piece)
    way.reached(photo.size)
    return _End.WHOLE


def _note(store: Store, photo: Attachment, confirmed: int, *, complete: bool) -> None:
    def note(unit: Unit) -> None:
        unit.attachments.confirm(photo.digest, confirmed, complete=complete)
        unit.tell("exchange")

    store.write(note)


def _keep(store: Store, photo: Attachment, offset: int, piece: bytes, *, whole: bool) -> bool:
    def keep(unit: Unit) -> bool:
        kept = unit.attachments.append(photo.digest, offset, piece)
        if kept and whole:
            _complete(unit, photo, offset + len(piece))
        return kept

    return store.write(keep)


def _begin_anew(store: Store, photo: Attachment, *, leave_alone: bool) -> None:
    at = store.clock.now() if leave_alone else None
    store.write(lambda unit: unit.attachments.begin_anew(photo.digest, differed_at=at))


def _note_in_vain(store: Store, photo: Attachment) -> None:
    store.write(lambda unit: unit.attachments.asked_in_vain(photo.digest, store.clock.now()))


def _complete(unit: Unit, photo: Attachment, size: int) -> None:
    unit.attachments.complete(photo.digest, size)
    unit.tell("exchange")
