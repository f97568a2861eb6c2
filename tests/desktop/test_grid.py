"""The grid, driven by the keyboard alone as a spreadsheet is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from fieldapp.desktop.components.grid import CellKind, Column, Grid, Row, RowKind
from fieldapp.desktop.components.grid.clipboard import from_text, to_text
from fieldapp.desktop.look import clothe

CTRL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)


class Bench:
    """A grid of two amounts, a choice and a note between two fields."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        clothe(self.window)
        qtbot.addWidget(self.window)
        self.before, self.after = QLineEdit(), QLineEdit()
        kinds = [("seen", "Seen"), ("document", "Document")]
        self.grid = Grid(
            [
                Column("January"),
                Column("February"),
                Column("Evidence", CellKind.CHOICE, choices=kinds),
                Column("Note", CellKind.TEXT),
                Column("Year", CellKind.COMPUTED),
            ]
        )
        box = QVBoxLayout(self.window)
        for widget in (self.before, self.grid, self.after):
            box.addWidget(widget)
        self.grid.show_rows(
            [
                Row("heading", "Sales", RowKind.HEADING),
                Row("shop", "Shop"),
                Row("account", "Account", without=frozenset((3,))),
                Row("total", "Total", RowKind.TOTAL),
                Row("own", "Own", own=True),
            ]
        )
        self.window.resize(900, 400)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.grid.setFocus()
        self.told: list[str] = []
        self.grid.told.connect(self.told.append)

    def press(self, key: Qt.Key, with_key: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.grid, key, with_key)

    def write(self, text: str) -> None:
        for character in text:
            QTest.keyClick(QApplication.focusWidget() or self.grid, character)

    def cells(self, key: str) -> list[str]:
        return self.grid.grid.cells(key)

    def here(self) -> tuple[int, int]:
        return self.grid.currentIndex().row(), self.grid.currentIndex().column()

    def paste(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.press(Qt.Key.Key_V, CTRL)


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_typing_replaces_and_enter_goes_down(bench: Bench) -> None:
    assert bench.here() == (1, 0)
    bench.write("5000")
    bench.press(Qt.Key.Key_Return)
    assert bench.cells("shop")[0] == "5,000"
    assert bench.here() == (2, 0)
    bench.write("12.5")
    bench.press(Qt.Key.Key_Return)
    assert bench.cells("account")[0] == "12.50"
    assert bench.here() == (4, 0)  # the total is passed over


def test_tab_goes_right_over_cells_that_take_nothing_and_leaves_after_the_last(bench: Bench) -> None:
    seen = [bench.here()]
    while QApplication.focusWidget() is bench.grid and len(seen) < 20:
        bench.press(Qt.Key.Key_Tab)
        seen.append(bench.here())
    assert seen[:8] == [(1, 0), (1, 1), (1, 2), (1, 3), (2, 0), (2, 1), (2, 2), (4, 0)]
    assert QApplication.focusWidget() is bench.after
    bench.grid.setFocus()
    bench.grid.go_first()
    bench.press(Qt.Key.Key_Backtab, SHIFT)
    assert QApplication.focusWidget() is bench.before


def test_tab_out_of_an_editor_keeps_what_was_typed(bench: Bench) -> None:
    bench.write("7")
    bench.press(Qt.Key.Key_Tab)
    bench.write("8")
    bench.press(Qt.Key.Key_Tab)
    assert bench.cells("shop")[:2] == ["7", "8"]
    assert bench.here() == (1, 2)


def test_f2_edits_what_is_there_and_escape_leaves_it(bench: Bench) -> None:
    bench.write("50")
    bench.press(Qt.Key.Key_Return)
    bench.press(Qt.Key.Key_Up)
    bench.press(Qt.Key.Key_F2)
    bench.press(Qt.Key.Key_End)
    bench.write("0")
    bench.press(Qt.Key.Key_Return)
    assert bench.cells("shop")[0] == "500"
    bench.press(Qt.Key.Key_Up)
    bench.write("9")
    bench.press(Qt.Key.Key_Escape)
    assert bench.cells("shop")[0] == "500"


def test_delete_clears_and_undo_brings_back(bench: Bench) -> None:
    bench.write("50")
    bench.press(Qt.Key.Key_Return)
    bench.press(Qt.Key.Key_Up)
    bench.press(Qt.Key.Key_Delete)
    assert bench.cells("shop")[0] == ""
    bench.press(Qt.Key.Key_Z, CTRL)
    assert bench.cells("shop")[0] == "50"
    bench.press(Qt.Key.Key_Z, CTRL)
    assert bench.cells("shop")[0] == ""
    bench.press(Qt.Key.Key_Y, CTRL)
    assert bench.cells("shop")[0] == "50"


def test_a_paste_from_a_spreadsheet_goes_in_as_one_step(bench: Bench) -> None:
    bench.paste('5万\t１，２３４．５０\tdocument\t"米、""面"""\r\n45,000.00\t¥ 3000\t1\r\n')
    assert bench.cells("shop")[:4] == ["50,000", "1,234.50", "document", '米、"面"']
    assert bench.cells("account")[:3] == ["45,000", "3,000", "seen"]
    assert bench.told == []
    bench.press(Qt.Key.Key_Z, CTRL)
    assert bench.cells("shop")[:4] == ["", "", "", ""]


def test_a_cell_that_is_no_amount_is_told_and_keeps_its_text(bench: Bench) -> None:
    bench.paste("五万\t12")
    assert bench.cells("shop")[:2] == ["五万", "12"]
    assert bench.grid.grid.wrong() == [(1, 0)]
    assert len(bench.told) == 1
    assert bench.grid.grid.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_what_has_no_place_is_told_and_stays_on_the_clipboard(bench: Bench) -> None:
    text = "\n".join("\t".join(str(number) for number in range(1, 8)) for _ in range(9))
    bench.paste(text)
    assert bench.cells("shop")[:2] == ["1", "2"]
    assert bench.cells("total") == [""] * 5
    assert QGuiApplication.clipboard().text() == text
    assert bench.told


@pytest.mark.parametrize("text", ["", "\0", "a" * 100_000, '"unclosed\tx', "\t" * 50_000, "😀\u202e\ud7ff\n" * 3_000])
def test_a_hostile_paste_never_breaks_the_grid(bench: Bench, text: str) -> None:
    bench.paste(text)
    assert bench.cells("total") == [""] * 5


def test_copy_and_paste_give_back_the_same_cells(bench: Bench) -> None:
    bench.paste("1\t2\tseen\ta b")
    for _ in range(4):
        bench.press(Qt.Key.Key_Right, SHIFT)
    bench.press(Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "1\t2\tSeen\ta b\t"
    cells = [["tab\there", 'quote "x"', "line\nbreak"], ["", "1", "2"]]
    assert from_text(to_text(cells)) == cells


def test_one_copied_cell_fills_everything_chosen(bench: Bench) -> None:
    bench.press(Qt.Key.Key_Right, SHIFT)
    bench.press(Qt.Key.Key_Down, SHIFT)
    bench.paste("3000")
    assert bench.cells("shop")[:2] == ["3,000", "3,000"]
    assert bench.cells("account")[:2] == ["3,000", "3,000"]


def test_fill_right_repeats_the_first_month(bench: Bench) -> None:
    bench.write("45000")
    bench.press(Qt.Key.Key_Return)
    bench.press(Qt.Key.Key_Up)
    bench.press(Qt.Key.Key_R, CTRL)
    assert bench.cells("shop")[:4] == ["45,000", "45,000", "", ""]


def test_space_and_digits_choose(bench: Bench) -> None:
    bench.press(Qt.Key.Key_Tab)
    bench.press(Qt.Key.Key_Tab)
    bench.press(Qt.Key.Key_Space)
    assert bench.cells("shop")[2] == "seen"
    bench.press(Qt.Key.Key_Space)
    assert bench.cells("shop")[2] == "document"
    bench.write("1")
    bench.press(Qt.Key.Key_Return)
    assert bench.cells("shop")[2] == "seen"


def test_own_rows_come_and_go_and_come_back(bench: Bench) -> None:
    bench.grid.add_row(Row("rice", "Rice", own=True), "total")
    assert bench.here() == (3, 0)
    bench.write("5")
    bench.press(Qt.Key.Key_Return)
    assert bench.grid.remove_row() is True  # the cursor went down to the other own row
    keys = [row.key for row in bench.grid.grid.rows]
    assert keys == ["heading", "shop", "account", "rice", "total"]
    bench.press(Qt.Key.Key_Z, CTRL)
    assert [row.key for row in bench.grid.grid.rows][-1] == "own"
    assert bench.cells("rice")[0] == "5"
    bench.grid.go_first()
    assert bench.grid.remove_row() is False


def test_a_locked_grid_takes_nothing(bench: Bench) -> None:
    bench.grid.lock(True)
    bench.write("5")
    bench.paste("7")
    bench.press(Qt.Key.Key_Delete)
    assert bench.cells("shop")[0] == ""


def test_a_reader_of_the_screen_hears_row_column_and_value(bench: Bench) -> None:
    bench.paste("12")
    heard = bench.grid.grid.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert heard == "Shop, January: 12"


def test_a_double_click_edits(bench: Bench) -> None:
    where = bench.grid.visualRect(bench.grid.grid.index(1, 0)).center()
    QTest.mouseClick(bench.grid.viewport(), Qt.MouseButton.LeftButton, NONE, QPoint(where))
    QTest.mouseDClick(bench.grid.viewport(), Qt.MouseButton.LeftButton, NONE, QPoint(where))
    assert isinstance(QApplication.focusWidget(), QLineEdit)


@pytest.mark.parametrize("scrolled", [False, True])
def test_a_figure_that_the_edge_would_cut_shows_no_part_of_itself(bench: Bench, scrolled: bool) -> None:
    """The rest of it would read as another figure; whole again in sight, it stands there."""
    grid = bench.grid
    column = 0 if scrolled else 1
    grid.grid.change({(1, column): "55,555,555"}, "")  # the columns take the width of what stands in them
    grid.setFixedWidth(grid.verticalHeader().width() + 110)  # one column and a part of the next
    QApplication.processEvents()
    grid.horizontalScrollBar().setValue(50 if scrolled else 0)

    def drawn(text: str, across: int) -> QImage:
        grid.grid.change({(1, across): text}, "")
        QApplication.processEvents()
        cell = grid.visualRect(grid.grid.index(1, across)).intersected(grid.viewport().rect())
        return grid.viewport().grab(cell).toImage()

    assert drawn("11,111,111", column) == drawn("98,765,432", column)
    grid.setFixedWidth(400)
    grid.horizontalScrollBar().setValue(0)
    assert drawn("11,111,111", column) != drawn("98,765,432", column)
