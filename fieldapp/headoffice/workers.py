"""Several processes that answer on one listening socket, over one PostgreSQL database.

The process that starts them answers nothing itself: it watches them, starts one that died again, and passes on what it
is told. SQLite has one writing process (SYNC 43) and is served by a single one.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from types import FrameType

import uvicorn

from fieldapp.domain.controls.limits import Limits
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.addresses import Address, listen
from fieldapp.headoffice.certificates import require_usable
from fieldapp.headoffice.database import open_database
from fieldapp.headoffice.logs import LogFormat, write_logs
from fieldapp.headoffice.serve import ENDING, STOP_S, noting_end, serve_on, told_to_end
from fieldapp.headoffice.storage.engines import is_postgresql
from fieldapp.headoffice.tally import Tally
from fieldapp.headoffice.watching import Watching
from fieldapp.protocol.identifiers import SystemClock

log = logging.getLogger(__name__)

MOST_WORKERS = 64

_spawn = multiprocessing.get_context("spawn")  # a fork would share the parent's locks and connections

_LOOK_S = 0.2
_LONGEST_PAUSE_S = 30.0
_LIVED_S = 10.0
"""A worker that lived so long did start: the next one need not wait."""


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """What every worker has to know."""

    location: str
    address: Address
    watching: Watching
    limits: Limits
    log_format: LogFormat
    log_level: str


def require_workers(location: str, count: int) -> None:
    """Raises Actionable (``workers``) when so many processes cannot serve this database."""
    if count > 1 and not is_postgresql(location):
        raise Actionable(
            "workers",
            Sentence("A head office in one SQLite file is served by one process: one at a time may write to it."),
            advice=Sentence("Move to PostgreSQL to serve with several."),
        )


def serve_with_workers(order: WorkOrder, count: int, listening_at: Callable[[str], None] = lambda _url: None) -> None:
    """Serve with ``count`` processes until told to stop; each finishes the requests it has first.

    ``listening_at`` is told the URL once the port is ours. Raises Actionable like ``serve``.
    """
    require_workers(order.location, count)
    if order.address.certificate is not None:
        require_usable(order.address.certificate)
    with listen(order.address) as listening:
        url = order.address.url(listening)
        crew = _Crew(order, listening, count)
        with noting_end():
            crew.start()
            listening_at(url)
            log.info("serving", extra={"url": url, "count": count})
            crew.watch()
        listening.close()
        crew.stop()


@dataclass(slots=True)
class _Worker:
    number: int
    process: SpawnProcess | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    pause_s: float = 0.0


class _Crew:
    def __init__(self, order: WorkOrder, listening: socket.socket, count: int) -> None:
        self._order = order
        self._listening = listening
        self._tally = Tally(count)
        self._workers = [_Worker(number) for number in range(count)]

    def start(self) -> None:
        """Start every worker; where there is a certificate to read again, SIGHUP reaches all of them."""
        if self._order.address.certificate is not None and sys.platform != "win32":
            signal.signal(signal.SIGHUP, self._pass_on)
        for worker in self._workers:
            self._start(worker)

    def watch(self) -> None:
        """Start again whoever dies, until told to end."""
        while not told_to_end():
            wait([worker.process.sentinel for worker in self._workers if worker.process is not None], timeout=_LOOK_S)
            for worker in self._workers:
                self._look_after(worker)

    def stop(self) -> None:
        """Let everybody finish; whoever does not in time is ended."""
        processes = [worker.process for worker in self._workers if worker.process is not None]
        for process in processes:
            process.terminate()
        until = time.monotonic() + STOP_S + 5
        for process in processes:
            process.join(max(0.0, until - time.monotonic()))
            if process.is_alive():
                log.error("worker_ended_by_force", extra={"worker": process.name})
                process.kill()
                process.join()

    def _look_after(self, worker: _Worker) -> None:
        now = time.monotonic()
        if worker.process is not None and not worker.process.is_alive():
            ended = worker.process.exitcode
            if ended == 0:  # it was told to, perhaps with this process, which only has not noted it yet
                log.info("worker_ended", extra={"worker": worker.number})
            else:
                log.error("worker_died", extra={"worker": worker.number, "ended": ended})
            lived = now - worker.started_at > _LIVED_S
            worker.pause_s = 0.0 if lived else min(_LONGEST_PAUSE_S, max(1.0, worker.pause_s * 2))
            worker.due_at = now + worker.pause_s
            worker.process.close()
            worker.process = None
        if worker.process is None and now >= worker.due_at:
            self._start(worker)

    def _start(self, worker: _Worker) -> None:
        worker.started_at = time.monotonic()
        worker.process = _spawn.Process(
            target=_work, args=(self._order, self._listening, self._tally, worker.number), name=str(worker.number)
        )
        with _not_interrupted():
            worker.process.start()

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        for worker in self._workers:
            if worker.process is not None and worker.process.pid is not None and sys.platform != "win32":
                os.kill(worker.process.pid, number)


@contextmanager
def _not_interrupted() -> Iterator[None]:
    """A process started now hears that it shall stop once it can note it, and reads the certificate after that anyway.

    What tells this process to stop meanwhile reaches it afterwards.
    """
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # starting it lets the signals through again
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        signal.signal(signal.SIGHUP, before)


def _work(order: WorkOrder, listening: socket.socket, tally: Tally, number: int) -> None:
    """The whole life of one worker."""
    with noting_end():
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        write_logs(order.log_format, order.log_level, worker=number)
        try:
            store = open_database(order.location)
        except Actionable as error:
            log.error("worker_not_started", extra={"code": error.code})  # noqa: TRY400 - the code says all
            sys.exit(1)
        try:
            serve_on(
                listening,
                store,
                SystemClock(),
                order.address,
                tally=tally,
                worker=number,
                watching=order.watching,
                limits=order.limits,
                ready=_leave_with_parent,
            )
        finally:
            store.close()


def _leave_with_parent(server: uvicorn.Server) -> None:
    """A worker whose starter was killed would hold the port for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=partial(_end_after, parent, server), name="parent", daemon=True).start()


def _end_after(parent: multiprocessing.process.BaseProcess, server: uvicorn.Server) -> None:
    parent.join()
    server.should_exit = True
