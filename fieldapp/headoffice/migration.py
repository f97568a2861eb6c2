"""Bringing a head office's database to this version, in one transaction, with a verified copy of a file first."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlcipher3 import dbapi2

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.database import connected, discard_database, existing_engine, in_the_making, make_private_file
from fieldapp.headoffice.storage.engines import APPLICATION_ID, WRITING, is_postgresql
from fieldapp.headoffice.versions import steps_after, this_version, upgrade, version_of
from fieldapp.protocol.identifiers import Clock

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Migration:
    """What is or was to be done: the steps from one version to the other, and the copy made before them."""

    version: str
    target: str
    steps: tuple[str, ...]
    backup: Path | None = None


def look_at(location: str) -> Migration:
    """What ``migrate`` would do. Raises Actionable like ``migrate``."""
    engine = existing_engine(location)
    with connected(engine, location) as connection:
        version = version_of(connection)
    engine.dispose()
    return Migration(version, this_version(), tuple(steps_after(version)))


def migrate(location: str, clock: Clock) -> Migration:
    """Take every step that is left, or none. A file is copied first, and the copy verified.

    Raises Actionable: ``no_file``, ``not_head_office``, ``newer``, ``no_permission``, ``no_connection``, ``disk_full``,
    ``backup``, ``exists``, ``busy``; the database is then as it was.
    """
    engine = existing_engine(location)
    with connected(engine, location) as connection:
        version = version_of(connection)
        steps = steps_after(version)
        backup: Path | None = None
        if steps:
            connection.execution_options(**{WRITING: True})
            _sort_on_the_disk(connection)
            with _saying_busy(), connection.begin():
                _keep_others_out(connection)
                if not is_postgresql(location):
                    backup = _back_up(Path(location), version, clock.now())
                try:
                    upgrade(connection)
                except BaseException:
                    log.error("migration_undone", extra={"version": version})  # noqa: TRY400 - raised on, told there
                    raise
            log.info("migrated", extra={"from": version, "to": this_version()})
    engine.dispose()
    return Migration(version, this_version(), tuple(steps), backup)


_MIGRATING = 0x46415048
"""PostgreSQL's advisory lock that whoever migrates holds."""

_LOCKED = ("55P03", "40P01")


def _sort_on_the_disk(connection: Connection) -> None:
    """SQLCipher's SQLite would keep in memory what it sorts for an index, 100 bytes a record; it is ids and numbers."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA temp_store=FILE")


def _keep_others_out(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        connection.execute(text("SET LOCAL statement_timeout = 0"))  # an index over all records takes its time
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATING})


@contextmanager
def _saying_busy() -> Iterator[None]:
    """A server that still runs holds what the steps need."""
    try:
        yield
    except DBAPIError as error:
        locked = getattr(error.orig, "sqlstate", None) in _LOCKED
        held = isinstance(error, OperationalError) and "locked" in str(error.orig)
        if not locked and not held:
            raise
        raise Actionable(
            "busy",
            Sentence("The database is in use. Nothing was changed."),
            advice=Sentence("Stop the servers that run on it, then try again."),
        ) from error


def _back_up(path: Path, version: str, at: datetime) -> Path:
    """A copy beside the file, which has its name once it was read back. Nobody else writes meanwhile."""
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    backup = path.with_name(f"{path.name}.{version}.{stamp}.backup")
    if backup.exists():
        raise Actionable("exists", Sentence("There is already a file {path}.", path=str(backup)))
    partial = in_the_making(backup)
    make_private_file(partial)
    try:
        _copy(path, partial)
        partial.replace(backup)
    except (dbapi2.DatabaseError, OSError, _Unsound) as error:
        discard_database(str(partial))
        raise Actionable(
            "backup",
            Sentence("No sound copy could be made at {path}. Nothing was changed.", path=str(backup)),
            advice=Sentence("Free some space, or check the disk."),
        ) from error
    log.info("backed_up", extra={"version": version})
    return backup


class _Unsound(Exception):
    """The copy does not hold what its source does."""


def _copy(path: Path, target: Path) -> None:
    """Raises _Unsound, dbapi2.DatabaseError, OSError."""
    with closing(dbapi2.connect(os.fspath(path))) as source, closing(dbapi2.connect(os.fspath(target))) as copy:
        source.backup(copy)
        expected = _contents(source)
    with target.open("rb") as file:
        os.fsync(file.fileno())
    with closing(dbapi2.connect(os.fspath(target))) as copy:
        if copy.execute("PRAGMA integrity_check").fetchall() != [("ok",)] or _contents(copy) != expected:
            raise _Unsound


def _contents(connection: Any) -> tuple[object, ...]:
    """What a copy must have in common with its source: the mark, how many rows each table has, where streams stand."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    counts = [(name, connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()) for (name,) in names]  # noqa: S608 - names out of the database itself
    mark = connection.execute("PRAGMA application_id").fetchone()[0]
    heads = connection.execute("SELECT stream, seq, hash FROM stream_head ORDER BY stream").fetchall()
    return (mark == APPLICATION_ID, counts, heads)
