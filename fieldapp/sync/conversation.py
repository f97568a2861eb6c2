"""The conversation of one exchange: outbox up in batches, pages down, and what comes back written meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial

import msgspec

from fieldapp.protocol.messages import Rescue, SyncReply, SyncRequest
from fieldapp.store.database import Store
from fieldapp.store.outbox import Queued
from fieldapp.store.standing import Rest
from fieldapp.store.told import Told
from fieldapp.store.unit import Unit
from fieldapp.store.view import View
from fieldapp.sync.apply import COMPARE, Applied, apply_reply
from fieldapp.sync.images_pass import ImagesPass, rescue_of
from fieldapp.sync.outbox_pass import OutboxPass
from fieldapp.sync.outgoing import Answered, Batch, Place, Start, look, place_after, request_of
from fieldapp.sync.sensible import require_sensible, usable
from fieldapp.sync.short_question import Asked
from fieldapp.sync.summary import Progress, Stage, Summary
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import Cancelled, CloneFound, StrangeAnswer, TooLarge, TryLater, UpgradeNeeded
from fieldapp.sync.written import Work, Written

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
        self._day = day
        self._bytes_before = head_office.received_bytes
        self._head_office = head_office
        self._summary = summary
        self._progress = progress
        self._cancelled = cancelled
        self._outbox = OutboxPass(store)
        self._written = Written(store, summary, before, self._outbox.written)
        self._start: Start | None = None  # seen already, for the first request
        self._place: Place | None = None  # where the last reply leads; None where the laptop has to be asked
        self._answered: Answered | None = None  # what the reply being written tells, and of what

    @property
    def noted(self) -> bool:
        """Whether how it ended is on the disk already, with the last reply."""
        return self._written.noted

    @property
    def rest(self) -> Rest | None:
        """What is left to do, as the last reply left it; None where it wrote nothing."""
        return self._written.rest

    def run(self, asked: Asked | None = None, *, compare: bool = False) -> None:
        """Until each end has what the other had, after the short question ``asked``. Raises SyncTrouble.

        ``compare``: when it last synchronised it read everything anew, and the totals are compared at the end.
        """
        if asked is None or not self._take_news(asked):
            self._exchange(count=asked is None)
        if compare and self._left().compare:
            self._compare()
            if self._left().behind:  # saved meanwhile
                self._exchange(count=True)
        self._summary.uncompared = self._left().compare and not compare
        self._summary.unsent = self._left().unsent
        if self._summary.unsent:
            self._outbox.note_too_large()

    def _exchange(self, *, count: bool) -> None:
        """Send what waits, read what is new, and give back what head office forgot."""
        total = self._store.glance(partial(self._begin, count=count))
        if total:
            self._progress(Stage.CHANGES, 0, total)
        self._outbox.expect(total)
        self._exchange_all(total)
        if self._retry_waiting():
            self._exchange_all(total)
        self._offer_images()
        self._outbox.end()

    def _begin(self, view: View, *, count: bool) -> int:
        """See what the first request is to carry; how many changes there are in all, if they are to be counted."""
        self._start = self._outbox.begin(view)
        return view.outbox.count() if count else 0

    def _take_news(self, asked: Asked) -> bool:
        """Take the answer to the short question; whether it was all there is."""
        reply = asked.reply
        if reply is None:
            return True
        place = Place(asked.request.cursor, {}, all_read=True, under_way=False)
        self._take(Batch([], asked.request, place), reply, last=not (reply.more or reply.fork))
        self._tell_records()
        if reply.more or reply.fork:
            return False  # and the next request goes out before this page is written
        left = self._left()
        return not (left.behind or left.images)

    def _exchange_all(self, total: int) -> None:
        """Until the outbox has been gone through and the last page is here."""
        try:
            while True:
                self._stop_if_cancelled()
                batch = self._next_batch()
                try:
                    reply = self._head_office.exchange(batch.request, batch.ahead, partial(self._meanwhile, batch))
                except TooLarge:
                    if not self._outbox.halve(batch):
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
                        self._outbox.note_a_break()
                    raise
                self._outbox.answered(batch)
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
        pull = self._written.pull
        if pull is not None:
            self._progress(Stage.RECORDS, pull.told, max(pull.told, pull.of) or None, received)
        elif self._summary.received:
            self._progress(Stage.RECORDS, self._summary.received, None, received)

    @property
    def _settled(self) -> int:
        return self._summary.accepted + self._summary.conflicts + self._summary.refused

    def _next_batch(self, rescues: Sequence[Rescue] = ()) -> Batch:
        start, self._start = self._start, None
        rows = self._outbox.taken_ahead() or (start.rows if start is not None else None)
        if rows is not None and not self._outbox.wants(rows):
            rows = start = None
        if start is None and (rows is None or self._place is None):
            most = self._outbox.most if rows is None else None
            start = self._store.glance(partial(look, after=self._outbox.passed, most=most))
        if start is not None:
            self._written.next_counter, rows = start.counter, rows or start.rows
        place = self._place or (start.place if start is not None else None)
        assert rows is not None and place is not None  # noqa: S101, PT018 - what is not known was looked for
        request = request_of(rows, place, self._written.next_counter, self._head_office.protocol, self._answered)
        request = msgspec.structs.replace(request, page=self._outbox.records, rescues=list(rescues))
        if place.cursor is None and self._day is not None:  # the first word to a new laptop is its day, and little else
            request = msgspec.structs.replace(request, day=self._day, page=1)
        return Batch(rows.queued, request, place, rows.more, rows.ahead, looked=start is not None)

    def _meanwhile(self, batch: Batch) -> None:
        """While ``batch`` is on its way, have the last reply readied and written, then read and pack what is next.

        Not sooner, and the reading not on another thread: they would take turns with this one just when the request and
        its reply want to be handled.
        """
        self._written.begin()
        self._outbox.read_ahead(batch, self._head_office.coding)

    def _take(self, batch: Batch, reply: SyncReply, *, last: bool = False) -> None:
        """Have the reply written, with how it ended if it is the last; only the one before must be on the disk.

        Where another request follows, it goes out first: what the rows are is found out while head office works on it.
        """
        require_sensible(reply, batch.request, len(batch.queued))
        ready = partial(_ready, batch, reply)
        work = ready() if last else None  # while the reply before is being written
        on_course = self._finish_writing()
        self._written.go_on()
        if reply.fork:
            self._start_over(reply.fork)
            return
        self._summary.skew_s = _skew_s(self._store, reply.server_time)
        request = batch.request
        told = place_after(batch, reply)
        moved = batch.queued or reply.records or reply.gone or reply.cursor != request.cursor
        if moved or told.all_read != batch.place.all_read:
            if work is not None:
                self._written.at_last(work, self._outbox.passed, self._outbox.keep_portions)
            else:
                self._written.soon(ready)
            # where another process moved the cursor, ask the laptop anew
            self._place = told if on_course else None
            self._answered = Answered(batch, reply)

    def _finish_writing(self) -> bool:
        """Wait until the last reply is on the disk; whether its page counted, so that where it leads is known."""
        on_course = False
        try:
            on_course = self._written.finish()
        finally:
            if not on_course:
                self._place = None
        return on_course

    def _start_over(self, streams: list[str]) -> None:
        """Head office was restored from an older copy: send again what was sent, read all anew (SYNC 34).

        Raises StrangeAnswer where it was so a moment ago: two head offices may stand behind one address.
        """
        if self._summary.restored:
            raise StrangeAnswer
        log.warning("head_office_restored", extra={"streams": streams})
        self._store.write(_start_over)
        self._summary.restored = True
        self._place, self._answered = None, None
        self._outbox.again()

    def _offer_images(self) -> None:
        """What was once told and is not known any more, or otherwise, goes back to head office (SYNC 35)."""
        if not self._left().images:
            return
        images, more = ImagesPass(self._store), False
        while portion := images.portion():
            self._stop_if_cancelled()
            batch = self._next_batch([rescue_of(image) for image in portion])
            try:
                reply = self._head_office.exchange(batch.request)
            except TooLarge:
                self._written.go_on()
                if batch.queued:  # saved meanwhile: it goes by itself
                    self._exchange_all(0)
                else:
                    images.halve(portion)
                continue
            self._outbox.answered(batch)
            self._take(batch, reply)
            self._finish_writing()
            if reply.fork:
                return  # restored once more: the next synchronisation begins anew
            more = reply.more
            self._summary.rescued += images.answered(portion, reply.untaken)
            self._written.go_on()
        self._finish_writing()
        waited_in_vain = self._store.write(lambda unit: unit.outbox.need_what_is_kept())
        if waited_in_vain:
            self._outbox.again()
        if self._summary.rescued or more or waited_in_vain:
            self._exchange_all(0)
        self._finish_writing()
        self._store.write(_rest_images)

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
        if self._written.rest is None:
            self._written.rest = self._store.rest(self._outbox.passed)
        return self._written.rest

    def _retry_waiting(self) -> bool:
        """Once everything else is there, what waited for it or has a new id is tried once more (SYNC 11, 12)."""
        self._answered = None
        waiting = self._summary.waiting = self._left().unsent
        if not waiting or not (self._settled or self._written.reissued):
            return False
        self._outbox.again()
        return True

    def _stop_if_cancelled(self) -> None:
        if self._cancelled():
            raise Cancelled


def _ready(batch: Batch, reply: SyncReply) -> Work:
    """What writes the reply. Raises StrangeAnswer where a record of it cannot be read."""
    with usable():
        told = Told(reply.records)
    return partial(_apply, request=batch.request, reply=reply, sent=batch.queued, ready=told)


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


def _rest_images(unit: Unit) -> None:
    """What is left of the images was not taken: nothing is asked for it until head office's numbers move."""
    if unit.images.count():
        unit.images.rest()


def _start_over(unit: Unit) -> None:
    unit.images.start_over()
    unit.tell("exchange")
    unit.tell("outbox")


def _skew_s(store: Store, server_time: str) -> int:
    try:
        return round((store.clock.now() - datetime.fromisoformat(server_time)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return 0
