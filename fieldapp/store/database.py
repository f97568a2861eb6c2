"""The open database of one profile: one writer, with a thread for what is to be written meanwhile, and readers."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from fieldapp.copying_back import CopyingBack
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.identifiers import Clock
from fieldapp.store.backup import back_up, require_sound
from fieldapp.store.connection import Connection, connect
from fieldapp.store.faults import translated_faults
from fieldapp.store.in_use import InUse
from fieldapp.store.migrations import migrate
from fieldapp.store.notices import Changed, Notices
from fieldapp.store.standing import Rest, Standing, rest, standing
from fieldapp.store.unit import Unit
from fieldapp.store.view import View

T = TypeVar("T")

READERS = 4


class _OfThread(threading.local):
    """What belongs to the end of whatever the thread writes now."""

    also: tuple[Callable[[Unit], object], ...] = ()


class Store:
    """The laptop's records. ``write`` and ``reading`` may be called from any thread except the one that draws.

    Raises StorageFault (``damaged``, ``newer``, ``no_permission``, ``disk_full``, ``in_use``) when the file cannot be
    opened; it is untouched then.
    """

    def __init__(self, path: Path, key: bytes, clock: Clock) -> None:
        self.path = path
        self.clock = clock
        self.notices = Notices()
        self._key = key
        self._in_use = InUse(path.parent)
        try:
            self._writer = connect(path, key)
            try:
                with translated_faults():
                    migrate(self._writer, path, key)
            except BaseException:
                self._writer.close()
                raise
        except BaseException:
            self._in_use.close()
            raise
        self._copying_back = CopyingBack(lambda: connect(path, key))
        self._readers: queue.LifoQueue[Connection] = queue.LifoQueue()
        self._reader_slots = threading.Semaphore(READERS)
        self._work: queue.SimpleQueue[tuple[Callable[[Unit], object], Future[object]] | None] = queue.SimpleQueue()
        self._writing = threading.Lock()  # held by whoever uses the writer's connection
        self._waiting = 0  # how much is in the queue, or being taken out of it
        self._counting = threading.Lock()
        self._slowest_s = 0.0
        self._closed = False
        self._mine = _OfThread()
        self._thread = threading.Thread(target=self._serve, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Unit], T]) -> Future[T]:
        """Run ``work`` in one transaction on the writer's thread; the future is done after the commit."""
        return self._queue(self._whole(work))

    def write(self, work: Callable[[Unit], T]) -> T:
        """Run ``work`` in one transaction and wait until it is durable. An exception rolls everything back.

        Where nothing else is to be written it is done on this thread: to wake another, and be woken, takes a while.
        """
        whole = self._whole(work)
        if not self._take_writer():
            return self._queue(whole).result()
        try:
            result, changed = self._transact(whole)
        finally:
            self._writing.release()
        self._tell(changed)
        return result

    @contextmanager
    def also(self, work: Callable[[Unit], object]) -> Iterator[None]:
        """Whatever this thread writes inside, ``work`` is done at the end of the same transaction: all or nothing."""
        before = self._mine.also
        self._mine.also = (*before, work)
        try:
            yield
        finally:
            self._mine.also = before

    @contextmanager
    def reading(self) -> Iterator[View]:
        """A consistent view of what is committed; held open only as long as the query takes."""
        with self._reader() as connection:
            connection.execute("BEGIN")
            try:
                yield View(connection)
            finally:
                connection.execute("ROLLBACK")

    def glance(self, look: Callable[[View], T]) -> T:
        """What ``look`` finds, as by ``reading``: for a few rows that were written lately. It must not write.

        Where nothing is being written it is the writer's connection that looks: it still holds, decrypted, what it
        wrote. A reader lets go of every page once anything was written.
        """

        def consistently(connection: Connection) -> T:
            connection.execute("BEGIN")
            try:
                return look(View(connection))
            finally:
                connection.execute("ROLLBACK")

        return self._glance(consistently)

    def slowest_write_s(self) -> float:
        """How long somebody who saved may have had to wait for another, at most, since this was asked the last time."""
        slowest, self._slowest_s = self._slowest_s, 0.0
        return slowest

    def standing(self) -> Standing:
        """How the laptop stands towards head office. Raises LookupError before enrolment has finished."""
        return self._glance(standing)

    def rest(self, answered: int) -> Rest:
        """What an exchange has left to do when the changes numbered up to ``answered`` had their answer."""
        return self._glance(lambda connection: rest(connection, answered))

    def back_up(self, reason: str = "asked") -> Path:
        """A verified copy beside the database; returns its path."""
        connection = connect(self.path, self._key, read_only=True)
        try:
            return back_up(connection, self.path, self._key, reason=reason)
        finally:
            connection.close()

    def verify(self) -> None:
        """Read every page of the file. Raises StorageFault ``damaged``."""
        connection = connect(self.path, self._key, read_only=True)
        try:
            require_sound(connection)
        finally:
            connection.close()

    def alone(self) -> bool:
        """Whether no other program has the records open; then none can until this store is closed."""
        return self._in_use.alone()

    def close(self) -> None:
        """Finish what is queued, then close every connection: one that still reads when it has read.

        Calling it again does nothing.
        """
        if self._closed:
            return
        self._closed = True
        self._work.put(None)
        self._thread.join()
        self._copying_back.close()
        self._close_readers()
        with self._writing:
            self._writer.close()
        self._in_use.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _whole(self, work: Callable[[Unit], T]) -> Callable[[Unit], T]:
        """``work`` with what this thread does at the end of whatever it writes."""
        if self._closed:
            raise _locked()
        also = self._mine.also
        if not also:
            return work

        def whole(unit: Unit) -> T:
            result = work(unit)
            for one in also:
                one(unit)
            return result

        return whole

    def _queue(self, work: Callable[[Unit], T]) -> Future[T]:
        future: Future[T] = Future()
        with self._counting:
            self._waiting += 1
        self._work.put((work, future))  # type: ignore[arg-type] # the pair belongs together; a queue cannot say so
        return future

    def _take_writer(self) -> bool:
        """Whether the writer's connection is this thread's until it lets go of ``_writing``.

        Not where something is being written or waits to be: what was submitted first is written first.
        """
        if not self._writing.acquire(blocking=False):
            return False
        if self._waiting or self._closed:
            self._writing.release()
            return False
        return True

    def _glance(self, look: Callable[[Connection], T]) -> T:
        if not self._take_writer():
            with self._reader() as connection:
                return look(connection)
        try:
            with translated_faults():
                return look(self._writer)
        finally:
            self._writing.release()

    @contextmanager
    def _reader(self) -> Iterator[Connection]:
        with self._reader_slots:
            connection = self._take_reader()
            try:
                with translated_faults():
                    yield connection
            finally:
                self._readers.put(connection)
                if self._closed:
                    self._close_readers()

    def _close_readers(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._readers.get_nowait().close()

    def _take_reader(self) -> Connection:
        if self._closed:
            raise _locked()
        try:
            return self._readers.get_nowait()
        except queue.Empty:
            return connect(self.path, self._key, read_only=True)

    def _serve(self) -> None:
        while (entry := self._work.get()) is not None:
            work, future = entry
            with self._writing:
                with self._counting:
                    self._waiting -= 1
                changed = self._settle(work, future)
            self._tell(changed)

    def _settle(self, work: Callable[[Unit], object], future: Future[object]) -> Changed:
        if not future.set_running_or_notify_cancel():
            return Changed()
        try:
            result, changed = self._transact(work)
        except BaseException as error:  # noqa: BLE001 - the edge of the writer's job: it belongs to the caller
            future.set_exception(error)
            return Changed()
        future.set_result(result)
        return changed

    def _tell(self, changed: Changed) -> None:
        if changed.kinds or changed.topics:
            self.notices.tell(changed)

    def _transact(self, work: Callable[[Unit], T]) -> tuple[T, Changed]:
        began = time.monotonic()
        with translated_faults():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                unit = Unit(self._writer, self.clock)
                result = work(unit)
                changed = unit.finish()
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise
        self._slowest_s = max(self._slowest_s, time.monotonic() - began)
        self._copying_back.after_commit(self._writer)
        return result, changed


def _locked() -> Actionable:
    return Actionable("closed", Sentence("Your records are locked. Unlock them first."))
