"""Two laptops, one head office, and the Sync page driven by keyboard."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from fieldapp.desktop.components.rows import spoken
from fieldapp.desktop.desk import Desk
from fieldapp.desktop.pages.decision import DecisionPanel
from fieldapp.desktop.pages.prospects import ProspectsPage
from fieldapp.desktop.pages.sync import SyncPage
from fieldapp.desktop.pages.sync_strip import SyncStrip
from fieldapp.headoffice.addresses import Address
from fieldapp.headoffice.administration import open_head_office
from fieldapp.headoffice.serve import RunningHeadOffice
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.protocol.messages import Limits
from fieldapp.services.edit_prospect import add_to_prospect
from fieldapp.services.laptop import Laptop, Store
from fieldapp.services.outbox_status import outbox_status
from fieldapp.services.prospect_page import prospect_page
from fieldapp.services.resolve_conflict import disagreements
from fieldapp.services.synchronise import Stage, SyncTrouble, TryLater, synchronise_laptop
from fieldapp.store.unit import Needs, Unit
from fieldapp.sync.troubles import Cancelled
from tests.desktop.desks import WAIT_MS, QuickPace, button, desk_on, press, shows, the, unlock
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
        qtbot.waitUntil(lambda: outbox_status(session.store).unsent == 0, timeout=WAIT_MS)
        synchronise_laptop(theirs)
        for store in (session.store, theirs.store):
            with store.reading() as view:
                stored = view.records.get(person)
            assert stored is not None
            assert stored.screen["mobile"] == "13800000001"
            assert not stored.conflicts


def test_a_conflict_typed_on_two_screens_is_decided_on_one_and_agreed_on_both(
    qtbot: QtBot, office: Office, two: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    mine, theirs = two
    prospect, _, _ = add_customer(mine, "张三", "13800000000", 1_000_000)
    add_to_prospect(mine.store, prospect, "household", {"size": 3})
    for laptop in (mine, theirs):
        synchronise_laptop(laptop)
        laptop.lock()
    with desk_on(qtbot, tmp_path / "mine", office.clock, first="prospects") as desk:
        session = unlock(qtbot, desk, PASSPHRASE)
        type_household_size(qtbot, desk, prospect, shown="3", typed="5")
        qtbot.waitUntil(lambda: household_size(session.store, prospect) == 5, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: outbox_status(session.store).unsent == 0, timeout=WAIT_MS)
    office.running.stop()
    with desk_on(qtbot, tmp_path / "theirs", office.clock, first="prospects") as desk:
        session = unlock(qtbot, desk, PASSPHRASE)
        type_household_size(qtbot, desk, prospect, shown="3", typed="6")
        qtbot.waitUntil(lambda: household_size(session.store, prospect) == 6, timeout=WAIT_MS)
        with RunningHeadOffice(office.administration.store, office.clock, Address(port=office.running.port)):
            desk.window.go("sync")
            qtbot.waitUntil(lambda: not session.sync.state().running, timeout=WAIT_MS)
            press(qtbot, desk.window, "立即同步")
            panel = decision(qtbot, desk)
            wanted = next(number for number, one in enumerate(panel.shown.fields[0].values, 1) if one.value == 6)
            qtbot.keyClick(desk.window, str(wanted))
            qtbot.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            qtbot.waitUntil(lambda: not disagreements(session.store), timeout=WAIT_MS)
            qtbot.waitUntil(lambda: outbox_status(session.store).unsent == 0, timeout=WAIT_MS)
    with (
        RunningHeadOffice(office.administration.store, office.clock, Address(port=office.running.port)),
        desk_on(qtbot, tmp_path / "mine", office.clock, first="prospects") as desk,
    ):
        session = unlock(qtbot, desk, PASSPHRASE)
        qtbot.waitUntil(lambda: household_size(session.store, prospect) == 6, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: size_field(qtbot, desk, prospect).text() == "6", timeout=WAIT_MS)
        assert not disagreements(session.store)
        assert outbox_status(session.store).needs_decision == 0


def size_field(qtbot: QtBot, desk: Desk, prospect: str) -> QLineEdit:
    """Where the customer's page shows how many live in the household."""
    page = the(desk.window, ProspectsPage)
    qtbot.waitUntil(lambda: page.people.rows.choose(prospect), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: (found := page.detail.page()) is not None and found.line.prospect == prospect)
    page.detail.tabs.choose("household")
    found: QLineEdit = page.detail.tabs.facts["household"]._facts._typing["size"].control
    return found


def type_household_size(qtbot: QtBot, desk: Desk, prospect: str, *, shown: str, typed: str) -> None:
    control = size_field(qtbot, desk, prospect)
    qtbot.waitUntil(lambda: control.text() == shown, timeout=WAIT_MS)
    control.setFocus()
    control.selectAll()
    qtbot.keyClicks(control, typed)
    qtbot.keyClick(control, Qt.Key.Key_Return)


def household_size(store: Store, prospect: str) -> object:
    household = prospect_page(store, prospect).household
    return household[1].size if household is not None else None


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
        with session.store.reading() as view:  # taken over is not saved: a flat battery must not cost it
            assert [draft.body["typed"] for draft in view.drafts.newest()] == [{"mobile": "138 0000 0005"}]
        qtbot.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

        def typed() -> bool:
            with session.store.reading() as view:
                stored = view.records.get(person)
                left = view.drafts.count()
            return stored is not None and stored.screen["mobile"] == "13800000005" and left == 0

        qtbot.waitUntil(typed, timeout=WAIT_MS)


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


def test_a_server_away_for_a_day_gets_everything_by_itself_when_it_is_back(qtbot: QtBot, tmp_path: Path) -> None:
    clock = LaterClock()
    with head_office(tmp_path, clock) as office:
        mine, theirs = office.laptop_of("李四", "mine"), office.laptop_of("李四", "theirs")
        mine.lock()
        with desk_on(qtbot, tmp_path / "mine", clock, first="sync", pace=PersistentPace()) as desk:
            session = unlock(qtbot, desk, PASSPHRASE)
            with qtbot.waitSignal(session.sync.finished, timeout=WAIT_MS):
                pass
            office.running.stop()
            written = [add_customer(session.laptop, "上午", "13800000001", 1_000_000)[0]]
            qtbot.waitUntil(lambda: isinstance(session.sync.state().trouble, TryLater), timeout=WAIT_MS)
            qtbot.waitUntil(lambda: session.sync.state().status.unsent == 3, timeout=WAIT_MS)
            assert not session.sync.state().online
            clock.later += timedelta(hours=23)
            written.append(add_customer(session.laptop, "次日", "13800000002", 1_000_000)[0])
            qtbot.waitUntil(lambda: session.sync.state().status.unsent == 6, timeout=WAIT_MS)
            with RunningHeadOffice(office.administration.store, clock, Address(port=office.running.port)):
                qtbot.waitUntil(lambda: session.sync.state().status.unsent == 0, timeout=WAIT_MS)
                qtbot.waitUntil(lambda: session.sync.state().trouble is None, timeout=WAIT_MS)
                assert session.sync.state().online
                synchronise_laptop(theirs)
                with theirs.store.reading() as view:
                    assert all(view.records.get(record) is not None for record in written)


def test_a_head_office_that_was_set_back_is_told_of_and_asks_whether_a_rescued_customer_is_wanted(
    qtbot: QtBot, tmp_path: Path
) -> None:
    clock, copy = SystemClock(), tmp_path / "copy.db"
    with head_office(tmp_path, clock) as office:
        mine, theirs = office.laptop_of("李四", "mine"), office.laptop_of("李四", "theirs")
        add_customer(mine, "张三", "13800000000", 1_000_000)
        synchronise_laptop(mine)
        synchronise_laptop(theirs)
        with closing(sqlite3.connect(tmp_path / "head-office.db")) as now, closing(sqlite3.connect(copy)) as then:
            now.backup(then)
        lost, _, _ = add_customer(theirs, "冯二", "13800000001", 1_000_000)
        synchronise_laptop(theirs)
        sent, _, _ = add_customer(mine, "李小明", "13800000002", 1_000_000)
        synchronise_laptop(mine)
        office.running.stop()
        restored = open_head_office(copy, clock)
        with RunningHeadOffice(restored.store, clock, Address(port=office.running.port)):
            mine.lock()
            with desk_on(qtbot, tmp_path / "mine", clock, first="sync") as desk:
                session = unlock(qtbot, desk, PASSPHRASE)
                page = the(desk.window, SyncPage)
                qtbot.waitUntil(lambda: page.rows.choose(("decision", lost)), timeout=WAIT_MS)
                panel = decision(qtbot, desk)
                qtbot.waitUntil(shows(page, "总行系统已恢复到较早的备份"), timeout=WAIT_MS)
                for words in ("冯二：是否仍要保留？", "总行系统恢复备份时丢失了这条记录", "由李四补回", "没有人删除过"):
                    assert shows(page, words)(), words
                assert not shows(page, "另一方")(), "nobody removed it, and nobody is said to have"
                wanted = next(n for n, v in enumerate(panel.shown.fields[0].values, 1) if not v.value)
                qtbot.keyClick(desk.window, str(wanted))
                qtbot.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
                qtbot.waitUntil(lambda: not disagreements(session.store), timeout=WAIT_MS)
                qtbot.waitUntil(lambda: outbox_status(session.store).unsent == 0, timeout=WAIT_MS)
            with restored.store.reading() as unit:
                found = unit.records.find([lost, sent], unit.records.streams())
            assert found.keys() == {lost, sent}
            assert not found[lost].conflicts
            assert not found[lost].deleted
        restored.store.close()


def test_what_is_too_large_to_be_sent_is_told(
    qtbot: QtBot, office: Office, two: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    mine, _ = two
    add_customer(mine, "张三", "13800000000", 1_000_000)
    with mine.store.reading() as view:
        queued = view.outbox.listed(1)[0]
    mine.store.write(lambda unit: unit.state.set_too_large([queued.change]))  # as the last exchange left it
    mine.lock()
    office.running.stop()
    with desk_on(qtbot, tmp_path / "mine", office.clock, first="sync") as desk:
        unlock(qtbot, desk, PASSPHRASE)
        page = the(desk.window, SyncPage)
        key = ("unsent", queued.change)
        qtbot.waitUntil(lambda: page.rows.choose(key), timeout=WAIT_MS)
        qtbot.waitUntil(shows(page.panels, "只能先留在本机"), timeout=WAIT_MS)
        model = page.rows.model()
        assert "过大，无法发送" in spoken(model.row_at(model.index_of(key)))


def test_what_waits_for_a_photo_that_is_too_large_is_told(
    qtbot: QtBot, office: Office, two: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    mine, _ = two
    add_customer(mine, "张三", "13800000000", 1_000_000)

    def submit(unit: Unit) -> str:
        prospect = next(unit.records.of_kind("prospect"))
        digest = unit.attachments.add(b"a photo of many bytes", "image/jpeg", prospect.id)
        unit.state.set("limits", Limits(attachment_bytes=20))  # as head office told in the last exchange
        edited = {"remark": (prospect.screen.get("remark"), "x")}
        return str(unit.edit(prospect.id, edited, needs=Needs(digests=(digest,))))

    change = mine.store.write(submit)
    mine.lock()
    office.running.stop()
    with desk_on(qtbot, tmp_path / "mine", office.clock, first="sync") as desk:
        unlock(qtbot, desk, PASSPHRASE)
        page = the(desk.window, SyncPage)
        key = ("unsent", change)
        qtbot.waitUntil(lambda: page.rows.choose(key), timeout=WAIT_MS)
        qtbot.waitUntil(shows(page.panels, "其中有照片超过总行能收的大小"), timeout=WAIT_MS)
        model = page.rows.model()
        assert "所等的照片过大" in spoken(model.row_at(model.index_of(key)))


def test_where_nothing_waits_the_page_says_so_without_an_empty_list(
    qtbot: QtBot, office: Office, two: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    mine, _ = two
    mine.lock()
    with desk_on(qtbot, tmp_path / "mine", office.clock, first="sync") as desk:
        session = unlock(qtbot, desk, PASSPHRASE)
        page = the(desk.window, SyncPage)
        qtbot.waitUntil(shows(page.panels, "没有等待发送的记录"), timeout=WAIT_MS)
        assert not page.rows.isVisible()
        assert page.panels.x() == 0, "what helps takes the room of the list"
        assert not button(desk.window, "回执").isEnabled(), "head office has confirmed nothing yet"
        assert page.hasFocus()
        office.running.stop()
        add_customer(session.laptop, "张三", "13800000000", 1_000_000)
        qtbot.waitUntil(page.rows.isVisible, timeout=WAIT_MS)
        assert page.panels.x() > 0
        assert page.rows.hasFocus(), "the keyboard goes where there is something to choose"
        assert not shows(page.panels, "没有等待发送的记录")()


def test_how_far_a_first_synchronisation_is_stands_in_records_and_bytes(qtbot: QtBot) -> None:
    strip = SyncStrip()
    qtbot.addWidget(strip)
    strip.begin()
    strip.show()
    strip.step(Stage.RECORDS, 12_000, 250_000, 8_200_000)
    assert shows(strip, "12,000")()
    assert shows(strip, "250,000")()
    assert shows(strip, "已接收 8.2 MB")()
    strip.step(Stage.RECORDS, 3, None, 700)
    assert not shows(strip, "已接收")(), "so little is not worth a word"


class LaterClock(SystemClock):
    """The computer's clock, moved on by hand."""

    later = timedelta()

    def now(self) -> datetime:
        return super().now() + self.later


class PersistentPace(QuickPace):
    """Tries again soon; in life it waits longer each time."""

    def after_trouble(self, trouble: SyncTrouble) -> float | None:
        wait = super().after_trouble(trouble)
        return None if wait is None else 0.05


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
