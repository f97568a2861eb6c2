"""Papers on their way out of the program: to a printer the system knows, or into a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QRect, QSize, QStandardPaths
from PySide6.QtGui import QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QFileDialog, QWidget

from fieldapp.desktop.components.progress import ProgressStrip
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.jobs import Job
from fieldapp.desktop.page import Shell
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.services.print_documents import Document, PrintDocuments
from fieldapp.translation import tr, trn

DOTS_PER_INCH = 300
"""Finer than three generations of copying keep; a printer of 1,200 would take half a gigabyte for a page."""

AskPrinter = Callable[[QWidget, int], QPrinter | None]
AskPath = Callable[[QWidget, str], Path | None]


def ask_printer(window: QWidget, pages: int) -> QPrinter | None:
    """The system's print dialog; None when a person thinks better of it."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    dialog = QPrintDialog(printer, window)
    dialog.setMinMax(1, max(pages, 1))
    dialog.setWindowTitle(tr("Print"))
    chosen = dialog.exec() == QPrintDialog.DialogCode.Accepted
    dialog.deleteLater()
    return printer if chosen else None


def ask_path(window: QWidget, name: str) -> Path | None:
    """Where to save, beginning in the officer's documents; None when a person thinks better of it."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    chosen, _ = QFileDialog.getSaveFileName(window, tr("Save as a file"), str(Path(folder) / name), "PDF (*.pdf)")
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix.lower() == ".pdf" else path.with_name(path.name + ".pdf")


class PaperOut(QObject):
    """Prints and saves in jobs, says what was done, and leaves the trace that the rules ask for (DOMAIN E15)."""

    def __init__(
        self,
        shell: Shell,
        documents: PrintDocuments,
        parent: QObject,
        *,
        printer: AskPrinter = ask_printer,
        path: AskPath = ask_path,
    ) -> None:
        super().__init__(parent)
        self._shell, self._documents = shell, documents
        self._ask_printer, self._ask_path = printer, path

    def print(self, document: Document) -> None:
        """Ask for a printer, then print."""
        with _opened(document.pdf) as paper:  # the one that is printed, whichever is on the screen
            pages = paper.pageCount()
        printer = self._ask_printer(self._shell.host(), pages)
        if printer is None:
            return

        self._shell.jobs.run(
            partial(self._print, [document], printer), owner=self, done=self._printed, failed=self._shell.explain
        )

    def print_all(self, documents: Sequence[Document], strip: ProgressStrip) -> None:
        """Ask for a printer, then print these papers one after the other; ``strip`` shows how far and can stop it."""
        printer = self._ask_printer(self._shell.host(), 0) if documents else None
        if printer is not None:
            self._run(partial(self._print, documents, printer), lambda: tr("Printing the papers"), self._printed, strip)

    def save_all(self, documents: Sequence[Document], folder: Path, strip: ProgressStrip) -> None:
        """Save these papers into ``folder``; ``strip`` shows how far and can stop it."""
        self._run(partial(self._save, documents, folder), lambda: tr("Saving the papers"), self._all_saved, strip)

    def save(self, document: Document) -> None:
        """Ask where, then save."""
        path = self._ask_path(self._shell.host(), document.name)
        if path is None:
            return
        named = replace(document, name=path.name)
        work = partial(self._documents.save, named, path.parent)
        self._shell.jobs.run(work, owner=self, done=self._saved, failed=self._shell.explain)

    def _run(
        self, work: Callable[[Job], Any], words: Words, done: Callable[[Any], object], strip: ProgressStrip
    ) -> None:
        def ended(then: Callable[[Any], object], came: Any) -> None:
            strip.end()
            then(came)

        job = self._shell.jobs.run(
            work,
            owner=self,
            done=partial(ended, done),
            failed=partial(ended, self._shell.explain),
            progress=strip.step,
            cancelled=strip.end,
        )
        strip.begin(words, job.cancel)

    def _print(self, documents: Sequence[Document], printer: QPrinter, job: Job) -> int:
        for document in documents:
            self._documents.note_printing(document)
        return print_papers([document.pdf for document in documents], printer, job)

    def _save(self, documents: Sequence[Document], folder: Path, job: Job) -> list[Path]:
        paths = []
        for count, document in enumerate(documents):
            job.progress(count, len(documents))
            paths.append(self._documents.save(document, folder))
        return paths

    def _all_saved(self, paths: list[Path]) -> None:
        self._shell.toast(
            lambda: trn("{count} paper written", "{count} papers written", len(paths)),
            str(paths[0].parent) if paths else "",
        )

    def _printed(self, pages: int) -> None:
        self._shell.toast(lambda: trn("{count} page sent to the printer", "{count} pages sent to the printer", pages))

    def _saved(self, path: Path) -> None:
        self._shell.toast(lambda: tr("Saved: {name}", name=path.name), str(path.parent))


def print_papers(pdfs: Sequence[bytes], printer: QPrinter, job: Job) -> int:
    """Print the papers in one go, of a single one the pages chosen in the dialog; returns how many pages.

    Works on any thread, with its own documents. Raises Actionable (``printer``) when the printer takes nothing,
    Cancelled.
    """
    printer.setFullPage(True)
    with ExitStack() as opened:
        documents = [opened.enter_context(_opened(pdf)) for pdf in pdfs]
        pages = [(document, page) for document in documents for page in range(document.pageCount())]
        if len(documents) == 1:
            pages = pages[max(printer.fromPage(), 1) - 1 : printer.toPage() or len(pages)]
        copies = 1 if printer.supportsMultipleCopies() else max(printer.copyCount(), 1)
        painter = QPainter()
        if not painter.begin(printer):
            raise Actionable(
                "printer",
                Sentence("The printer did not take the paper."),
                advice=Sentence("See whether it is switched on and connected, or save the paper as a file."),
            )
        try:
            for count, (document, page) in enumerate(pages * copies):
                job.progress(count, len(pages) * copies)
                if count:
                    printer.newPage()
                _print_page(document, page, painter, printer)
        finally:
            painter.end()
        return len(pages) * copies


@contextmanager
def _opened(pdf: bytes) -> Iterator[QPdfDocument]:
    document, held = QPdfDocument(), QBuffer()
    held.setData(QByteArray(pdf))
    held.open(QIODevice.OpenModeFlag.ReadOnly)
    document.load(held)
    try:
        yield document
    finally:
        document.close()


def _print_page(document: QPdfDocument, page: int, painter: QPainter, printer: QPrinter) -> None:
    points = document.pagePointSize(page)
    image = document.render(page, QSize(*(round(side * DOTS_PER_INCH / 72) for side in points.toTuple())))
    dots = printer.resolution() / 72
    painter.drawImage(QRect(0, 0, round(points.width() * dots), round(points.height() * dots)), image)
