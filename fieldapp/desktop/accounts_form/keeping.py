"""Keeping the accounts in turn: a draft as one types, the records when a section or the page is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from fieldapp.desktop.in_turn import InTurn
from fieldapp.desktop.jobs import JobRunner
from fieldapp.domain.accounts_sheet import AccountsSheet
from fieldapp.domain.affordability import MonthlyAccounts
from fieldapp.services.rebuild_accounts import OpenAccounts, RebuildAccounts, Unfinished

PAUSE_MS = 400


@dataclass(frozen=True, slots=True)
class Kept:
    """The accounts as saved now, the sheet that was saved, and when (UTC)."""

    opened: OpenAccounts
    sheet: AccountsSheet
    at: datetime


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands on the page of ``opened``; ``unsaved`` says whether the sheet is more than what is saved."""

    opened: OpenAccounts
    sheet: AccountsSheet
    unfinished: Unfinished
    unsaved: bool


class Keeping(QObject):
    """One thing at a time, in the order asked.

    ``drafted`` tells when a draft reached the disk (UTC), ``kept`` a Kept, ``taken_over`` the month that the
    application states now, ``failed`` the exception of anything that did not work.
    """

    drafted = Signal(object)
    kept = Signal(object)
    taken_over = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        jobs: JobRunner,
        service: RebuildAccounts,
        now: Callable[[], datetime],
        collect: Callable[[], Typed | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._service, self._now, self._collect = service, now, collect
        self._line = InTurn(jobs, self)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.draft_now)

    def touch(self) -> None:
        """Something was typed: a draft is kept when the typing pauses."""
        self._pause.start()

    def pending(self) -> bool:
        """Whether something typed has not reached the disk."""
        return self._pause.isActive() or self._line.busy()

    def read(self, application: str, done: Callable[[OpenAccounts], object]) -> None:
        """Open the accounts after what was asked before."""
        self._line.run(lambda: self._service.open(application), done=done, failed=self.failed.emit, replaces="read")

    def draft_now(self) -> None:
        """Keep what is typed, right or wrong."""
        self._pause.stop()
        typed = self._collect()
        if typed is not None:
            sheet = typed.sheet if typed.unsaved else None
            self._line.run(
                lambda: self._service.autosave(typed.opened.application, sheet, typed.unfinished),
                done=self.drafted.emit,
                failed=self.failed.emit,
                replaces="draft",
            )

    def keep_now(self) -> None:
        """Save what is typed; cells that cannot be read leave all of it a draft."""
        self._pause.stop()
        typed = self._collect()
        if typed is not None:
            self._line.run(self._keeping(typed), done=self.kept.emit, failed=self.failed.emit, replaces="keep")

    def take_over(self, application: str) -> None:
        """Save, then put the average month into the application."""
        self.keep_now()
        self._line.run(
            lambda: self._service.take_over(application), done=self._tell_taken_over, failed=self.failed.emit
        )

    def _tell_taken_over(self, month: MonthlyAccounts) -> None:
        self.taken_over.emit(month)

    def _keeping(self, typed: Typed) -> Callable[[], Kept]:
        def work() -> Kept:
            return Kept(self._service.save(typed.opened, typed.sheet, typed.unfinished), typed.sheet, self._now())

        return work
