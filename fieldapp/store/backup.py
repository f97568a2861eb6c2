"""Copies of the database that have been opened and checked before they count."""

from __future__ import annotations

import errno
import re
from pathlib import Path

from fieldapp.domain.wording import Sentence
from fieldapp.store.connection import SMALLEST_FILE, Connection, connect
from fieldapp.store.faults import StorageFault, damaged_file, full_disk, translated_faults

KEPT = 5
"""How many backups stay beside the database."""

_NAME = re.compile(r"([0-9]{6})-[a-z][a-z0-9_-]*\.db")
"""Number and reason. What is named otherwise somebody laid there: it is neither counted, nor opened, nor deleted."""


def back_up(connection: Connection, path: Path, key: bytes, *, reason: str) -> Path:
    """Copy the database at ``path`` to ``backups/`` beside it, encrypted with the same key, and verify the copy.

    Returns the copy's path. Raises StorageFault when it cannot be made or does not verify; older ones stay then.
    """
    folder = path.parent / "backups"
    try:
        folder.mkdir(exist_ok=True, mode=0o700)
        before = _own(folder)
        target = folder / f"{1 + (_number(before[-1]) if before else 0):06d}-{reason}.db"
        target.touch(mode=0o600)
    except OSError as error:
        raise (full_disk() if error.errno in (errno.ENOSPC, errno.EDQUOT) else _not_made()) from error
    try:
        copy = connect(target, key)
        try:
            with translated_faults():
                connection.backup(copy)
        finally:
            copy.close()
        verify(target, key)
    except BaseException:
        for left in folder.glob(f"{target.name}*"):
            left.unlink(missing_ok=True)
        raise
    for old in _own(folder)[:-KEPT]:
        old.unlink(missing_ok=True)
    return target


def verify(path: Path, key: bytes) -> None:
    """Read every page of the file; raises StorageFault ``damaged`` when one is wrong or nothing is in it."""
    if not path.is_file() or path.stat().st_size < SMALLEST_FILE:
        raise damaged_file()
    connection = connect(path, key)
    try:
        require_sound(connection)
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise damaged_file()
        connection.execute("PRAGMA journal_mode = DELETE")
    finally:
        connection.close()


def require_sound(connection: Connection) -> None:
    """Read every page through ``connection``. Raises StorageFault ``damaged``."""
    with translated_faults():
        broken_pages = connection.execute("PRAGMA cipher_integrity_check").fetchall()
        verdict = connection.execute("PRAGMA quick_check").fetchone()
    if broken_pages or verdict[0] != "ok":
        raise damaged_file()


def newest_sound_backup(path: Path, key: bytes) -> Path | None:
    """The newest backup of the database at ``path`` that opens and verifies, None when there is none.

    Raises StorageFault when none can be tried, on a full disk say.
    """
    for candidate in reversed(_own(path.parent / "backups")):
        try:
            verify(candidate, key)
        except StorageFault as fault:
            if fault.code != "damaged":
                raise
            continue
        return candidate
    return None


def _own(folder: Path) -> list[Path]:
    """The backups that this program made there, the oldest first."""
    return sorted(old for old in folder.glob("*.db") if _NAME.fullmatch(old.name))


def _number(backup: Path) -> int:
    return int(backup.name.partition("-")[0])


def _not_made() -> StorageFault:
    return StorageFault("no_backup", Sentence("The backup could not be made. Your records are unchanged."))
