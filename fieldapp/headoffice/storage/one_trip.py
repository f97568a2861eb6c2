"""Several statements to PostgreSQL in one message, and all answers back in one.

It is spoken through libpq itself: psycopg's pipeline writes each statement by itself and wakes the server for it, which
takes eight small ones half a millisecond longer.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from itertools import count
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.waiting import Ready, Wait

Statement = tuple[str, tuple[Any, ...]]
"""With ``$1``, ``$2`` and so on for its values: None, int, str, bytes, or a list of one of the last three."""

Rows = Sequence[tuple[Any, ...]]

_numbers = count(1)


def in_one_trip(
    connection: psycopg.Connection[Any], prepared: dict[str, bytes], statements: Sequence[Statement]
) -> list[Rows]:
    """What each of ``statements`` finds, in their order; a transaction is begun where there is none.

    ``prepared`` names those that this connection knows already, and is added to. Raises psycopg.Error of the first
    that fails; those behind it were not run. OperationalError where it does not know them any more: then all are
    prepared anew the next time.
    """
    libpq = connection.pgconn
    travelling = [(statement, *_given(values)) for statement, values in statements]
    new: list[str] = []
    found_at: list[int] = []
    libpq.enter_pipeline_mode()
    try:
        awaited = _begin(connection)
        for statement, given, formats in travelling:
            if statement not in prepared:
                prepared[statement] = f"fieldapp_{next(_numbers)}".encode()
                new.append(statement)
                libpq.send_prepare(prepared[statement], statement.encode())
                awaited += 1
            libpq.send_query_prepared(prepared[statement], given, formats)
            found_at.append(awaited)
            awaited += 1
        libpq.pipeline_sync()
        results = connection.wait(_results(libpq, awaited + 1))
        libpq.exit_pipeline_mode()
    except BaseException:
        connection.close()  # nobody knows what is still under way on it
        raise
    failed = next((result for result in results if result.status == pq.ExecStatus.FATAL_ERROR), None)
    if failed is not None:
        for statement in new:
            del prepared[statement]  # it may not have come to that
        error = error_from_result(failed)
        if isinstance(error, InvalidSqlStatementName):  # by a pool between here and the server, say
            prepared.clear()
            raise psycopg.OperationalError("what the connection knew was let go of") from error
        raise error
    return [_rows(connection, results[place]) for place in found_at]


def _begin(connection: psycopg.Connection[Any]) -> int:
    """How many statements that took."""
    if connection.pgconn.transaction_status != pq.TransactionStatus.IDLE:
        return 0
    level = connection.isolation_level
    words = f"BEGIN ISOLATION LEVEL {psycopg.IsolationLevel(level).name.replace('_', ' ')}" if level else "BEGIN"
    connection.pgconn.send_query_params(words.encode(), None)
    return 1


def _results(libpq: pq.abc.PGconn, awaited: int) -> Generator[Wait, Ready | int, list[pq.abc.PGresult]]:
    """So many results, the last of which is the mark behind them all. Raises psycopg.OperationalError."""
    while libpq.flush():
        if (yield Wait.RW) & Ready.R:
            libpq.consume_input()
    results: list[pq.abc.PGresult] = []
    ended = False
    while len(results) < awaited:
        while libpq.is_busy():
            yield Wait.R
            libpq.consume_input()
        result = libpq.get_result()
        if result is None and ended:
            raise psycopg.OperationalError("the connection was lost")
        ended = result is None  # one such stands behind each statement's
        if result is not None:
            results.append(result)
    return results


def _rows(connection: psycopg.Connection[Any], result: pq.abc.PGresult) -> Rows:
    if not result.ntuples:
        return []
    loading = Transformer(connection)
    loading.set_pgresult(result)
    return loading.load_rows(0, result.ntuples, tuple)


def _given(values: Iterable[Any]) -> tuple[list[bytes | None], list[int]]:
    """The values as they travel, and in which form each does; their types are the server's to tell."""
    given: list[bytes | None] = []
    formats: list[int] = []
    for value in values:
        is_bytes = value.__class__ is bytes
        given.append(value if is_bytes or value is None else _text(value).encode())
        formats.append(pq.Format.BINARY if is_bytes else pq.Format.TEXT)
    return given, formats


def _text(value: Any) -> str:
    text = "{" + ",".join([_quoted(one) for one in value]) + "}" if isinstance(value, list) else str(value)
    if "\x00" in text:  # libpq would take it for the end
        raise psycopg.DataError("PostgreSQL keeps no text with a NUL in it")
    return text


def _quoted(value: Any) -> str:
    """As an array's element."""
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
