"""Cyclic garbage is collected on the UI thread alone.

Python collects on whichever thread happens to allocate. What a window leaves behind lies in cycles, connections among
it: a job's thread that lets go of one takes Qt's lock of all connections and then waits for the interpreter, while the
UI thread has the interpreter and waits for that lock. The program stands still for good.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 1000
"""How often it is seen whether there is anything to collect. What no cycle holds goes at once, as ever."""

_at_work: set[Collector] = set()


class Collector(QObject):
    """Collects, while it is at work, what Python would have; made on the UI thread, where it does that."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._looking = QTimer(self)
        self._looking.timeout.connect(self.collect)
        self._looking.start(LOOK_MS)
        _at_work.add(self)
        gc.disable()

    def collect(self) -> None:
        """Collect the oldest generation that is due, and with it the younger ones."""
        due = [most < count for most, count in zip(gc.get_threshold(), gc.get_count(), strict=True)]
        if any(due):
            gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))

    def release(self) -> None:
        """Leave it to Python again, unless another is at work."""
        self._looking.stop()
        _at_work.discard(self)
        if not _at_work:
            gc.enable()
