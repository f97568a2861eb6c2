"""A household list into the records: choose, look at what the columns were taken for, import, see what became of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from fieldapp.desktop.components.arrange import ScrollPage
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button, Kind, icon_button
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.empty import Empty
from fieldapp.desktop.components.header import Header
from fieldapp.desktop.components.progress import ProgressStrip
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.incidents import told
from fieldapp.desktop.jobs import Job
from fieldapp.desktop.look import Icon, px
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.pages.import_columns import ColumnsPanel
from fieldapp.desktop.pages.import_result import ResultPanel
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.household_list import Field, HouseholdListFile
from fieldapp.services.import_households import ImportResult, ListPreview, import_households, preview_list
from fieldapp.services.laptop import Store
from fieldapp.translation import tr

Result = TypeVar("Result")
SETTLE_MS = 150


class ImportListPage(Page):
    """``shown(path=…)`` opens a list at once."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__(shell)
        self.title = lambda: tr("Import a household list")
        self._session = session
        self._path: Path | None = None
        self._imported: set[str] = set()
        self._chosen_anew = ""
        self._job: Job | None = None
        self._back = icon_button(lambda: tr("Back"), Icon.BACK, key="Alt+Left")
        self._other = Button(lambda: tr("Choose another list"), icon=Icon.FOLDER)
        self.start = Button(lambda: tr("Import the list"), Kind.FILLED, icon=Icon.UPLOAD, key="Ctrl+Return")
        self._header = Header(self.title, self._named, self._back, self._other, self.start)
        self._banner = Banner()
        self.progress = ProgressStrip()
        choose = Button(lambda: tr("Choose a list"), Kind.FILLED, icon=Icon.FOLDER)
        self._empty = Card(
            Empty(
                Icon.LIST,
                lambda: tr("Which list is it?"),
                lambda: tr("CSV or Excel (.xlsx), as the branch or the village sent it. Nothing is changed in it."),
                choose,
            )
        )
        self.columns: ColumnsPanel | None = None
        self.panels = QStackedWidget()
        self.panels.addWidget(self._empty)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._down = QVBoxLayout(self)
        self._down.setContentsMargins(0, 0, 0, 0)
        for part in (self._header, self._banner, self.progress):
            self._down.addWidget(part)
        self._down.addWidget(self.panels, 1)
        self._back.clicked.connect(shell.go_back)
        self._settle.timeout.connect(self._look_again)
        for button in (choose, self._other):
            button.clicked.connect(self._choose)
        self.start.clicked.connect(self._import)
        self._show(None)
        self.dress()

    def shown(self, **where: object) -> None:
        path = where.get("path")
        if isinstance(path, Path) and self._job is None:
            self._imported.clear()
            self.open_list(path)

    def first_focus(self) -> QWidget | None:
        return self._empty if self.panels.currentWidget() is self._empty else self.panels

    def restyle(self) -> None:
        self._down.setSpacing(px(12))

    def retranslate(self) -> None:
        self.panels.setAccessibleName(tr("Import a household list"))

    def open_list(self, path: Path, sheet: str | None = None, *, hidden_rows: bool | None = None) -> None:
        """Open a list, of a workbook that sheet with its hidden rows or not, and show what its columns seem to hold."""
        self._path = path
        self._banner.hide()
        ask = partial(preview_list, self._session.store, path, sheet=sheet, hidden_rows=hidden_rows)
        self._run(lambda: tr("Reading the list"), ask, done=self._show_preview)

    def _read_otherwise(self, choice: str) -> None:
        if self.columns is not None and self._path is not None and self._job is None:
            sheet, hidden_rows = self.columns.reading.chosen()
            self._chosen_anew = choice
            self.open_list(self._path, sheet, hidden_rows=hidden_rows)

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self,
            tr("Choose a household list"),
            str(self._path.parent) if self._path is not None else "",
            tr("Household lists (*.csv *.xlsx *.txt);;All files (*)"),
        )
        if chosen:
            self._imported.clear()
            self.open_list(Path(chosen))

    def _look_again(self) -> None:
        if self.columns is None or self._path is None:
            return
        file = self.columns.found.file
        ask = partial(
            preview_list,
            self._session.store,
            self._path,
            columns=self.columns.chosen(),
            sheet=file.how_written if file.sheets else None,
            hidden_rows=file.reads_hidden_rows,
        )
        self.shell.jobs.run(ask, owner=self.columns, done=self.columns.show_outcomes, failed=self._explain)

    def _show_preview(self, found: ListPreview) -> None:
        self._ended()
        self.columns = ColumnsPanel(found)
        self.columns.changed.connect(self._settle.start)
        self.columns.reading.changed.connect(self._read_otherwise)
        self._show(self.columns)
        if self._chosen_anew:
            self.columns.reading.take_keyboard(self._chosen_anew)
            self._chosen_anew = ""

    def _import(self) -> None:
        if self.columns is None or self._job is not None:
            return
        self._banner.hide()
        work = partial(_import, store=self._session.store, file=self.columns.found.file, columns=self.columns.chosen())
        self._run(lambda: tr("Importing the list"), work, done=self._show_result, cancel=True)

    def _show_result(self, result: ImportResult) -> None:
        self._ended()
        left = self._lists_left()
        self.columns = None
        panel = ResultPanel(result, left)
        panel.sheet_wanted.connect(self._go_on_with)
        panel.prospects_wanted.connect(lambda: self.shell.go("prospects"))
        panel.file_wanted.connect(lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))))
        self._show(panel)

    def _lists_left(self) -> tuple[str, ...]:
        """The lists in the workbook that were not imported since it was chosen; what somebody hid is not offered."""
        if self.columns is None:
            return ()
        file = self.columns.found.file
        self._imported.add(file.how_written)
        seen = (sheet.name for sheet in file.sheets if sheet.is_list and not sheet.hidden)
        return tuple(name for name in seen if name not in self._imported)

    def _go_on_with(self, sheet: str) -> None:
        if self._path is not None and self._job is None:
            self.open_list(self._path, sheet)

    def _run(
        self,
        verb: Words,
        work: Callable[..., Result],
        *,
        done: Callable[[Result], object],
        cancel: bool = False,
    ) -> None:
        for button in (self._other, self.start):
            button.setEnabled(False)
        if self.columns is not None:
            self.columns.setEnabled(False)
        self._job = self.shell.jobs.run(
            work, owner=self, done=done, failed=self._failed, progress=self.progress.step, cancelled=self._ended
        )
        self.progress.begin(verb, self._job.cancel if cancel else None)

    def _ended(self) -> None:
        self._job = None
        self.progress.end()
        for button in (self._other, self.start):
            button.setEnabled(True)
        if self.columns is not None:
            self.columns.setEnabled(True)

    def _failed(self, error: Exception) -> None:
        self._ended()
        self._chosen_anew = ""
        self._explain(error)

    def _explain(self, error: Exception) -> None:
        title, second = told(error)
        self._banner.show_message(title, second, Tone.SEAL)
        self._banner.show()

    def _show(self, panel: QWidget | None) -> None:
        old = self.panels.widget(1)
        if old is not None:
            self.panels.removeWidget(old)
            old.deleteLater()
        if panel is not None:
            self.panels.addWidget(ScrollPage(panel))
        self.panels.setCurrentIndex(1 if panel is not None else 0)
        self._banner.hide()
        self._other.setVisible(panel is not None)
        self.start.setVisible(panel is not None and panel is self.columns)
        self._header.beside.retranslate()

    def _named(self) -> str:
        return self._path.name if self._path is not None else ""


def _import(job: Job, *, store: Store, file: HouseholdListFile, columns: dict[Field, int]) -> ImportResult:
    def tell(done: int, total: int) -> None:
        if not job.cancelled():  # stopping is the import's own business: what was committed has a result to show
            job.progress(done, total)

    return import_households(store, file, columns=columns, progress=tell, stop=job.cancelled)
