"""Handing in what was not sent, when head office withdrew the laptop's access (SYNC 42)."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from fieldapp.protocol.messages import MAX_CHANGES
from fieldapp.protocol.parcel import Parcel, PhotoPiece, Unfinished, seal
from fieldapp.protocol.together import portions
from fieldapp.store.database import Store
from fieldapp.store.handed_in import ToHandIn
from fieldapp.store.state import HandIn
from fieldapp.store.unit import Unit
from fieldapp.store.view import View
from fieldapp.sync.alone import Occupied, alone
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import AnotherSync, Cancelled, NotHeadOffice, RequestRefused

log = logging.getLogger(__name__)

STATE = "hand_in"
MOST_CHANGES_BYTES = 512 * 1024
PIECE_BYTES = 512 * 1024
"""Sealed, with what is around them, either stays under a parcel's limit; one change alone may be no larger."""

MOST_DRAFTS_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class _Part:
    """A parcel to be sent with these ``changes``, and how far the laptop has come with it."""

    parcel: Parcel
    after: HandIn
    changes: tuple[str, ...] = ()
    last: bool = False


def hand_in(
    store: Store,
    head_office: HeadOffice,
    *,
    progress: Callable[[int, int], None] = lambda *_: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> HandIn:
    """Seal and send every unsent and refused change, every photo and unfinished form; what head office then holds.

    What it took once and forgot in a restore is unsent again, with what proves it. It goes on where it was cut. Raises
    SyncTrouble; nothing that was typed is touched.
    """
    begun_anew = False
    try:
        with alone(str(store.path) + ".sync"):
            key = _key_to_seal_to(store, head_office)
            while True:
                try:
                    done = _hand_in(store, head_office, key, progress, cancelled)
                except RequestRefused as refused:
                    if refused.code != _ADMITTED or begun_anew:
                        raise
                    begun_anew = True  # a person let it in before the laptop knew that it was whole
                    store.write(_begin_anew)
                    continue
                with store.reading() as view:
                    if view.handed_in.is_all():  # nothing was saved or corrected in the meantime
                        return done
    except Occupied as error:
        raise AnotherSync from error


_ADMITTED = "admitted"


def _key_to_seal_to(store: Store, head_office: HeadOffice) -> str:
    """The key, as it was told at enrolment if it was; what head office forgot is to be handed in from now on."""
    with store.reading() as view:
        enrolment, marks = view.state.enrolment(), view.state.marks()
    if enrolment.parcel_key and not marks:
        return enrolment.parcel_key
    told = head_office.parcel_key(marks)
    if told.fork:
        log.warning("head_office_restored", extra={"streams": told.fork})
        store.write(_start_over)
    return enrolment.parcel_key or told.key


def _start_over(unit: Unit) -> None:
    """What was sent and is kept is unsent again; what was handed in may be forgotten too, and is so once more.

    Photos of which a backup is known stay: all of them might be more than head office keeps of one laptop.
    """
    unit.images.start_over(every_photo=False)
    unit.handed_in.forget()
    unit.state.unset(STATE)
    unit.tell("exchange")
    unit.tell("outbox")


def _begin_anew(unit: Unit) -> None:
    """What is left goes by itself; photos that are whole there stay there."""
    so_far = unit.state.get(STATE, HandIn)
    unit.state.set(STATE, HandIn(id=uuid.uuid4().hex, photos=so_far.photos if so_far is not None else ()))


def _hand_in(
    store: Store, head_office: HeadOffice, key: str, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
) -> HandIn:
    with store.reading() as view:
        enrolment = view.state.enrolment()
        so_far = view.state.get(STATE, HandIn)
        changes, photos = view.outbox.count(), len(view.attachments.waiting("to_send"))
        unsent = not view.handed_in.is_all()
    if so_far is None or (so_far.done and unsent):
        so_far = HandIn(id=uuid.uuid4().hex, photos=so_far.photos if so_far is not None else ())
    elif so_far.done:
        return so_far
    total = changes + photos
    for part in _parts(store, enrolment.device, so_far):
        if cancelled():
            raise Cancelled
        try:
            sealed = seal(part.parcel, key)
        except ValueError as error:  # the key is none
            raise NotHeadOffice from error
        head_office.send_parcel(so_far.id, part.after.parcels - 1, sealed, last=part.last)
        _note(store, part)
        so_far = part.after
        progress(min(total, part.after.parcels), max(total, part.after.parcels))
    log.info("handed_in", extra={"parcels": so_far.parcels})
    return so_far


def _parts(store: Store, device: str, so_far: HandIn) -> Iterator[_Part]:
    """Changes in their order, photos and what was refused; what was not finished when nothing else is left."""
    while True:
        for part in _of_changes(store, device, so_far):
            so_far = part.after
            yield part
        for piece, so_far in _photo_pieces(store, so_far):  # noqa: B020 - each follows from the one before
            yield _Part(Parcel(device=device, photos=[piece]), so_far)
        with store.reading() as view:
            if view.handed_in.is_all():
                drafts = _drafts(view)
                break
    yield _Part(Parcel(device=device, drafts=drafts), _next(so_far, done=True), last=True)


def _of_changes(store: Store, device: str, so_far: HandIn) -> Iterator[_Part]:
    """What is queued and what is refused now; what is corrected meanwhile is found the next time."""
    with store.reading() as view:
        queued, refused = view.handed_in.queued(), view.handed_in.refused()
    for row, are_refused in ((queued, False), (refused, True)):
        for portion in _portions(row):
            with store.reading() as view:
                bodies = view.handed_in.bodies(portion)
                proofs = view.proofs.of(bodies)
            if not bodies:
                continue  # they are settled, or say something else by now
            so_far = _next(so_far)
            said = list(bodies.values())
            if are_refused:
                parcel = Parcel(device=device, refused=said)
            else:
                parcel = Parcel(device=device, changes=said, proofs=proofs)
            yield _Part(parcel, so_far, tuple(bodies))


def _portions(row: list[ToHandIn]) -> Iterator[list[ToHandIn]]:
    return portions(
        row,
        group=lambda one: one.group,
        size=lambda one: one.size,
        most=MAX_CHANGES,
        most_of_group=MAX_CHANGES,
        most_bytes=MOST_CHANGES_BYTES,
    )


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


def _note(store: Store, part: _Part) -> None:
    def note(unit: Unit) -> None:
        unit.handed_in.note(part.changes)
        unit.state.set(STATE, part.after)

    store.write(note)
