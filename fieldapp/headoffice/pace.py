"""How often one caller may ask."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_REMEMBERED = 10_000


class Pace:
    """So many asks at once and so many a second after that, for each caller by itself."""

    def __init__(self, burst: float, per_second: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._per_second = per_second
        self._monotonic = monotonic
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, caller: str) -> float:
        """0 when ``caller`` may ask now, and this ask is counted; else the seconds until they may."""
        return self._wait_s(caller, counted=1)

    def blocked_s(self, caller: str) -> float:
        """The same, without counting an ask."""
        return self._wait_s(caller, counted=0)

    def _wait_s(self, caller: str, counted: int) -> float:
        now = self._monotonic()
        with self._lock:
            left, since = self._left.pop(caller, (self._burst, now))
            left = min(self._burst, left + (now - since) * self._per_second)
            wait = 0.0 if left >= 1 else (1 - left) / self._per_second
            self._left[caller] = (left - counted if wait == 0 else left, now)
            while len(self._left) > _REMEMBERED:
                self._left.popitem(last=False)
        return wait
