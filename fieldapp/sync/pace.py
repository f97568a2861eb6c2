"""When to synchronise next: soon after a change, now and then otherwise, ever more seldom while it fails.

Random spread keeps a whole bank's laptops from coming at the same moment after an outage.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from fieldapp.sync.troubles import SyncTrouble, TryLater

AFTER_CHANGE_S = 4.0
EVERY_S = 300.0
FIRST_RETRY_S = 10.0
LONGEST_RETRY_S = 900.0


@dataclass(slots=True)
class Pace:
    """Keeps count of failures; times are seconds to wait from now, by a monotonic clock."""

    random: random.Random = field(default_factory=random.SystemRandom)
    failures: int = 0

    def after_success(self) -> float:
        """Until the next look for changes of others."""
        self.failures = 0
        return self._spread(EVERY_S)

    def after_change(self) -> float:
        """Until a saved change is sent; a few saves in a row travel together. Failures still hold it back."""
        return AFTER_CHANGE_S if self.failures == 0 else self._backoff()

    def after_trouble(self, trouble: SyncTrouble) -> float | None:
        """Until the next try; None when trying again cannot help and a person has to act."""
        if not isinstance(trouble, TryLater):
            return EVERY_S if trouble.code in ("cancelled", "already_running", "in_use") else None
        self.failures += 1
        wait = self._backoff()
        return max(wait, self._spread(trouble.after_s)) if trouble.after_s is not None else wait

    def _backoff(self) -> float:
        return self._spread(min(LONGEST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(self.failures - 1, 10)))

    def _spread(self, seconds: float) -> float:
        return seconds * self.random.uniform(1.0, 1.5)
