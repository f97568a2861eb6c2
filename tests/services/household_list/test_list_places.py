"""Where in its village a household lives: groups and hamlets in columns of their own, and rows that only name one."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldapp.services.household_list import Field, HouseholdRow, open_list
from tests.services.household_list.made_lists import csv_file, outcomes

PHONE = "13800000001"


def only(path: Path) -> HouseholdRow:
    (outcome,) = outcomes(path)
    assert outcome.row is not None, outcome.code
    return outcome.row


@pytest.mark.parametrize(
    ("group", "address", "kept", "remark"),
    [
        ("3", "", "3组", ""),
        ("３", "", "3组", ""),
        ("三组", "", "三组", ""),
        ("上屋", "", "上屋", ""),
        ("3组", "和平村三组12号", "和平村三组12号", ""),
        ("12", "第十二组", "第十二组", ""),
        ("1", "和平村11组2号", "和平村11组2号", "组：1组"),
        ("一组", "和平村十一组", "和平村十一组", "组：一组"),
        ("上屋", "5号", "5号", "组：上屋"),
        ("", "5号", "5号", ""),
        ("无", "", "", ""),
    ],
)
def test_a_column_of_groups_is_the_address_or_stands_in_the_remark(
    group: str, address: str, kept: str, remark: str, tmp_path: Path
) -> None:
    path = csv_file(tmp_path / "l.csv", f"行政村,组,姓名,电话,住址\n和平村,{group},张三,{PHONE},{address}\n")
    assert open_list(path).unread(open_list(path).columns) == ()
    assert (only(path).address, only(path).remark) == (kept, remark)


def test_the_group_follows_what_the_cell_of_the_village_tells(tmp_path: Path) -> None:
    twice = csv_file(tmp_path / "l.csv", f"村组,组,姓名,电话\n和平村三组,3,张三,{PHONE}\n")
    assert only(twice).address == "和平村三组"


@pytest.mark.parametrize("heading", ["组", "小组", "村民小组", "所在组", "村民组", "生产队"])
def test_groups_are_found_whatever_their_column_is_called(heading: str, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", f"村,{heading},户主,电话\n和平村,三组,张三,{PHONE}\n")
    assert open_list(path).columns[Field.GROUP] == 1


def test_a_hamlet_is_a_part_of_the_village_beside_it_and_alone_the_village(tmp_path: Path) -> None:
    beside = only(csv_file(tmp_path / "a.csv", f"行政村,自然村,户主,电话\n和平村,上屋,张三,{PHONE}\n"))
    alone = only(csv_file(tmp_path / "b.csv", f"自然村,户主,电话\n和平村,张三,{PHONE}\n"))
    assert beside.village is not None
    assert (beside.village, beside.address) == (alone.village, "上屋")
    assert alone.address == ""


@pytest.mark.parametrize("part", ["二组（组长：王五 13900000001）", "第二村民小组（15户）", "二组(3户)"])
def test_a_part_with_its_leader_or_count_in_brackets_is_no_household(part: str, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", f"姓名,电话\n张三,{PHONE}\n{part},\n李四,13900000002\n")
    assert [outcome.row.name for outcome in outcomes(path) if outcome.row] == ["张三", "李四"]


def villages_and_addresses(path: Path) -> list[tuple[str | None, str]]:
    rows = [outcome.row for outcome in outcomes(path)]
    return [(row.village.name if row.village else None, row.address) for row in rows if row is not None]


def test_a_village_and_a_group_named_once_hold_for_the_rows_below(tmp_path: Path) -> None:
    lines = [
        "村,组,户主,人口,电话",
        f"和平村,一组,张三,4,{PHONE}", ",,李四,5,", ",,小计,9,", ",二组,王五,3,", ",,赵六,3,", ",,小计,6,",
        "隐水村,,钱七,3,", ",,孙八,1,", ",五组,周九,1,", "合计,,,20,",
    ]  # fmt: skip
    assert villages_and_addresses(csv_file(tmp_path / "l.csv", "\n".join(lines))) == [
        ("和平村委会", "一组"), ("和平村委会", "一组"), ("和平村委会", "二组"), ("和平村委会", "二组"),
        ("隐水村委会", ""), ("隐水村委会", ""), ("隐水村委会", "五组"),
    ]  # fmt: skip


@pytest.mark.parametrize("said", [["和平村", "和平村", "", "隐水村", ""], ["", "和平村", "", "", ""], ["和平村", ""]])
def test_in_a_list_that_names_the_village_of_each_row_an_empty_one_is_missing(said: list[str], tmp_path: Path) -> None:
    lines = [f"{village},户主{'甲乙丙丁戊'[place]},1380000000{place}" for place, village in enumerate(said)]
    found = outcomes(csv_file(tmp_path / "l.csv", "\n".join(["村,户主,电话", *lines])))
    assert [outcome.code == "new" for outcome in found] == [bool(village) for village in said]


@pytest.mark.parametrize(
    ("address", "village"),
    [("三组12号", "和平村委会"), ("12号", "和平村委会"), ("", "和平村委会"), ("外地", None), ("3组，武汉市", None)],
)
def test_the_village_of_the_title_holds_for_an_address_within_a_village(
    address: str, village: str | None, tmp_path: Path
) -> None:
    path = csv_file(tmp_path / "l.csv", f"大畈镇和平村农户名单,,\n姓名,电话,住址\n张三,{PHONE},{address}\n")
    assert villages_and_addresses(path) == [(village, address)]
