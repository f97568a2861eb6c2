"""A prospect left and opened again before what was typed last reached the disk: the slowest disk loses no keystroke."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from fieldapp.desktop.pages.prospect import ProspectPage
from fieldapp.desktop.pages.prospects import ProspectsPage
from fieldapp.desktop.people import kept_facts
from fieldapp.desktop.people.detail import ProspectDetail
from fieldapp.desktop.people.fact_sheet import FactSheet
from fieldapp.services.half_typed import Place, found_text
from fieldapp.services.prospect_page import prospect_page
from tests.desktop.driving import Field


class SlowDisk:
    """Holds what is about to be written of half typed text, until it is let through."""

    def __init__(self) -> None:
        self._free = threading.Event()
        self._free.set()

    def hold(self) -> None:
        self._free.clear()

    def let_through(self) -> None:
        self._free.set()

    def behind(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def held(*args: Any) -> Any:
            self._free.wait()
            return write(*args)

        return held


@pytest.fixture
def disk(field: Field, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowDisk]:
    slow = SlowDisk()
    for name in ("keep_text", "recording_fields"):
        monkeypatch.setattr(kept_facts, name, slow.behind(getattr(kept_facts, name)))
    yield slow
    slow.let_through()


def detail_of(field: Field, page: type[ProspectPage] | type[ProspectsPage]) -> ProspectDetail:
    found = field.window.findChild(page)
    assert found is not None
    return found.detail


def go_while_held(field: Field, page: str, prospect: str) -> None:
    """Open a page; what it can read before the disk has written has been read and shown."""
    field.window.go(page, prospect=prospect)
    field.settle(lambda: field.jobs.running() == 1)


def business(detail: ProspectDetail) -> FactSheet:
    (sheet,) = [one for one in detail.findChildren(FactSheet) if one._kind == "business"]
    return sheet


def address(detail: ProspectDetail) -> QLineEdit:
    control = business(detail)._typing["address"].control
    assert isinstance(control, QLineEdit)
    return control


def test_a_line_stands_whole_with_its_prospect_again(field: Field, disk: SlowDisk) -> None:
    prospect, other = field.ids["张三"], field.ids["王五"]
    field.go("prospect", prospect=prospect)
    note = detail_of(field, ProspectPage).tabs.timeline.note
    QTest.keyClicks(note.entry, "first wo")
    note.kept.keep_now()
    field.quiet()
    QTest.keyClicks(note.entry, "rds")
    disk.hold()
    go_while_held(field, "prospect", other)
    go_while_held(field, "prospect", prospect)
    disk.let_through()
    field.quiet()
    assert note.entry.text() == "first words"
    found = found_text(field.store, Place(prospect, "note"))
    assert found is not None
    assert found.typed["note"] == "first words"


def test_a_line_stands_whole_when_its_page_comes_back(field: Field, disk: SlowDisk) -> None:
    prospect = field.ids["张三"]
    field.go("prospect", prospect=prospect)
    note = detail_of(field, ProspectPage).tabs.timeline.note
    QTest.keyClicks(note.entry, "said on the way out")
    disk.hold()
    field.window.go("today")
    go_while_held(field, "prospect", prospect)
    disk.let_through()
    field.quiet()
    assert note.entry.text() == "said on the way out"


def test_a_line_typed_beside_the_list_stands_whole_on_the_own_page(field: Field, disk: SlowDisk) -> None:
    prospect = field.ids["张三"]
    field.go("prospects", prospect=prospect)
    beside = detail_of(field, ProspectsPage)
    field.settle(lambda: (shown := beside.page()) is not None and shown.record == prospect)
    QTest.keyClicks(beside.tabs.timeline.note.entry, "typed beside the list")
    disk.hold()
    go_while_held(field, "prospect", prospect)
    disk.let_through()
    field.quiet()
    assert detail_of(field, ProspectPage).tabs.timeline.note.entry.text() == "typed beside the list"


def test_a_fact_half_typed_stands_whole_with_its_prospect_again(field: Field, disk: SlowDisk) -> None:
    prospect, other = field.ids["张三"], field.ids["王五"]
    field.go("prospect", prospect=prospect)
    detail = detail_of(field, ProspectPage)
    detail.tabs.choose("business")
    address(detail).setText("No. 3, by the bri")
    address(detail).textEdited.emit("")
    business(detail).kept.keep_now()
    field.quiet()
    QTest.keyClicks(address(detail), "dge")
    disk.hold()
    go_while_held(field, "prospect", other)
    go_while_held(field, "prospect", prospect)
    disk.let_through()
    field.quiet()
    assert address(detail).text() == "No. 3, by the bridge"


def test_a_fact_being_saved_shows_as_it_was_saved(field: Field, disk: SlowDisk) -> None:
    prospect, other = field.ids["张三"], field.ids["王五"]
    field.go("prospect", prospect=prospect)
    detail = detail_of(field, ProspectPage)
    detail.tabs.choose("business")
    address(detail).setFocus()
    address(detail).selectAll()
    QTest.keyClicks(address(detail), "No. 4")
    disk.hold()
    QTest.keyClick(address(detail), Qt.Key.Key_Return)
    go_while_held(field, "prospect", other)
    go_while_held(field, "prospect", prospect)
    disk.let_through()
    field.quiet()
    assert address(detail).text() == "No. 4"
    known = prospect_page(field.store, prospect).business
    assert known is not None
    assert known[1].address == "No. 4"
