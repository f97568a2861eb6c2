"""Settings and the import of a list, through their pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fieldapp.desktop.components.table import LedgerTable
from fieldapp.desktop.components.text import Text
from fieldapp.desktop.desk import Desk
from fieldapp.desktop.look import Theme, worn
from fieldapp.desktop.pages.import_columns import ColumnsPanel
from fieldapp.desktop.pages.import_list import ImportListPage
from fieldapp.desktop.pages.import_result import ResultPanel
from fieldapp.desktop.pages.settings import SettingsPage
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.services.household_list import Field
from fieldapp.services.laptop import unlock_laptop
from fieldapp.services.prospects import Wanted, counts
from tests.desktop.desks import WAIT_MS, button, field_called, press, shows, the
from tests.desktop.head_office import PASSPHRASE

SAMPLES = Path(__file__).parents[1] / "samples"


def test_language_changes_every_standing_text_and_is_kept(qtbot: QtBot, desk: Desk) -> None:
    page = the(desk.window, SettingsPage)
    assert shows(page, "立即备份")()
    qtbot.keyClick(desk.window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert shows(page, "Back up now")()
    assert shows(desk.window.rail, "Prospects")()
    assert desk.window.windowTitle().startswith("Settings")
    qtbot.waitUntil(lambda: desk.session().laptop.preferences().language == "en", timeout=WAIT_MS)


def test_theme_and_scale_change_while_everything_stands(qtbot: QtBot, desk: Desk) -> None:
    page = the(desk.window, SettingsPage)
    qtbot.keyClick(desk.window, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    assert worn().theme is Theme.DARK
    page.look.scale.choose(150)
    page.look.scale.activated.emit(page.look.scale.currentIndex())
    assert worn().scale == 150
    qtbot.waitUntil(lambda: desk.session().laptop.preferences().scale_percent == 150, timeout=WAIT_MS)


def test_the_folder_of_the_records_keeps_both_its_ends_and_is_told_whole(qtbot: QtBot, desk: Desk) -> None:
    page = the(desk.window, SettingsPage)
    folder = desk.session().laptop.profile.folder
    (shown,) = [text for text in page.findChildren(Text) if text.words() == str(folder)]
    shown.setFixedWidth(shown.fontMetrics().horizontalAdvance(str(folder)) // 2)
    qtbot.waitUntil(lambda: shown.toolTip() == str(folder), timeout=WAIT_MS)
    assert shown.shown().startswith(folder.anchor)
    assert shown.shown().endswith(f"{folder.anchor}{folder.name}")
    assert "…" in shown.shown()


def test_a_changed_passphrase_opens_the_records_and_the_old_one_does_not(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    page = the(desk.window, SettingsPage)
    for label, typed in (
        ("现在的口令", PASSPHRASE),
        ("新口令", "another-good-one"),
        ("再输入一次口令", "another-good-one"),
    ):
        qtbot.keyClicks(field_called(page, label), typed)
    press(qtbot, page, "更改口令")
    qtbot.waitUntil(lambda: field_called(page, "新口令").text() == "", timeout=WAIT_MS)
    desk.session().sync.stop()
    unlock_laptop(tmp_path / "laptop", "another-good-one", SystemClock()).store.close()


def test_a_wrong_present_passphrase_is_told_at_its_field(qtbot: QtBot, desk: Desk) -> None:
    page = the(desk.window, SettingsPage)
    for label, typed in (
        ("现在的口令", "wrong"),
        ("新口令", "another-good-one"),
        ("再输入一次口令", "another-good-one"),
    ):
        qtbot.keyClicks(field_called(page, label), typed)
    press(qtbot, page, "更改口令")
    old = field_called(page, "现在的口令")
    qtbot.waitUntil(lambda: bool(old.accessibleDescription()), timeout=WAIT_MS)


def test_backup_is_made_and_says_where_it_lies(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    page = the(desk.window, SettingsPage)
    press(qtbot, page, "立即备份")
    qtbot.waitUntil(shows(page, "已复制、打开并核对"), timeout=WAIT_MS)
    assert list((tmp_path / "laptop" / "backups").glob("*-asked.db"))


def test_an_address_that_is_none_is_refused_at_its_field_and_the_old_one_stays(qtbot: QtBot, desk: Desk) -> None:
    page = the(desk.window, SettingsPage)
    address = field_called(page, "总行地址")
    address.selectAll()
    qtbot.keyClicks(address, "http://office.example.com")
    press(qtbot, page, "保存地址")
    qtbot.waitUntil(lambda: bool(address.property("error")), timeout=WAIT_MS)
    assert "127.0.0.1" in desk.session().laptop.enrolment().address


@pytest.mark.parametrize(
    ("rows", "new", "doubtful"), [(197, 172, "27"), pytest.param(1200, 1047, "159", marks=pytest.mark.long)]
)
def test_a_list_is_imported_after_a_look_at_its_columns(
    qtbot: QtBot, desk: Desk, tmp_path: Path, rows: int, new: int, doubtful: str
) -> None:
    listed = tmp_path / "名单.csv"
    lines = (SAMPLES / "tongshan-households.csv").read_bytes().splitlines(keepends=True)
    listed.write_bytes(b"".join(lines[: 3 + rows]))
    desk.window.go("import_list", path=listed)
    page = the(desk.window, ImportListPage)
    qtbot.waitUntil(lambda: page.columns is not None, timeout=WAIT_MS)
    assert Field.NAME in the(page, ColumnsPanel).chosen()
    qtbot.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.findChild(ResultPanel) is not None, timeout=60_000)
    assert counts(desk.session().store, Wanted()).found == new
    assert shows(page, "打开文件")()
    doubts = the(page, ResultPanel).findChildren(LedgerTable)[1].model()
    told = {doubts.index(row, 0).data(): doubts.index(row, 1).data() for row in range(doubts.rowCount())}
    assert told["电话号码不像真的"] == doubtful


def test_a_file_that_is_no_list_is_told_in_a_sentence(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    picture = tmp_path / "photo.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    desk.window.go("import_list", path=picture)
    page = the(desk.window, ImportListPage)
    qtbot.waitUntil(shows(page, "不是农户名单"), timeout=WAIT_MS)
    assert button(page, "选择名单").isEnabled()
