"""Making and opening a head office's database, and bringing it to this version."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.storage.engines import APPLICATION_ID, WRITING, is_postgresql, open_engine
from fieldapp.headoffice.storage.journal import Damaged
from fieldapp.headoffice.storage.store import Store
from fieldapp.headoffice.versions import not_head_office, this_version, upgrade, version_of


def create_database(location: str) -> Store:
    """A new, empty head office at ``location``: a file's path or a ``postgresql://`` URL.

    Raises Actionable: ``exists``, ``no_folder``, ``no_permission``, ``disk_full``, ``no_connection``, ``database_url``.
    """
    if not is_postgresql(location):
        path = Path(location)
        if path.exists():
            raise Actionable("exists", Sentence("There is already a file {path}.", path=str(path)))
        if not path.parent.is_dir():
            raise Actionable("no_folder", Sentence("There is no folder {path}.", path=str(path.parent)))
        make_private_file(path)
    engine = open_engine(location)
    try:
        with connected(engine, location) as connection:
            _require_empty(connection)
            connection.rollback()
            _create(connection)
    except BaseException:
        discard_database(location)
        raise
    return Store(engine)


def discard_database(location: str) -> None:
    """Take away the file of a head office that could not be finished, so that it can be made again; it is closed."""
    if not is_postgresql(location):
        for suffix in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                Path(f"{location}{suffix}").unlink()


def open_database(location: str) -> Store:
    """The head office at ``location``, which is of this version.

    Raises Actionable: ``no_file``, ``not_head_office``, ``older``, ``newer``, ``no_permission``, ``no_connection``.
    """
    engine = existing_engine(location)
    with connected(engine, location) as connection:
        if version_of(connection) != this_version():
            raise Actionable(
                "older",
                Sentence("This head office was last used by an older version of the program."),
                advice=Sentence("Bring it to this version with 'fieldapp headoffice migrate'."),
            )
    return Store(engine)


def existing_engine(location: str) -> Engine:
    """An engine on a head office that is there. Raises Actionable: ``no_file``, ``not_head_office`` and its kin."""
    if not is_postgresql(location):
        _require_head_office_file(Path(location))
    return open_engine(location)


@contextmanager
def connected(engine: Engine, location: str) -> Iterator[Connection]:
    """A connection, or a sentence on why the database cannot be used; the engine does not outlive a failure."""
    try:
        with engine.connect() as connection:
            yield connection
    except (DBAPIError, dbapi2.DatabaseError) as error:
        engine.dispose()
        raise _why_not(error, location) from error
    except BaseException:
        engine.dispose()
        raise


@contextmanager
def damage_in_words() -> Iterator[None]:
    """Turn what SQLite says of a page it cannot read, and what a journal that was altered is, into Actionable
    ``damaged``.
    """
    try:
        yield
    except (DBAPIError, Damaged) as error:
        if not is_damage(error):
            raise
        raise Actionable(
            "damaged",
            Sentence("The head office's database is damaged: a part of it cannot be read."),
            advice=Sentence(
                "Stop the servers and keep the file. Put the newest backup that was tried in its place: laptops send"
                " again what it lacks."
            ),
        ) from error


def is_damage(error: Exception) -> bool:
    """Whether a part of the database cannot be read any more."""
    if isinstance(error, DBAPIError):
        return (getattr(error.orig, "sqlite_errorcode", None) or 0) & 0xFF in _DAMAGED
    return isinstance(error, Damaged)


def is_whole(connection: Connection) -> bool:
    """Whether every page of an SQLite file can be read and hangs together; PostgreSQL sees to its own."""
    if connection.dialect.name != "sqlite":
        return True
    return connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]


def make_private_file(path: Path) -> None:
    """Customers' data: for the administrator's eyes alone, its journal files too, which take the same mode.

    Raises Actionable (``exists``, ``no_permission``), OSError.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise Actionable("exists", Sentence("There is already a file {path}.", path=str(path))) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise _no_permission(str(path)) from error


def in_the_making(copy: Path) -> Path:
    """Where the file ``copy`` is written until it is whole: what a killed program leaves is taken for no copy."""
    return copy.with_name(f"{copy.name}.partial")


def _require_empty(connection: Connection) -> None:
    if connection.dialect.name != "sqlite" and inspect(connection).get_table_names():
        raise Actionable("exists", Sentence("This database is not empty."))


def _create(connection: Connection) -> None:
    connection.execution_options(**{WRITING: True})
    with connection.begin():
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        upgrade(connection)


def _require_head_office_file(path: Path) -> None:
    if not path.exists():
        raise Actionable(
            "no_file",
            Sentence("There is no file {path}.", path=str(path)),
            advice=Sentence("Make a new head office with 'create'."),
        )
    if not path.is_file():
        raise not_head_office()
    try:
        with path.open("rb") as file:
            start = file.read(72)
    except PermissionError as error:
        raise _no_permission(str(path)) from error
    if int.from_bytes(start[68:72], "big") != APPLICATION_ID and not _marked_in_journal(path):
        raise not_head_office()


def _marked_in_journal(path: Path) -> bool:
    """Whether the mark stands in the write-ahead log: not yet in the file while its maker runs, or after a crash."""
    if not path.with_name(f"{path.name}-wal").exists():
        return False
    try:
        connection = dbapi2.connect(str(path), isolation_level=None)
        try:
            return bool(connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)
        finally:
            connection.close()
    except dbapi2.DatabaseError:
        return False


def _no_permission(location: str) -> Actionable:
    return Actionable("no_permission", Sentence("You are not allowed to use {path}.", path=location))


_FULL = 13
"""SQLITE_FULL."""
_DAMAGED = (11, 26)
"""SQLITE_CORRUPT and SQLITE_NOTADB."""


def _why_not(error: DBAPIError | dbapi2.DatabaseError, location: str) -> Actionable:
    if is_postgresql(location):
        return Actionable("no_connection", Sentence("The PostgreSQL database does not answer or refuses us."))
    cause = error.orig if isinstance(error, DBAPIError) else error
    if (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF == _FULL:
        return Actionable(
            "disk_full", Sentence("There is no space left for {path}. Nothing was changed.", path=location)
        )
    return _no_permission(location) if isinstance(cause, dbapi2.OperationalError) else not_head_office()
