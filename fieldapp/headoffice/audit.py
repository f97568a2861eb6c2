"""Verifying the journals: every entry against the one before, the last against the stream's head (DOMAIN E8)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from fieldapp.headoffice.chain import GENESIS
from fieldapp.headoffice.storage.extracts import streams
from fieldapp.headoffice.storage.store import Store, Unit


@dataclass(frozen=True, slots=True)
class StreamAudit:
    """A stream's journal: how many entries hold, the hash they end in, and the first number that does not."""

    stream: str
    entries: int
    hash: str
    broken_at: int | None = None

    @property
    def sound(self) -> bool:
        """Whether the whole journal holds."""
        return self.broken_at is None


def audit(store: Store) -> Iterator[StreamAudit]:
    """Each stream in turn, by name; a sub-branch whose stream is missing is broken from its first entry."""
    with store.reading() as unit:
        named = streams(unit.connection)
    for stream in named:
        with store.reading() as unit:
            yield audit_of(unit, stream) or StreamAudit(stream, 0, GENESIS, broken_at=1)


def audit_of(unit: Unit, stream: str) -> StreamAudit | None:
    """One stream, read entry by entry; None when there is no such stream."""
    head = unit.records.heads([stream]).get(stream)
    if head is None:
        return None
    previous, count = GENESIS, 0
    with closing(unit.records.journal.entries(stream)) as entries:
        for entry in entries:
            if entry.seq != count + 1 or not entry.follows(previous):
                return StreamAudit(stream, count, previous, broken_at=count + 1)
            previous, count = entry.hash, entry.seq
    broken = (count, previous) != (head.seq, head.hash)
    return StreamAudit(stream, count, previous, broken_at=count + 1 if broken else None)
