"""A workbook with several lists and hidden parts through the real page: said, chosen, one list after the other."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fieldapp.desktop.desk import Desk
from fieldapp.desktop.pages.import_columns import ColumnsPanel
from fieldapp.desktop.pages.import_list import ImportListPage
from fieldapp.desktop.pages.import_result import ResultPanel
from fieldapp.desktop.pages.import_words import outcome_words
from fieldapp.services.household_list import Field
from fieldapp.services.prospects import Wanted, counts
from tests.desktop.desks import WAIT_MS, press, shows, the
from tests.desktop.workbooks import across, families, two_villages


def looked_at(qtbot: QtBot, page: ImportListPage, before: ColumnsPanel | None = None) -> ColumnsPanel:
    qtbot.waitUntil(lambda: page.columns not in (None, before) and page.start.isEnabled(), timeout=WAIT_MS)
    assert page.columns is not None
    return page.columns


def opened(qtbot: QtBot, desk: Desk, path: Path) -> tuple[ImportListPage, ColumnsPanel]:
    desk.window.go("import_list", path=path)
    page = the(desk.window, ImportListPage)
    return page, looked_at(qtbot, page)


def import_it(qtbot: QtBot, desk: Desk, page: ImportListPage) -> int:
    press(qtbot, page, "导入名单")
    qtbot.waitUntil(lambda: page.columns is None and page.findChild(ResultPanel) is not None, timeout=WAIT_MS)
    return counts(desk.session().store, Wanted()).found


def test_hidden_rows_are_told_and_read_when_the_officer_wants_them(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    page, panel = opened(qtbot, desk, two_villages(tmp_path / "l.xlsx"))
    assert shows(panel, "此表有 2 行被隐藏或筛选掉，未读取。")()
    assert shows(panel, "隐藏的列也会读取：身份证号")()
    assert shows(panel, "未读取：石门村、去年")()
    assert panel.choices[Field.IDENTITY].currentText() == "身份证号（隐藏列）"
    left_out, read_too = panel.reading.hidden_rows._parts
    assert left_out.isChecked()
    qtbot.mouseClick(read_too, Qt.MouseButton.LeftButton)
    read = looked_at(qtbot, page, panel)
    assert read.found.file.reads_hidden_rows
    assert shows(read, "也一并读取")()
    assert read.reading.hidden_rows._parts[1].hasFocus()
    read.choices[Field.PHONE].choose(-1)
    read.changed.emit()
    qtbot.waitUntil(lambda: shows(read, "联系电话")() or shows(read, "电话")(), timeout=WAIT_MS)
    assert import_it(qtbot, desk, page) == 5


def test_what_is_left_out_stays_left_out(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    page, _ = opened(qtbot, desk, two_villages(tmp_path / "l.xlsx"))
    assert import_it(qtbot, desk, page) == 3


def test_another_sheet_is_chosen_and_the_next_list_is_offered_at_the_end(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    page, panel = opened(qtbot, desk, two_villages(tmp_path / "l.xlsx"))
    offered = [panel.reading.sheet.itemText(place) for place in range(panel.reading.sheet.count())]
    assert offered == ["和平村", "石门村", "去年（已隐藏）"]
    panel.reading.sheet.setFocus()
    qtbot.keyClick(panel.reading.sheet, Qt.Key.Key_Down)
    chosen = looked_at(qtbot, page, panel)
    assert chosen.found.file.how_written == "石门村"
    assert chosen.reading.sheet.hasFocus()
    assert import_it(qtbot, desk, page) == 2
    result = the(page, ResultPanel)
    assert shows(result, "尚未导入：和平村")()
    press(qtbot, result, "接着导入“和平村”")
    assert looked_at(qtbot, page).found.file.how_written == "和平村"
    assert import_it(qtbot, desk, page) == 5
    assert not shows(the(page, ResultPanel), "工作簿里还有名单")()


def test_a_plain_list_says_nothing_of_sheets(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("姓名,电话\n张三,13800000001\n", "utf-8")
    _, panel = opened(qtbot, desk, path)
    assert not panel.reading.isVisible()


def test_families_in_one_row_are_told_and_come_in_with_their_people(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    page, panel = opened(qtbot, desk, families(tmp_path / "l.xlsx"))
    assert shows(panel, "户主旁边一并读取的成员：配偶、成员1")()
    assert shows(panel, "未读取的列：成员1年龄")()
    first, second, refused, third = map(outcome_words, panel.found.outcomes)
    assert (first, second, third) == ("新增，含 2 名成员", "新增，含 1 名成员", "新增")
    assert refused.startswith("本户中未导入：配偶 王梅：校验码不符")
    assert import_it(qtbot, desk, page) == 3
    assert shows(the(page, ResultPanel), "未导入的行")()


def test_headings_below_each_other_are_told(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    page, panel = opened(qtbot, desk, across(tmp_path / "l.xlsx"))
    assert shows(panel, "这份名单的表头竖着排，每户占一列；下面说的行号就是列号。")()
    assert shows(panel, "未读取的列：民族")()
    assert import_it(qtbot, desk, page) == 2
