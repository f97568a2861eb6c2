"""The conversation of one exchange: outbox up in batches, pages down, and what comes back written meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import date, datetime
from functools import partial

import msgspec

from fieldapp.protocol.messages import (
    MAX_BODY_BYTES,
    MAX_CHANGES,
    MAX_RESCUES,
    REQUEST_OVERHEAD_BYTES,
    Rescue,
    Run,
    SyncReply,
    SyncRequest,
)
from fieldapp.store.database import Store
from fieldapp.store.images import Image
from fieldapp.store.outbox import Queued
from fieldapp.store.standing import Rest
from fieldapp.store.state import Pull
from fieldapp.store.told import Told
from fieldapp.store.unit import Unit
from fieldapp.store.view import View
from fieldapp.sync.apply import COMPARE, Applied, apply_reply
from fieldapp.sync.outgoing import Answered, Batch, Place, Rows, Start, look, place_after, request_of, rows_ahead
from fieldapp.sync.portions import Portions
from fieldapp.sync.short_question import Asked
from fieldapp.sync.summary import Progress, Stage, Summary, note
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import Cancelled, CloneFound, NotHeadOffice, TooLarge, TryLater, UpgradeNeeded

log = logging.getLogger(__name__)


class Conversation:
    """Requests follow each other without waiting for the disk: a reply is written while the next is on its way.

    What is written keeps the order of the replies, and a page counts only on the cursor it was asked with, so that
    stopping anywhere leaves the laptop as one of the replies left it.
    """

    def __init__(
        self,
        store: Store,
        head_office: HeadOffice,
        summary: Summary,
        progress: Progress,
        cancelled: Callable[[], bool],
        before: Summary,
        day: date | None = None,
    ) -> None:
        """``day`` is the officer's business date: a laptop that holds nothing yet is told that day first."""
        self._store = store
        self._before = before
        self._day = day
        self._pull: Pull | None = None
        self._bytes_before = head_office.received_bytes
        self.noted = False
        """Whether how it ended is on the disk already, with the last reply."""
        self.rest: Rest | None = None
        """What is left to do, as the last reply left it; None where it wrote nothing."""
        self._head_office = head_office
        self._summary = summary
        self._progress = progress
        self._cancelled = cancelled
        self._portions = Portions()
        self._at_length = False  # more than the short question, so that the portions are those of the line
        self._most_changes = MAX_CHANGES
        self._too_large: set[str] = set()
        self._passed = 0  # changes up to this number had their answer in this pass over the outbox
        self._reissued = False
        self._place: Place | None = None
        self._counter = 0  # one above what is on the disk, as far as this conversation knows
        self._answered: Answered | None = None  # what the reply being written tells, and of what
        self._unwritten: Callable[[Unit], Applied] | None = None  # the last reply, until the next request is out
        self._writing: Callable[[], Applied] | None = None  # waits for it
        self._in_many = False  # more changes than one request carries
        self._ready: Future[Rows] | None = None  # what the next request will carry, or why it could not be read
        self._start: Start | None = None  # seen already, for the first request

    def run(self, asked: Asked | None = None) -> None:
        total = 0
        if asked is None or not self._take_news(asked):
            total = self._store.glance(partial(self._begin, count=asked is None))
            if total:
                self._progress(Stage.CHANGES, 0, total)
            self._in_many = total > self._most_changes
            self._exchange_all(total)
            if self._retry_waiting():
                self._exchange_all(total)
            self._offer_images()
            self._in_many, self._ready = False, None
        if self._left().compare:
            self._compare()
        self._summary.unsent = self._left().unsent
        self._note_too_large()

    def _begin(self, view: View, *, count: bool) -> int:
        """See what the first request is to carry; how many changes there are in all, if they are to be counted."""
        self._portions, self._at_length = Portions.kept(view.state), True
        self._most_changes = self._portions.changes
        self._start = look(view, self._passed, self._most_changes)
        return view.outbox.count() if count else 0

    def _take_news(self, asked: Asked) -> bool:
        """Take the answer to the short question; whether it was all there is."""
        reply = asked.reply
        if reply is None:
            return True
        place = Place(asked.request.cursor, {}, all_read=True, under_way=False)
        self._take(Batch([], asked.request, place), reply, last=not (reply.more or reply.fork))
        self._tell_records()
        return not (reply.more or reply.fork or self._left().behind)

    def _exchange_all(self, total: int) -> None:
        """Until the outbox has been gone through and the last page is here."""
        try:
            while True:
                self._stop_if_cancelled()
                batch = self._next_batch()
                try:
                    reply = self._head_office.exchange(batch.request, batch.ahead, partial(self._meanwhile, batch))
                except TooLarge:
                    if not self._smaller(batch):
                        raise
                    continue
                except UpgradeNeeded:
                    self._head_office.speak_as_before()
                    continue
                except CloneFound:
                    if batch.looked:
                        raise
                    self._place = None  # another process went further meanwhile: ask the laptop
                    continue
                except TryLater as trouble:
                    if trouble.code == "cut":
                        self._finish_writing()
                        self._store.write(lambda unit: self._portions.after_a_break().keep(unit.state))
                    raise
                self._pass(batch)
                last = not (reply.more or reply.fork or batch.more)
                self._take(batch, reply, last=last)
                if last:
                    last = not self._left().behind  # something was saved meanwhile
                if total:
                    self._progress(Stage.CHANGES, self._settled, total)
                self._tell_records()
                if last:
                    return
        finally:
            self._finish_writing()

    def _tell_records(self) -> None:
        """Of a full pull, also when it goes on after an interruption, how far it is; else how many came."""
        received = self._head_office.received_bytes - self._bytes_before
        if self._pull is not None:
            self._progress(Stage.RECORDS, self._pull.told, max(self._pull.told, self._pull.of) or None, received)
        elif self._summary.received:
            self._progress(Stage.RECORDS, self._summary.received, None, received)

    @property
    def _settled(self) -> int:
        return self._summary.accepted + self._summary.conflicts + self._summary.refused

    def _next_batch(self, rescues: Sequence[Rescue] = ()) -> Batch:
        ready, self._ready = self._ready, None
        start, self._start = self._start, None
        rows = ready.result() if ready is not None else start.rows if start is not None else None
        if rows is not None and (rows.after, rows.most) != (self._passed, self._most_changes):
            rows = start = None
        if start is None and (rows is None or self._place is None):
            most = None if rows is not None else self._most_changes
            start = self._store.glance(lambda view: look(view, self._passed, most))
        if start is not None:
            self._counter, rows = start.counter, rows or start.rows
        place = self._place or (start.place if start is not None else None)
        assert rows is not None and place is not None  # noqa: S101, PT018 - what is not known was looked for
        request = request_of(rows, place, self._counter, self._head_office.protocol, self._answered)
        request = msgspec.structs.replace(request, page=self._portions.records, rescues=list(rescues))
        if place.cursor is None and self._day is not None:  # the first word to a new laptop is its day, and little else
            request = msgspec.structs.replace(request, day=self._day, page=1)
        return Batch(rows.queued, request, place, rows.more, rows.ahead, looked=start is not None)

    def _meanwhile(self, batch: Batch) -> None:
        """While ``batch`` is on its way, have the last reply written, then read and pack what the next one will carry.

        Not sooner, and the reading not on another thread: they would take turns with this one just when the request and
        its reply want to be handled.
        """
        self._start_writing()
        if not self._in_many or len(batch.queued) < self._most_changes:
            return
        most = min(self._portions.changes, self._most_changes * 2)
        ready: Future[Rows] = Future()
        self._ready = ready
        try:
            ready.set_result(rows_ahead(self._store, batch.queued[-1].n, most, self._head_office.coding))
        except Exception as error:  # noqa: BLE001 - told when it is asked for: the reply on its way comes first
            ready.set_exception(error)

    def _pass(self, batch: Batch) -> None:
        """The changes of ``batch`` had their answer."""
        self._portions = self._portions.after_a_reply()
        if batch.queued:
            self._passed = batch.queued[-1].n
            self._most_changes = min(self._portions.changes, self._most_changes * 2)

    def _take(self, batch: Batch, reply: SyncReply, *, last: bool = False) -> None:
        """Have the reply written, with how it ended if it is the last; only the one before must be on the disk."""
        self.noted, self.rest = False, None
        _require_sensible(reply.runs, len(batch.queued))
        ready = Told(reply.records)  # while the reply before is being written
        on_course = self._finish_writing()
        if reply.fork:
            self._start_over(reply.fork)
            return
        self._summary.skew_s = _skew_s(self._store, reply.server_time)
        request = batch.request
        told = place_after(batch, reply)
        moved = batch.queued or reply.records or reply.gone or reply.cursor != request.cursor
        if moved or told.all_read != batch.place.all_read:
            passed = self._passed if last else None
            work = partial(self._write, request=request, reply=reply, sent=batch.queued, ready=ready, passed=passed)
            if last:  # nothing goes on meanwhile
                applied = self._store.write(work)
                self._writing = lambda: applied
            else:
                self._unwritten = work
            # where another process moved the cursor, ask the laptop anew
            self._place = told if on_course else None
            self._answered = Answered(batch, reply)

    def _write(
        self,
        unit: Unit,
        request: SyncRequest,
        reply: SyncReply,
        sent: list[Queued],
        ready: Told,
        passed: int | None,
    ) -> Applied:
        """``passed`` is the last number that had its answer where this is the last reply."""
        applied = _apply(unit, request, reply, sent, ready)
        if passed is not None:
            applied.rest = unit.rest(passed)
            if self._at_length:
                self._portions.keep(unit.state)
        if passed is not None and applied.page_counted:
            done = replace(self._summary)
            done.add(applied)
            summary = replace(self._before)
            summary.include(done)
            note(unit, summary, None)
            self.noted = True
        return applied

    def _start_writing(self) -> None:
        """Have the last reply written, unless it is already."""
        if self._unwritten is not None:
            work, self._unwritten = self._unwritten, None
            self._writing = self._store.submit(work).result

    def _finish_writing(self) -> bool:
        """Wait until the last reply is on the disk, and count what it brought; whether its page counted."""
        self._start_writing()
        if self._writing is None:
            return True
        writing, self._writing = self._writing, None
        try:
            applied = writing()
        except BaseException:
            self._place = None
            raise
        self._counter = max(self._counter, applied.counter + 1)
        self._summary.add(applied)
        self.rest = applied.rest
        self._pull = applied.pull
        self._reissued = self._reissued or applied.outcomes["id_reuse"] > 0
        if not applied.page_counted:
            self._place = None
        return applied.page_counted

    def _start_over(self, streams: list[str]) -> None:
        """Head office was restored from an older copy: send again what was sent, read all anew (SYNC 34)."""
        log.warning("head_office_restored", extra={"streams": streams})
        self._store.write(_start_over)
        self._summary.restored = True
        self._place, self._answered, self._passed = None, None, 0

    def _offer_images(self) -> None:
        """What was once told and is not known any more, or otherwise, goes back to head office (SYNC 35)."""
        while self._left().images and (images := self._store.write(_images_to_offer)):
            self._stop_if_cancelled()
            rescues = [
                Rescue(kind=i.kind, record=i.record, parent=i.parent, encoded=msgspec.Raw(i.told.encode()))
                for i in images
            ]
            batch = self._next_batch(rescues)
            reply = self._head_office.exchange(batch.request)
            self._pass(batch)
            self._take(batch, reply)
            self._finish_writing()
            if reply.fork:
                return  # restored once more: the next synchronisation begins anew
            self._store.write(partial(_drop_images, images))
            self.rest = None
            self._summary.rescued += len(images)
        if self._summary.rescued:
            self._exchange_all(0)

    def _compare(self) -> None:
        """After a full pull, ask whether both ends hold the same; what differs is read anew, once (SYNC 37)."""
        for again in (True, False):
            with self._store.reading() as view:
                if not view.state.get(COMPARE, bool):
                    return
                totals = view.records.totals()
            batch = self._next_batch()
            if batch.queued:
                return  # something was saved meanwhile: the next synchronisation asks
            asking = Batch([], msgspec.structs.replace(batch.request, totals=totals), batch.place)
            reply = self._head_office.exchange(asking.request)
            self._take(asking, reply)
            self._finish_writing()
            if not reply.compared:
                return  # something new had come in, or this head office does not compare
            if reply.differs:
                log.error("totals_differ", extra={"kinds": reply.differs, "again": again})
            self._store.write(partial(_note_compared, again=again and bool(reply.differs)))
            if not reply.differs or not again:
                return
            self._place = None
            self._exchange_all(0)

    def _left(self) -> Rest:
        """What is left to do now that the last reply is on the disk."""
        self._finish_writing()
        if self.rest is None:
            self.rest = self._store.rest(self._passed)
        return self.rest

    def _retry_waiting(self) -> bool:
        """Once everything else is there, what waited for it or has a new id is tried once more (SYNC 11, 12)."""
        self._answered = None
        waiting = self._summary.waiting = self._left().unsent
        if not waiting or not (self._settled or self._reissued):
            return False
        self._passed = 0
        return True

    def _smaller(self, batch: Batch) -> bool:
        """Halve the batch; a change or group that is too large is passed by, and stays in the outbox (SYNC 40)."""
        if len(batch.queued) > 1 and not _is_one_group(batch.queued):
            self._most_changes = max(1, len(batch.queued) // 2)
            return True
        if batch.queued:
            log.warning("change_too_large", extra={"change": batch.queued[0].change})
            self._too_large.update(queued.change for queued in batch.queued)
            self._passed = batch.queued[-1].n
            return True
        return False

    def _note_too_large(self) -> None:
        """Keep for the screens what stays here because it is too large."""
        if not self._left().unsent:
            return
        with self._store.reading() as view:
            before = set(view.state.too_large())
        if before != self._too_large:
            self._store.write(partial(_set_too_large, sorted(self._too_large)))

    def _stop_if_cancelled(self) -> None:
        if self._cancelled():
            raise Cancelled


def _is_one_group(queued: Sequence[Queued]) -> bool:
    group = queued[0].decoded().group
    return group is not None and all(one.decoded().group == group for one in queued)


def _require_sensible(runs: Sequence[Run], sent: int) -> None:
    """Raises NotHeadOffice where a run tells of changes that were not in the request."""
    if not all(run.first >= 0 and 0 < run.count <= sent - run.first for run in runs):
        raise NotHeadOffice


def _apply(unit: Unit, request: SyncRequest, reply: SyncReply, sent: list[Queued], ready: Told) -> Applied:
    applied = apply_reply(unit, request.cursor, reply, sent, ready)
    # another process may have gone further meanwhile; going back would look like a clone
    applied.counter = max(request.counter, unit.state.get("counter", int) or 0)
    unit.state.set("counter", applied.counter)
    return applied


def _note_compared(unit: Unit, *, again: bool) -> None:
    unit.state.set(COMPARE, False)
    if again:
        unit.state.set("cursor", "")


def _start_over(unit: Unit) -> None:
    unit.images.start_over()
    unit.tell("exchange")
    unit.tell("outbox")


def _set_too_large(changes: list[str], unit: Unit) -> None:
    unit.state.set_too_large(changes)
    unit.tell("outbox")


def _drop_images(offered: list[Image], unit: Unit) -> None:
    unit.images.drop([image.record for image in offered])


def _images_to_offer(unit: Unit) -> list[Image]:
    if not unit.images.count():
        return []
    unit.images.drop_known()
    return unit.images.some(MAX_RESCUES, (MAX_BODY_BYTES - REQUEST_OVERHEAD_BYTES) // 4)


def _skew_s(store: Store, server_time: str) -> int:
    try:
        return round((store.clock.now() - datetime.fromisoformat(server_time)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return 0
