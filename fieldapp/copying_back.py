"""The write-ahead log of an SQLite file, copied back on a thread of its own: nobody who saves waits for it.

The laptop's file and head office's alike.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any, Protocol

from sqlcipher3 import dbapi2

log = logging.getLogger(__name__)

AFTER_PAGES = 4_000
"""16 MB: an exchange in bulk writes the same pages again and again, which then are copied once."""

AT_LENGTH_PAGES = 16_000
"""64 MB: where what is written follows so closely that this thread never finds the log at rest, a writer copies it."""

_PAGE_BYTES = 4096
_PAGES_AT_ONCE = 250
_TIMES_THE_ROOM = 4


class Connected(Protocol):
    """A connection to the file, by SQLite's module or out of a pool."""

    def cursor(self) -> Any: ...

    def close(self) -> None: ...


class CopyingBack:
    """Looks at the log after each commit; the thread begins with the first that is long enough."""

    def __init__(self, connected: Callable[[], Connected]) -> None:
        """``connected`` gives the thread a connection of its own."""
        self._connected = connected
        self._wanted = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None

    def after_commit(self, driver: Any) -> None:
        """Have the log copied back if enough is in it; ``driver`` is the connection that committed.

        Only one thread may call at a time; nothing is raised.
        """
        with suppress(dbapi2.DatabaseError):  # what was committed stands, however this ends
            _busy, pages, copied = driver.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
            if pages - copied >= AFTER_PAGES:
                self._begin()

    def close(self) -> None:
        """Finish what is being copied."""
        self._closing = True
        self._wanted.set()
        if self._thread is not None:
            self._thread.join()

    def _begin(self) -> None:
        self._wanted.set()
        if self._thread is None and not self._closing:
            self._thread = threading.Thread(target=self._serve, name="copying-back", daemon=True)
            self._thread.start()

    def _serve(self) -> None:
        while self._wanted.wait():
            self._wanted.clear()
            try:
                with closing(self._connected()) as connection, closing(connection.cursor()) as cursor:
                    cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
            except Exception as error:  # noqa: BLE001 - the edge of the thread: writers meet a full disk too, and say so
                log.warning("not_copied_back", extra={"why": type(error).__name__})
            if self._closing:
                return


def lengthen(driver: Any) -> None:
    """Give the log, which begins empty, the length that it has later: to flush what makes a file longer takes twice
    the time.

    A transaction that writes so much is taken back: it leaves the room, and nothing in it that anybody reads. On a disk
    that has not several times that room the log stays as it is: what it took it would not give back. Only one thread
    may call at a time; nothing is raised.
    """
    try:
        if _free_bytes(driver) < _TIMES_THE_ROOM * AFTER_PAGES * _PAGE_BYTES:
            log.warning("log_not_lengthened", extra={"why": "little room"})
            return
        driver.execute("BEGIN IMMEDIATE")
        try:
            driver.execute("CREATE TABLE room (bytes BLOB)")
            for _ in range(AFTER_PAGES // _PAGES_AT_ONCE):
                driver.execute("INSERT INTO room VALUES (zeroblob(?))", (_PAGES_AT_ONCE * _PAGE_BYTES,))
        finally:
            if driver.in_transaction:
                driver.execute("ROLLBACK")
    except (dbapi2.DatabaseError, OSError) as error:
        log.warning("log_not_lengthened", extra={"why": type(error).__name__})


def _free_bytes(driver: Any) -> int:
    """How much more the disk holds that the file is on."""
    _number, _name, path = driver.execute("PRAGMA database_list").fetchone()
    return shutil.disk_usage(path).free
