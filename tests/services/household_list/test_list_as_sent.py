"""Lists as village committees, registers and spreadsheets send them, each read as a clerk would read it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.domain.money import Money
from fieldapp.services.household_list import Field, HouseholdRow, RowOutcome, open_list
from tests.services.household_list.made_lists import codes, csv_file, outcomes

HEAD_ID, WIFE_ID = "421224197803050013", "421224198003050028"
PHONE, OTHER = "13800000001", "13900000002"


def listed(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    return csv_file(tmp_path / "l.csv", "\n".join(lines) + "\n", encoding)


def row_of(outcome: RowOutcome) -> HouseholdRow:
    assert outcome.row is not None, outcome.code
    return outcome.row


def doubts(outcome: RowOutcome) -> set[str]:
    return {warning.code for warning in outcome.warnings}


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("序号,姓名,家庭收入（万元）,,,电话", ",,种植业,务工,合计,"),
        ("序号,姓名,家庭年收入（万元）,,,电话", "序号,姓名,产业经营,其他,总额,电话"),
    ],
)
def test_under_a_heading_merged_over_several_columns_the_sum_is_the_amount(
    above: str, below: str, tmp_path: Path
) -> None:
    path = listed(tmp_path, above, below, f"1,张三,1,2,3,{PHONE}", f"2,李四,2,2,4,{OTHER}")
    assert [row_of(each).yearly_income for each in outcomes(path)] == [Money.yuan(30_000), Money.yuan(40_000)]


def test_so_it_is_where_the_cells_were_merged_in_the_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["大畈镇和平村农户信息表"], ["姓名", "家庭收入（万元）", None, "电话"], [None, "种植", "合计", None],
        ["张三", 1, 2.5, 13800000001],
    ):  # fmt: skip
        sheet.append(row)
    for merged in ("A1:D1", "A2:A3", "B2:C2", "D2:D3"):
        sheet.merge_cells(merged)
    book.save(tmp_path / "l.xlsx")
    (found,) = outcomes(tmp_path / "l.xlsx")
    assert row_of(found).yearly_income == Money.yuan(25_000)


def test_names_of_parts_in_other_capitals_lose_no_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["姓名", "出生日期", "电话"])
    book.active.append(["张三", None, PHONE])
    book.save(tmp_path / "as-saved.xlsx")
    with zipfile.ZipFile(tmp_path / "as-saved.xlsx") as saved, zipfile.ZipFile(tmp_path / "l.xlsx", "w") as other:
        for name in saved.namelist():
            content = saved.read(name)
            if name.endswith(".rels"):
                content = content.replace(b"sharedStrings", b"SharedStrings").replace(b"sheet1.xml", b"Sheet1.XML")
            other.writestr(name.replace("sharedStrings", "SharedStrings"), content)
    assert [row_of(each).name for each in outcomes(tmp_path / "l.xlsx")] == ["张三"]


def test_figures_of_the_whole_below_a_list_are_no_households(tmp_path: Path) -> None:
    path = listed(
        tmp_path, "姓名,年收入,备注", "张三,50000,", "人数：2,,", "总人数,2,", "平均年收入,50000,", "户均收入,50000,",
        "截止2026年3月底,,", "总户数：1户,,", "合计户数,1,",
    )  # fmt: skip
    assert [row_of(each).name for each in outcomes(path)] == ["张三"]


def test_a_head_named_in_the_column_of_heads_alone_is_the_head(tmp_path: Path) -> None:
    path = listed(tmp_path, "户主,姓名,关系,身份证号", f"张三,,,{HEAD_ID}", f",李梅,妻,{WIFE_ID}", "李四,,,")
    found = outcomes(path)
    assert [each.code for each in found] == ["new", "member", "new"]
    assert [row_of(each).name for each in found] == ["张三", "李梅", "李四"]
    assert row_of(found[0]).identity == HEAD_ID
    named_by_number = listed(tmp_path, "户号,姓名,关系,身份证号", f"7,,户主,{HEAD_ID}", f"7,李梅,妻,{WIFE_ID}")
    assert codes(named_by_number) == ["refused:name_missing", "refused:household_refused"]


def test_zeros_behind_the_last_line_are_no_reason_to_refuse_a_list(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(f"姓名,电话\n张三,{PHONE}\n李四,{OTHER}\n".encode("gb18030") + bytes(5_000_000))
    assert [row_of(each).name for each in outcomes(path)] == ["张三", "李四"]


def test_commas_of_full_width_part_cells_where_nothing_else_does(tmp_path: Path) -> None:
    path = listed(tmp_path, "姓名，电话，备注", f"张三，{PHONE}，好", encoding="gb18030")
    assert [(row_of(each).name, row_of(each).remark) for each in outcomes(path)] == [("张三", "好")]
    path = listed(tmp_path, "姓名，农户,电话", f"张三，好,{PHONE}")
    assert open_list(path).columns[Field.PHONE] == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<div><table><tr><td>姓名</td><td>电话</td></tr></table></div>", "list_web_page"),
        ("MIME-Version: 1.0\nX-Document-Type: Workbook\n\n--x\n", "list_web_page"),
        ('[{"姓名":"张三","电话":"13800000001"}]', "list_not_a_table"),
        ('{"户":[{"姓名":"张三","电话":"13800000001"}]}', "list_not_a_table"),
    ],
)
def test_what_other_programs_save_as_a_list_is_named_for_what_it_is(content: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(Actionable) as told:
        open_list(csv_file(tmp_path / "l.xls", content))
    assert told.value.code == code
