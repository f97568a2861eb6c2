"""Forgetting which records left whom long ago: a laptop that has not asked since then reads its streams anew (SYNC 32).

Journal, receipts and what tells where a moved record went stay for good.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from fieldapp.headoffice.instants import iso
from fieldapp.headoffice.storage.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Purged:
    """Of one stream: the number up to which departures are forgotten, and how many were."""

    stream: str
    floor: int
    departures: int


def purge(store: Store, before: datetime) -> list[Purged]:
    """Forget the departures that all lie ``before`` (UTC) in their stream, one stream after the other.

    Raises Busy; the streams that were done stay done.
    """
    with store.reading() as unit:
        wanted = {stream: unit.records.journal.last_before(stream, iso(before)) for stream in unit.records.streams()}
    done = []
    for stream, floor in sorted(wanted.items()):
        with store.writing() as unit:
            head = unit.records.heads([stream], lock=True)[stream]
            if floor > head.floor:
                done.append(Purged(stream, floor, unit.records.raise_floor(stream, floor)))
    log.info("purged", extra={"departures": sum(one.departures for one in done), "streams": len(done)})
    return done
