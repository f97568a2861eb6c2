"""Two laptops, one head office, and the Sync page driven by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fieldapp.desktop.desk import Desk
from fieldapp.desktop.pages.decision import DecisionPanel
from fieldapp.desktop.pages.sync import SyncPage
from fieldapp.desktop.pages.sync_details import RefusalPanel
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.services.laptop import Laptop
from fieldapp.services.resolve_conflict import disagreements
from fieldapp.services.synchronise import synchronise_laptop
from fieldapp.store.unit import Unit
from fieldapp.sync.troubles import Cancelled
from tests.desktop.desks import WAIT_MS, button, desk_on, press, shows, the, unlock
from tests.desktop.head_office import PASSPHRASE, Office, add_customer, disagree, head_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with head_office(tmp_path, SystemClock()) as running:
        yield running


@pytest.fixture
def two(office: Office) -> tuple[Laptop, Laptop]:
    """Two laptops of the same officer."""
    return office.laptop_of("李四", "mine"), office.laptop_of("李四", "theirs")


def test_a_conflict_is_decided_by_keyboard_alone_and_reaches_the_other_laptop(
    qtbot: QtBot, office: Office, two: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    mine, theirs = two
    person = disagree(mine, theirs)
    mine.lock()
    with desk_on(qtbot, tmp_path / "mine", office.clock, first="sync") as desk:
        session = unlock(qtbot, desk, PASSPHRASE)
        for _ in range(2):
            panel = decision(qtbot, desk)
            assert panel.choices() == {}
            assert not panel.save.isEnabled()
            wanted = next(
                number
                for number, value in enumerate(panel.shown.fields[0].values, 1)
                if value.value in ("13800000001", 4_500_000)
            )
            qtbot.keyClick(desk.window, str(wanted))
            assert len(panel.choices()) == 1
            decided = panel.shown.record
            qtbot.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            qtbot.waitUntil(
                lambda decided=decided: decided not in [one.record for one in disagreements(session.store)],
                timeout=WAIT_MS,
            )
        qtbot.waitUntil(lambda: the(desk.window, SyncPage).findChild(DecisionPanel) is None, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: session.sync.state().status.unsent == 0, timeout=WAIT_MS)
    synchronise_laptop(theirs)
    with theirs.store.reading() as view:
        stored = view.records.get(person)
    assert stored is not None
    assert stored.screen["mobile"] == "13800000001"
    assert not stored.conflicts


def test_another_value_can_be_typed(qtbot: QtBot, office: Office, two: tuple[Laptop, Laptop], tmp_path: Path) -> None:
    mine, theirs = two
    person = disagree(mine, theirs)
    mine.lock()
    with desk_on(qtbot, tmp_path / "mine", office.clock, first="sync") as desk:
        session = unlock(qtbot, desk, PASSPHRASE)
        panel = decision(qtbot, desk)
        if panel.shown.record != person:
            qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
            qtbot.waitUntil(lambda: decision(qtbot, desk).shown.record == person, timeout=WAIT_MS)
            panel = decision(qtbot, desk)
        qtbot.keyClick(desk.window, Qt.Key.Key_E)
        qtbot.keyClicks(QApplication.focusWidget(), "138 0000 0005")
        press(qtbot, desk.window, "采用")
        qtbot.waitUntil(panel.save.isEnabled, timeout=WAIT_MS)
        qtbot.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

        def typed() -> bool:
            with session.store.reading() as view:
                stored = view.records.get(person)
            return stored is not None and stored.screen["mobile"] == "13800000005"

        qtbot.waitUntil(typed, timeout=WAIT_MS)


def test_a_refused_change_shows_its_reason_and_can_be_let_go(
    qtbot: QtBot, office: Office, two: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    mine, _ = two
    prospect, _, _ = add_customer(mine, "冯二", "13800000000", 1_000_000)
    synchronise_laptop(mine)

    def edit_past_the_rules(unit: Unit) -> None:
        unit.edit(prospect, {"owner": (unit.enrolment.staff, "e" * 32)})

    mine.store.write(edit_past_the_rules)
    synchronise_laptop(mine)
    mine.lock()
    with desk_on(qtbot, tmp_path / "mine", office.clock, first="sync") as desk:
        unlock(qtbot, desk, PASSPHRASE)
        page = the(desk.window, SyncPage)
        qtbot.waitUntil(lambda: page.findChild(RefusalPanel) is not None, timeout=WAIT_MS)
        assert the(page, RefusalPanel).refused.name == "冯二"
        press(qtbot, page, "从列表移除")
        press(qtbot, desk.window, "移除")
        qtbot.waitUntil(lambda: page.findChild(RefusalPanel) is None, timeout=WAIT_MS)


def test_what_is_saved_is_sent_by_itself_and_the_bar_follows(
    qtbot: QtBot, office: Office, two: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    mine, theirs = two
    mine.lock()
    with desk_on(qtbot, tmp_path / "mine", office.clock) as desk:
        session = unlock(qtbot, desk, PASSPHRASE)
        with qtbot.waitSignal(session.sync.finished, timeout=WAIT_MS):
            pass
        assert session.sync.state().online
        with qtbot.waitSignal(session.sync.finished, timeout=WAIT_MS):
            prospect, _, _ = add_customer(session.laptop, "张三", "13800000000", 4_000_000)
        qtbot.waitUntil(lambda: session.sync.state().status.unsent == 0, timeout=WAIT_MS)
        bar = desk.window.status
        qtbot.waitUntil(shows(bar.parentWidget(), "没有待发送的记录"), timeout=WAIT_MS)
    synchronise_laptop(theirs)
    with theirs.store.reading() as view:
        stored = view.records.get(prospect)
    assert stored is not None
    assert stored.kind == "prospect"


def test_stopping_a_synchronisation_keeps_everything_and_it_goes_on_later(
    qtbot: QtBot, office: Office, two: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    mine, _ = two
    for number in range(300):
        add_customer(mine, f"客户{number}", "13800000000", 1_000_000)
    mine.lock()
    with desk_on(qtbot, tmp_path / "mine", office.clock, first="sync") as desk:
        session = unlock(qtbot, desk, PASSPHRASE)
        ended: list[object] = []
        session.sync.finished.connect(ended.append)
        session.sync.progressed.connect(lambda *_: session.sync.cancel())
        qtbot.waitUntil(lambda: len(ended) == 1, timeout=WAIT_MS)
        assert isinstance(ended[0], Cancelled)
        session.sync.progressed.disconnect()
        button(desk.window, "立即同步")
        qtbot.keyClick(desk.window, Qt.Key.Key_F5)
        qtbot.waitUntil(lambda: len(ended) == 2, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: session.sync.state().status.unsent == 0, timeout=WAIT_MS)


def test_a_revoked_laptop_is_told_in_words_and_keeps_its_records(
    qtbot: QtBot, office: Office, two: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    mine, _ = two
    add_customer(mine, "张三", "13800000000", 1_000_000)
    office.administration.revoke(mine.enrolment().device)
    mine.lock()
    with desk_on(qtbot, tmp_path / "mine", office.clock, first="sync") as desk:
        session = unlock(qtbot, desk, PASSPHRASE)
        with qtbot.waitSignal(session.sync.finished, timeout=WAIT_MS):
            pass
        trouble = session.sync.state().trouble
        assert trouble is not None
        qtbot.waitUntil(shows(desk.window, "请向管理员"), timeout=WAIT_MS)


def decision(qtbot: QtBot, desk: Desk) -> DecisionPanel:
    """The panel that stands, once what it shows is still undecided."""

    def stands() -> bool:
        panel = desk.window.findChild(DecisionPanel)
        if panel is None or not panel.isVisible():
            return False
        open_now = [one.record for one in disagreements(desk.session().store)]
        return panel.shown.record in open_now

    qtbot.waitUntil(stands, timeout=WAIT_MS)
    return next(panel for panel in desk.window.findChildren(DecisionPanel) if panel.isVisible())
