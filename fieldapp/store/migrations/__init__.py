"""The shape of the laptop's database, as steps that are only ever added to.

Each step runs in its own transaction with the note that it ran (sqlite-utils); a new file gets all of them in one.
Before the first step on a file that holds something, a verified backup is made.
"""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database

from fieldapp.store.backup import back_up
from fieldapp.store.connection import Connection
from fieldapp.store.faults import newer_file
from fieldapp.store.migrations import first_shape, later_shapes  # noqa: F401 - each adds its steps, in this order
from fieldapp.store.migrations.steps import laptop


def migrate(connection: Connection, path: Path, key: bytes) -> list[str]:
    """Bring the file to this program's shape; returns the names of the steps that ran.

    Raises StorageFault ``newer`` when the file has steps this program does not know; nothing is touched then.
    """
    database = Database(connection)
    known = [step.name for step in laptop._migrations]
    applied = [step.name for step in laptop.applied(database)]
    unknown = [name for name in applied if name not in known]
    if unknown:
        raise newer_file(unknown[-1])
    waiting = [name for name in known if name not in applied]
    if waiting and applied:
        back_up(connection, path, key, reason=f"before-{waiting[0]}")
        laptop.apply(database)
    elif waiting:
        with database.atomic():
            laptop.apply(database)
    return waiting
