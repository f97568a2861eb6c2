"""Lists of which a clerk would read one thing and a hasty reader another: whose number, which table, what amount."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldapp.domain.money import Money
from fieldapp.services.household_list import Field, Outcome, RowOutcome, open_list
from tests.services.household_list.made_lists import csv_file, outcomes

HEAD_ID, WIFE_ID = "421224197803050013", "421224198003050028"
PHONE, OTHER = "13800000001", "13800000002"


def read(tmp_path: Path, text: str) -> list[RowOutcome]:
    return outcomes(csv_file(tmp_path / "l.csv", text))


def heading_of(field: Field, headings: str, cells: str, tmp_path: Path) -> str | None:
    """The heading that a field is read from in a list of one row."""
    file = open_list(csv_file(tmp_path / "l.csv", f"{headings}\n{cells}\n"))
    return file.headings[file.columns[field]] if field in file.columns else None


@pytest.mark.parametrize(
    ("below", "row"),
    [
        ("姓名,年收入（元）,电话", f"李四,80000,{OTHER}"),
        ("姓名,电话,年收入（万元）", f"李四,{OTHER},8"),
        ("序号,姓名,电话,住址", f"1,李四,{OTHER},三组"),
    ],
)
def test_a_second_table_with_other_columns_is_refused_with_where_it_begins(
    below: str, row: str, tmp_path: Path
) -> None:
    found = read(tmp_path, f"姓名,电话,年收入（元）\n张三,{PHONE},65000\n,,\n{below}\n{row}\n王五,,\n")
    assert [each.code for each in found] == ["new", *["refused:another_table"] * 3]
    assert all("begins in row 4" in str(each.reason.sentence) for each in found if each.reason)


def test_headings_of_the_next_page_are_no_other_table(tmp_path: Path) -> None:
    rows = f"张三,{PHONE},65000\n姓名,联系电话,年收入（元）\n李四,{OTHER},80000\n姓名,电话,年收入（元）\n王五,,1000\n"
    found = read(tmp_path, f"姓名,电话,年收入（元）\n{rows}")
    assert [each.code for each in found] == ["new"] * 3


def test_numbers_beside_a_name_are_not_the_heads_who_stands_in_a_column_before(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        f"户主姓名,姓名,身份证号,电话\n张三,张三,{HEAD_ID},{PHONE}\n张三,李梅,{WIFE_ID},\n王五,赵六,,{OTHER}\n",
    )
    assert [each.outcome for each in found] == [Outcome.NEW, Outcome.MEMBER, Outcome.NEW]
    head, _, other = (each.row for each in found)
    assert head is not None
    assert (head.name, head.identity, [(each.name, each.identity) for each in head.members]) == (
        "张三", HEAD_ID, [("李梅", WIFE_ID)]
    )  # fmt: skip
    assert other is not None
    assert (other.name, other.phone) == ("赵六", OTHER)
    assert [doubt.code for doubt in found[2].warnings] == ["household_unclear"]


@pytest.mark.parametrize("whose", ["帮扶人电话", "责任人电话", "结对干部手机", "包户人联系电话", "对接人手机号"])
def test_the_telephone_of_who_looks_after_a_household_is_not_its_own(whose: str, tmp_path: Path) -> None:
    found = read(tmp_path, f"姓名,{whose},住址\n张三,{PHONE},一组\n李四,{PHONE},二组\n")
    assert [each.row.phone for each in found if each.row] == [None, None]


@pytest.mark.parametrize(
    ("headings", "cells", "read_from"),
    [
        ("姓名,2024年收入（万元）,2025年收入（万元）", "张三,5,6", "2025年收入（万元）"),
        ("姓名,月收入,年收入", "张三,5000,60000", "年收入"),
        ("姓名,1月收入,2月收入,全年收入", "张三,3000,2000,30000", "全年收入"),
        ("姓名,1月收入,2月收入,3月收入", "张三,3000,2000,3000", None),
        ("姓名,亩均收入（元）,养殖收入（元）", "张三,1200,30000", "养殖收入（元）"),
        ("姓名,年收入（1-12月）,月均收入", "张三,30000,2500", "年收入（1-12月）"),
        ("姓名,收入", "张三,30000", "收入"),
    ],
)
def test_the_income_is_a_years_and_the_last_years(
    headings: str, cells: str, read_from: str | None, tmp_path: Path
) -> None:
    assert heading_of(Field.YEARLY_INCOME, headings, cells, tmp_path) == read_from


@pytest.mark.parametrize(
    ("headings", "cells", "read_from"),
    [
        ("姓名,贷款金额（万元）,贷款日期,到期日", "张三,5,2025-3-1,2026-3-1", None),
        ("姓名,贷款金额（万元）,期限（月）", "张三,5,12", "贷款金额（万元）"),
        ("姓名,申请金额（万元）,到期日", "张三,5,2026-3-1", "申请金额（万元）"),
    ],
)
def test_a_loan_that_runs_already_is_not_wished_for(
    headings: str, cells: str, read_from: str | None, tmp_path: Path
) -> None:
    assert heading_of(Field.WISHED_AMOUNT, headings, cells, tmp_path) == read_from


@pytest.mark.parametrize("outsider", ["紧急联系人", "担保人"])
def test_the_relation_of_an_outsider_calls_nobody_a_member(outsider: str, tmp_path: Path) -> None:
    (found,) = read(tmp_path, f"姓名,电话,{outsider},关系\n张三,{PHONE},李梅,妻子\n")
    assert (found.code, found.warnings) == ("new", ())


def test_the_income_of_such_a_list_is_the_figure_of_its_column(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "姓名,2024年收入（万元）,2025年收入（万元）\n张三,5,6\n")
    assert found.row is not None
    assert found.row.yearly_income == Money.yuan(60_000)
