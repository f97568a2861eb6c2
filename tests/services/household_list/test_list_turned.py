"""Lists whose headings stand below each other, a household in each column: read, or refused as not certain."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.domain.money import Money
from fieldapp.reference import places
from fieldapp.services.household_list import (
    HouseholdListFile,
    HouseholdRow,
    RowOutcome,
    clean_rows,
    open_list,
    write_refused,
)
from fieldapp.translation import explain
from tests.services.household_list.made_lists import TODAY, csv_file, outcomes

HEAD_ID, WIFE_ID = "421224197803050013", "421224198003050028"
PHONES = tuple(f"1380000000{n}" for n in range(1, 6))


def table(path: Path, *rows: list[str], merges: tuple[str, ...] = (), hidden: str = "", more: bool = False) -> Path:
    """The rows as the kind of file that ``path`` names; ``hidden`` is a column nobody sees, ``more`` adds a sheet."""
    if path.suffix == ".csv":
        return csv_file(path, "".join(",".join(row) + "\n" for row in rows))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append([None if cell == "" else cell for cell in row])
    for merged in merges:
        sheet.merge_cells(merged)
    if hidden:
        sheet.column_dimensions[hidden].hidden = True
    if more:
        other = book.create_sheet("二组")
        other.append(["姓名", "电话", "村"])
        other.append(["赵六", "13900000009", "和平村"])
    book.save(path)
    return path


def row_of(outcome: RowOutcome) -> HouseholdRow:
    assert outcome.row is not None, outcome.reason
    return outcome.row


def refusal(path: Path) -> str:
    with pytest.raises(Actionable) as caught:
        open_list(path)
    assert explain(caught.value)
    return caught.value.code


def unread(file: HouseholdListFile) -> tuple[str, ...]:
    return file.unread(file.columns)


PLAIN = (
    ["姓名", "张三", "李四", "王五"],
    ["身份证号", HEAD_ID, "", WIFE_ID],
    ["联系电话", *PHONES[:3]],
    ["所在村", "和平村", "和平村", "石门村"],
    ["年收入（万元）", "5", "6", "7"],
)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_with_its_headings_down_the_first_column_is_read(kind: str, tmp_path: Path) -> None:
    path = table(tmp_path / f"l.{kind}", *PLAIN)
    file = open_list(path)
    assert (file.lies_across, unread(file)) == (True, ())
    found = outcomes(path)
    assert [(each.number, each.code) for each in found] == [(2, "new"), (3, "new"), (4, "new")]
    assert [(row_of(each).name, row_of(each).identity, row_of(each).phone) for each in found] == [
        ("张三", HEAD_ID, PHONES[0]), ("李四", None, PHONES[1]), ("王五", WIFE_ID, PHONES[2])
    ]  # fmt: skip
    assert [row_of(each).yearly_income for each in found] == [Money.yuan(n * 10_000) for n in (5, 6, 7)]
    assert file.count_rows() == 3


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("rows", "names", "left"),
    [
        pytest.param(
            (["和平村农户信息表（单位：万元）"], [], ["项目", "户1", "户2"], ["户主姓名", "张三", "李四"],
             ["联系电话", *PHONES[:2]], ["民族", "汉", "汉"], ["年收入", "5", "6"], ["填表人：王会计"]),
            ["张三", "李四"], ("项目", "民族"), id="title, running numbers, a note",
        ),
        pytest.param(
            (["序号", "1", "2", "3"], ["村", "和平村", "", ""], ["电话", *PHONES[:3]],
             ["姓名", "张三", "李四", "王五"]),
            ["张三", "李四", "王五"], (), id="the name below",
        ),
        pytest.param(
            (["1", "姓名", "张三", "李四"], ["2", "手机", *PHONES[:2]], ["3", "村", "和平村", "和平村"]),
            ["张三", "李四"], (), id="numbers before the headings",
        ),
        pytest.param(
            (["Name", "Zhang San", "Li Si"], ["Phone", *PHONES[:2]], ["Village", "和平村", "和平村"],
             ["Annual income", "50000", "60000"]),
            ["Zhang San", "Li Si"], (), id="English",
        ),
        pytest.param((["姓名", "张三"], ["电话", PHONES[0]], ["村", "和平村"]), ["张三"], (), id="one household"),
        pytest.param((["姓名", "张三", "李四"], ["电话", *PHONES[:2]]), ["张三", "李四"], (), id="two headings"),
        pytest.param(
            (["户主", "张三", "李四"], ["家庭人口", "3", "4"], ["村名", "和平村", "和平村"], ["备注", "", "养牛"]),
            ["张三", "李四"], (), id="without numbers of persons",
        ),
    ],
)  # fmt: skip
def test_such_lists_as_villages_write_them_are_read(
    rows: tuple[list[str], ...], names: list[str], left: tuple[str, ...], kind: str, tmp_path: Path
) -> None:
    path = table(tmp_path / f"l.{kind}", *rows)
    file = open_list(path)
    assert (file.lies_across, unread(file)) == (True, left)
    assert [row_of(each).name for each in outcomes(path)] == names


def test_the_unit_above_and_the_village_of_the_title_hold_here_too(tmp_path: Path) -> None:
    rows = (["和平村农户名单"], ["单位：万元"], ["姓名", "张三", "李四"], ["电话", *PHONES[:2]], ["年收入", "5", "6"])
    found = outcomes(table(tmp_path / "l.csv", *rows))
    assert [row_of(each).yearly_income for each in found] == [Money.yuan(50_000), Money.yuan(60_000)]
    assert [village.name if (village := row_of(each).village) else None for each in found] == ["和平村委会"] * 2


def test_people_below_the_head_come_in_too(tmp_path: Path) -> None:
    rows = (
        ["户主姓名", "张三", "李四"], ["电话", *PHONES[:2]], ["配偶姓名", "李梅", "丧偶"],
        ["配偶身份证号", WIFE_ID, ""],
        ["成员1姓名", "张小", ""], ["成员1关系", "长子", ""], ["配偶职业", "教师", ""],
    )  # fmt: skip
    path = table(tmp_path / "l.csv", *rows)
    first, second = outcomes(path)
    assert [(each.name, each.relation) for each in row_of(first).members] == [("李梅", "spouse"), ("张小", "长子")]
    assert (row_of(second).members, row_of(second).remark) == ((), "配偶姓名：丧偶")
    assert unread(open_list(path)) == ("配偶职业",)


def test_a_merged_group_before_the_headings_says_whose_they_are(tmp_path: Path) -> None:
    rows = (
        ["户主", "姓名", "张三", "李四"], ["", "电话", *PHONES[:2]], ["", "村", "和平村", "和平村"],
        ["配偶", "姓名", "李梅", "王梅"], ["", "身份证号", WIFE_ID, ""],
    )  # fmt: skip
    found = outcomes(table(tmp_path / "l.xlsx", *rows, merges=("A1:A3", "A4:A5")))
    assert [row_of(each).name for each in found] == ["张三", "李四"]
    assert [[(m.name, m.identity) for m in row_of(each).members] for each in found] == [
        [("李梅", WIFE_ID)], [("王梅", None)]
    ]  # fmt: skip


def test_a_hidden_column_is_a_hidden_household(tmp_path: Path) -> None:
    path = table(tmp_path / "l.xlsx", *PLAIN, hidden="C")
    file = open_list(path)
    assert (file.hidden_rows, file.count_rows(), file.reads_hidden_rows) == (1, 2, False)
    assert open_list(path, hidden_rows=True).count_rows() == 3


def test_more_households_than_a_list_has_columns_are_all_read(tmp_path: Path) -> None:
    many = 1_500
    path = table(
        tmp_path / "l.xlsx",
        ["姓名", *(f"张{chr(0x4E00 + n)}" for n in range(many))],
        ["电话", *(str(13_800_000_000 + n) for n in range(many))],
        ["村", *["和平村"] * many],
    )
    assert len(outcomes(path)) == many


def test_a_workbook_may_hold_one_beside_another_list(tmp_path: Path) -> None:
    path = table(tmp_path / "l.xlsx", *PLAIN, more=True)
    assert sorted(sheet.name for sheet in open_list(path).sheets if sheet.is_list) == ["Sheet", "二组"]
    assert len(list(open_list(path, sheet="Sheet").rows())) == 3
    assert not open_list(path, sheet="二组").lies_across


def test_refused_households_are_written_with_their_headings_above(tmp_path: Path) -> None:
    rows = [list(row) for row in PLAIN]
    rows[3][2] = "没有这个村"
    file = open_list(table(tmp_path / "l.csv", *rows))
    refused = tmp_path / "r.csv"
    assert write_refused(refused, file, clean_rows(file, file.columns, TODAY, places())) == 1
    refused.write_text(refused.read_text("utf-8-sig").replace("没有这个村", "和平村"), "utf-8")
    again = open_list(refused)
    assert not again.lies_across
    (found,) = outcomes(refused)
    assert (found.code, row_of(found).name) == ("new", "李四")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            (["姓名", "张三", "性别", "男"], ["身份证号", HEAD_ID, "电话", PHONES[0]],
             ["住址", "三组", "村", "和平村"]), id="a form",
        ),
        pytest.param(
            (["姓名", "张三", "性别", "男", "出生日期", "1978-3-5"],
             ["身份证号", HEAD_ID, "电话", PHONES[0], "村", "和平村"],
             ["住址", "三组", "年收入", "50000", "备注", ""]), id="a wide form",
        ),
        pytest.param(
            (["姓名", "张三", "李四"], ["电话", *PHONES[:2]], ["村", "和平村", "和平村"], ["姓名", "王五", "赵六"],
             ["电话", *PHONES[2:4]], ["村", "和平村", "和平村"]), id="one below the other",
        ),
        pytest.param(
            (["联系电话", *PHONES[:2]], ["身份证号", HEAD_ID, WIFE_ID], ["村", "和平村", "石门村"]), id="no names"
        ),
        pytest.param(
            (["姓名", "必填"], ["电话", "必填"], ["身份证号", "选填"], ["村", "必填"]), id="a page of instructions"
        ),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_refused_and_nothing_is_read_wrongly(
    rows: tuple[list[str], ...], kind: str, tmp_path: Path
) -> None:
    assert refusal(table(tmp_path / f"l.{kind}", *rows)) == "list_lies_across"


def test_a_form_beside_a_list_is_no_list(tmp_path: Path) -> None:
    rows = (["姓名", "张三", "性别", "男"], ["身份证号", HEAD_ID, "电话", PHONES[0]], ["住址", "三组", "村", "和平村"])
    file = open_list(table(tmp_path / "l.xlsx", *rows, more=True))
    assert (file.how_written, file.other_sheets, file.other_lists) == ("二组", ("Sheet",), ())


def test_lines_above_a_list_that_say_who_made_it_turn_nothing(tmp_path: Path) -> None:
    rows = (
        ["村", "和平村"], ["联系电话", "07150000000"], ["负责人", "李会计"], ["姓名", "电话", "身份证号", "村"],
        ["张三", PHONES[0], HEAD_ID, "和平村"], ["李四", PHONES[1], "", "和平村"],
    )  # fmt: skip
    path = table(tmp_path / "l.csv", *rows)
    assert not open_list(path).lies_across
    assert [row_of(each).name for each in outcomes(path)] == ["张三", "李四"]


FIVE = ("张三", "李四", "王五", "赵六", "孙七")


@pytest.mark.parametrize(
    "rows",
    [
        (["姓名", "电话"], ["张三", PHONES[0]], ["联系电话：", "0715-2345678"]),
        (
            ["姓名", "民族", "年龄", "文化", "电话"],
            *([name, "汉", "40", "初中", phone] for name, phone in zip(FIVE, PHONES, strict=True)),
            ["负责人：", "李会计", "", "", ""],
            ["地址：", "和平村", "", "", ""],
        ),
    ],
)
def test_lines_below_a_list_that_say_who_made_it_turn_nothing(rows: tuple[list[str], ...], tmp_path: Path) -> None:
    path = table(tmp_path / "l.csv", *rows)
    assert not open_list(path).lies_across
    read = [row_of(each).name for each in outcomes(path) if each.row is not None]
    assert read
    assert tuple(read) == FIVE[: len(read)]


def test_remarks_that_speak_of_numbers_turn_nothing(tmp_path: Path) -> None:
    rows = (
        ["姓名", "备注", "年龄", "民族", "文化程度", "电话"], ["张三", "电话打不通", "40", "汉", "初中", PHONES[0]],
        ["李四", "务工收入低", "41", "汉", "初中", PHONES[1]], ["王五", "地址不详", "42", "汉", "初中", PHONES[2]],
    )  # fmt: skip
    assert [row_of(each).name for each in outcomes(table(tmp_path / "l.csv", *rows))] == ["张三", "李四", "王五"]


@pytest.mark.parametrize("word", ["联系电话", "身份证号", "年收入", "备注", "所在村"])
def test_no_heading_is_anybodys_name(word: str, tmp_path: Path) -> None:
    found = outcomes(
        csv_file(tmp_path / "l.csv", f"姓名,电话,村,民族\n张三,{PHONES[0]},和平村,\n{word},{PHONES[1]},和平村,汉\n")
    )
    assert [each.code for each in found] == ["new", "refused:name_is_heading"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["姓名"]] * 300, ""),
        ([["姓名", "张三"]] * 300, ""),
        ([["姓名"] * 300] * 3, ""),
        ([["姓名"], ["电话"], ["村"]], "list_lies_across"),
    ],
)
def test_piles_of_headings_are_nobody(rows: list[list[str]], code: str, tmp_path: Path) -> None:
    path = table(tmp_path / "l.csv", *rows)
    if code:
        assert refusal(path) == code
    else:
        assert [each.code for each in outcomes(path) if each.row is not None] == []


def test_a_unit_in_a_line_between_the_headings_is_not_passed_over(tmp_path: Path) -> None:
    rows = [["户主姓名", "张三", "李四"], ["联系电话", *PHONES[:2]], ["二、收入（万元）"], ["年收入", "5", "6"]]
    assert refusal(table(tmp_path / "l.csv", *rows)) == "list_lies_across"
    assert [each.code for each in outcomes(table(tmp_path / "m.csv", *rows[:2], ["二、收入"], rows[3]))] == ["new"] * 2
