"""One synchronisation from start to end: changes up, records down, photos both ways. Safe to stop at any point."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec
from filelock import FileLock, Timeout

from fieldapp.protocol.messages import MAX_BODY_BYTES, MAX_CHANGES, PROTOCOL, Rev, SyncReply, SyncRequest
from fieldapp.store.database import Store
from fieldapp.store.outbox import Queued
from fieldapp.store.records import StoredRecord
from fieldapp.store.state import LastExchange
from fieldapp.store.unit import Unit
from fieldapp.sync.apply import Applied, apply_reply
from fieldapp.sync.photos import fetch_photos, send_photos
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import AnotherSync, Cancelled, HeadOfficeForgot, SyncTrouble, TooLarge

log = logging.getLogger(__name__)

PAGE = 2_000
"""Records asked for at once."""

REQUEST_OVERHEAD_BYTES = 64 * 1024
"""Room in a request for what is not changes."""


class Stage(StrEnum):
    """What the progress counts."""

    CHANGES = "changes"
    RECORDS = "records"
    PHOTOS_UP = "photos_up"
    PHOTOS_DOWN = "photos_down"


Progress = Callable[[Stage, int, int | None], None]
"""Called with the stage, how much is done and how much there is in all (None when only head office knows)."""


@dataclass(slots=True)
class Summary:
    """What a synchronisation did; ``rounds`` counts the requests that carried changes or records."""

    accepted: int = 0
    conflicts: int = 0
    refused: int = 0
    waiting: int = 0
    received: int = 0
    gone: int = 0
    photos_sent: int = 0
    photos_received: int = 0
    rounds: int = 0
    skew_s: int = 0
    unsent: int = 0

    def add(self, applied: Applied) -> None:
        """Count what one reply brought."""
        outcomes = applied.outcomes
        self.accepted += outcomes["accepted"] + outcomes["merged"]
        self.conflicts += outcomes["conflict"]
        self.refused += outcomes["refused"]
        self.received += applied.received
        self.gone += applied.gone
        self.rounds += 1

    @property
    def moved(self) -> bool:
        """Whether anything travelled."""
        return any((self.accepted, self.conflicts, self.refused, self.received, self.gone, self.photos_sent))


def synchronise(
    store: Store,
    head_office: HeadOffice,
    *,
    progress: Progress = lambda *_: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Summary:
    """Exchange everything with head office.

    Raises SyncTrouble (among them Cancelled and AnotherSync) when it could not finish: what was receipted until then
    is kept, everything else is still in the outbox. How it ended is noted for the screens either way.
    """
    summary = Summary()
    lock = FileLock(str(store.path) + ".sync")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise AnotherSync from error
    try:
        _Conversation(store, head_office, summary, progress, cancelled).run()
    except SyncTrouble as trouble:
        log.info("sync_stopped", extra={"code": trouble.code})
        _note_end(store, summary, trouble)
        raise
    finally:
        lock.release()
    _note_end(store, summary, None)
    return summary


@dataclass(slots=True)
class _Batch:
    queued: list[Queued]
    request: SyncRequest


class _Conversation:
    def __init__(
        self,
        store: Store,
        head_office: HeadOffice,
        summary: Summary,
        progress: Progress,
        cancelled: Callable[[], bool],
    ) -> None:
        self._store = store
        self._head_office = head_office
        self._summary = summary
        self._progress = progress
        self._cancelled = cancelled
        self._most_changes = MAX_CHANGES
        self._passed = 0  # changes up to this number had their answer in this pass over the outbox
        self._reissued = False

    def run(self) -> None:
        with self._store.reading() as view:
            total = view.outbox.count()
        if total:
            self._progress(Stage.CHANGES, 0, total)
        self._exchange_all(total)
        if self._retry_waiting():
            self._exchange_all(total)
        send_photos(self._store, self._head_office, self._summary, self._progress, self._stop_if_cancelled)
        fetch_photos(self._store, self._head_office, self._summary, self._progress, self._stop_if_cancelled)
        with self._store.reading() as view:
            self._summary.unsent = view.outbox.count()

    def _exchange_all(self, total: int) -> None:
        """Until the outbox has been gone through and the last page is here."""
        while True:
            self._stop_if_cancelled()
            batch = self._next_batch()
            try:
                reply = self._head_office.exchange(batch.request)
            except TooLarge:
                if not self._smaller(batch):
                    raise
                continue
            self._take(batch, reply)
            if total:
                self._progress(Stage.CHANGES, self._settled, total)
            if self._summary.received:
                self._progress(Stage.RECORDS, self._summary.received, None)
            if not reply.more and not self._more_to_send():
                return

    @property
    def _settled(self) -> int:
        return self._summary.accepted + self._summary.conflicts + self._summary.refused

    def _next_batch(self) -> _Batch:
        with self._store.reading() as view:
            enrolment = view.state.enrolment()
            limits = view.state.limits()
            queued = view.outbox.batch(
                self._passed,
                min(self._most_changes, limits.changes),
                min(limits.body_bytes, MAX_BODY_BYTES) - REQUEST_OVERHEAD_BYTES,
            )
            held: dict[str, Rev | None] = {}
            known = view.records.known(list({one.record for one in queued}))
            for one in queued:
                held[one.record] = _rev_held(known.get(one.record))
            request = SyncRequest(
                protocol=PROTOCOL,
                device=enrolment.device,
                counter=(view.state.get("counter", int) or 0) + 1,
                marks=view.state.marks(),
                cursor=view.state.get("cursor", str),
                changes=[msgspec.Raw(one.body) for one in queued],
                held=held,
                page=PAGE,
            )
        return _Batch(queued, request)

    def _take(self, batch: _Batch, reply: SyncReply) -> None:
        if reply.fork:
            self._store.write(lambda unit: _note_fork(unit, reply.fork))
            raise HeadOfficeForgot
        self._summary.skew_s = _skew_s(self._store, reply.server_time)
        if batch.queued or reply.records or reply.gone or reply.cursor != batch.request.cursor:
            applied = self._store.write(lambda unit: _apply(unit, batch.request, reply))
            self._summary.add(applied)
            self._reissued = self._reissued or applied.outcomes["id_reuse"] > 0
        if batch.queued:
            self._passed = batch.queued[-1].n
            self._most_changes = min(MAX_CHANGES, self._most_changes * 2)

    def _more_to_send(self) -> bool:
        with self._store.reading() as view:
            return bool(view.outbox.batch(self._passed, 1, 1))

    def _retry_waiting(self) -> bool:
        """Once everything else is there, what waited for it or has a new id is tried once more (SYNC 11, 12)."""
        with self._store.reading() as view:
            waiting = view.outbox.count()
        self._summary.waiting = waiting
        if not waiting or not (self._settled or self._reissued):
            return False
        self._passed = 0
        return True

    def _smaller(self, batch: _Batch) -> bool:
        """Halve the batch; a single change that is too large is passed by, and stays in the outbox (SYNC 40)."""
        if len(batch.queued) > 1:
            self._most_changes = max(1, len(batch.queued) // 2)
            return True
        if batch.queued:
            log.warning("change_too_large", extra={"change": batch.queued[0].change})
            self._passed = batch.queued[0].n
            return True
        return False

    def _stop_if_cancelled(self) -> None:
        if self._cancelled():
            raise Cancelled


def _rev_held(stored: StoredRecord | None) -> Rev | None:
    """The revision this laptop holds of a record; none for one never told, stale or a ghost (SYNC 22)."""
    if stored is None or stored.seq is None or stored.stale or stored.ghost:
        return None
    return (stored.moves, stored.stream, stored.seq)


def _apply(unit: Unit, request: SyncRequest, reply: SyncReply) -> Applied:
    applied = apply_reply(unit, request.cursor, reply)
    # another process may have gone further meanwhile; going back would look like a clone
    if unit.state.get("fork", list[str]):
        unit.state.set("fork", [])  # the right file is back
    unit.state.set("counter", max(request.counter, unit.state.get("counter", int) or 0))
    return applied


def _note_fork(unit: Unit, streams: list[str]) -> None:
    unit.state.set("fork", streams)
    unit.tell("exchange")


def _skew_s(store: Store, server_time: str) -> int:
    try:
        return round((store.clock.now() - datetime.fromisoformat(server_time)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return 0


def _note_end(store: Store, summary: Summary, trouble: SyncTrouble | None) -> None:
    """Keep how it ended. A quiet success is noted at most once a minute, so that it costs no write to the disk."""
    now = store.clock.now()
    with store.reading() as view:
        last = view.state.get("last_exchange", LastExchange)
    if trouble is None and not summary.moved and last is not None and last.trouble is None and _recent(last.at, now):
        return
    confirmed_at = last.at if last is not None else None
    ended = LastExchange(
        at=now.isoformat(timespec="seconds") if trouble is None else confirmed_at,
        accepted=summary.accepted,
        conflicts=summary.conflicts,
        refused=summary.refused,
        received=summary.received,
        skew_s=summary.skew_s,
        trouble=trouble.code if trouble is not None else None,
    )

    def note(unit: Unit) -> None:
        unit.state.set("last_exchange", ended)
        unit.tell("exchange")

    store.write(note)


def _recent(at: str | None, now: datetime) -> bool:
    return at is not None and 0 <= (now - datetime.fromisoformat(at)).total_seconds() < 60
