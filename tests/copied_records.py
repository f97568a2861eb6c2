"""A laptop's records that are made once and copied: hundreds of tests begin with the same ones.

Making them takes every step of the database's shape, and ten times as long as a copy with a key of its own.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlcipher3 import dbapi2 as sqlite

from fieldapp.protocol.identifiers import Clock
from fieldapp.store.database import Store

T = TypeVar("T")

MADE_KEY = bytes(range(32))
_made: dict[str, tuple[Path, Any]] = {}


def copy_empty(path: Path, key: bytes, clock: Clock) -> None:
    """A database with nothing in it at ``path``."""
    copy_filled("nothing", lambda _store: None, path, key, clock)


def copy_filled(name: str, fill: Callable[[Store], T], path: Path, key: bytes, clock: Clock) -> T:
    """A database at ``path`` with what ``fill`` writes; returns what ``fill`` did the one time it was asked.

    ``name`` stands for what is written: the same name, the same records.
    """
    if name not in _made:
        pattern = Path(_folder().name) / f"{len(_made)}.db"
        with Store(pattern, MADE_KEY, clock) as store:
            _made[name] = pattern, fill(store)
    pattern, told = _made[name]
    shutil.copyfile(pattern, path)
    if key != MADE_KEY:
        _change_key(path, key)
    return cast("T", told)


def _change_key(path: Path, key: bytes) -> None:
    connection = sqlite.connect(str(path), isolation_level=None)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{MADE_KEY.hex()}'\"")
        connection.execute("PRAGMA cipher_memory_security = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"PRAGMA rekey = \"x'{key.hex()}'\"")
    finally:
        connection.close()


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="fieldapp-records")
