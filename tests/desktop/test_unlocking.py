"""From the first start to the open records, through the real pages and a real head office."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.look import Look, speak, wear
from fieldapp.desktop.pages.enrol import EnrolPage
from fieldapp.desktop.pages.unlock import UnlockPage
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.services.synchronise import synchronise_laptop
from fieldapp.store.profile import Profile
from fieldapp.translation import Language
from tests.desktop.desks import WAIT_MS, desk_on, field_called, press, shows, the, unlock
from tests.desktop.head_office import PASSPHRASE, Office, add_customer, head_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with head_office(tmp_path, SystemClock()) as running:
        yield running


def test_first_start_enrols_at_head_office_and_opens_the_records(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    with desk_on(qtbot, tmp_path / "新 profile", office.clock) as desk:
        page = the(desk.window, EnrolPage)
        for label, typed in (
            ("总行地址", office.address),
            ("登记码", office.code_for("李四")),
            ("新口令", PASSPHRASE),
            ("再输入一次口令", PASSPHRASE),
        ):
            qtbot.keyClicks(field_called(page, label), typed)
        with qtbot.waitSignal(desk.opened, timeout=WAIT_MS):
            press(qtbot, page, "登记这台电脑")
        assert desk.session().enrolment.staff_name == "李四"
        assert desk.window.current_page() == "settings"


def test_a_code_used_twice_says_so_at_its_field_and_leaves_no_profile(
    qtbot: QtBot, office: Office, tmp_path: Path
) -> None:
    code = office.code_for("李四")
    with desk_on(qtbot, tmp_path / "first", office.clock) as desk:
        enrol(qtbot, the(desk.window, EnrolPage), office.address, code)
        qtbot.waitUntil(lambda: desk.window.current_page() is not None, timeout=WAIT_MS)
    with desk_on(qtbot, tmp_path / "second", office.clock) as desk:
        page = the(desk.window, EnrolPage)
        enrol(qtbot, page, office.address, code)
        code_field = field_called(page, "登记码")
        qtbot.waitUntil(lambda: bool(code_field.property("error")), timeout=WAIT_MS)
        assert code_field.accessibleDescription()
        assert not Profile(tmp_path / "second").exists()


def test_passphrases_that_differ_send_nothing(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    with desk_on(qtbot, tmp_path / "laptop", office.clock) as desk:
        page = the(desk.window, EnrolPage)
        enrol(qtbot, page, office.address, office.code_for("李四"), again="something else")
        assert field_called(page, "再输入一次口令").accessibleDescription() == "两次输入的口令不一样，请重新输入。"
        assert not (tmp_path / "laptop").exists()


def test_wrong_passphrase_is_told_in_place_and_the_right_one_still_opens(
    qtbot: QtBot, office: Office, tmp_path: Path
) -> None:
    office.laptop_of("李四", "laptop").lock()
    with desk_on(qtbot, tmp_path / "laptop", office.clock) as desk:
        page = the(desk.window, UnlockPage)
        secret = field_called(page, "口令")
        qtbot.keyClicks(secret, "not the passphrase")
        qtbot.keyClick(secret, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: bool(secret.accessibleDescription()), timeout=WAIT_MS)
        qtbot.waitUntil(secret.isEnabled)
        assert desk.window.current_page() is None
        secret.selectAll()
        unlock(qtbot, desk, PASSPHRASE)


def test_unlocking_needs_no_network_and_says_what_is_unsent(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    laptop = office.laptop_of("李四", "laptop")
    add_customer(laptop, "张三", "13800000000", 4_000_000)
    laptop.lock()
    office.running.stop()
    with desk_on(qtbot, tmp_path / "laptop", office.clock) as desk:
        assert shows(the(desk.window, UnlockPage), "本机有 3 条尚未送达总行")()
        session = unlock(qtbot, desk, PASSPHRASE)
        with qtbot.waitSignal(session.sync.finished, timeout=WAIT_MS):
            pass
        qtbot.waitUntil(shows(desk.window.status.parentWidget(), "3 条只在本机"), timeout=WAIT_MS)
        assert not session.sync.state().online


def test_a_damaged_file_is_told_with_what_to_do(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    laptop = office.laptop_of("李四", "laptop")
    laptop.lock()
    laptop.profile.database.write_bytes(b"not a database" * 1000)
    with desk_on(qtbot, tmp_path / "laptop", office.clock) as desk:
        page = the(desk.window, UnlockPage)
        qtbot.keyClicks(page.focusProxy(), PASSPHRASE + "\r")
        qtbot.waitUntil(shows(page, "恢复最近的备份"), timeout=WAIT_MS)


def test_a_lost_key_is_told_without_offering_a_restore_that_cannot_help(
    qtbot: QtBot, office: Office, tmp_path: Path
) -> None:
    laptop = office.laptop_of("李四", "laptop")
    laptop.lock()
    laptop.profile.key_file.unlink()
    with desk_on(qtbot, tmp_path / "laptop", office.clock) as desk:
        page = the(desk.window, UnlockPage)
        qtbot.keyClicks(page.focusProxy(), PASSPHRASE + "\r")
        qtbot.waitUntil(shows(page, "把文件夹改名留存"), timeout=WAIT_MS)
        assert not shows(page, "恢复最近的备份")()
        press(qtbot, page, "重新登记这台电脑")
        press(qtbot, page, "改名留存")
        qtbot.waitUntil(lambda: bool(desk.window.findChildren(EnrolPage)), timeout=WAIT_MS)
        enrol(qtbot, the(desk.window, EnrolPage), office.address, office.code_for("李四"))
        qtbot.waitUntil(lambda: desk.window.current_page() is not None, timeout=WAIT_MS)


def test_whoever_forgot_the_passphrase_enrols_anew_and_the_records_stay_whole(
    qtbot: QtBot, office: Office, tmp_path: Path
) -> None:
    laptop = office.laptop_of("李四", "laptop")
    add_customer(laptop, "张三", "13800000000", 4_000_000)
    laptop.lock()
    before = {path.name: path.read_bytes() for path in (tmp_path / "laptop").glob("*.*")}
    with desk_on(qtbot, tmp_path / "laptop", office.clock) as desk:
        page = the(desk.window, UnlockPage)
        press(qtbot, page, "忘记口令？")
        press(qtbot, page, "重新登记这台电脑")
        assert shows(page, "本机有 3 条尚未送达总行")()
        assert (tmp_path / "laptop" / "key.json").exists(), "asked first"
        press(qtbot, page, "改名留存")
        qtbot.waitUntil(lambda: bool(desk.window.findChildren(EnrolPage)), timeout=WAIT_MS)
        again = the(desk.window, EnrolPage)
        aside = tmp_path / "laptop-set-aside-1"
        assert shows(again, str(aside))()
        assert {path.name: path.read_bytes() for path in aside.glob("*.*")} == before
        enrol(qtbot, again, office.address, office.code_for("李四"))
        qtbot.waitUntil(lambda: desk.window.current_page() is not None, timeout=WAIT_MS)
    with desk_on(qtbot, aside, office.clock) as remembered:
        session = unlock(qtbot, remembered, PASSPHRASE)
        qtbot.waitUntil(shows(remembered.window.status.parentWidget(), "3 条只在本机"), timeout=WAIT_MS)
        session.sync.stop()


def test_records_that_cannot_be_set_aside_are_told_and_stay(
    qtbot: QtBot, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.laptop_of("李四", "laptop").lock()

    def busy(_self: Path, _target: Path) -> Path:
        raise PermissionError(13, "Another program holds it", "laptop")

    with desk_on(qtbot, tmp_path / "laptop", office.clock) as desk:
        page = the(desk.window, UnlockPage)
        press(qtbot, page, "忘记口令？")
        press(qtbot, page, "重新登记这台电脑")
        with monkeypatch.context() as held:
            held.setattr(Path, "rename", busy)
            press(qtbot, page, "改名留存")
            qtbot.waitUntil(shows(page, "Another program holds it"), timeout=WAIT_MS)
        unlock(qtbot, desk, PASSPHRASE)


def test_locking_closes_the_records_and_asks_for_the_passphrase_again(
    qtbot: QtBot, office: Office, tmp_path: Path
) -> None:
    office.laptop_of("李四", "laptop").lock()
    with desk_on(qtbot, tmp_path / "laptop", office.clock) as desk:
        before = unlock(qtbot, desk, PASSPHRASE)
        with qtbot.waitSignal(desk.locked, timeout=WAIT_MS):
            desk.lock()
        assert the(desk.window, UnlockPage).isVisible()
        with qtbot.waitSignal(desk.opened, timeout=WAIT_MS):
            qtbot.keyClicks(the(desk.window, UnlockPage).focusProxy(), PASSPHRASE + "\r")
        assert desk.session() is not before


def test_caps_lock_is_noticed_and_the_passphrase_can_be_looked_at(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    office.laptop_of("李四", "laptop").lock()
    with desk_on(qtbot, tmp_path / "laptop", office.clock) as desk:
        page = the(desk.window, UnlockPage)
        secret = field_called(page, "口令")
        qtbot.keyClick(secret, "A", Qt.KeyboardModifier.NoModifier)
        assert shows(page, "大写锁定已打开")()
        press(qtbot, page, "显示口令")
        assert secret.displayText() == secret.text()


def test_the_language_chosen_before_unlocking_is_kept(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    office.laptop_of("李四", "laptop").lock()
    with desk_on(qtbot, tmp_path / "laptop", office.clock) as desk:
        press(qtbot, the(desk.window, UnlockPage), "English")
        assert shows(the(desk.window, UnlockPage), "Unlock")()
        session = unlock(qtbot, desk, PASSPHRASE)
        qtbot.waitUntil(lambda: session.laptop.preferences().language == "en", timeout=WAIT_MS)


def test_bank_and_branch_are_named_in_the_language_spoken(qtbot: QtBot, office: Office, tmp_path: Path) -> None:
    laptop = office.laptop_of("李四", "laptop")
    synchronise_laptop(laptop)
    laptop.lock()
    with desk_on(qtbot, tmp_path / "laptop", office.clock) as desk:
        assert shows(desk.window, "青石支行")()
        press(qtbot, the(desk.window, UnlockPage), "English")
        assert shows(desk.window, "Qingshi branch")()
        assert not shows(the(desk.window, UnlockPage), "青石支行")()
        unlock(qtbot, desk, PASSPHRASE)
        qtbot.waitUntil(shows(desk.window.rail, "Field Credit Qingshi branch"), timeout=WAIT_MS)


def enrol(qtbot: QtBot, page: EnrolPage, address: str, code: str, *, again: str = PASSPHRASE) -> None:
    for label, typed in (("总行地址", address), ("登记码", code), ("新口令", PASSPHRASE), ("再输入一次口令", again)):
        qtbot.keyClicks(field_called(page, label), typed)
    press(qtbot, page, "登记这台电脑")


def test_lock_and_new_contact_have_their_keys_in_the_narrow_rail_too(
    qtbot: QtBot, office: Office, tmp_path: Path
) -> None:
    office.laptop_of("李四", "laptop").lock()
    with desk_on(qtbot, tmp_path / "laptop", office.clock) as desk:
        unlock(qtbot, desk, PASSPHRASE)
        desk.window.resize(960, 540)
        with qtbot.waitSignal(desk.locked, timeout=WAIT_MS):
            qtbot.keyClick(desk.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        unlock(qtbot, desk, PASSPHRASE)
        qtbot.keyClick(desk.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        overlays = [one for one in desk.window.findChildren(Overlay) if one.isVisible()]
        assert len(overlays) == 1
        overlays[0].close_panel()


@pytest.mark.parametrize(("scale", "width", "height"), [(100, 1280, 720), (150, 1280, 720), (200, 1920, 1080)])
def test_what_enrols_is_in_sight_at_every_size(
    qtbot: QtBot, tmp_path: Path, jobs: JobRunner, scale: int, width: int, height: int
) -> None:
    wear(Look(scale=scale))
    speak(Language.ENGLISH)
    page = EnrolPage(tmp_path, SystemClock(), jobs, ChosenLook())
    qtbot.addWidget(page)
    page.resize(width, height)
    page.show()
    qtbot.waitExposed(page)

    def whole(part: QWidget) -> bool:
        return part.visibleRegion().boundingRect() == part.rect()

    def edge(part: QWidget) -> int:
        return part.mapTo(page, part.rect().topLeft()).x()

    qtbot.waitUntil(lambda: whole(page._enrol) and edge(page._enrol) == edge(page._address))
    QTest.mouseClick(page._enrol, Qt.MouseButton.LeftButton)  # three fields have an error under them now
    qtbot.waitUntil(lambda: whole(page._enrol) and whole(page._address))
    QTest.keyClicks(page._address, "https://office.example.com")
    page._certificate.entry.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: whole(page._certificate.entry) and whole(page._enrol))
