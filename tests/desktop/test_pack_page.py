"""The whole pack on one page: frozen, printed, saved and sealed in one act each, by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from threading import Event

import msgspec
import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fieldapp.desktop import paper_out
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.pages import pack as pack_page
from fieldapp.desktop.pages.pack import PackPage
from fieldapp.desktop.pages.paper import PaperPage
from fieldapp.desktop.window import Window
from fieldapp.services.seal_documents import SealDocuments
from fieldapp.services.whole_pack import Pack, look_at_pack
from fieldapp.store.database import Store
from fieldapp.store.unit import Unit
from tests.desktop.desks import button
from tests.desktop.few_pages import window_of
from tests.services.an_application import write_into
from tests.services.sealing import certify_laptop


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, store: Store, jobs: JobRunner) -> Iterator[Window]:
    with window_of(qtbot, tmp_path, store, jobs, pack=PackPage, paper=PaperPage) as made:
        yield made


@pytest.fixture
def page(window: Window, application: str, until: Callable[[Callable[[], object]], None]) -> PackPage:
    window.go("pack", application=application)
    found = window.findChild(PackPage)
    assert found is not None
    until(lambda: found._pack is not None)
    return found


def test_while_the_pages_are_set_the_page_says_so_and_a_stopped_one_can_be_set_again(
    window: Window, application: str, until, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = Event()

    def slowly(store: Store, record: str, progress: Callable[[int, int], None]) -> Pack:
        while not go_on.wait(0.01):
            progress(1, 8)
        return look_at_pack(store, record, progress)

    monkeypatch.setattr(pack_page, "look_at_pack", slowly)
    window.go("pack", application=application)
    page = window.findChild(PackPage)
    assert page is not None
    until(page.progress.isVisible)
    assert page._preparing.isVisible()
    assert not page.list.isVisible()
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Escape)
    until(page._not_prepared.isVisible)
    assert not page._preparing.isVisible()
    go_on.set()
    button(page, "Prepare them").click()
    until(lambda: page._pack is not None)
    assert page.list.isVisible()
    assert not page._not_prepared.isVisible()
    assert page.list.hasFocus()


def _pack(page: PackPage) -> Pack:
    assert page._pack is not None
    return page._pack


def _answer_yes(window: Window, until: Callable[[Callable[[], object]], None]) -> None:
    until(lambda: any(one.isVisible() for one in window.findChildren(Overlay)))
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)


def _go_on(window: Window) -> None:
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_sealing_without_a_certificate_is_told_and_what_is_frozen_stays(window: Window, page: PackPage, until) -> None:
    _go_on(window)
    _answer_yes(window, until)
    until(lambda: _pack(page).to_freeze == 0)
    _go_on(window)
    _answer_yes(window, until)
    until(lambda: "no certificate" in window.banner.accessibleName())
    assert _pack(page).to_seal == len(_pack(page).papers)


def test_the_whole_pack_is_frozen_and_sealed_in_two_acts(
    window: Window, page: PackPage, store: Store, application: str, tmp_path: Path, until
) -> None:
    certify_laptop(store, tmp_path / "office")
    count = len(_pack(page).papers)
    assert _pack(page).to_freeze == count
    _go_on(window)
    _answer_yes(window, until)
    until(lambda: _pack(page).to_freeze == 0)
    assert _pack(page).to_seal == count
    _go_on(window)
    _answer_yes(window, until)
    until(lambda: all(paper.sealed for paper in _pack(page).papers))
    assert all(paper.sealed for paper in look_at_pack(store, application).papers)
    until(lambda: not page._next.isVisible())


def test_a_change_after_freezing_is_said_and_frozen_again_beside_the_old(
    window: Window, page: PackPage, store: Store, application: str, until
) -> None:
    _go_on(window)
    _answer_yes(window, until)
    until(lambda: _pack(page).to_freeze == 0)
    write_into(store, application, repayment_source="豆腐坊与两家食堂")
    until(lambda: _pack(page).to_freeze == 2)
    _go_on(window)
    _answer_yes(window, until)
    until(lambda: _pack(page).to_freeze == 0)
    versions = {paper.document.version for paper in _pack(page).papers if paper.document is not None}
    assert versions == {1, 2}


def test_who_decides_is_told_how_far_the_papers_are_and_is_offered_no_act(
    window: Window, store: Store, application: str, until
) -> None:
    def move(unit: Unit) -> None:
        unit.state.set("enrolment", msgspec.structs.replace(unit.enrolment, role="approver"))

    SealDocuments(store).freeze_pack(application)
    store.write(move)
    window.go("pack", application=application)
    page = window.findChild(PackPage)
    assert page is not None
    until(lambda: "for signature" in page.banner.accessibleName())
    assert f"0 sealed, {len(_pack(page).papers)} for signature" in page.banner.accessibleName()
    assert not page._next.isVisibleTo(page)


def test_all_papers_are_printed_in_one_go_and_leave_a_trace(
    page: PackPage, store: Store, tmp_path: Path, until, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = tmp_path / "printed.pdf"
    monkeypatch.setattr(paper_out, "DOTS_PER_INCH", 36)  # how fine the pages are is not what is asked here

    def printer(_window: object, _pages: int) -> QPrinter:
        made = QPrinter(QPrinter.PrinterMode.HighResolution)
        made.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        made.setResolution(72)
        made.setOutputFileName(str(written))
        return made

    page.out._ask_printer = printer
    pages = sum(len(PdfReader(BytesIO(document.pdf)).pages) for document in _pack(page).made)
    page._print.click()
    until(lambda: written.exists() and written.stat().st_size and not page.shell.jobs.busy())
    assert len(PdfReader(written).pages) == pages
    with store.reading() as view:
        noted = [event for event in view.privacy.newest(100) if event.act == "print"]
    assert len(noted) == len(_pack(page).made)


def test_all_papers_are_saved_where_the_officer_says(page: PackPage, tmp_path: Path, until) -> None:
    folder = tmp_path / "资料"
    folder.mkdir()
    page._ask_folder = lambda _window: None
    page._save.click()
    assert not list(folder.iterdir())
    page._ask_folder = lambda _window: folder
    page._save.click()
    until(lambda: len(list(folder.glob("*.pdf"))) == len(_pack(page).made))
    until(lambda: not page.shell.jobs.busy())


def test_a_row_opens_its_paper_and_the_way_back_leads_here(window: Window, page: PackPage, until) -> None:
    page.list.choose(2)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    paper = window.findChild(PaperPage)
    assert paper is not None
    until(lambda: paper._document is not None)
    assert paper._document is not None
    assert paper._document.number == _pack(page).papers[2].line.number
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    until(lambda: page.isVisible() and not page.shell.jobs.busy())
