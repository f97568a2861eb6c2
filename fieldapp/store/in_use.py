"""Who has the records in a folder open, over all processes of this computer."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from fieldapp.store.faults import in_use

if sys.platform != "win32":
    import fcntl


class InUse:
    """A folder in use: together with others who have the records open, or ``alone``.

    On Windows nobody is kept off: there a file that somebody has open is not put aside anyway.
    """

    def __init__(self, folder: Path, *, alone: bool = False) -> None:
        """Raises StorageFault ``in_use`` where others are in the way."""
        self._held: int | None = None
        if sys.platform == "win32":
            return
        try:
            self._held = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:  # who opens what is in it learns why
            return
        if not self._hold(alone=alone):
            self.close()
            raise in_use()

    def alone(self) -> bool:
        """Whether nobody else has the records open; then nobody can until ``close``."""
        if self._hold(alone=True):
            return True
        self._hold(alone=False)  # to ask for more let go of what was held
        return False

    def close(self) -> None:
        """Let go of the folder. Calling it again does nothing."""
        held, self._held = self._held, None
        if held is not None:
            os.close(held)

    def __enter__(self) -> InUse:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _hold(self, *, alone: bool) -> bool:
        if sys.platform == "win32" or self._held is None:
            return True
        try:
            fcntl.flock(self._held, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system that knows no locks
            return True
        return True
