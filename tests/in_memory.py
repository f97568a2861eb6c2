"""Where what tests write is written and removed in no time."""

from __future__ import annotations

import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH = 8 * 1024**3


def room_in_memory() -> str | None:
    """A folder in memory, if this computer has one with room for all that the tests make and leave."""
    return str(MEMORY) if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH else None
