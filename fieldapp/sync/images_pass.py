"""One pass over the images: what was once told goes back to a head office that forgot it (SYNC 35)."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from functools import partial

import msgspec

from fieldapp.protocol.messages import MAX_BODY_BYTES, MAX_RESCUES, REQUEST_OVERHEAD_BYTES, Rescue
from fieldapp.store.database import Store
from fieldapp.store.images import Image
from fieldapp.store.unit import Unit

log = logging.getLogger(__name__)

_CHARACTERS = (MAX_BODY_BYTES - REQUEST_OVERHEAD_BYTES) // 4


class ImagesPass:
    """Each image is offered once; one that is not taken, or that no request can carry, is kept for the next time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._left: list[str] = store.write(_to_offer)
        self._most = MAX_RESCUES

    def portion(self) -> list[Image]:
        """What is to be offered next; empty at the end."""
        with self._store.reading() as view:
            while self._left:
                found = view.images.some(self._left[: self._most], _CHARACTERS)
                if found:
                    return found
                del self._left[: self._most]
        return []

    def halve(self, portion: Sequence[Image]) -> None:
        """Head office takes no request as large as that of ``portion``: offer less, or one image not at all."""
        if len(portion) > 1:
            self._most = len(portion) // 2
            return
        log.warning("image_too_large", extra={"record": portion[0].record})
        self._pass_by(portion)

    def answered(self, portion: Sequence[Image], untaken: Collection[str]) -> int:
        """Drop what head office took, or has; how many those are. It keeps none that it does not name."""
        kept = {image.record for image in portion}.intersection(untaken)
        if kept:
            log.warning("images_not_taken", extra={"records": sorted(kept)})
        dropped = [image.record for image in portion if image.record not in kept]
        self._store.write(partial(_drop, dropped))
        self._pass_by(portion)
        self._most = min(MAX_RESCUES, self._most * 2)
        return len(dropped)

    def _pass_by(self, portion: Sequence[Image]) -> None:
        last = self._left.index(portion[-1].record)
        del self._left[: last + 1]


def rescue_of(image: Image) -> Rescue:
    """The image as it is offered."""
    told = msgspec.Raw(image.told.encode())
    return Rescue(kind=image.kind, record=image.record, parent=image.parent, encoded=told)


def _to_offer(unit: Unit) -> list[str]:
    unit.images.drop_known()
    return unit.images.in_order()


def _drop(records: list[str], unit: Unit) -> None:
    unit.images.drop(records)
