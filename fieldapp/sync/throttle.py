"""How fast photos may travel, where the officer wants the line for something else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

LEAST_PIECE_BYTES = 4 * 1024
"""Smaller pieces would mostly be headers."""


class Throttle:
    """At most ``most_bytes_per_s`` in both directions together, over all connections; no bound for None."""

    def __init__(
        self,
        most_bytes_per_s: int | None,
        *,
        wait: Callable[[float], object] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = None if most_bytes_per_s is None else max(1, most_bytes_per_s)
        self._wait = wait
        self._now = now
        self._lock = threading.Lock()
        self._free_at = 0.0

    def piece_bytes(self, most: int) -> int:
        """How much to send or ask for at once: about half a second's worth, so that others get through between."""
        return most if self._rate is None else min(most, max(LEAST_PIECE_BYTES, self._rate // 2))

    def take(self, count: int) -> None:
        """Wait until ``count`` bytes may go."""
        if self._rate is None:
            return
        with self._lock:
            now = self._now()
            start = max(now, self._free_at)
            self._free_at = start + count / self._rate
        if start > now:
            self._wait(start - now)
