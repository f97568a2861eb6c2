"""One at a time over all processes of this computer: who comes second is told so at once."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

if sys.platform == "win32":
    from filelock import FileLock, Timeout
else:
    import fcntl


class Occupied(Exception):
    """Another process, or another thread of this one, is at it."""


_LOOK_AGAIN_S = 0.05


@contextmanager
def alone(path: str, *, patience_s: float = 0.0) -> Iterator[None]:
    """Hold the lock named by the file at ``path``, which is left behind empty.

    Who finds it held asks again for ``patience_s`` seconds. Raises Occupied, and OSError.
    """
    if sys.platform == "win32":
        lock = FileLock(path)
        try:
            lock.acquire(timeout=patience_s)
        except Timeout as error:
            raise Occupied from error
        try:
            yield
        finally:
            lock.release()
    else:
        held = _patiently_held(path, patience_s)
        try:
            yield
        finally:
            os.close(held)


def _patiently_held(path: str, patience_s: float) -> int:
    until = time.monotonic() + patience_s
    while True:
        try:
            return _held(path)
        except Occupied:
            if time.monotonic() >= until:
                raise
        time.sleep(_LOOK_AGAIN_S)


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
