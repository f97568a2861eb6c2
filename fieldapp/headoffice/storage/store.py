"""Units of work: everything read or written of head office's database happens inside one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

from sqlalchemy import Connection, Engine, NestedTransaction, RootTransaction
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.pool import QueuePool

from fieldapp.copying_back import CopyingBack, lengthen
from fieldapp.headoffice.storage import engines
from fieldapp.headoffice.storage.accounts import Accounts
from fieldapp.headoffice.storage.attachments import Attachments
from fieldapp.headoffice.storage.direct import Direct
from fieldapp.headoffice.storage.engines import LOCK_TIMEOUT_S, WRITING, psycopg_parameters
from fieldapp.headoffice.storage.glances import FileGlances, Glances
from fieldapp.headoffice.storage.parcels import Parcels
from fieldapp.headoffice.storage.records import Records


class Busy(Exception):
    """The database could not take the work just now: a lock, a full disk, a lost connection. Nothing was done."""


class NoRoom(Busy):
    """The disk is full. Nothing was done, and nothing will be until an administrator makes room."""


class Unit:
    """One transaction, with what it can reach."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        direct = Direct(connection)
        self.records = Records(connection, direct)
        self.accounts = Accounts(connection, direct)
        self.attachments = Attachments(connection)
        self.parcels = Parcels(connection)

    def savepoint(self) -> NestedTransaction:
        """What happens inside is undone alone when it fails, or when that is asked for."""
        return self.connection.begin_nested()


QUICK_S = 0.004
"""A flush that takes longer is waited for on a thread."""

_FORGOTTEN = 0.8
"""How much of the slowest flush counts after the next one."""

_GIVEN_WAY_S = 0.025
"""For the first eighth of a second SQLite asks again at least as often."""


class _Kept:
    """Connections made ready with ``options``; at most ``most`` wait here, out of the pool, for their next use.

    One to a server goes back to the pool after a rest: it may be gone by then, and there it is asked.
    """

    def __init__(self, options: dict[str, Any], most: int, *, of_server: bool) -> None:
        self.options = options
        self.most = most
        self.idle: list[tuple[Connection, float]] = []
        self._of_server = of_server

    def take(self) -> Connection | None:
        """One that waits and needs no asking."""
        with suppress(IndexError):
            while True:
                connection, since = self.idle.pop()
                if not self._of_server or time.monotonic() - since < engines.ASKED_AFTER_S:
                    return connection
                engines.back_to_pool(connection, since)
        return None

    def keep(self, connection: Connection) -> None:
        """Have it wait, or go back to the pool where enough do."""
        if len(self.idle) < self.most:
            self.idle.append((connection, time.monotonic()))
        else:
            connection.close()

    def let_go(self, *, lost: bool = False) -> None:
        """Give all that wait back to the pool; for good where the server may be ``lost``."""
        with suppress(IndexError):
            while True:
                connection, since = self.idle.pop()
                if lost:
                    connection.invalidate()
                engines.back_to_pool(connection, since)


class Store:
    """The database of one head office. SQLite has one writer at a time in this process; PostgreSQL locks rows."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = threading.Lock() if engine.dialect.name == "sqlite" else None
        if self._writer is not None:
            self._to_write = _Kept({WRITING: True}, 1, of_server=False)
            self._to_read = _Kept({}, 2, of_server=False)
        else:
            self._to_write = _Kept({"isolation_level": "READ COMMITTED"}, 3, of_server=True)
            self._to_read = _Kept({"isolation_level": "REPEATABLE READ"}, 3, of_server=True)
        self._copying_back = CopyingBack(lambda: engine.raw_connection()) if self._writer is not None else None
        self._slowest_s = 0.0
        self.glances = _glances(engine)

    @property
    def quick(self) -> bool:
        """Whether the database is in this process and of late took no time to speak of to flush what was written."""
        return self._writer is not None and self._slowest_s < QUICK_S

    @contextmanager
    def writing(self, *, patient: bool = True) -> Iterator[Unit]:
        """A unit that is committed at the end, and undone when an exception passes.

        Raises Busy; where not ``patient`` at once when anybody else is writing to the file, here or in another process,
        and when a connection would have to be waited for.
        """
        with self._sole_writer(patient=patient), _saying_busy(), self._connection(self._to_write) as connection:
            with connection.begin() if patient else _begun_at_once(connection):
                yield Unit(connection)
                done = time.monotonic()
            if self._copying_back is not None:
                self._slowest_s = max(time.monotonic() - done, self._slowest_s * _FORGOTTEN)
                self._copying_back.after_commit(connection.connection.driver_connection)

    @contextmanager
    def reading(self) -> Iterator[Unit]:
        """A unit that sees one moment of the database. Raises Busy."""
        with _saying_busy(), self._connection(self._to_read) as connection, connection.begin():
            yield Unit(connection)

    @property
    def at_hand(self) -> bool:
        """Whether a connection that reads can be had without waiting for one."""
        return bool(self._to_read.idle)

    def ready_to_serve(self) -> None:
        """What need not be done before there is much to write; where it cannot be done now it is left."""
        if self._copying_back is not None:
            with (
                self._sole_writer(patient=True),
                self._connection(self._to_write) as connection,
                _waiting_for_nobody(connection),
            ):
                lengthen(connection.connection.driver_connection)

    def give_way(self) -> None:
        """Let others write before the next of many units that follow each other.

        Who waits for a file asks for it again after a while: of a moment between two units they would hear nothing.
        """
        if self._writer is not None:
            time.sleep(_GIVEN_WAY_S)

    def close(self) -> None:
        """Let go of every connection."""
        if self._copying_back is not None:
            self._copying_back.close()
        self.glances.close()
        for kept in (self._to_write, self._to_read):
            kept.let_go()
        self._engine.dispose()

    def connections(self) -> tuple[int, int]:
        """How many connections are in use, and how many are open."""
        pool = cast(QueuePool, self._engine.pool)
        out = pool.checkedout()
        return max(0, out - len(self._to_write.idle) - len(self._to_read.idle)), out + pool.checkedin()

    @contextmanager
    def _connection(self, kept: _Kept) -> Iterator[Connection]:
        connection = kept.take()
        if connection is None:
            connection = self._engine.connect()
            connection.execution_options(**kept.options)
        try:
            yield connection
        except Busy:  # nothing is wrong with the connection
            kept.keep(connection)
            raise
        except BaseException as error:
            connection.close()
            if self._writer is None and isinstance(error, DBAPIError):
                for others in (self._to_write, self._to_read):
                    others.let_go(lost=True)
            raise
        kept.keep(connection)

    @contextmanager
    def _sole_writer(self, *, patient: bool) -> Iterator[None]:
        if self._writer is None:
            yield
            return
        if not self._writer.acquire(patient, LOCK_TIMEOUT_S if patient else -1):
            raise Busy("another request is writing")
        try:
            if not (patient or self._to_write.idle):
                raise Busy("no connection is at hand")
            yield
        finally:
            self._writer.release()


def _glances(engine: Engine) -> Glances:
    if engine.dialect.name == "sqlite":
        return FileGlances(engine)
    from fieldapp.headoffice.storage.distant_glances import DistantGlances  # psycopg takes 9 MB that SQLite needs not

    return DistantGlances(psycopg_parameters(engine))


def _begun_at_once(connection: Connection) -> RootTransaction:
    """A transaction on an SQLite file whose lock is free. Raises Busy where it is not."""
    with _waiting_for_nobody(connection):
        try:
            return connection.begin()
        except OperationalError as error:
            raise Busy(str(error.orig)) from error


@contextmanager
def _waiting_for_nobody(connection: Connection) -> Iterator[None]:
    """Within, a lock on an SQLite file that is not free is an error at once."""
    driver = cast(Any, connection.connection.driver_connection)
    driver.execute("PRAGMA busy_timeout=0")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA busy_timeout={LOCK_TIMEOUT_S * 1000}")


def passes(error: DBAPIError) -> bool:
    """Whether the database could take nothing just then, whatever it was: the unit says Busy."""
    return isinstance(error, OperationalError) or getattr(error.orig, "sqlstate", None) in _RETRIABLE_SQLSTATES


_RETRIABLE_SQLSTATES = ("40001", "40P01", "55P03", "57014")
_DISK_FULL = "53100"
_SQLITE_FULL = 13


@contextmanager
def _saying_busy() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        sqlstate = getattr(error.orig, "sqlstate", None)
        if sqlstate == _DISK_FULL or (getattr(error.orig, "sqlite_errorcode", None) or 0) & 0xFF == _SQLITE_FULL:
            raise NoRoom(str(error.orig)) from error
        if passes(error):
            raise Busy(str(error.orig)) from error
        raise
    except NoConnectionFree as error:
        raise Busy("every connection is in use") from error
