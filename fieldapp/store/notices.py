"""Typed notices of what a transaction changed; screens that show it query again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Changed:
    """What one committed transaction touched.

    ``kinds`` of records, the ids of their ``roots`` (prospects), and whether the ``outbox``, ``drafts``, ``conflicts``
    or the ``exchange`` (receipts, marks) moved.
    """

    kinds: frozenset[str] = frozenset()
    roots: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()


@dataclass(slots=True)
class Notices:
    """Who wants to hear of changes. Listeners are called on the thread that wrote and must return at once."""

    _listeners: list[Callable[[Changed], None]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def subscribe(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        """Call ``listener`` after each commit; returns the way to stop that."""
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop

    def tell(self, changed: Changed) -> None:
        """Tell every listener; one that fails does not keep the others from hearing."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener(changed)
            except Exception:
                log.exception("notice_failed")
