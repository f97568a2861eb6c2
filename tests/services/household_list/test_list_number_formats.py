"""Amounts whose unit stands in the number format alone: read as seen, or refused where head and format disagree."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from fieldapp.domain.errors import Invalid
from fieldapp.domain.money import Money
from fieldapp.reference import places
from fieldapp.services.household_list import HouseholdRow, RowOutcome, clean_rows, open_list, write_refused
from fieldapp.services.household_list.amounts import amount_said
from fieldapp.services.household_list.number_formats import NumberFormat
from fieldapp.translation import explain
from tests.services.household_list.made_lists import TODAY, Cell, outcomes, raw_workbook

PHONE, VILLAGE = "13800000001", "和平村"


def formatted(path: Path, heading: str, *cells: tuple[object, str], title: str = "") -> Path:
    """A list whose last column has these values, each with its number format."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if title:
        sheet.append([title])
    sheet.append(["姓名", "联系电话", "村", heading])
    for number, (value, code) in enumerate(cells):
        sheet.append([f"张{chr(0x4E00 + number)}", f"1380000000{number}", VILLAGE, value])
        sheet.cell(sheet.max_row, 4).number_format = code
    book.save(path)
    return path


def row_of(outcome: RowOutcome) -> HouseholdRow:
    assert outcome.row is not None, outcome.reason
    return outcome.row


@pytest.mark.parametrize(
    ("code", "value", "yuan"),
    [
        ('0.00"万元"', 5, 50_000),
        ('0.00"万元"', 3.5, 35_000),
        ("0.0万元", 5, 50_000),
        ('#,##0.0 "万"', 5, 50_000),
        ('General"万元"', 5, 50_000),
        ("G/通用格式万元", 5, 50_000),
        (r"0\万\元", 5, 50_000),
        ('0"（万元）"', 5, 50_000),
        ('#,##0"元"', 50_000, 50_000),
        ('#,##0"元";-#,##0"元"', 50_000, 50_000),
        ('0"千元"', 50, 50_000),
        ('0"千"', 50, 50_000),
        ('0.00,"千"', 50_000, 50_000),
        ('0.00,"千元"', 12_345, 12_345),
        ('0!.0,"万"', 50_000, 50_000),
        (r"0\.0,万元", 52_300, 52_300),
        ('0!.0000"万元"', 50_000, 50_000),
        ('[>=10000]0!.0,"万元";0"元"', 50_000, 50_000),
        ('[>=10000]0!.0,"万元";0"元"', 5_000, 5_000),
        ('[Red]0"万元"', 5, 50_000),
        ('0.00,,"百万元"', 5_000_000, 5_000_000),
        ("¥#,##0.00", 50_000, 50_000),
        ('"￥"#,##0.00_);("￥"#,##0.00)', 50_000, 50_000),
        ('[$¥-804]#,##0.00"万元"', 5, 50_000),
        ('_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ', 50_000, 50_000),
        ('"约"0"元"', 50_000, 50_000),
        ('0" yuan"', 50_000, 50_000),
        ('0"k"', 50, 50_000),
        ('0" thousand yuan"', 50, 50_000),
        ("#,##0.00", 50_000, 50_000),
        ("General", 50_000, 50_000),
    ],
)
def test_an_amount_has_the_unit_its_number_format_shows(code: str, value: float, yuan: int, tmp_path: Path) -> None:
    (found,) = outcomes(formatted(tmp_path / "l.xlsx", "家庭年收入", (value, code)))
    assert row_of(found).yearly_income == Money.yuan(yuan)
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("heading", "title", "code", "value", "yuan"),
    [
        ("年收入（万元）", "", '0.00"万元"', 5, 50_000),
        ("年收入（万元）", "", "¥#,##0.00", 5, 50_000),
        ("年收入(元)", "", '#,##0"元"', 50_000, 50_000),
        ("年收入（千元）", "", "#,##0,", 50_000, 50_000),
        ("年收入", "单位：千元", "#,##0,", 50_000, 50_000),
        ("年收入", "单位：万元", '0"万"', 5, 50_000),
        ("月收入", "", '0.0"千元"', 5, 60_000),
        ("收入", "", '0.0"千元/月"', 5, 60_000),
        ("Annual income", "", '0.0"万元/年"', 5, 50_000),
    ],
)
def test_a_heading_that_says_the_same_changes_nothing(
    heading: str, title: str, code: str, value: float, yuan: int, tmp_path: Path
) -> None:
    (found,) = outcomes(formatted(tmp_path / "l.xlsx", heading, (value, code), title=title))
    assert row_of(found).yearly_income == Money.yuan(yuan)


@pytest.mark.parametrize(
    ("heading", "title", "code", "value"),
    [
        ("年收入（万元）", "", '#,##0"元"', 50_000),
        ("年收入（元）", "", '0.00"万元"', 5),
        ("年收入（万元）", "", '0"千元"', 50),
        ("年收入", "单位：万元", '0"元"', 50_000),
        ("年收入（元）", "", "#,##0,", 50_000),
        ("年收入", "", "#,##0,", 50_000),
        ("年收入", "", '0.0,"万"', 50_000),
        ("年收入", "", '0.0"亩"', 5),
        ("年收入", "", '0"头"', 5),
        ("年收入", "", "0.00%", 0.5),
        ("年收入", "", '"$"#,##0', 5_000),
        ("年收入", "", "[$€-407]#,##0", 5_000),
        ("年收入", "", '0"美元"', 5_000),
        ("年收入", "", '0.0"M"', 5),
        ("年收入", "", '0"张"', 5_000),
        ("月收入", "", '0.0"千元/年"', 5),
        ("年收入", "", '0"元/月"', 5_000),
    ],
)
def test_a_unit_that_is_not_certain_is_a_question_and_no_amount(
    heading: str, title: str, code: str, value: float, tmp_path: Path
) -> None:
    (found,) = outcomes(formatted(tmp_path / "l.xlsx", heading, (value, code), title=title))
    assert found.code == "refused:amount_unit"


def test_what_is_said_of_a_disagreement_tells_both_units(tmp_path: Path) -> None:
    (found,) = outcomes(formatted(tmp_path / "l.xlsx", "年收入（万元）", (50_000, '0"元"')))
    assert isinstance(found.reason, Invalid)
    said = explain(found.reason)
    assert "万元" in said
    assert "50000 元" in said


def test_each_cell_has_its_own_format(tmp_path: Path) -> None:
    cells = ((5, '0"万元"'), (50_000, '0"元"'), (50_000, "General"), ("6万", "General"), (None, '0"万元"'))
    found = outcomes(formatted(tmp_path / "l.xlsx", "意向金额", *cells))
    assert [row_of(each).wished_amount for each in found] == [
        *[Money.yuan(50_000)] * 3, Money.yuan(60_000), None
    ]  # fmt: skip


def test_a_refused_row_keeps_the_unit_that_was_seen(tmp_path: Path) -> None:
    path = formatted(tmp_path / "l.xlsx", "年收入", (5, '0"万元"'))
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    sheet["C2"] = "没有这个村"
    book.save(path)
    file = open_list(path)
    for name in ("r.csv", "r.xlsx"):
        refused = tmp_path / name
        assert write_refused(refused, file, clean_rows(file, file.columns, TODAY, places())) == 1
        again = open_list(refused)
        (found,) = clean_rows(again, again.columns | {}, TODAY, places())
        assert found.code == "refused:village_unknown"
        assert "5 [万元]" in found.cells


def test_a_disagreement_is_still_one_in_the_file_of_refused_rows(tmp_path: Path) -> None:
    file = open_list(formatted(tmp_path / "l.xlsx", "年收入（万元）", (50_000, '0"元"')))
    refused = tmp_path / "r.csv"
    write_refused(refused, file, clean_rows(file, file.columns, TODAY, places()))
    assert [each.code for each in outcomes(refused)] == ["refused:amount_unit"]
    refused.write_text(refused.read_text("utf-8-sig").replace("50000 [元]", "50000元"), "utf-8")
    assert [row_of(each).yearly_income for each in outcomes(refused)] == [Money.yuan(50_000)]


def test_formats_of_other_columns_change_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["姓名", "联系电话", "村", "组", "家庭人口", "出生日期"])
    sheet.append(["张三", 13800000001, VILLAGE, 3, 4, 28554])
    for column, code in enumerate(["0", '0"组"', '0"人"', "yyyy/m/d"], start=3):
        sheet.cell(2, column).number_format = code if column > 3 else "General"
    sheet["B2"].number_format = "000 0000 0000"
    sheet["D2"].number_format, sheet["E2"].number_format, sheet["F2"].number_format = '0"组"', '0"人"', "yyyy/m/d"
    book.save(tmp_path / "l.xlsx")
    (found,) = outcomes(tmp_path / "l.xlsx")
    row = row_of(found)
    assert (row.phone, row.address, row.household_size) == ("13800000001", "3组", 4)
    assert str(row.birth) == "1978-03-05"


@pytest.mark.parametrize(
    "code",
    ["", ";;;", '"', "[", "\\", "!", "0" * 5_000, '"' * 999, "[>=x]0;[<1e999]0", "," * 300, "0" + "," * 300, "@"],
)
def test_a_hostile_format_changes_nothing_and_raises_nothing(code: str) -> None:
    assert NumberFormat.of(code).seen(Decimal(5), "5").startswith("5")


def test_a_format_that_nobody_knows_in_a_workbook_is_no_reason_to_stop(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["姓名", "电话", "村", "年收入"], ["张三", PHONE, VILLAGE, ('s="3"', "<v>5</v>")],
        ["李四", "13800000002", VILLAGE, ('s="99999999"', "<v>50000</v>")],
    ]  # fmt: skip
    path = raw_workbook(tmp_path / "l.xlsx", {"名单": rows}, formats=['0.0"万元'])
    assert [row_of(each).yearly_income for each in outcomes(path)] == [Money.yuan(50_000)] * 2


@pytest.mark.parametrize("text", ["5 [万元]", "5[万元]", "5 [万]"])
def test_the_notation_is_read_wherever_it_stands(text: str) -> None:
    assert amount_said(text, field="x").money == Money.yuan(50_000)
