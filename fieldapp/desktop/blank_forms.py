"""Blank forms for the pen: a folder is chosen, every form there is a blank of is written into it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.day_packs import AskFolder, ask_folder
from fieldapp.desktop.jobs import Job
from fieldapp.desktop.page import Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.blank_forms import save_blank_forms
from fieldapp.translation import tr, trn


class BlankForms(QObject):
    """Writes the blank forms of today, one set at a time."""

    def __init__(
        self, shell: Shell, session: DesktopSession, parent: QWidget, *, folder: AskFolder | None = None
    ) -> None:
        super().__init__(parent)
        self._shell, self._session = shell, session
        self._ask_folder = folder or (lambda window: ask_folder(window, tr("Blank forms")))
        self._job: Job | None = None

    def begin(self) -> None:
        """Ask for a folder, then write."""
        folder = self._ask_folder(self._shell.host()) if self._job is None else None
        if folder is None:
            return
        store = self._session.store
        self._job = self._shell.jobs.run(
            lambda: list(save_blank_forms(store, folder)), owner=self, done=self._done, failed=self._failed
        )

    def _done(self, written: list[Path]) -> None:
        self._job = None
        self._shell.toast(
            lambda: trn("{count} blank form written", "{count} blank forms written", len(written)),
            str(written[0].parent),
        )

    def _failed(self, error: Exception) -> None:
        self._job = None
        self._shell.explain(error)
