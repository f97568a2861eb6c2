"""Running the server: in the foreground for an administrator, on a thread of its own for a demonstration or a test."""

from __future__ import annotations

import errno
import ipaddress
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import uvicorn

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.routes import application
from fieldapp.headoffice.storage.store import Store
from fieldapp.protocol.identifiers import Clock

log = logging.getLogger(__name__)

START_S = 20
STOP_S = 20


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files of a TLS certificate (with its chain) and of its private key, both PEM."""

    chain: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 is any free one. Plain http is for this machine alone (DESIGN 5)."""

    host: str = "127.0.0.1"
    port: int = 0
    certificate: Certificate | None = None

    def url(self, port: int) -> str:
        """What laptops are told."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.certificate else 'http'}://{host}:{port}"


def serve(
    store: Store, clock: Clock, address: Address, listening_at: Callable[[str], None] = lambda _url: None
) -> None:
    """Serve until the process is told to stop; requests under way are finished first.

    ``listening_at`` is told the URL once the port is ours. Raises Actionable: ``tls_needed``, ``certificate``,
    ``port_busy``, ``no_permission``, ``host_unknown``.
    """
    with _listening(address) as listening:
        server = uvicorn.Server(_configured(store, clock, address))
        url = address.url(listening.getsockname()[1])
        log.info("serving", extra={"url": url})
        listening_at(url)
        server.run(sockets=[listening])


class RunningHeadOffice:
    """A server on a thread of its own: ``with RunningHeadOffice(store, clock) as running: running.url``.

    Raises Actionable like ``serve`` on entering. Leaving finishes the requests under way.
    """

    def __init__(self, store: Store, clock: Clock, address: Address | None = None) -> None:
        self._address = address or Address()
        self._store = store
        self._clock = clock
        self.port = 0

    @property
    def url(self) -> str:
        """Where it really listens."""
        return self._address.url(self.port)

    def __enter__(self) -> RunningHeadOffice:
        self._socket = _listening(self._address)
        self.port = self._socket.getsockname()[1]
        try:
            self._server = _Announcing(_configured(self._store, self._clock, self._address))
        except BaseException:
            self._socket.close()
            raise
        self._thread = threading.Thread(target=self._run, name="headoffice", daemon=True)
        self._thread.start()
        if not self._server.ready.wait(START_S) or not self._server.started:
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
            self._server.ready.set()


class _Announcing(uvicorn.Server):
    """A server that tells when it accepts connections."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


def _configured(store: Store, clock: Clock, address: Address) -> uvicorn.Config:
    certificate = address.certificate
    config = uvicorn.Config(
        application(store, clock),
        host=address.host,
        port=address.port,
        ssl_certfile=str(certificate.chain) if certificate else None,
        ssl_keyfile=str(certificate.key) if certificate else None,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_keep_alive=30,
        timeout_graceful_shutdown=STOP_S,
        limit_concurrency=500,
        h11_max_incomplete_event_size=32 * 1024,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise Actionable(
            "certificate",
            Sentence("The certificate or its key cannot be read, or they do not belong together."),
            advice=Sentence("Both are PEM files; the certificate's file also holds its chain."),
        ) from error
    return config


def _listening(address: Address) -> socket.socket:
    if address.certificate is None and not _is_loopback(address.host):
        raise Actionable(
            "tls_needed",
            Sentence("Without a certificate head office listens on this machine only (127.0.0.1)."),
            advice=Sentence("Give a TLS certificate and its key to serve the network."),
        )
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address.host, address.port))
        listening.listen(256)
    except (OSError, OverflowError) as error:
        listening.close()
        raise _why_not(error, address) from error
    return listening


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _why_not(error: OSError | OverflowError, address: Address) -> Actionable:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return Actionable(
            "port_busy",
            Sentence("Port {port} is already in use.", port=address.port),
            advice=Sentence("Is head office running already? Else choose another port."),
        )
    if number in (errno.EACCES, errno.EPERM):
        return Actionable("no_permission", Sentence("You are not allowed to use port {port}.", port=address.port))
    return Actionable(
        "host_unknown",
        Sentence("Head office cannot listen on {host}, port {port}.", host=address.host, port=address.port),
    )
