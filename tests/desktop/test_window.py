"""The window assembles pages: built when first shown, reached by keys, never larger than the screen."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fieldapp.desktop.components.arrange import CONTENT_WIDTH, Column, fill_with
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.overlay import Panel
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.look import Icon, px, speak
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.window import PageEntry, Window
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence
from fieldapp.translation import Language, tr


class Probe(Page):
    """Notes what the window does with it."""

    made: list[str] = []  # noqa: RUF012 - one list for the pages of one test

    def __init__(self, shell: Shell, name: str) -> None:
        super().__init__(shell)
        self.title = name
        self.seen: list[dict[str, object]] = []
        self.left = 0
        self.entry = Entry()
        tall = QWidget()
        tall.setMinimumHeight(3000)
        fill_with(self, Column(self.entry, tall))
        Probe.made.append(name)

    def shown(self, **where: object) -> None:
        self.seen.append(where)

    def leaving(self) -> None:
        self.left += 1

    def first_focus(self) -> QWidget:
        return self.entry


@pytest.fixture
def window(qtbot: QtBot, jobs: JobRunner) -> Window:
    """A window of four pages, two in the rail; the first shown."""
    Probe.made.clear()

    def entry(name: str, words: str, icon: Icon | None = None, *, low: bool = False) -> PageEntry:
        return PageEntry(name, lambda shell: Probe(shell, name), words, icon, low)

    pages: Sequence[PageEntry] = [
        entry("today", "今日", Icon.TODAY),
        entry("prospects", "客户", Icon.PROSPECTS),
        entry("prospect", "一户"),
        entry("settings", "设置", Icon.SETTINGS, low=True),
    ]
    made = Window(jobs, pages)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.go("today")
    return made


def test_a_page_is_built_when_first_shown_and_only_once(window: Window) -> None:
    assert Probe.made == ["today"]
    window.go("prospect", id=7)
    window.go("today")
    window.go("prospect", id=8)
    assert Probe.made == ["today", "prospect"]
    assert window.windowTitle() == f"prospect – {tr('Field Credit')}"


def test_keys_go_to_pages_and_the_page_takes_the_keyboard(window: Window) -> None:
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.current_page() == "prospects"
    focused = QApplication.focusWidget()
    assert isinstance(focused, Entry)
    QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert window.current_page() == "settings"
    told: list[int] = []
    window.contact_wanted.connect(lambda: told.append(1))
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert told == [1]


def test_back_returns_with_the_place_one_came_from(window: Window) -> None:
    window.go("prospect", id=7)
    window.go("settings")
    window.go_back()
    assert window.current_page() == "prospect"
    page = window.findChildren(Probe)[-2:]
    assert any(probe.seen == [{"id": 7}, {"id": 7}] for probe in page)


def test_the_palette_finds_a_page_and_esc_gives_the_keyboard_back(window: Window) -> None:
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    field = QApplication.focusWidget()
    assert isinstance(field, Entry)
    field.setText("客")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.current_page() == "prospects"
    before = QApplication.focusWidget()
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is not before
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is before


def test_the_palette_is_as_tall_as_what_it_found(window: Window) -> None:
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    field = QApplication.focusWidget()
    assert isinstance(field, Entry)
    field.setText("查无此人")
    panel = window.findChild(Panel)
    assert panel is not None
    short = panel.height()
    field.setText("")
    assert panel.height() > short, "the list grew with its answers, at once"


def test_the_rail_shows_where_a_page_belongs_wherever_one_came_from(qtbot: QtBot, jobs: JobRunner) -> None:
    def page(name: str, icon: Icon | None = None, under: str = "") -> PageEntry:
        return PageEntry(name, lambda shell: Probe(shell, name), name, icon, under=under)

    shown = Window(jobs, [page("今日", Icon.TODAY), page("客户", Icon.PROSPECTS), page("一户", under="客户")])
    qtbot.addWidget(shown)
    shown.go("今日")
    shown.go("一户")
    assert [one.accessibleName() for one in shown.rail.findChildren(QAbstractButton) if one.isChecked()] == ["客户"]


def test_a_locked_window_hears_no_page_key_and_saves_drafts_first(window: Window) -> None:
    page = window.findChildren(Probe)[0]
    cover = QWidget()
    window.cover_with(cover)
    assert page.left == 1
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.current_page() == "today"
    window.uncover()
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.current_page() == "prospects"


def test_a_locked_window_says_nothing_of_what_was_done_and_takes_nothing_back(window: Window) -> None:
    undone: list[str] = []
    window.toast("王五: saved", undo=lambda: undone.append("undone"))
    assert window._toast.isVisible()
    cover = QPushButton("unlock")
    window.cover_with(cover)
    assert window._toast.isHidden()
    QTest.keyClick(cover, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    window.toast("王五: put aside")  # what a page says once its last work is saved
    assert window._toast.isHidden()
    window.uncover()
    assert window._toast.isHidden()
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == []
    window.toast("王五: saved")
    assert window._toast.isVisible()


def test_closing_saves_the_draft_of_the_page_shown(qtbot: QtBot, window: Window) -> None:
    page = window.findChildren(Probe)[0]
    with qtbot.waitSignal(window.closing):
        window.close()
    assert page.left == 1


def test_a_tall_page_does_not_grow_the_window(window: Window) -> None:
    window.resize(640, 360)
    assert (window.width(), window.height()) == (640, 360)
    assert window.rail.width() == 61


def test_title_and_content_begin_and_end_together_in_a_very_wide_window(window: Window) -> None:
    window.resize(2400, 900)
    QTest.qWait(1)
    page = next(probe for probe in window.findChildren(Probe) if probe.isVisible())
    left = page.mapTo(window, QPoint()).x()
    assert page.width() == px(CONTENT_WIDTH)
    assert left == window.rail.width() + px(24)


def test_an_error_of_ours_names_an_incident_and_a_known_one_its_sentence(window: Window) -> None:
    window.explain(Actionable("full", Sentence("The disk is full.")))
    assert window.banner.accessibleName() == "The disk is full."
    window.explain(RuntimeError("secret 138 0000 0001"))
    first = window.banner.accessibleName()
    window.explain(RuntimeError("secret 139 0000 0002"))
    assert window.banner.accessibleName() == first
    assert "E-" in first
    assert "138" not in first


def test_the_language_changes_under_the_standing_window(window: Window) -> None:
    speak(Language.ENGLISH)
    assert window.windowTitle() == "today – Field Credit"
    assert window.status.accessibleName().startswith("Offline")
