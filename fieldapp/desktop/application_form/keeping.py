"""Saving an application in turn: drafts as one types, whole fields when a step is left, the submission at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from fieldapp.desktop.application_form.bound import Typed
from fieldapp.desktop.in_turn import InTurn
from fieldapp.desktop.jobs import JobRunner
from fieldapp.domain.errors import Actionable, Invalid, InvalidRecord
from fieldapp.domain.kinds import Values
from fieldapp.services.apply_for_loan import ApplyForLoan, OpenApplication
from fieldapp.services.hand_over import HandedOver, hand_over
from fieldapp.services.laptop import Store

PAUSE_MS = 400


@dataclass(frozen=True, slots=True)
class Kept:
    """The application as saved now; ``sent`` is what was saved, ``refused`` what of it could not be."""

    opened: OpenApplication
    sent: Values
    refused: tuple[Invalid, ...]
    at: datetime


class Keeping(QObject):
    """One thing at a time, in the order asked.

    ``drafted`` tells when a draft reached the disk (UTC), ``kept`` a Kept, ``submitting`` that it began to freeze the
    papers, ``submitted`` the application as it stands then and ``handed_over`` with which papers, ``failed`` the
    exception of anything that did not work.
    """

    drafted = Signal(object)
    kept = Signal(object)
    submitting = Signal()
    submitted = Signal(object)
    handed_over = Signal(object)
    failed = Signal(object)

    def __init__(self, jobs: JobRunner, store: Store, now: Callable[[], datetime], parent: QObject) -> None:
        super().__init__(parent)
        self._store, self._service, self._now = store, ApplyForLoan(store), now
        self._line = InTurn(jobs, self)
        self._collect: Callable[[], tuple[str, Typed, Values]] | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.draft_now)

    def collect_from(self, collect: Callable[[], tuple[str, Typed, Values]]) -> None:
        """Where the application's id, what is typed and what was shown come from."""
        self._collect = collect

    def touch(self) -> None:
        """Something was typed: a draft is kept when the typing pauses."""
        self._pause.start()

    def pending(self) -> bool:
        """Whether something typed has not reached the disk."""
        return self._pause.isActive() or self._line.busy()

    def draft_now(self) -> None:
        """Keep what is typed, right or wrong."""
        self._pause.stop()
        if self._collect is None:
            return
        application, typed, shown = self._collect()
        everything = typed.everything

        def work() -> datetime:
            if everything:
                return self._service.autosave(application, everything, shown)
            self._service.discard(application)
            return self._now()

        self._line.run(work, done=self.drafted.emit, failed=self.failed.emit, replaces="draft")

    def keep_now(self) -> None:
        """Save every field that can be saved; the rest stays a draft."""
        self._pause.stop()
        if self._collect is None:
            return
        application, typed, shown = self._collect()
        if typed.everything:
            work = _keeping(self._service, application, typed, shown, self._now)
            self._line.run(work, done=self.kept.emit, failed=self.failed.emit, replaces="keep")

    def submit(self) -> None:
        """Save and hand over to head office."""
        self._pause.stop()
        if self._collect is None:
            return
        application, typed, shown = self._collect()
        self.submitting.emit()

        def work() -> tuple[OpenApplication, HandedOver]:
            handed = hand_over(self._store, application, typed.good, shown)
            return self._service.open(application), handed

        def done(result: tuple[OpenApplication, HandedOver]) -> None:
            opened, handed = result
            self.submitted.emit(opened)
            self.handed_over.emit(handed)

        self._line.run(work, done=done, failed=self.failed.emit)

    def withdraw(self, done: Callable[[object], object]) -> None:
        """The customer does not want it any more."""
        if self._collect is not None:
            application, _, _ = self._collect()
            self._line.run(lambda: self._service.withdraw(application), done=done, failed=self.failed.emit)

    def read(self, application: str, done: Callable[[OpenApplication], object]) -> None:
        """Open the application again after what was asked before."""
        self._line.run(lambda: self._service.open(application), done=done, failed=self.failed.emit, replaces="read")


def _keeping(
    service: ApplyForLoan, application: str, typed: Typed, shown: Mapping[str, Any], now: Callable[[], datetime]
) -> Callable[[], Kept]:
    def work() -> Kept:
        good, left, refused = dict(typed.good), dict(typed.raw), []
        while good:
            try:
                service.save(application, good, shown)
                break
            except InvalidRecord as error:
                problems = [problem for problem in error.problems if problem.field in good]
                if not problems:
                    raise
                refused += problems
                left |= {problem.field: good.pop(problem.field) for problem in problems if problem.field in good}
        if left:
            service.autosave(application, left, shown)
        return Kept(service.open(application), good, tuple(refused), now())

    return work


def is_lost_access(error: Exception) -> bool:
    """Whether the application itself is gone or no longer the officer's, so that the page must read it again."""
    return isinstance(error, Actionable) and error.code in ("submitted", "gone")
