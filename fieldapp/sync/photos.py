"""Photos to and from head office: in pieces, going on at the byte where the link broke, verified at the end."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from fieldapp.protocol.messages import AttachmentStatus
from fieldapp.store.attachments import Attachment
from fieldapp.store.database import Store
from fieldapp.store.unit import Unit
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import RequestRefused, TooLarge

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
"""How often one photo is begun anew in one synchronisation when head office finds its bytes damaged."""


class Counts(Protocol):
    """What is counted of photos."""

    photos_sent: int
    photos_received: int


def send_photos(
    store: Store,
    head_office: HeadOffice,
    counts: Counts,
    progress: Callable[..., None],
    stop_if_cancelled: Callable[[], None],
) -> None:
    """Send what head office does not hold yet; one that it will not take stays and does not stop the others."""
    with store.reading() as view:
        waiting = view.attachments.waiting("to_send")
        piece_bytes = view.state.limits().chunk_bytes
    total = sum(photo.size for photo in waiting)
    before = 0
    for photo in waiting:

        def told(done: int, start: int = before) -> None:
            progress("photos_up", start + done, total)

        if _send(store, head_office, photo, piece_bytes, told, stop_if_cancelled):
            counts.photos_sent += 1
        before += photo.size


def fetch_photos(
    store: Store,
    head_office: HeadOffice,
    counts: Counts,
    progress: Callable[..., None],
    stop_if_cancelled: Callable[[], None],
) -> None:
    """Fetch the photos that records on this laptop name; one that head office does not have yet is left for later."""
    with store.reading() as view:
        waiting = view.attachments.waiting("to_fetch")
        piece_bytes = view.state.limits().chunk_bytes
    total = sum(photo.size for photo in waiting)
    done = 0
    for photo in waiting:
        offset = photo.held
        while offset < photo.size:
            stop_if_cancelled()
            progress("photos_down", done + offset, total)
            piece = head_office.fetch_piece(photo.digest, offset, piece_bytes)
            if not piece:
                break
            offset += len(piece)
            if _received(store, photo.digest, piece):
                counts.photos_received += 1
        done += photo.size


def _send(
    store: Store,
    head_office: HeadOffice,
    photo: Attachment,
    piece_bytes: int,
    told: Callable[[int], None],
    stop_if_cancelled: Callable[[], None],
) -> bool:
    attempts = 1
    try:
        status = head_office.attachment_status(photo.digest)
    except RequestRefused as refused:
        log.warning("photo_refused", extra={"digest": photo.digest, "code": refused.code})
        return False
    while not status.complete:
        stop_if_cancelled()
        told(status.offset)
        if status.offset >= photo.size:
            return False
        with store.reading() as view:
            piece = view.attachments.chunk_at(photo.digest, status.offset, piece_bytes)
        offset = status.offset
        try:
            status = head_office.send_piece(photo.digest, offset, photo.size, piece)
        except (RequestRefused, TooLarge) as refused:
            log.warning("photo_refused", extra={"digest": photo.digest, "code": refused.code})
            return False
        if not status.complete and status.offset <= offset:
            attempts += 1
            if attempts > MOST_ATTEMPTS:
                return False
    _confirmed(store, status, photo.size)
    return True


def _confirmed(store: Store, status: AttachmentStatus, size: int) -> None:
    def confirm(unit: Unit) -> None:
        unit.attachments.confirm(status.digest, size, complete=True)
        unit.tell("exchange")

    store.write(confirm)


def _received(store: Store, digest: str, piece: bytes) -> bool:
    def receive(unit: Unit) -> bool:
        unit.tell("exchange")
        return unit.attachments.receive(digest, piece)

    return store.write(receive)
