"""Removing a prospect from the screen: asked for, taken back, sent, and met by somebody else's edit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from fieldapp.desktop.look import speak
from fieldapp.desktop.pages.decision import DecisionPanel
from fieldapp.desktop.pages.prospect import ProspectPage
from fieldapp.desktop.pages.prospects import ProspectsPage
from fieldapp.domain.records import Application
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.services.edit_prospect import edit_fields
from fieldapp.services.laptop import Laptop
from fieldapp.services.outbox_status import outbox_status
from fieldapp.services.prospects import Wanted, page
from fieldapp.services.remove_prospect import remove_prospect
from fieldapp.services.resolve_conflict import disagreements
from fieldapp.services.synchronise import synchronise_laptop
from fieldapp.store.database import Store
from fieldapp.translation import Language
from tests.desktop.desks import WAIT_MS, button, desk_on, press, shows, the, unlock
from tests.desktop.driving import Field, is_closed, shown_overlay
from tests.desktop.driving import press as press_key
from tests.desktop.head_office import PASSPHRASE, Office, add_customer, head_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with head_office(tmp_path, SystemClock()) as running:
        yield running


@pytest.fixture
def two(office: Office) -> tuple[Laptop, Laptop]:
    """Two laptops of the same officer."""
    return office.laptop_of("李四", "mine"), office.laptop_of("李四", "theirs")


def names_on(store: Store) -> list[str]:
    return [line.name for line in page(store, Wanted()).lines]


def chosen(field: Field, name: str) -> ProspectsPage:
    field.go("prospects", prospect=field.ids[name])
    shown = field.window.findChild(ProspectsPage)
    assert shown is not None
    field.settle(lambda: (found := shown.detail.page()) is not None and found.line.name == name)
    return shown


def ask_by_keyboard(field: Field, shown: ProspectsPage | ProspectPage) -> None:
    """Tab stands on the button; its menu's last entry is the removal."""
    shown.detail.head.more.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(shown.detail.head.more, Qt.Key.Key_Return)
    field.settle(lambda: QApplication.activePopupWidget() is not None)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    QTest.keyClick(menu, Qt.Key.Key_Up)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    field.window.activateWindow()  # without a window system nobody gives it back after the menu
    QTest.qWaitForWindowActive(field.window)


def test_removing_asks_in_plain_words_and_leaves_no_trace_of_them_on_the_page(field: Field) -> None:
    shown = chosen(field, "张三")
    ask_by_keyboard(field, shown)
    overlay = shown_overlay(field)
    assert shows(overlay, "删除张三？")()
    assert shows(overlay, "其他电脑同步后也不再列出")()
    assert shows(overlay, "留在总行")()
    assert shows(overlay, "还没发送的照样会发送")()
    assert QApplication.focusWidget() is button(overlay, "不删除")
    QTest.keyClick(button(overlay, "不删除"), Qt.Key.Key_Tab)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    field.settle(lambda: "张三" not in names_on(field.store))
    field.settle(shows(field.window, "已删除张三"))
    field.settle(lambda: (found := shown.detail.page()) is not None and found.line.name != "张三")
    field.quiet()
    assert field.window.current_page() == "prospects"
    assert not field.window.banner.isVisible()


@pytest.mark.parametrize("how", ["enter", *(pytest.param(how, marks=pytest.mark.long) for how in ("escape", "button"))])
def test_saying_no_changes_nothing(field: Field, how: str) -> None:
    shown = chosen(field, "张三")
    ask_by_keyboard(field, shown)
    overlay = shown_overlay(field)
    if how == "button":
        press(field.qtbot, overlay, "不删除")
    else:
        press_key(field.window, "Escape" if how == "escape" else "Return")
    field.settle(lambda: is_closed(overlay))
    field.quiet()
    assert "张三" in names_on(field.store)
    assert shown.detail.page() is not None
    with field.store.reading() as view:
        assert not any("deleted" in one.decoded().fields and not one.decoded().new for one in view.outbox.listed(500))


def test_the_way_back_brings_them_back(field: Field) -> None:
    shown = chosen(field, "张三")
    ask_by_keyboard(field, shown)
    press(field.qtbot, shown_overlay(field), "删除")
    field.settle(shows(field.window, "已删除张三"))
    press_key(field.window, "Ctrl+Z")
    field.settle(lambda: "张三" in names_on(field.store))
    field.settle(lambda: shown.people.model.rowCount() == 9)


def test_from_a_page_of_its_own_one_comes_back_to_the_list(field: Field) -> None:
    field.go("prospect", prospect=field.ids["张三"])
    alone = the(field.window, ProspectPage)
    field.settle(lambda: alone.detail.page() is not None)
    ask_by_keyboard(field, alone)
    press(field.qtbot, shown_overlay(field), "删除")
    field.settle(lambda: field.window.current_page() == "prospects")
    field.quiet()
    assert not field.window.banner.isVisible()
    assert "张三" not in names_on(field.store)


def test_somebody_with_an_open_application_is_explained_and_not_asked_about(field: Field) -> None:
    field.store.write(lambda unit: unit.create("application", Application(officer="s-li"), parent=field.ids["张三"]))
    shown = chosen(field, "张三")
    ask_by_keyboard(field, shown)
    field.settle(field.window.banner.isVisible)
    assert shows(field.window.banner, "还有没办完的申请")()
    assert "张三" in names_on(field.store)
    speak(Language.ENGLISH)
    assert shows(field.window.banner, "withdraw the application first")()


@pytest.mark.long
def test_a_removal_reaches_the_second_laptop(
    qtbot: QtBot, office: Office, two: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    mine, theirs = two
    add_customer(mine, "冯二", "13800000000", 1_000_000)
    synchronise_laptop(mine)
    synchronise_laptop(theirs)
    assert names_on(theirs.store) == ["冯二"]
    mine.lock()
    with desk_on(qtbot, tmp_path / "mine", office.clock, first="prospects") as desk:
        session = unlock(qtbot, desk, PASSPHRASE)
        shown = the(desk.window, ProspectsPage)
        qtbot.waitUntil(lambda: shown.detail.page() is not None, timeout=WAIT_MS)
        shown.detail.head.more.click()
        qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu), timeout=WAIT_MS)
        menu = QApplication.activePopupWidget()
        QTest.keyClick(menu, Qt.Key.Key_Up)
        QTest.keyClick(menu, Qt.Key.Key_Return)
        qtbot.waitUntil(shows(desk.window, "删除冯二？"), timeout=WAIT_MS)
        press(qtbot, desk.window, "删除")
        qtbot.waitUntil(lambda: names_on(session.store) == [], timeout=WAIT_MS)
        qtbot.waitUntil(lambda: outbox_status(session.store).unsent == 0, timeout=WAIT_MS)
    synchronise_laptop(theirs)
    assert names_on(theirs.store) == []


@pytest.mark.parametrize(
    ("first", "kept"),
    [
        pytest.param("removal", True, id="kept-removal"),
        pytest.param("edit", False, id="removed-edit"),
        pytest.param("edit", True, id="kept-edit", marks=pytest.mark.long),
        pytest.param("removal", False, id="removed-removal", marks=pytest.mark.long),
    ],
)
def test_removal_against_edit_is_decided_on_the_sync_page_whichever_came_first(
    qtbot: QtBot, office: Office, two: tuple[Laptop, Laptop], tmp_path: Path, first: str, kept: bool
) -> None:
    """The laptop that came second is asked; this one edited when the removal came first, and else removed."""
    mine, theirs = two
    prospect, _, _ = add_customer(mine, "冯二", "13800000000", 1_000_000)
    synchronise_laptop(mine)
    synchronise_laptop(theirs)
    edited, removed = (mine, theirs) if first == "removal" else (theirs, mine)
    edit_fields(edited.store, prospect, {}, {"remark": "想扩大水果摊"})
    remove_prospect(removed.store, prospect)
    synchronise_laptop(theirs)
    synchronise_laptop(mine)
    mine.lock()
    with desk_on(qtbot, tmp_path / "mine", office.clock, first="sync") as desk:
        session = unlock(qtbot, desk, PASSPHRASE)
        qtbot.waitUntil(lambda: desk.window.findChild(DecisionPanel) is not None, timeout=WAIT_MS)
        panel = the(desk.window, DecisionPanel)
        assert shows(desk.window, "冯二")()
        assert shows(panel, "一方删除了它，另一方又作了修改。")()
        for number, value in enumerate((v for field in panel.shown.fields for v in field.values), 1):
            if value.value in (not kept, "想扩大水果摊"):
                qtbot.keyClick(desk.window, str(number))
        press(qtbot, panel, "保存决定")
        qtbot.waitUntil(lambda: not disagreements(session.store), timeout=WAIT_MS)
        qtbot.waitUntil(lambda: outbox_status(session.store).unsent == 0, timeout=WAIT_MS)
        assert names_on(session.store) == (["冯二"] if kept else [])
    synchronise_laptop(theirs)
    assert names_on(theirs.store) == (["冯二"] if kept else [])
    with theirs.store.reading() as view:
        stored = view.records.get(prospect)
    assert stored is not None
    assert not stored.conflicts
    assert stored.screen["remark"] == "想扩大水果摊"
