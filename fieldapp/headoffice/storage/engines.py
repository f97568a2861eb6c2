"""Opening the database: SQLite in one file, or PostgreSQL by its URL, behaving alike."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlcipher3 import dbapi2

from fieldapp.bound_values import bind_as_they_are
from fieldapp.copying_back import AT_LENGTH_PAGES
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.storage.direct import Direct

APPLICATION_ID = 0x46415048
"""Marks an SQLite file as a head office's (``FAPH``)."""

LEAST_SQLITE = (3, 51, 3)
"""SQLite 3.7.0 to 3.51.2 can lose committed writes in WAL mode."""

WRITING = "fieldapp_writing"
"""Execution option of a connection that is going to write."""

LOCK_TIMEOUT_S = 10

ASKED_AFTER_S = 1.0
"""How long a connection to PostgreSQL may rest before it is asked whether it lives."""

_RESTS_SINCE = "fieldapp_rests_since"
_TIMEOUTS = f"-c lock_timeout={LOCK_TIMEOUT_S}s -c statement_timeout=60s"
_PLANNED_ANEW = "-c plan_cache_mode=force_custom_plan"
"""A plan that was kept from when a table was empty reads all of a branch for one record until the table is analyzed."""

_CONNECT_TIMEOUT_S = 5
_READY_SQLITE = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-2000",
    f"PRAGMA wal_autocheckpoint={AT_LENGTH_PAGES}",
    f"PRAGMA busy_timeout={LOCK_TIMEOUT_S * 1000}",
    "PRAGMA trusted_schema=OFF",
)


def is_postgresql(location: str) -> bool:
    """Whether ``location`` names a PostgreSQL database rather than a file."""
    return location.startswith(("postgresql://", "postgresql+psycopg://", "postgres://"))


def open_engine(location: str) -> Engine:
    """An engine on the database at ``location``, a path or a ``postgresql://`` URL.

    Raises Actionable when the URL cannot be read or SQLite is a version that may lose data.
    """
    return _postgresql(location) if is_postgresql(location) else _sqlite(Path(location))


def refuse_old_sqlite(version: tuple[int, ...] = dbapi2.sqlite_version_info) -> None:
    """Raises Actionable for an SQLite that can lose committed writes."""
    if version < LEAST_SQLITE:
        raise Actionable(
            "sqlite_too_old",
            Sentence(
                "The SQLite library here is {version}; versions before {least} can lose saved work.",
                version=".".join(map(str, version)),
                least=".".join(map(str, LEAST_SQLITE)),
            ),
            advice=Sentence("Install a newer sqlcipher3 package."),
        )


def _sqlite(path: Path) -> Engine:
    refuse_old_sqlite()
    bind_as_they_are()

    def connect() -> Any:
        connection = dbapi2.connect(os.fspath(path), isolation_level=None, check_same_thread=False)
        for pragma in _READY_SQLITE:
            connection.execute(pragma)
        return connection

    engine = create_engine(
        URL.create("sqlite", database=os.fspath(path)), module=dbapi2, creator=connect, pool_size=8, max_overflow=8
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(WRITING, False)
        Direct(connection).run("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgresql(location: str) -> Engine:
    try:
        url = make_url(location).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError) as error:
        raise Actionable("database_url", Sentence("This is not the address of a PostgreSQL database.")) from error
    engine = create_engine(url, pool_size=8, max_overflow=8, connect_args=_arguments(f"{_TIMEOUTS} {_PLANNED_ANEW}"))
    _ask_after_a_rest(engine)
    return engine


def _ask_after_a_rest(engine: Engine) -> None:
    """A connection that rested may be gone by now: it is asked before it is used, and all are made anew then.

    One that was used a moment ago is not asked: that would be a round trip more for every unit of work.
    """

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, entry: ConnectionPoolEntry) -> None:
        entry.info.setdefault(_RESTS_SINCE, time.monotonic())

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, entry: ConnectionPoolEntry, _proxy: object) -> None:
        rests_since = entry.info.pop(_RESTS_SINCE, None)
        if rests_since is None or time.monotonic() - rests_since < ASKED_AFTER_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def back_to_pool(connection: Connection, rests_since: float) -> None:
    """Give back a connection that was last used at ``rests_since`` (monotonic)."""
    if not connection.invalidated:
        connection.info[_RESTS_SINCE] = rests_since
    connection.close()


def psycopg_parameters(engine: Engine) -> dict[str, Any]:
    """What ``psycopg.connect`` has to be given for one more connection to the database of a PostgreSQL ``engine``."""
    _none, named = engine.dialect.create_connect_args(engine.url)
    return {**named, **_arguments(_TIMEOUTS)}


def _arguments(options: str) -> dict[str, Any]:
    """Of ``psycopg.connect``: what it prepares it lets go of after each rollback, and ours (``one_trip``) with it."""
    return {"options": options, "connect_timeout": _CONNECT_TIMEOUT_S, "prepare_threshold": None}
