"""Headings of several rows: groups above, halves in two rows, units and column numbers below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from fieldapp.domain.money import Money
from fieldapp.services.household_list import Field, HouseholdRow, open_list, write_refused
from tests.services.household_list.made_lists import codes, csv_file, outcomes, raw_workbook

PHONE = "13812345678"


def listed(tmp_path: Path, *lines: str) -> Path:
    return csv_file(tmp_path / "l.csv", "\n".join(lines) + "\n")


def rows_of(path: Path) -> list[HouseholdRow]:
    found = outcomes(path)
    assert [each.code for each in found if each.row is None] == []
    return [each.row for each in found if each.row]


def test_groups_above_the_headings_change_nothing(tmp_path: Path) -> None:
    path = listed(
        tmp_path,
        "通山县名单,,,,,",
        ",,家庭成员,,收入情况,",
        "姓名,电话,人口,劳动力,年收入,意向金额",
        f"张三,{PHONE},4,2,80000,5万",
    )
    assert (open_list(path).heading_row, open_list(path).title) == (3, "通山县名单")
    (row,) = rows_of(path)
    assert (row.name, row.phone, row.household_size) == ("张三", PHONE, 4)
    assert (row.yearly_income, row.wished_amount) == (Money.yuan(80_000), Money.yuan(50_000))


@pytest.mark.parametrize("merged", [False, True])
def test_headings_that_stand_in_two_rows_are_read_together(merged: bool, tmp_path: Path) -> None:
    upper = ["姓名", "联系方式", "", "家庭情况", "", "贷款需求", "备注"]
    lower = ["", "手机", "座机", "人口", "年收入（万元）", "金额", ""]
    body = ["张三", PHONE, "0715-2362345", "4", "8", "50000", "老户"]
    if merged:
        merges = ["A1:A2", "B1:C1", "D1:E1", "G1:G2"]
        path = raw_workbook(tmp_path / "l.xlsx", {"a": [upper, lower, body]}, merges=merges)
    else:
        path = listed(tmp_path, *map(",".join, (upper, lower, body)))
    file = open_list(path)
    assert file.columns == {
        Field.NAME: 0,
        Field.PHONE: 1,
        Field.OTHER_PHONE: 2,
        Field.HOUSEHOLD_SIZE: 3,
        Field.YEARLY_INCOME: 4,
        Field.WISHED_AMOUNT: 5,
        Field.REMARK: 6,
    }
    (row,) = rows_of(path)
    assert (row.yearly_income, row.wished_amount, row.remark.split("\n")[0]) == (
        Money.yuan(80_000),
        Money.yuan(50_000),
        "老户",
    )


@pytest.mark.parametrize("unit", ["（万元）", "万元", "(万元)", "单位：万元", "人民币万元"])
def test_a_row_of_units_below_the_headings_is_theirs_and_no_household(unit: str, tmp_path: Path) -> None:
    path = listed(
        tmp_path, "姓名,电话,人口,年收入,意向金额", f",,（人）,{unit},元", f"张三,{PHONE},4,8,50000", f",{PHONE},4,8,-1"
    )
    found = outcomes(path)
    assert [each.code for each in found] == ["new", "refused:name_missing"]
    row = found[0].row
    assert row is not None
    assert (row.yearly_income, row.wished_amount) == (Money.yuan(80_000), Money.yuan(50_000))
    write_refused(tmp_path / "refused.csv", open_list(path), found)
    mended = (tmp_path / "refused.csv").read_text("utf-8-sig").replace(f"\n,{PHONE}", f"\n李四,{PHONE}")
    (again,) = rows_of(csv_file(tmp_path / "mended.csv", mended.replace("'-1", "1")))
    assert (again.yearly_income, again.wished_amount) == (Money.yuan(80_000), Money.yuan(1))


def test_a_group_with_a_unit_gives_it_to_the_amounts_below_it(tmp_path: Path) -> None:
    path = listed(
        tmp_path, ",,收入情况（万元）,,贷款情况（元）", "姓名,电话,年收入,支出,意向金额", f"张三,{PHONE},8,3,50000"
    )
    (row,) = rows_of(path)
    assert (row.yearly_income, row.wished_amount) == (Money.yuan(80_000), Money.yuan(50_000))


@pytest.mark.parametrize(
    "numbers", ["1,2,3,4", "甲,乙,1,2", "(1),(2),(3),(4)", "A,B,C,D", "①,②,③,④", "栏次,1,2,3", "１,２,３,４"]
)
def test_a_row_that_counts_the_columns_is_no_household(numbers: str, tmp_path: Path) -> None:
    path = listed(tmp_path, "姓名,电话,人口,备注", numbers, f"甲,{PHONE},4,")
    assert [row.name for row in rows_of(path)] == ["甲"]


def test_the_spouses_half_of_a_table_is_not_the_households(tmp_path: Path) -> None:
    path = listed(
        tmp_path,
        "户主信息,,,配偶信息,,,",
        "姓名,身份证号,电话,姓名,身份证号,电话,村",
        f"张三,421224196101030005,{PHONE},李梅,421224198003050028,13900000002,和平村",
    )
    file = open_list(path)
    assert file.columns == {Field.NAME: 0, Field.IDENTITY: 1, Field.PHONE: 2, Field.VILLAGE: 6}
    (row,) = rows_of(path)
    assert (row.name, row.phone, row.identity, row.other_phones) == ("张三", PHONE, "421224196101030005", ())


def test_the_spouses_half_in_front_is_not_the_households_either(tmp_path: Path) -> None:
    path = listed(tmp_path, "配偶,,户主,,村", "姓名,电话,姓名,电话,", f"李梅,13900000002,张三,{PHONE},和平村")
    (row,) = rows_of(path)
    assert (row.name, row.phone, row.other_phones) == ("张三", PHONE, ())
    assert row.village is not None


def test_the_sum_of_a_group_is_the_income_and_its_parts_are_not(tmp_path: Path) -> None:
    group = listed(
        tmp_path,
        "姓名,电话,收入情况（元）,,,,支出",
        ",,种植收入,务工收入,其他,合计,合计",
        f"张三,{PHONE},1,2,3,60000,20000",
    )
    (row,) = rows_of(group)
    assert (row.yearly_income, row.remark) == (Money.yuan(60_000), "")
    plain = listed(tmp_path, "姓名,电话,种植收入,务工收入,总收入", f"张三,{PHONE},1,2,60000")
    assert open_list(plain).columns[Field.YEARLY_INCOME] == 4
    parts = listed(tmp_path, "姓名,电话,种植收入,务工收入", f"张三,{PHONE},1,2")
    assert Field.YEARLY_INCOME not in open_list(parts).columns
    alone = listed(tmp_path, "姓名,电话,经营收入", f"张三,{PHONE},1")
    assert open_list(alone).columns[Field.YEARLY_INCOME] == 2


@pytest.mark.parametrize(
    "above",
    [
        ["通山县大畈镇农户信息表,,,,"],
        ["填报单位：大畈镇,,,客户经理：李四,"],
        ["2026年农户家庭情况,,,,"],
        ["大畈镇家庭信息名册,,,大畈支行,"],
        [",,,（单位：万元）,"],
        ["通山县名单,,,,", ",,,,"],
    ],
)
def test_what_stands_above_a_table_is_no_group_and_stays_its_title(above: Sequence[str], tmp_path: Path) -> None:
    path = listed(tmp_path, *above, "姓名,电话,村,年收入,备注", f"张三,{PHONE},和平村,8,")
    file = open_list(path)
    assert file.headings == ("姓名", "电话", "村", "年收入", "备注")
    assert file.title
    assert codes(path) == ["new"]


def test_headings_of_two_rows_repeated_on_each_page_are_no_households(tmp_path: Path) -> None:
    head = ["姓名,联系方式,家庭情况,", ",手机,人口,年收入", ",,（人）,（万元）"]
    path = listed(
        tmp_path, *head, f"张三,{PHONE},4,8", *head, "李四,13900000002,5,6", *head[:1], "王五,13700000003,5,6"
    )
    assert [row.name for row in rows_of(path)] == ["张三", "李四", "王五"]


@pytest.mark.parametrize("first", [f",{PHONE},和平村,", ",,和平村,种植", ",不详,和平村,备注"])
def test_a_first_household_without_a_name_is_refused_and_not_taken_for_headings(first: str, tmp_path: Path) -> None:
    path = listed(tmp_path, "姓名,电话,村,经营项目", first, f"张三,{PHONE},和平村,茶叶")
    assert codes(path) == ["refused:name_missing", "new"]
