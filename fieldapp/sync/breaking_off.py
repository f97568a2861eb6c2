"""Breaking a request off from another thread, at whatever point it is: also where it still looks for the other side."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from urllib3.connection import HTTPConnection

from fieldapp.sync.troubles import Cancelled

T = TypeVar("T")


class BreakingOff:
    """Of one connection to head office: once ``ask`` was called its requests end with Cancelled, until ``forget``."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._over = threading.Event()
        self._line: HTTPConnection | None = None

    @property
    def asked(self) -> bool:
        """Whether the request under way is to end."""
        return self._asked.is_set()

    def ask(self) -> None:
        """End what is under way. What was on its way to head office may be taken there: the answer is lost, no more."""
        self._asked.set()
        sock = self._line.sock if self._line is not None else None
        if sock is not None:
            with suppress(OSError):  # closed meanwhile
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # past TLS, which another thread is just reading
        self._over.set()

    def forget(self) -> None:
        """Requests may be made again."""
        self._asked.clear()

    def watch(self, line: HTTPConnection) -> None:
        """The next bytes travel over ``line``. Raises Cancelled when it is to end already."""
        self._line = line
        self.require_unasked()

    def require_unasked(self) -> None:
        """Raises Cancelled when what is under way is to end."""
        if self.asked:
            raise Cancelled

    def apart(self, work: Callable[[], T], meanwhile: Callable[[], None] | None = None) -> T:
        """Do ``work`` on a thread of its own, which is left alone when it is to end: nothing ends a search for a name.

        ``meanwhile`` is done on this one. Raises Cancelled then, and whatever ``work`` raises.
        """
        self._over = over = threading.Event()
        self.require_unasked()
        found: list[T] = []
        failed: list[BaseException] = []

        def run() -> None:
            try:
                found.append(work())
            except BaseException as error:  # noqa: BLE001 - the edge of the thread: it belongs to whoever waits
                failed.append(error)
            finally:
                over.set()

        threading.Thread(target=run, name="sync-connecting", daemon=True).start()
        if meanwhile is not None:
            meanwhile()
        over.wait()
        if self.asked:
            raise Cancelled
        if not failed:
            return found[0]
        error = failed.pop()
        try:
            raise error
        finally:
            del error  # its trail leads here: held in a ring, it would keep the connection open
