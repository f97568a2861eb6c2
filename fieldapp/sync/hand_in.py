"""Handing in what was not sent, when head office withdrew the laptop's access (SYNC 42)."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from fieldapp.protocol.messages import MAX_CHANGES
from fieldapp.protocol.parcel import Parcel, PhotoPiece, Unfinished, seal
from fieldapp.store.database import Store
from fieldapp.store.state import HandIn
from fieldapp.store.view import View
from fieldapp.sync.alone import Occupied, alone
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import AnotherSync, Cancelled, NotHeadOffice

log = logging.getLogger(__name__)

STATE = "hand_in"
MOST_CHANGES_BYTES = 512 * 1024
PIECE_BYTES = 512 * 1024
"""Sealed, with what is around them, either stays under a parcel's limit; one change alone may be no larger."""

MOST_DRAFTS_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class _Part:
    """A parcel to be sent, and how far the laptop has come with it."""

    parcel: Parcel
    after: HandIn
    last: bool = False


def hand_in(
    store: Store,
    head_office: HeadOffice,
    *,
    progress: Callable[[int, int], None] = lambda *_: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> HandIn:
    """Seal and send every unsent and refused change, every photo and unfinished form; what head office then holds.

    It goes on where it was cut. Raises SyncTrouble; nothing on the laptop is touched.
    """
    try:
        with alone(str(store.path) + ".sync"):
            while True:
                done = _hand_in(store, head_office, progress, cancelled)
                with store.reading() as view:
                    if not view.outbox.batch(done.through, 1, 1):  # nothing was saved in the meantime
                        return done
    except Occupied as error:
        raise AnotherSync from error


def _hand_in(
    store: Store, head_office: HeadOffice, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
) -> HandIn:
    with store.reading() as view:
        enrolment = view.state.enrolment()
        so_far = view.state.get(STATE, HandIn)
        changes, photos = view.outbox.count(), len(view.attachments.waiting("to_send"))
        unsent = bool(view.outbox.batch(so_far.through, 1, 1)) if so_far is not None else True
    if so_far is None or (so_far.done and unsent):
        before = so_far or HandIn(id="")
        so_far = HandIn(id=uuid.uuid4().hex, through=before.through, photos=before.photos)
    elif so_far.done:
        return so_far
    key = enrolment.parcel_key or head_office.parcel_key()
    total = changes + photos
    for part in _parts(store, enrolment.device, so_far):
        if cancelled():
            raise Cancelled
        try:
            sealed = seal(part.parcel, key)
        except ValueError as error:  # the key is none
            raise NotHeadOffice from error
        head_office.send_parcel(so_far.id, part.after.parcels - 1, sealed, last=part.last)
        _note(store, part.after)
        so_far = part.after
        progress(min(total, part.after.parcels), max(total, part.after.parcels))
    log.info("handed_in", extra={"parcels": so_far.parcels})
    return so_far


def _parts(store: Store, device: str, so_far: HandIn) -> Iterator[_Part]:
    """Changes in their order, photos, and at the end what was refused or not finished."""
    while True:
        with store.reading() as view:
            queued = view.outbox.batch(so_far.through, MAX_CHANGES, MOST_CHANGES_BYTES)
        if not queued:
            break
        so_far = _next(so_far, through=queued[-1].n)
        yield _Part(Parcel(device=device, changes=[one.body for one in queued]), so_far)
    for piece, so_far in _photo_pieces(store, so_far):  # noqa: B020 - each follows from the one before
        yield _Part(Parcel(device=device, photos=[piece]), so_far)
    with store.reading() as view:
        rest = Parcel(device=device, refused=[one.body for one in view.outbox.refused()], drafts=_drafts(view))
    yield _Part(rest, _next(so_far, done=True), last=True)


def _photo_pieces(store: Store, so_far: HandIn) -> Iterator[tuple[PhotoPiece, HandIn]]:
    with store.reading() as view:
        waiting = [photo for photo in view.attachments.waiting("to_send") if photo.digest not in so_far.photos]
    for photo in waiting:
        offset = so_far.piece_to if so_far.piece_of == photo.digest else 0
        while offset < photo.size:
            with store.reading() as view:
                content = view.attachments.chunk_at(photo.digest, offset, PIECE_BYTES)
            if not content:
                break  # the bytes are not here: nothing of it can be handed in
            piece = PhotoPiece(digest=photo.digest, offset=offset, length=photo.size, content=content)
            offset += len(content)
            if offset < photo.size:
                so_far = _next(so_far, piece_of=photo.digest, piece_to=offset)
            else:
                so_far = _next(so_far, photos=(*so_far.photos, photo.digest), piece_of="", piece_to=0)
            yield piece, so_far


def _drafts(view: View) -> list[Unfinished]:
    """The newest unfinished forms that fit."""
    found, size = [], 0
    for draft in view.drafts.newest():
        size += len(msgspec.json.encode(draft.body))
        if size > MOST_DRAFTS_BYTES:
            break
        found.append(Unfinished(form=draft.form, subject=draft.subject, saved_at=draft.saved_at, body=draft.body))
    return found


def _next(so_far: HandIn, **moved: object) -> HandIn:
    return msgspec.structs.replace(so_far, parcels=so_far.parcels + 1, **moved)


def _note(store: Store, so_far: HandIn) -> None:
    store.write(lambda unit: unit.state.set(STATE, so_far))
