"""The page beside the form: from the last key of an amount until the paper shows it, beside the 0.3 s it may take.

The real page of the program, in a window without a screen, on an encrypted store. The second line is the longest time
for which the page took no key meanwhile, beside the tenth of a second that a person notices.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from bench.measuring import Measured, arguments, tell
from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.look import Icon, Look, Theme, speak, wear
from fieldapp.desktop.page import Page
from fieldapp.desktop.pages.application import ApplicationPage
from fieldapp.desktop.session import DesktopSession, read_unlocked
from fieldapp.desktop.window import PageEntry, Window
from fieldapp.domain.application_checklist import Step
from fieldapp.services.print_documents import DocumentKind
from fieldapp.store.profile import Profile
from fieldapp.translation import Language
from tests.desktop.few_pages import QuietLaptop
from tests.services.an_application import FixedClock, new_laptop, written_application

SHOWN_WITHIN_S = 0.3
NOTICED_S = 0.1
PATIENCE_S = 20


def main() -> None:
    options = arguments(runs=15)
    program = QApplication([])
    speak(Language.CHINESE)
    wear(Look(Theme.LIGHT, 100))
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as page:
        for kind, name in ((DocumentKind.APPLICATION, "the application"), (DocumentKind.SCHEDULE, "the schedule")):
            page.preview.choose(kind)
            shown, deaf = zip(*(_typed(program, page, amount) for amount in _amounts(options.runs)), strict=True)
            tell(
                [
                    Measured(f"an amount typed, then on {name}", statistics.median(shown), SHOWN_WITHIN_S),
                    Measured("no key taken meanwhile, at most", statistics.median(deaf), NOTICED_S),
                ],
                as_json=options.json,
            )


@contextmanager
def opened(folder: Path) -> Iterator[ApplicationPage]:
    """The page of an application that has all that is asked, at the step with the loan."""
    with new_laptop(folder, FixedClock()) as store:
        application = written_application(store)
        jobs = JobRunner(threads=2)
        session = DesktopSession(read_unlocked(QuietLaptop(Profile(folder), store)), store.clock, jobs, ChosenLook())
        pages = [
            PageEntry("today", Page, "today", Icon.TODAY),
            PageEntry("application", lambda shell: ApplicationPage(shell, session), "application"),
        ]
        window = Window(jobs, pages)
        window.resize(1280, 720)
        window.show()
        window.go("application", application=application)
        page = next(page for page in window.findChildren(ApplicationPage))
        _until(lambda: page.frame.isEnabled() and page.preview.paper.document.pageCount() > 0)
        page.go_to(Step.LOAN)
        yield page
        window.close()
        jobs.shut_down(wait_s=10)
        session.close()


def _amounts(runs: int) -> list[int]:
    return [50_000 + 1_111 * run for run in range(runs)]


def _typed(program: QApplication, page: ApplicationPage, yuan: int) -> tuple[float, float]:
    """Seconds until the paper shows the amount, and the longest time without a look at the keyboard."""
    news: list[None] = []
    listening = page.preview.shown.connect(lambda: news.append(None))
    entry = page.steps.loan.amount.entry
    QTest.keyClick(entry, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(entry, str(yuan))
    began = before = time.perf_counter()
    longest = 0.0
    while not (news and _stands(page, f"{yuan:,}.00")):
        news.clear()
        program.processEvents()
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
        if now - began > PATIENCE_S:
            raise TimeoutError(f"{yuan} never stood on the page")
    took = time.perf_counter() - began
    page.preview.shown.disconnect(listening)
    return took, longest


def _stands(page: ApplicationPage, text: str) -> bool:
    document = page.preview.paper.document
    return document.pageCount() > 0 and text in document.getAllText(0).text()


def _until(holds: Callable[[], object]) -> None:
    began = time.perf_counter()
    while not holds():
        QApplication.processEvents()
        if time.perf_counter() - began > PATIENCE_S:
            raise TimeoutError


if __name__ == "__main__":
    main()
