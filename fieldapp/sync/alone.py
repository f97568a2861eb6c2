"""One at a time over all processes of this computer: who comes second is told so at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

if sys.platform == "win32":
    from filelock import FileLock, Timeout
else:
    import fcntl


class Occupied(Exception):
    """Another process, or another thread of this one, is at it."""


@contextmanager
def alone(path: str) -> Iterator[None]:
    """Hold the lock named by the file at ``path``, which is left behind empty. Raises Occupied, and OSError."""
    if sys.platform == "win32":
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise Occupied from error
        try:
            yield
        finally:
            lock.release()
    else:
        held = _held(path)
        try:
            yield
        finally:
            os.close(held)


def _held(path: str) -> int:
    """The file, open and locked; the kernel lets go of it with the process, however that ends."""
    while True:
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(opened).st_nlink:
                return opened
        except BlockingIOError as error:
            os.close(opened)
            raise Occupied from error
        except BaseException:
            os.close(opened)
            raise
        os.close(opened)  # somebody removed the file meanwhile: a lock on it holds nobody off
