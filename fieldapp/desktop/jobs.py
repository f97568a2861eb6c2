"""Work off the UI thread: every job ends as done, failed or cancelled, told on the UI thread, or not at all.

```python
jobs.run(partial(visits.record, draft), owner=self, done=self._show_saved, failed=self._explain)
```

A callable that takes a first argument named ``job`` gets its ``Job``: ``job.progress(3, 9)``,
``job.stop_if_cancelled()``. What happens to a job whose owner widget is gone: its result is dropped.
"""

from __future__ import annotations

import inspect
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from fieldapp.desktop.collecting import Collector
from fieldapp.desktop.incidents import incident, trail
from fieldapp.domain.errors import Actionable

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class Cancelled(Exception):
    """A job stopped because somebody asked it to."""


@dataclass(eq=False, slots=True)
class Job:
    """One piece of work: what the worker asks and tells, and what the screen stops it with."""

    _report: Callable[[Job, int, int], None]
    _cancelled: threading.Event = field(default_factory=threading.Event)
    _end: tuple[str, Any] = ("cancelled", None)

    def _take_end(self) -> tuple[str, Any]:
        """How it ended, which nothing but the caller keeps then."""
        end, self._end = self._end, ("told", None)
        return end

    def cancel(self) -> None:
        """Ask the job to stop. It ends as cancelled at its next step, or is never begun."""
        self._cancelled.set()

    def cancelled(self) -> bool:
        """Whether somebody asked the job to stop."""
        return self._cancelled.is_set()

    def stop_if_cancelled(self) -> None:
        """Raise Cancelled when somebody asked the job to stop: the worker's safe points call it."""
        if self._cancelled.is_set():
            raise Cancelled

    def progress(self, done: int, total: int) -> None:
        """Say how far the work is; ``total`` 0 means nobody knows. Also a safe point: raises Cancelled."""
        self.stop_if_cancelled()
        self._report(self, done, total)


@dataclass(frozen=True, slots=True)
class _Running:
    """What a job does and who hears of it: let go of on the UI thread, for a screen may hang on it."""

    work: Callable[..., Any]
    owner: QObject | None
    done: Callable[[Any], object] | None
    failed: Callable[[Exception], object] | None
    progress: Callable[[int, int], object] | None
    cancelled: Callable[[], object] | None

    def gone(self) -> bool:
        return self.owner is not None and not shiboken6.isValid(self.owner)


class JobRunner(QObject):
    """Runs jobs on a few threads and tells their end on the thread that made the runner (the UI thread).

    Values travel as Python objects, never through Qt's 32-bit integers. After ``shut_down`` nothing more is told.
    """

    _told = Signal(object)
    count_changed = Signal(int)

    def __init__(self, threads: int = 4, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="job")
        self._running: dict[Job, _Running] = {}
        self._futures: set[Future[None]] = set()
        self._collector = Collector(self)
        self._closed = False
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[..., Result],
        *,
        owner: QObject | None = None,
        done: Callable[[Result], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        progress: Callable[[int, int], object] | None = None,
        cancelled: Callable[[], object] | None = None,
    ) -> Job:
        """Do ``work`` elsewhere; exactly one of ``done``, ``failed`` and ``cancelled`` is called, on the UI thread.

        Nothing is called when ``owner`` was destroyed first; a bound method's QObject is its owner unless another is
        given. A failure nobody listens to is logged. After ``shut_down`` the work is refused as cancelled, silently.
        """
        job = Job(self._report)
        found = owner or _owner_of(done) or _owner_of(failed)
        if self._closed:
            job.cancel()
            return job
        self._running[job] = _Running(work, found, done, failed, progress, cancelled)
        future = self._pool.submit(self._work, job)
        self._futures.add(future)
        future.add_done_callback(self._futures.discard)
        self.count_changed.emit(len(self._running))
        return job

    def busy(self) -> bool:
        """Whether any job has not yet told its end."""
        return bool(self._running)

    def running(self) -> int:
        """How many jobs have not yet told their end."""
        return len(self._running)

    def shut_down(self, *, wait_s: float = 10.0, cancel: bool = True) -> bool:
        """End the runner: ask every job to stop (or let it finish), wait at most ``wait_s`` seconds for them.

        True when all have ended. Ends are no longer told: the screens are going. A job that commits is not torn:
        it either reaches its commit within the wait, or its work was never acknowledged to anybody.
        """
        self._closed = True
        if cancel:
            for job in self._running:
                job.cancel()
        unfinished = wait_for(set(self._futures), timeout=wait_s).not_done
        self._pool.shutdown(wait=not unfinished, cancel_futures=True)
        self._running.clear()
        self._collector.release()
        if unfinished:
            log.warning("jobs_unfinished", extra={"count": len(unfinished)})
        return not unfinished

    def _work(self, job: Job) -> None:
        job._end = self._end_of(job)
        self._emit(job, None)

    def _end_of(self, job: Job) -> tuple[str, object]:
        running = self._running.get(job)  # and nothing of it is kept here when its end is told
        if running is None:
            return "cancelled", None
        try:
            job.stop_if_cancelled()
            return "done", running.work(job) if _takes_job(running.work) else running.work()
        except Cancelled:
            return "cancelled", None
        except Exception as error:  # noqa: BLE001 - the edge of the job: whatever it was is shown or logged, not lost
            return "failed", error

    def _report(self, job: Job, done: int, total: int) -> None:
        self._emit(job, (done, total))

    def _emit(self, job: Job, progress: tuple[int, int] | None) -> None:
        if not self._closed and shiboken6.isValid(self):
            self._told.emit((job, progress))

    def _tell(self, told: tuple[Job, tuple[int, int] | None]) -> None:
        job, progress = told
        if job not in self._running:
            return
        listeners = self._running[job]
        if progress is not None:
            if listeners.progress is not None and not listeners.gone():
                listeners.progress(*progress)
            return
        del self._running[job]
        how, value = job._take_end()
        self.count_changed.emit(len(self._running))
        if how == "failed" and (listeners.failed is None or not isinstance(value, Actionable)):
            log.error("job_failed", extra={"incident": incident(value), "trail": trail(value)})
        if listeners.gone():
            return
        if how == "done" and listeners.done is not None:
            listeners.done(value)
        elif how == "failed" and listeners.failed is not None:
            listeners.failed(value)
        elif how == "cancelled" and listeners.cancelled is not None:
            listeners.cancelled()


def _owner_of(listener: Callable[..., object] | None) -> QObject | None:
    while isinstance(listener, partial):
        listener = listener.func
    bound = getattr(listener, "__self__", None)
    return bound if isinstance(bound, QObject) else None


def _takes_job(work: Callable[..., object]) -> bool:
    try:
        first = next(iter(inspect.signature(work).parameters.values()), None)
    except (TypeError, ValueError):  # a builtin without a signature takes no job
        return False
    return first is not None and first.name == "job"
