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


_AT_ONCE = 5_000
"""Departures that one transaction forgets."""


@dataclass(frozen=True, slots=True)
class Purged:
    """Of one stream: the number up to which departures are forgotten, and how many were."""

    stream: str
    floor: int
    departures: int


def purge(store: Store, before: datetime) -> list[Purged]:
    """Forget the departures that all lie ``before`` (UTC) in their stream, some at a time: others write in between.

    Raises Busy. What was forgotten before stays so; asked again it goes on with the rest.
    """
    with store.reading() as unit:
        wanted = {stream: unit.records.journal.last_before(stream, iso(before)) for stream in unit.records.streams()}
    done = []
    for stream, floor in sorted(wanted.items()):
        with store.writing() as unit:
            head = unit.records.heads([stream], lock=True)[stream]
            raised = floor > head.floor
            if raised:  # before any is forgotten: who is behind it reads anew
                unit.records.raise_floor(stream, floor)
            audiences = unit.records.audiences_left(stream)
        forgotten = sum(_forget(store, stream, audience, max(floor, head.floor)) for audience in audiences)
        if raised or forgotten:
            done.append(Purged(stream, max(floor, head.floor), forgotten))
    log.info("purged", extra={"departures": sum(one.departures for one in done), "streams": len(done)})
    return done


def _forget(store: Store, stream: str, audience: str, until: int) -> int:
    """Forget an audience's departures numbered up to ``until``; how many there were."""
    forgotten = 0
    while True:
        with store.writing() as unit:
            unit.records.heads([stream], lock=True)
            some = unit.records.forget_departures(stream, audience, until, _AT_ONCE)
        forgotten += some
        if some < _AT_ONCE:
            return forgotten
        store.give_way()
