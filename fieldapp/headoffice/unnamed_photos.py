"""Photos that no record names: what came for nothing, or never came whole, does not stand at head office for ever."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from fieldapp.domain.errors import Actionable
from fieldapp.headoffice.arrivals import Unreadable, arrival_of, photo_digests
from fieldapp.headoffice.instants import iso
from fieldapp.headoffice.parcels import opened
from fieldapp.headoffice.storage.store import Store

log = logging.getLogger(__name__)

_AT_ONCE = 10
"""Photos that one transaction removes: some megabytes each."""


@dataclass(frozen=True, slots=True)
class Removed:
    """How many photos were removed, and their bytes."""

    photos: int
    photo_bytes: int


def remove_unnamed(store: Store, before: datetime) -> Removed:
    """Remove the photos, whole or begun, that no record names and to which nothing was added since ``before`` (UTC).

    One that a change names which was handed in stays. A laptop whose change names it and comes later is told that the
    photo is missing, and sends it again. Raises Busy; what was removed before stays so.
    """
    at = iso(before)
    with store.reading() as unit:
        found = unit.attachments.unnamed(at, unit.records.streams())
    if found:
        kept = _named_in_hand_ins(store)
        found = [digest for digest in found if digest not in kept]
    photos = photo_bytes = 0
    for first in range(0, len(found), _AT_ONCE):
        with store.writing() as unit:
            streams = unit.records.streams()
            unit.records.heads(streams, lock=True)  # nobody names one at this moment
            sizes = [
                size
                for digest in found[first : first + _AT_ONCE]
                if (size := unit.attachments.remove_unnamed(digest, at, streams)) is not None
            ]
        photos += len(sizes)
        photo_bytes += sum(sizes)
        store.give_way()
    log.info("photos_removed", extra={"photos": photos, "bytes": photo_bytes})
    return Removed(photos, photo_bytes)


def _named_in_hand_ins(store: Store) -> set[str]:
    """The photos that changes name which laptops that were shut out handed in: they may be let in at any time."""
    named: set[str] = set()
    with store.reading() as unit:
        for row in unit.parcels.hand_ins(unit.records.streams()):
            try:
                for parcel in opened(unit, row):
                    for body in (*parcel.changes, *parcel.refused):
                        named.update(_photos_in(body))
            except Actionable:  # nobody can let it in either
                log.warning("hand_in_unreadable", extra={"hand_in": row.hand_in})
    return named


def _photos_in(body: bytes) -> list[str]:
    try:
        change = arrival_of(body).change
    except Unreadable:
        return []
    return [*photo_digests(change), *change.digests] if change is not None else []
