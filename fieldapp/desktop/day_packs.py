"""All packs of the day in one go: a folder is chosen, the papers are written in a job that tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from fieldapp.desktop.components.arrange import Column
from fieldapp.desktop.components.dialog import ask
from fieldapp.desktop.components.progress import ProgressStrip
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.jobs import Job
from fieldapp.desktop.page import Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.print_day import DayPrinted, print_day
from fieldapp.translation import say, tr, trn

AskFolder = Callable[[QWidget], Path | None]

_MOST_TOLD = 8
"""Papers that could not be made and are named one by one; of more than that, how many."""


def ask_folder(window: QWidget, title: str) -> Path | None:
    """Where to write; None when a person thinks better of it."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    chosen = QFileDialog.getExistingDirectory(window, title, folder)
    return Path(chosen) if chosen else None


class DayPacks(QObject):
    """Writes the packs of today; ``progress`` is the strip that the page shows meanwhile."""

    def __init__(
        self, shell: Shell, session: DesktopSession, parent: QWidget, *, folder: AskFolder | None = None
    ) -> None:
        super().__init__(parent)
        self._shell, self._session = shell, session
        self._ask_folder = folder or (lambda window: ask_folder(window, tr("Packs of the day")))
        self._job: Job | None = None
        self.progress = ProgressStrip(parent)

    def begin(self) -> None:
        """Ask for a folder, then write; one at a time."""
        if self._job is not None:
            return
        folder = self._ask_folder(self._shell.host())
        if folder is None:
            return
        self._job = self._shell.jobs.run(
            partial(_write, session=self._session, folder=folder),
            owner=self,
            done=partial(self._done, folder),
            failed=self._failed,
            progress=self.progress.step,
            cancelled=self._ended,
        )
        self.progress.begin(lambda: tr("Writing the packs of the day"), self._job.cancel)

    def _ended(self) -> None:
        self._job = None
        self.progress.end()

    def _failed(self, error: Exception) -> None:
        self._ended()
        self._shell.explain(error)

    def _done(self, folder: Path, printed: DayPrinted) -> None:
        self._ended()
        if printed.unprinted:
            self._tell_unprinted(printed)
        elif not printed.paths and not printed.stopped:
            self._shell.toast(lambda: tr("No application was worked on today: there is nothing to print."))
        else:
            self._shell.toast(
                lambda: trn("{count} paper written", "{count} papers written", len(printed.paths)), str(folder)
            )

    def _tell_unprinted(self, printed: DayPrinted) -> None:
        lines = [
            tr("{number}: {reason}", number=one.number, reason=say(one.sentence))
            for one in printed.unprinted[:_MOST_TOLD]
        ]
        more = len(printed.unprinted) - _MOST_TOLD
        if more > 0:
            lines.append(trn("and {count} more", "and {count} more", more))
        ask(
            self._shell.host(),
            lambda: trn("{count} paper was not made", "{count} papers were not made", len(printed.unprinted)),
            lambda: trn("{count} paper written", "{count} papers written", len(printed.paths)),
            verb=lambda: tr("Understood"),
            stay=lambda: tr("Close"),
            do=lambda: None,
            content=Column(*(Text(line, Role.HINT, wrap=True) for line in lines), gap=4),
        )


def _write(job: Job, *, session: DesktopSession, folder: Path) -> DayPrinted:
    def tell(done: int, total: int) -> None:
        if not job.cancelled():  # what was written until then has a result to show
            job.progress(done, total)

    return print_day(session.store, session.today(), folder, progress=tell, cancelled=job.cancelled)
