"""Running the server: in the foreground for an administrator, on a thread of its own for a demonstration or a test."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType

import uvicorn

from fieldapp.domain.controls.limits import Limits
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.addresses import Address, listen
from fieldapp.headoffice.at_once import AtOnce
from fieldapp.headoffice.certificates import Certificate, require_readable, require_usable
from fieldapp.headoffice.desk import Desk
from fieldapp.headoffice.observing import Observed
from fieldapp.headoffice.routes import application
from fieldapp.headoffice.slow_callers import Impatient
from fieldapp.headoffice.storage.store import Store
from fieldapp.headoffice.tally import Tally
from fieldapp.headoffice.watching import Watching
from fieldapp.protocol.identifiers import Clock

__all__ = ["Address", "Certificate", "RunningHeadOffice", "serve", "serve_on"]

log = logging.getLogger(__name__)

START_S = 20
STOP_S = 20
"""How long requests under way may take to end once the server is told to stop."""


def serve(
    store: Store,
    clock: Clock,
    address: Address,
    listening_at: Callable[[str], None] = lambda _url: None,
    *,
    watching: Watching | None = None,
    limits: Limits | None = None,
) -> None:
    """Serve until the process is told to stop; requests under way are finished first.

    ``listening_at`` is told the URL once the port is ours. Raises Actionable: ``tls_needed``, ``certificate`` and its
    kin, ``port_busy``, ``no_permission``, ``host_unknown``.
    """
    if address.certificate is not None:
        require_usable(address.certificate)
    with listen(address) as listening:
        url = address.url(listening)
        listening_at(url)
        log.info("serving", extra={"url": url})
        with noting_end():
            serve_on(listening, store, clock, address, watching=watching, limits=limits)


def serve_on(
    listening: socket.socket,
    store: Store,
    clock: Clock,
    address: Address,
    *,
    tally: Tally | None = None,
    worker: int = 0,
    watching: Watching | None = None,
    limits: Limits | None = None,
    ready: Callable[[uvicorn.Server], None] = lambda _server: None,
) -> None:
    """Answer what comes in on a socket that listens already, until told to stop.

    On the main thread SIGTERM and SIGINT mean: stop; SIGHUP: read the certificate's files again.
    """
    server = _Announcing(_configured(store, clock, address, tally or Tally(), worker, watching, limits), ready)
    if address.certificate is not None:
        server.renewing = address.certificate
    if threading.current_thread() is threading.main_thread():
        _spare_the_collector()
        _share_one_heap()
    store.ready_to_serve()
    server.run(sockets=[listening])


def _spare_the_collector() -> None:
    """What is loaded now stays loaded, and a request's few thousand short-lived values hold no cycles worth a look."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _share_one_heap() -> None:
    """A thread's large pages are freed where the next thread finds the room.

    GNU's C library gives each thread a heap of its own, and what a page of 2,000 records took stays with it: 3 to 7 MB.
    Under Python's lock they have little to wait for each other.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


_M_ARENA_MAX = -8


@contextmanager
def noting_end() -> Iterator[None]:
    """Being told to stop is noted, and whoever is at work looks with ``told_to_end`` where they can leave in order.

    Nothing is raised out of whatever Python happens to be doing, an import for one. The signals reach the server while
    it runs. The process leaves with exit code 0, not as if it had been killed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _note_end) for number in ENDING}
    try:
        yield
        if told_to_end():
            log.info("stopped")
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
        _end_noted.clear()


def told_to_end() -> bool:
    """Whether the process was told to stop, by a signal that ``noting_end`` noted."""
    return _end_noted.is_set()


class RunningHeadOffice:
    """A server on a thread of its own: ``with RunningHeadOffice(store, clock) as running: running.url``.

    Raises Actionable like ``serve`` on entering. Leaving finishes the requests under way.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        address: Address | None = None,
        watching: Watching | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._limits = limits
        self._address = address or Address()
        self._store = store
        self._clock = clock
        self._watching = watching
        self.port = 0

    @property
    def url(self) -> str:
        """Where it really listens."""
        return self._url

    def __enter__(self) -> RunningHeadOffice:
        self._socket = listen(self._address)
        self._url = self._address.url(self._socket)
        self.port = self._socket.getsockname()[1] if self._address.unix_socket is None else 0
        self._ready = threading.Event()
        try:
            config = _configured(self._store, self._clock, self._address, Tally(), 0, self._watching, self._limits)
        except BaseException:
            self._socket.close()
            raise
        self._server = _Announcing(config, lambda _server: self._ready.set())
        self._thread = threading.Thread(target=self._run, name="headoffice", daemon=True)
        self._thread.start()
        if not self._ready.wait(START_S) or not self._server.started:
            self.stop()
            raise Actionable("not_started", Sentence("Head office did not start."))
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Finish what is under way and end. Stopping twice does nothing."""
        self._server.should_exit = True
        self._thread.join(STOP_S)
        self._socket.close()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._ready.set()


WORKING_THREADS = 40
"""Requests that are worked on at once; what reads must not wait for those that wait to write."""


ENDING = (signal.SIGINT, signal.SIGTERM)
"""The signals that mean: stop."""

_end_noted = threading.Event()


def _note_end(_number: int, _frame: FrameType | None) -> None:
    _end_noted.set()


class _Announcing(uvicorn.Server):
    """A server that tells when it accepts connections, and can be told to read its certificate again."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[uvicorn.Server], None]) -> None:
        super().__init__(config)
        self.renewing: Certificate | None = None
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(WORKING_THREADS, "headoffice-work"))
        await super().startup(sockets)
        if told_to_end():
            self.should_exit = True
        if self.renewing is not None and sys.platform != "win32":
            signal.signal(signal.SIGHUP, self._renew)
        self._ready(self)

    def _renew(self, _number: int, _frame: FrameType | None) -> None:
        """New connections see the certificate that the files hold now; one that cannot be used changes nothing."""
        if self.renewing is None or self.config.ssl is None:
            return
        try:
            self.renewing.load_into(self.config.ssl)
        except Actionable as error:
            log.error("certificate_kept", extra={"code": error.code})  # noqa: TRY400 - the code says all, texts may not
            return
        log.info("certificate_renewed")


def _configured(
    store: Store,
    clock: Clock,
    address: Address,
    tally: Tally,
    worker: int,
    watching: Watching | None,
    limits: Limits | None,
) -> uvicorn.Config:
    certificate = address.certificate
    if certificate is not None:
        require_readable(certificate)
    part = tally.part(worker)
    part.started()
    desk = Desk(store, clock, part, limits)
    app = application(store, clock, tally=tally, worker=worker, watching=watching, desk=desk)
    config = uvicorn.Config(
        Observed(AtOnce(app, desk), part, store.connections),
        ssl_certfile=str(certificate.chain) if certificate else None,
        ssl_keyfile=str(certificate.key) if certificate else None,
        http=Impatient,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        proxy_headers=bool(address.trusted_proxies) or address.unix_socket is not None,
        forwarded_allow_ips="*" if address.unix_socket is not None else list(address.trusted_proxies),
        timeout_keep_alive=30,
        timeout_graceful_shutdown=STOP_S,
        limit_concurrency=500,
    )
    config.load()
    return config
