"""What a synchronisation did, how far it is, and how it ended: for the screens, and kept for the next look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from fieldapp.store.database import Store
from fieldapp.store.state import LastExchange
from fieldapp.store.unit import Unit
from fieldapp.sync.apply import Applied
from fieldapp.sync.troubles import SyncTrouble


class Stage(StrEnum):
    """What the progress counts."""

    CHANGES = "changes"
    RECORDS = "records"
    PHOTOS_UP = "photos_up"
    PHOTOS_DOWN = "photos_down"


class Progress(Protocol):
    """Told the stage, how much is done, how much there is in all (None when only head office knows).

    Photos are counted in bytes, all else in records or changes; ``received`` are then the bytes that came so far.
    """

    def __call__(self, stage: Stage, done: int, total: int | None, received: int = 0, /) -> None:
        """Never called back; an exception ends the exchange."""


@dataclass(slots=True)
class Summary:
    """What a synchronisation did; ``rounds`` counts the requests that carried changes or records.

    ``restored`` tells that head office had been restored from an older copy; ``rescued`` then counts the records that
    were offered to it again beside what was sent. ``uncompared``: everything was read anew and stands; whether both
    ends hold the same is asked by the next synchronisation, which is to follow soon.
    """

    accepted: int = 0
    conflicts: int = 0
    refused: int = 0
    waiting: int = 0
    received: int = 0
    gone: int = 0
    photos_sent: int = 0
    photos_received: int = 0
    rounds: int = 0
    rescued: int = 0
    restored: bool = False
    skew_s: int = 0
    unsent: int = 0
    uncompared: bool = False

    def add(self, applied: Applied) -> None:
        """Count what one reply brought."""
        outcomes = applied.outcomes
        self.accepted += outcomes["accepted"] + outcomes["merged"]
        self.conflicts += outcomes["conflict"]
        self.refused += outcomes["refused"]
        self.received += applied.received
        self.gone += applied.gone
        self.rounds += 1

    def include(self, later: Summary) -> None:
        """Count what was done in the meantime by another exchange of records."""
        for name in ("accepted", "conflicts", "refused", "received", "gone", "rounds", "rescued"):
            setattr(self, name, getattr(self, name) + getattr(later, name))
        self.restored = self.restored or later.restored
        self.waiting, self.skew_s, self.unsent = later.waiting, later.skew_s, later.unsent
        self.uncompared = later.uncompared

    @property
    def moved(self) -> bool:
        """Whether anything travelled."""
        return any((self.accepted, self.conflicts, self.refused, self.received, self.gone, self.photos_sent))


def note_end(store: Store, summary: Summary, trouble: SyncTrouble | None) -> None:
    """Keep how it ended. A quiet success is noted at most once a minute, so that it costs no write to the disk."""
    with store.reading() as view:
        last = view.state.get("last_exchange", LastExchange)
    if is_worth_noting(summary, trouble) or not recently_well(last, store.clock.now()):
        store.write(lambda unit: note(unit, summary, trouble))


def is_worth_noting(summary: Summary, trouble: SyncTrouble | None = None) -> bool:
    """Whether anything happened that a screen would tell."""
    return summary.moved or summary.restored or trouble is not None


def note(unit: Unit, summary: Summary, trouble: SyncTrouble | None = None) -> None:
    """The same within a unit, with the last of what the exchange wrote."""
    now = unit.clock.now()
    last = unit.state.get("last_exchange", LastExchange)
    if not is_worth_noting(summary, trouble) and recently_well(last, now):
        return
    confirmed_at = last.at if last is not None else None
    restored_before = last.restored_at if last is not None else None
    ended = LastExchange(
        at=now.isoformat(timespec="seconds") if trouble is None else confirmed_at,
        accepted=summary.accepted,
        conflicts=summary.conflicts,
        refused=summary.refused,
        received=summary.received,
        skew_s=summary.skew_s,
        trouble=trouble.code if trouble is not None else None,
        restored_at=now.isoformat(timespec="seconds") if summary.restored else restored_before,
    )
    unit.state.set("last_exchange", ended)
    unit.tell("exchange")


def recently_well(last: LastExchange | None, now: datetime) -> bool:
    """Whether the last exchange went well within the minute before ``now`` (UTC)."""
    if last is None or last.trouble is not None or last.at is None:
        return False
    return 0 <= (now - datetime.fromisoformat(last.at)).total_seconds() < 60
