"""The small files beside the records, read without trust and written so that a crash never leaves a mixture."""

from __future__ import annotations

import os
import stat
from pathlib import Path

LARGEST_BYTES = 64 * 1024
"""More than any file that is read here has."""


_WRITTEN_ANEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)


def read_small_file(path: Path) -> bytes:
    """What the file at ``path`` holds. A pipe is not waited for, and nothing is read without end.

    Raises OSError, and ValueError for what is no file or is larger than any that was written here.
    """
    unwaiting = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, os.O_RDONLY | unwaiting), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("no file")
        content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise ValueError("too large")
    return content


def replace_file(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` atomically and durably (a temporary file beside it, fsync, rename).

    Customers' data stand in it, or what opens them: for its owner's eyes alone, whatever is usual on this computer.
    Raises OSError; ``path`` then still has its old content.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(temporary, _WRITTEN_ANEW, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
