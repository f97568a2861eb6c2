"""What nobody sees who opens a workbook: filtered and hidden rows, hidden columns, hidden sheets, several lists."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.reference import places
from fieldapp.services.household_list import Field, HouseholdListFile, clean_rows, open_list
from tests.services.household_list.made_lists import TODAY, Cell, raw_workbook

IDS = ("421224197803050013", "421224198003050028", "421224196101030005")
ROWS: list[list[Cell]] = [
    ["姓名", "电话", "村"], ["张三", "13800000001", "和平村"], ["李四", "13800000002", "同上"],
    ["王五", "13800000003", "石门村"], ["赵六", "13800000004", "同上"],
]  # fmt: skip


def names(file: HouseholdListFile) -> list[str]:
    return [cells[file.columns[Field.NAME]] for _, cells in file.rows()]


@pytest.mark.parametrize(
    ("rows_as", "head"),
    [
        ({3: 'hidden="1"', 4: 'hidden="true"'}, ""),
        ({3: 'ht="0" customHeight="1"', 4: "hidden='1'"}, ""),
        ({3: 'hidden="1" outlineLevel="1"', 4: 'hidden="1"'}, '<sheetPr filterMode="1"/>'),
    ],
)
def test_rows_that_a_filter_or_somebody_hid_are_left_out_counted_and_read_if_wanted(
    rows_as: dict[int, str], head: str, tmp_path: Path
) -> None:
    path = raw_workbook(tmp_path / "l.xlsx", {"名单": ROWS}, rows_as=rows_as, head=head)
    file = open_list(path)
    assert (names(file), file.hidden_rows, file.reads_hidden_rows) == (["张三", "赵六"], 2, False)
    assert file.count_rows() == 2
    all_of_it = open_list(path, hidden_rows=True)
    assert (names(all_of_it), all_of_it.hidden_rows) == (["张三", "李四", "王五", "赵六"], 2)
    assert all_of_it.reads_hidden_rows


def test_the_same_as_above_means_the_row_above_in_the_sheet_hidden_or_not(tmp_path: Path) -> None:
    path = raw_workbook(tmp_path / "l.xlsx", {"名单": ROWS}, rows_as={4: 'hidden="1"'})
    file = open_list(path)
    rows = [each.row for each in clean_rows(file, file.columns, TODAY, places())]
    assert [row.village.name for row in rows if row and row.village] == ["和平村委会", "和平村委会", "石门村委会"]


def test_folded_rows_are_not_hidden(tmp_path: Path) -> None:
    path = raw_workbook(tmp_path / "l.xlsx", {"名单": ROWS}, rows_as={3: 'hidden="1" outlineLevel="1"'})
    file = open_list(path)
    assert (file.hidden_rows, file.count_rows()) == (0, 4)


def test_where_all_rows_are_hidden_they_are_read_and_told(tmp_path: Path) -> None:
    path = raw_workbook(tmp_path / "l.xlsx", {"名单": ROWS}, rows_as=dict.fromkeys(range(2, 6), 'hidden="1"'))
    file = open_list(path)
    assert (file.count_rows(), file.hidden_rows, file.reads_hidden_rows) == (4, 4, True)
    assert open_list(path, hidden_rows=False).count_rows() == 0


def test_hidden_rows_without_a_household_are_no_matter(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["xm", "lxdh", "cun"], *ROWS, ["合计", "4户", ""], ["", "", ""]]
    path = raw_workbook(tmp_path / "l.xlsx", {"名单": rows}, rows_as=dict.fromkeys((1, 7, 8), 'hidden="1"'))
    file = open_list(path)
    assert (file.count_rows(), file.hidden_rows, file.headings) == (4, 0, ("姓名", "电话", "村"))


def test_headings_that_are_hidden_are_found(tmp_path: Path) -> None:
    path = raw_workbook(tmp_path / "l.xlsx", {"名单": ROWS}, rows_as={1: 'hidden="1"'})
    assert (open_list(path).heading_row, open_list(path).count_rows()) == (1, 4)


def test_a_filter_set_in_a_spreadsheet_is_read_the_same_way(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active.auto_filter.ref = "A1:C5"
    book.active.auto_filter.add_filter_column(2, ["和平村"])
    for number in (4, 5):
        book.active.row_dimensions[number].hidden = True
    book.active.column_dimensions.group("B", "B", hidden=True)
    book.save(tmp_path / "l.xlsx")
    file = open_list(tmp_path / "l.xlsx")
    assert (names(file), file.hidden_rows, file.hidden_headings) == (["张三", "李四"], 2, ("电话",))


def test_a_hidden_column_is_read_and_named(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["姓名", "身份证号", "电话"], *([n, i, ""] for n, i in zip("张李王", IDS, strict=True))]
    path = raw_workbook(tmp_path / "l.xlsx", {"a": rows}, head='<cols><col min="2" max="2" hidden="1"/></cols>')
    file = open_list(path)
    assert file.columns[Field.IDENTITY] == 1
    assert file.hidden_headings == ("身份证号",)


@pytest.mark.parametrize("cols", ['<col min="2" max="3" hidden="1"/>', '<col min="2" max="3" width="0"/>'])
def test_a_column_that_is_seen_goes_before_a_hidden_one_of_the_same_kind(cols: str, tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["姓名", "联系电话", "年收入", "联系电话", "年收入（元）"],
        ["张三", "13900000001", "10000", "13800000001", "50000"],
        ["李四", "13900000002", "10000", "13800000002", "60000"],
    ]
    file = open_list(raw_workbook(tmp_path / "l.xlsx", {"a": rows}, head=f"<cols>{cols}</cols>"))
    assert (file.columns[Field.PHONE], file.columns[Field.YEARLY_INCOME]) == (3, 4)
    assert file.columns[Field.OTHER_PHONE] == 1


def test_a_list_of_people_is_read_by_all_its_columns(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["户编码", "户主姓名", "姓名", "与户主关系", "电话"], ["1", "张三", "张三", "户主", "13800000001"],
        ["1", "张三", "李梅", "配偶", ""], ["2", "李四", "李四", "户主", "13800000002"],
    ]  # fmt: skip
    cols = '<cols><col min="1" max="1" hidden="1"/><col min="3" max="3" hidden="1"/></cols>'
    file = open_list(raw_workbook(tmp_path / "l.xlsx", {"a": rows}, head=cols))
    assert [each.code for each in clean_rows(file, file.columns, TODAY, places())] == ["new", "member", "new"]


def test_of_several_lists_the_others_are_named_and_any_can_be_read(tmp_path: Path) -> None:
    sheets: dict[str, list[list[Cell]]] = {
        "和平村": ROWS[:3], "石门村": ROWS, "字典": [["性别", "男", "女"]], "Sheet3": [], "去年": ROWS, "模板": ROWS
    }  # fmt: skip
    path = raw_workbook(tmp_path / "l.xlsx", sheets, states={"去年": "hidden", "模板": "veryHidden"})
    file = open_list(path)
    assert (file.how_written, file.other_lists) == ("石门村", ("和平村", "去年", "模板"))
    assert file.other_sheets == ("和平村", "字典", "去年", "模板")
    assert names(open_list(path, sheet="和平村")) == ["张三", "李四"]
    assert open_list(path, sheet="模板").sheet_is_hidden
    for missing in ("字典", "上河村"):
        with pytest.raises(Actionable) as told:
            open_list(path, sheet=missing)
        assert told.value.code == "list_sheet_unknown"


def test_a_list_on_a_very_hidden_sheet_alone_is_read_and_told(tmp_path: Path) -> None:
    path = raw_workbook(tmp_path / "l.xlsx", {"说明": [["请勿修改"]], "名单": ROWS}, states={"名单": "veryHidden"})
    file = open_list(path)
    assert (file.how_written, file.sheet_is_hidden, file.count_rows()) == ("名单", True, 4)


def test_a_text_file_has_no_sheets(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("姓名,电话\n张三,13800000001\n", "utf-8")
    with pytest.raises(Actionable) as told:
        open_list(tmp_path / "l.csv", sheet="名单")
    assert told.value.code == "list_sheet_unknown"
