"""Freezing, sealing and checking papers on the screen, and all packs of the day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.pages.applications import ApplicationsPage
from fieldapp.desktop.pages.paper import PaperPage
from fieldapp.desktop.window import Window
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.blank_forms import BLANK_NUMBERS
from fieldapp.services.paper_kinds import DocumentKind
from fieldapp.services.print_documents import Document, DocumentLine, PrintDocuments
from fieldapp.services.seal_documents import SealDocuments
from fieldapp.store.database import Store
from tests.desktop.desks import WAIT_MS
from tests.desktop.few_pages import window_of
from tests.services.an_application import FixedClock, new_laptop
from tests.services.consents_given import sign_everything
from tests.services.sealing import certify_laptop

FORM = DocumentKind.APPLICATION


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_laptop(tmp_path, FixedClock()) as opened:
        certify_laptop(opened, tmp_path / "office")
        yield opened


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, store: Store, application: str, jobs: JobRunner) -> Iterator[Window]:
    with window_of(qtbot, tmp_path, store, jobs, applications=ApplicationsPage, paper=PaperPage) as made:
        yield made


def _overlay(window: Window) -> Overlay | None:
    return next((one for one in window.findChildren(Overlay) if one.isVisible()), None)


def _answer_yes() -> None:
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)


def test_a_paper_is_frozen_and_sealed_on_its_page(window: Window, store: Store, application: str, until) -> None:
    window.go("paper", kind="application", record=application)
    page = window.findChild(PaperPage)
    assert page is not None
    until(lambda: page.paper.page_count() == 3)
    assert page.banner.isHidden()
    for title, left in (("Frozen for signature", True), ("Sealed", False)):
        page._next.click()
        until(lambda: _overlay(window) is not None)
        _answer_yes()
        until(lambda title=title: page.banner.accessibleName().startswith(title) and not page.banner.isHidden())
        assert page._next.isVisibleTo(page) is left
    with store.reading() as view:
        assert [one.screen["state"] for one in view.records.children(application, "document")] == [
            "sealed", "for_signature"
        ]  # fmt: skip


def test_changed_data_are_said_on_the_page(window: Window, store: Store, application: str, until) -> None:
    SealDocuments(store).freeze(FORM, application)
    applying = ApplyForLoan(store)
    applying.save(application, {"months": 24}, applying.open(application).fields)
    window.go("paper", kind="application", record=application)
    page = window.findChild(PaperPage)
    assert page is not None
    until(lambda: "have changed" in page.banner.accessibleName())
    assert page._next.accessibleName() == "Freeze for signature"


def test_a_paper_is_checked_from_the_list(
    window: Window, store: Store, application: str, tmp_path: Path, until
) -> None:
    SealDocuments(store).freeze(FORM, application)
    pdf = SealDocuments(store).seal(FORM, application).pdf
    good, bad = tmp_path / "封存.pdf", tmp_path / "bad.pdf"
    good.write_bytes(pdf)
    bad.write_bytes(pdf.replace(b"/Title", b"/Titel"))
    window.go("applications")
    page = window.findChild(ApplicationsPage)
    assert page is not None
    for path, said in ((good, "This is the sealed paper"), (bad, "changed after it was sealed")):
        page.check._ask_file = lambda _window, path=path: path
        page.check.begin()
        until(lambda: _overlay(window) is not None)
        overlay = _overlay(window)
        assert overlay is not None
        assert any(said in one.accessibleName() for one in overlay.findChildren(Banner))
        overlay.close_panel()
        until(lambda: _overlay(window) is None)


def test_all_packs_of_the_day_are_written(
    window: Window, store: Store, application: str, tmp_path: Path, until
) -> None:
    sign_everything(store, application)
    ApplyForLoan(store).submit(application)
    folder = tmp_path / "今日 packs"
    folder.mkdir()
    window.go("applications")
    page = window.findChild(ApplicationsPage)
    assert page is not None
    page.packs._ask_folder = lambda _window: folder
    page.packs.begin()
    until(lambda: len(list(folder.glob("*.pdf"))) == len(PrintDocuments(store).pack(application)))
    until(lambda: page.packs._job is None)


def test_the_packs_of_the_day_are_stopped_between_two_papers(
    window: Window, store: Store, application: str, tmp_path: Path, until, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go_on, make = Event(), Event(), PrintDocuments.of

    def held_up(printing: PrintDocuments, line: DocumentLine) -> Document:
        if line.kind is DocumentKind.INVESTIGATION:
            asked.set()
            go_on.wait(WAIT_MS / 1000)
        return make(printing, line)

    sign_everything(store, application)
    ApplyForLoan(store).submit(application)
    monkeypatch.setattr(PrintDocuments, "of", held_up)
    window.go("applications")
    page = window.findChild(ApplicationsPage)
    assert page is not None
    page.packs._ask_folder = lambda _window: tmp_path
    page.packs.begin()
    until(lambda: asked.is_set() and page.packs.progress.isVisible())
    page.packs.progress._stop.click()
    go_on.set()
    until(lambda: page.packs._job is None)
    assert not page.packs.progress.isVisible()
    assert 2 <= len(list(tmp_path.glob("*.pdf"))) <= 3, "cover and form, and the one that was on its way"


def test_packs_that_lack_something_are_named(
    window: Window, store: Store, application: str, tmp_path: Path, until
) -> None:
    applying = ApplyForLoan(store)
    applying.save(application, {"person.actual_address": "示例街 🙂 号"}, applying.open(application).fields)
    sign_everything(store, application)
    applying.submit(application)
    window.go("applications")
    page = window.findChild(ApplicationsPage)
    assert page is not None
    page.packs._ask_folder = lambda _window: tmp_path
    page.packs.begin()
    until(lambda: _overlay(window) is not None)
    overlay = _overlay(window)
    assert overlay is not None
    overlay.close_panel()


def test_blank_forms_are_written_where_the_officer_says(window: Window, tmp_path: Path, until) -> None:
    folder = tmp_path / "空白表"
    window.go("applications")
    page = window.findChild(ApplicationsPage)
    assert page is not None
    page.blank._ask_folder = lambda _window: None
    page.blank.begin()
    assert page.blank._job is None
    page.blank._ask_folder = lambda _window: folder
    page.blank.begin()  # a folder that is not there: told, and nothing hangs
    until(lambda: page.blank._job is None)
    folder.mkdir()
    page.blank.begin()
    until(lambda: page.blank._job is None)
    assert len(list(folder.glob("KB-*空白表.pdf"))) == len(BLANK_NUMBERS)
