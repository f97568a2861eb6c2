"""Counts of what the workers do, in memory that all of them share, so that any one can tell the sum.

Each worker writes a part of its own. A worker that dies leaves its part behind and the next one goes on from there,
so that no count ever goes back while the server runs.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from multiprocessing.sharedctypes import RawArray
from typing import Any

ROUTES = ("sync", "enrol", "attachments", "schema", "health", "metrics", "other")
STATUSES = (200, 204, 206, 400, 401, 403, 404, 405, 408, 409, 413, 415, 416, 422, 426, 429, 500, 503)
OTHER_STATUS = "other"
OUTCOMES = ("accepted", "merged", "conflict", "refused", "waits", "id_reuse")
BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

_STATUS_LABELS = (*(str(status) for status in STATUSES), OTHER_STATUS)
_REQUESTS = 0
_OUTCOMES = _REQUESTS + len(ROUTES) * len(_STATUS_LABELS)
_EXCHANGES = _OUTCOMES + len(OUTCOMES)
_EXCHANGE_SECONDS = _EXCHANGES + len(BUCKETS_S) + 1
_STARTS = _EXCHANGE_SECONDS + 1
_IN_USE = _STARTS + 1
_OPEN = _IN_USE + 1
_SIZE = _OPEN + 1


class Tally:
    """The counts of one server with so many workers. It can be handed to a new process."""

    def __init__(self, workers: int = 1) -> None:
        self.workers = workers
        self._cells: Any = RawArray("d", workers * _SIZE)

    def part(self, worker: int) -> Part:
        """What worker number ``worker`` (from 0) writes."""
        return Part(self._cells, worker * _SIZE)

    def requests(self) -> dict[tuple[str, str], float]:
        """Requests answered, by route and status."""
        labels = [(route, status) for route in ROUTES for status in _STATUS_LABELS]
        return {label: count for at, label in enumerate(labels) if (count := self._sum(_REQUESTS + at))}

    def outcomes(self) -> dict[str, float]:
        """Changes answered since the server started, by outcome."""
        return {outcome: self._sum(_OUTCOMES + at) for at, outcome in enumerate(OUTCOMES)}

    def exchanges(self) -> tuple[list[tuple[str, float]], float]:
        """Exchanges that took at most so many seconds, each bound with its count, and the sum of all seconds."""
        bounds = [*(str(bound) for bound in BUCKETS_S), "+Inf"]
        counted, total = [], 0.0
        for at, bound in enumerate(bounds):
            total += self._sum(_EXCHANGES + at)
            counted.append((bound, total))
        return counted, self._sum(_EXCHANGE_SECONDS)

    def starts(self) -> list[float]:
        """How often each worker was started."""
        return self._each(_STARTS)

    def connections(self) -> list[tuple[float, float]]:
        """Of each worker, its database connections in use and open, a second before its last request at most."""
        return list(zip(self._each(_IN_USE), self._each(_OPEN), strict=True))

    def _each(self, cell: int) -> list[float]:
        return [self._cells[worker * _SIZE + cell] for worker in range(self.workers)]

    def _sum(self, cell: int) -> float:
        return sum(self._each(cell))


class Part:
    """One worker's counts; its threads may write at once."""

    def __init__(self, cells: Any, start: int) -> None:
        self._cells = cells
        self._start = start
        self._lock = threading.Lock()

    def started(self) -> None:
        """The worker has been started."""
        self._add(_STARTS)

    def answered(self, route: str, status: int) -> None:
        """A request has been answered."""
        column = STATUSES.index(status) if status in STATUSES else len(STATUSES)
        row = ROUTES.index(route) if route in ROUTES else len(ROUTES) - 1
        self._add(_REQUESTS + row * len(_STATUS_LABELS) + column)

    def exchanged(self, seconds: float) -> None:
        """An exchange has taken ``seconds``."""
        self._add(_EXCHANGES + bisect_left(BUCKETS_S, seconds))
        self._add(_EXCHANGE_SECONDS, seconds)

    def receipted(self, outcomes: Iterable[str]) -> None:
        """Changes have been answered."""
        for outcome, count in Counter(outcomes).items():
            if outcome in OUTCOMES:
                self._add(_OUTCOMES + OUTCOMES.index(outcome), count)

    def connected(self, in_use: int, held: int) -> None:
        """How many database connections this worker uses and has open now."""
        with self._lock:
            self._cells[self._start + _IN_USE] = in_use
            self._cells[self._start + _OPEN] = held

    def _add(self, cell: int, amount: float = 1) -> None:
        with self._lock:
            self._cells[self._start + cell] += amount
