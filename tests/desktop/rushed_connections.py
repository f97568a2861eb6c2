"""Screens that come and go while jobs are at work, as a program of its own: it may come to a standstill.

Receivers that only a cycle holds are connected to fields that stand; whoever collects them disconnects them.
"""

from __future__ import annotations

import faulthandler
import os
import sys

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QLineEdit

from fieldapp.desktop.components.arrange import Column
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.program import SWITCH_S

ROUNDS = 50
STANDSTILL_S = 30


class Told(QLineEdit):
    """A field with a signal of its own."""

    typed = Signal(object)

    def disconnectNotify(self, _signal: object) -> None:
        """Asked of Python while Qt holds its lock."""


class Receiver:
    """What a closed screen leaves: connected, and held by itself alone."""

    def __init__(self, field: Told) -> None:
        self.itself = self
        field.typed.connect(self.hear)
        field.textChanged.connect(self.hear)

    def hear(self, *_told: object) -> None: ...


def allocate() -> None:
    """Enough for Python to collect, on whatever thread this is."""
    for _ in range(3_000):
        knot: list[object] = []
        knot.append(knot)


def main() -> None:
    """Come to the end, or leave with a failure after half a minute at a standstill."""
    faulthandler.dump_traceback_later(STANDSTILL_S, exit=True)
    application = QApplication([])
    sys.setswitchinterval(SWITCH_S)
    jobs = JobRunner(threads=2)
    fields = [Told() for _ in range(20)]
    screen = Column(*fields)
    screen.show()
    for _ in range(ROUNDS):
        for _ in range(4):
            jobs.run(allocate)
        for number in range(30):
            Receiver(fields[number % len(fields)])
        for field in fields:
            field.setFocus()
        screen.hide()
        screen.show()
        application.processEvents()
    print("came through", flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
