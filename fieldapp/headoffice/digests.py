"""The digests of attachments under way, so that nothing is read again to know whether it arrived whole."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

MOST_RUNNING = 256
"""Attachments under way whose digests are kept; of any other the bytes are read once, at the end."""


@dataclass(frozen=True, slots=True)
class Running:
    """The SHA-256 of the first ``offset`` bytes of what was begun as ``begun``."""

    begun: str
    offset: int
    sha: Any

    def with_more(self, piece: bytes) -> Running:
        """The same with ``piece`` behind; this one is used up."""
        self.sha.update(piece)
        return Running(self.begun, self.offset + len(piece), self.sha)

    def digest(self) -> str:
        """Of the bytes so far."""
        return str(self.sha.hexdigest())


class RunningDigests:
    """What this process has seen go by. Losing one costs reading the bytes once, so a process may end at any time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: OrderedDict[str, Running] = OrderedDict()

    def take(self, digest: str, offset: int) -> Running | None:
        """What is known of the first ``offset`` bytes of the attachment, None for nothing; it is not kept meanwhile."""
        if not offset:
            return Running("", 0, hashlib.sha256())
        with self._lock:
            running = self._running.get(digest)
            if running is None or running.offset != offset:
                return None
            return self._running.pop(digest)

    def keep(self, digest: str, running: Running) -> None:
        """For the piece that comes next."""
        with self._lock:
            self._running[digest] = running
            self._running.move_to_end(digest)
            if len(self._running) > MOST_RUNNING:
                self._running.popitem(last=False)
