"""The one look of the short question on PostgreSQL: a round trip that the event loop does not stand still for.

It is spoken through libpq itself. psycopg's own asynchronous cursor says the same in more than twice the time.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import pq

from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.headoffice.storage.glances import LOOK, Glimpse, glimpse_in

log = logging.getLogger(__name__)

PATIENCE_S = 2.0
"""A look that takes longer is given up, and its connection with it."""

PAUSE_S = 5.0
"""After a connection was lost, or could not be made, the next attempt waits so long; laptops are answered at length."""

MOST_REMEMBERED = 2000
"""Laptops whose last glimpse is kept, 1 kB each."""

_SQL = LOOK.replace("?", "$1", 1).replace("?", "$2").encode()
_NAME = b"fieldapp_look"
_NUMBERS = (1, 7, 9)
"""The columns that are numbers: a laptop's counter, a head's, its floor."""


class DistantGlances:
    """Into PostgreSQL, one look after the other; the connection is the event loop's that looks first."""

    near = False

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        """``parameters`` are those of ``psycopg.connect``."""
        self._parameters = parameters
        self._loop: asyncio.AbstractEventLoop | None = None
        self._line: _Line | None = None
        self._opening: asyncio.Task[None] | None = None
        self._not_before = 0.0
        self._lately: OrderedDict[str, Glimpse] = OrderedDict()

    async def of(self, token_hash: str) -> Glimpse | None:
        """See Glances."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self.close()
            self._loop, self._not_before = loop, 0.0
        line = self._line
        if line is None:  # nobody waits for the connection
            if self._opening is None and loop.time() >= self._not_before:
                self._opening = loop.create_task(self._open(loop))
            return None
        try:
            async with asyncio.timeout(PATIENCE_S):
                glimpse = glimpse_in(await line.rows(BANK_STREAM.encode(), token_hash.encode()))
        except (psycopg.Error, OSError):
            self._lose(line)
            return None
        except asyncio.CancelledError:
            self._lose(line)
            raise
        self._remember(token_hash, glimpse)
        return glimpse

    def lately(self, token_hash: str) -> Glimpse | None:
        """See Glances."""
        return self._lately.get(token_hash)

    def forget(self, token_hash: str) -> None:
        """See Glances."""
        self._lately.pop(token_hash, None)

    def _remember(self, token_hash: str, glimpse: Glimpse | None) -> None:
        self.forget(token_hash)
        if glimpse is not None:
            self._lately[token_hash] = glimpse
        if len(self._lately) > MOST_REMEMBERED:
            self._lately.popitem(last=False)

    def close(self) -> None:
        """See Glances."""
        opening, self._opening = self._opening, None
        if opening is not None and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(opening.cancel)
        if self._line is not None:
            self._line.close()
            self._line = None

    async def _open(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                connection = await psycopg.AsyncConnection.connect(**self._parameters, autocommit=True)
                line = _Line(connection, loop)
                try:
                    await line.prepare()
                except BaseException:
                    line.close()
                    raise
        except (psycopg.Error, OSError, NotImplementedError) as error:  # Windows' usual event loop watches no sockets
            log.info("no_glances", extra={"why": type(error).__name__})
            self._not_before = loop.time() + PAUSE_S
            return
        finally:
            self._opening = None
        self._line = line

    def _lose(self, line: _Line) -> None:
        line.close()
        if self._line is line:
            self._line = None
            if self._loop is not None:
                self._not_before = self._loop.time() + PAUSE_S


class _Line:
    """A connection with one prepared statement; whoever asks waits until those before have their answer."""

    def __init__(self, connection: psycopg.AsyncConnection[Any], loop: asyncio.AbstractEventLoop) -> None:
        self._connection = connection
        self._libpq = connection.pgconn
        self._libpq.nonblocking = 1
        self._loop = loop
        self._turn = asyncio.Lock()
        self._awaited: asyncio.Future[None] | None = None
        self._watched: int | None = self._libpq.socket
        loop.add_reader(self._watched, self._read)

    async def prepare(self) -> None:
        """Make the statement known. Raises psycopg.Error."""
        async with self._turn:
            self._libpq.send_prepare(_NAME, _SQL)
            await self._result()

    async def rows(self, *values: bytes) -> list[list[Any]]:
        """What the statement finds. Raises psycopg.Error; then the line is of no use any more."""
        async with self._turn:
            self._libpq.send_query_prepared(_NAME, list(values))
            result = await self._result()
        return [
            [_value(column, result.get_value(row, column)) for column in range(result.nfields)]
            for row in range(result.ntuples)
        ]

    def close(self) -> None:
        """Hang up; whoever still waits learns of it."""
        self._fail(psycopg.OperationalError("the line was closed"))
        self._libpq.finish()

    async def _result(self) -> pq.abc.PGresult:
        self._awaited = self._loop.create_future()
        self._libpq.flush()  # a few hundred bytes always fit
        await self._awaited
        result = self._libpq.get_result()
        while self._libpq.get_result() is not None:
            pass
        if result is None or result.status not in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
            raise psycopg.OperationalError("the look failed")
        return result

    def _read(self) -> None:
        try:
            self._libpq.consume_input()
            busy = self._libpq.is_busy()
        except psycopg.Error as error:
            self._fail(error)
            return
        if not busy and self._awaited is not None and not self._awaited.done():
            self._awaited.set_result(None)

    def _fail(self, error: psycopg.Error) -> None:
        watched, self._watched = self._watched, None  # its number may be another socket's soon
        if watched is not None and not self._loop.is_closed():
            self._loop.remove_reader(watched)
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_exception(error)


def _value(column: int, told: bytes | None) -> object:
    if told is None:
        return None
    return int(told) if column in _NUMBERS else told.decode()
