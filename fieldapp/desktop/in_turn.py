"""Jobs that must not overtake one another: each begins when the one before it has ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from fieldapp.desktop.jobs import JobRunner

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Waiting:
    work: Callable[[], Any]
    done: Callable[[Any], object] | None
    failed: Callable[[Exception], object] | None
    replaces: str


class InTurn(QObject):
    """A line of jobs in front of the runner, told on the UI thread like all jobs."""

    idle = Signal()
    """Told when the last of them has ended."""

    def __init__(self, jobs: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._line: deque[_Waiting] = deque()
        self._running = False

    def run(
        self,
        work: Callable[[], Result],
        *,
        done: Callable[[Result], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        replaces: str = "",
    ) -> None:
        """Do ``work`` after what was asked before. One that still waits under the same ``replaces`` is not done."""
        if replaces:
            self._line = deque(one for one in self._line if one.replaces != replaces)
        self._line.append(_Waiting(work, done, failed, replaces))
        self._next()

    def busy(self) -> bool:
        """Whether anything runs or waits."""
        return self._running or bool(self._line)

    def _next(self) -> None:
        if self._running or not self._line:
            return
        self._running = True
        one = self._line.popleft()
        self._jobs.run(
            one.work,
            owner=self,
            done=lambda result: self._ended(one.done, result),
            failed=lambda error: self._ended(one.failed, error),
            cancelled=lambda: self._ended(None, None),
        )

    def _ended(self, listener: Callable[[Any], object] | None, told: Any) -> None:
        self._running = False
        try:
            if listener is not None:
                listener(told)
        finally:
            self._next()
            if not self.busy():
                self.idle.emit()


class Lines(QObject):
    """Lines that do not wait for one another, and what waits for all of them. They live as long as this."""

    def __init__(self, jobs: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._lines: list[InTurn] = []
        self._after: list[Callable[[], object]] = []

    def line(self) -> InTurn:
        """Another line."""
        line = InTurn(self._jobs, self)
        line.idle.connect(self._go_on)
        self._lines.append(line)
        return line

    def after(self, then: Callable[[], object]) -> None:
        """Call ``then`` once no line has anything left to do: at once where none has."""
        self._after.append(then)
        self._go_on()

    def _go_on(self) -> None:
        if any(line.busy() for line in self._lines):
            return
        waiting, self._after = self._after, []
        for then in waiting:
            then()
