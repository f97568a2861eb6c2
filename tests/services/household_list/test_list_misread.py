"""Lists of which a clerk would read one thing and a hasty reader another: whose number, which table, what amount."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.domain.money import Money
from fieldapp.services.household_list import Field, Outcome, RowOutcome, open_list, write_refused
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


FORM = [
    "农户信息调查表,,,",
    f"户主姓名,张三,联系电话,{PHONE}",
    "家庭成员,,,",
    "姓名,与户主关系,身份证号,年龄",
    f"李梅,妻,{WIFE_ID},45",
    "张小,子,,20",
]


@pytest.mark.parametrize("rows", [FORM, FORM[1:2] + FORM[3:], [FORM[0], "户主姓名：张三,,,", *FORM[3:]]])
def test_the_form_of_one_household_makes_no_heads_of_wife_and_child(rows: list[str], tmp_path: Path) -> None:
    with pytest.raises(Actionable) as caught:
        open_list(csv_file(tmp_path / "l.csv", "\n".join(rows)))
    assert caught.value.code == "list_lies_across"


def test_who_made_a_list_above_it_makes_no_form_of_it(tmp_path: Path) -> None:
    people = f"1,张三,户主,{PHONE}\n1,李梅,妻,\n"
    found = read(tmp_path, f"上河村名单,,,\n姓名,王会计,填表日期,2026年3月\n户号,姓名,与户主关系,电话\n{people}")
    assert [each.code for each in found] == ["new", "member"]


def test_the_heads_telephone_is_not_that_of_wife_and_child_without_a_head_among_them(tmp_path: Path) -> None:
    headings = "户主姓名,户主电话,成员姓名,与户主关系,身份证号\n"
    found = read(tmp_path, f"{headings}张三,{PHONE},李梅,妻,{WIFE_ID}\n,,张小,子,\n王五,,王大,父亲,\n")
    assert [each.code for each in found] == ["refused:head_without_row"] * 2 + ["new"]
    found = read(tmp_path, f"{headings}张三,{PHONE},张三,户主,{HEAD_ID}\n张三,{PHONE},李梅,妻,{WIFE_ID}\n")
    assert [each.code for each in found] == ["new", "member"]


def test_an_identity_number_of_the_head_beside_members_tells_that_the_head_is_missing(tmp_path: Path) -> None:
    headings = "户主姓名,户主身份证号,联系电话,家庭成员姓名,与户主关系,家庭成员身份证号\n"
    found = read(tmp_path, f"{headings}张三,{HEAD_ID},{PHONE},李梅,妻,{WIFE_ID}\n张三,,,张小,子,\n")
    assert [each.code for each in found] == ["refused:head_without_row"] * 2


def test_a_member_who_stands_first_in_the_heads_row_is_no_customer(tmp_path: Path) -> None:
    headings = "户号,联系电话,成员1姓名,成员1关系,成员2姓名,成员2关系\n"
    found = read(tmp_path, f"{headings}1,{PHONE},李梅,配偶,张三,户主\n2,{OTHER},王五,户主,陈兰,配偶\n")
    assert [each.code for each in found] == ["refused:member_is_head", "new"]
    assert found[0].reason is not None
    assert "Put the head first" in str(found[0].reason.advice)


@pytest.mark.parametrize(
    ("title", "heading", "yuan"),
    [
        ("收入表（单位：元/月）", "收入", 36_000),
        ("单位：元/年", "收入", 3_000),
        ("农户月收入情况表", "收入（元）", 36_000),
        ("2026年3月收入统计", "收入", 3_000),
        ("十二月收入统计", "收入", 3_000),
        ("单位：元/月", "年收入", None),
        ("单位：元/年", "月收入", 36_000),
        ("年收入与月收入", "收入", 3_000),
        ("Unit: CNY per month", "Income", 36_000),
        ("Unit: CNY per year", "Income", 3_000),
    ],
)
def test_the_period_above_a_list_is_that_of_an_income_that_states_none(
    title: str, heading: str, yuan: int | None, tmp_path: Path
) -> None:
    (found,) = read(tmp_path, f"{title},,\n姓名,电话,{heading}\n张三,{PHONE},3000\n")
    if yuan is None:
        assert found.code == "refused:amount_unit"
    else:
        assert found.row is not None
        assert found.row.yearly_income == Money.yuan(yuan)


@pytest.mark.parametrize("line", ["上河村", "二组农户名单", "李家湾", "空户", "Group 1", "Village: Shanghe"])
def test_a_place_alone_in_its_row_is_no_customer(line: str, tmp_path: Path) -> None:
    found = read(tmp_path, f"姓名,电话,住址\n张三,{PHONE},一组\n{line},,\n李四,{OTHER},\n")
    assert [each.code for each in found if each.code != "refused:name_is_place"] == ["new", "new"]


@pytest.mark.parametrize("row", ["李湾,,", f"张学村,{PHONE},", "张学村,,三组", "王五,,"])
def test_who_is_called_like_a_place_comes_in(row: str, tmp_path: Path) -> None:
    assert [each.code for each in read(tmp_path, f"姓名,电话,住址\n{row}\n")] == ["new"]


def test_who_signed_below_a_list_is_no_customer(tmp_path: Path) -> None:
    lines = "村支书：王大山,,13812345678\n制表人,李会计,\n填表人员签字：李会计,,13812345678\n总收入,50000,\n"
    lines += "Prepared by,Wang,\n"
    found = read(tmp_path, f"姓名,住址,电话\n张三,一组,{PHONE}\n{lines}")
    assert [each.code for each in found] == ["new", *["refused:name_is_heading"] * 5]


def test_who_stands_above_wife_and_child_without_a_relation_is_the_head(tmp_path: Path) -> None:
    families = f"1,张三,,{HEAD_ID}\n,李梅,妻,{WIFE_ID}\n,张小,子,\n2,王五,,\n,陈兰,妻,\n3,赵六,,\n"
    found = read(tmp_path, f"序号,姓名,与户主关系,身份证号\n{families}")
    assert [each.code for each in found] == ["new", "member", "member", "new", "member", "new"]
    unclear = read(tmp_path, f"户号,姓名,与户主关系,身份证号\n1,张三,,{HEAD_ID}\n1,李梅,,{WIFE_ID}\n1,张小,子,\n")
    assert [each.outcome for each in unclear] == [Outcome.NEW] * 3


@pytest.mark.parametrize("heading", ["家庭年收入（人均，元）", "人均年收入", "亩均收入", "Income per capita"])
def test_what_each_has_is_not_what_a_household_earns(heading: str, tmp_path: Path) -> None:
    assert heading_of(Field.YEARLY_INCOME, f"姓名,电话,{heading}", f"张三,{PHONE},12000", tmp_path) is None


@pytest.mark.parametrize("number", ["E12345678", "EA1234567", "H1234567801"])
def test_the_number_of_a_passport_is_refused_as_what_it_is(number: str, tmp_path: Path) -> None:
    (found,) = read(tmp_path, f"姓名,证件号码,电话\n张三,{number},{PHONE}\n")
    assert found.reason is not None
    assert "passport" in str(found.reason.sentence)


def test_rows_between_the_others_say_in_which_group_they_live(tmp_path: Path) -> None:
    text = f"""序号,姓名,电话,备注
上河村,,,
一组,,,
1,张三,{PHONE},
二,第二组（共1户）,,
2,李四,{OTHER},,多出
下河村,,,
小计,2,,
3,王五,,
"""
    file = open_list(csv_file(tmp_path / "l.csv", text))
    assert file.headings[file.columns[Field.GROUP]] == "组"
    rows = [each.row for each in outcomes(file.path)]
    assert [(each.name, each.address, each.remark) for each in rows if each] == [
        ("张三", "上河村一组", ""), ("李四", "上河村第二组", "多出"), ("王五", "下河村", "")
    ]  # fmt: skip


def test_after_a_part_that_cannot_be_told_no_group_is_known(tmp_path: Path) -> None:
    rows = f"一组,,\n1,张三,{PHONE}\n二组 组长李四,,\n2,李四,{OTHER}\n"
    found = read(tmp_path, f"序号,姓名,电话\n{rows}")
    assert [each.row.address for each in found if each.row] == ["一组", ""]


def test_a_group_between_the_rows_stands_beside_an_address_that_tells_another(tmp_path: Path) -> None:
    found = read(tmp_path, f"姓名,电话,住址\n下湾组,,\n张三,{PHONE},下湾组5号\n李四,{OTHER},村口\n,,三组\n")
    assert [(each.row.address, each.row.remark) for each in found if each.row] == [
        ("下湾组5号", ""), ("村口", "组：下湾组")
    ]  # fmt: skip
    assert found[-1].code == "refused:name_missing"


def test_refused_rows_keep_the_group_that_stood_above_them(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", f"序号,姓名,电话,身份证号\n一组,,,\n1,张三,{PHONE},123\n")
    write_refused(tmp_path / "refused.csv", open_list(path), outcomes(path))
    mended = (tmp_path / "refused.csv").read_text("utf-8-sig").replace(",123,", f",{HEAD_ID},")
    (found,) = outcomes(csv_file(tmp_path / "mended.csv", mended))
    assert found.row is not None
    assert (found.row.address, found.row.identity) == ("一组", HEAD_ID)


@pytest.mark.parametrize(
    ("title", "yuan"),
    [
        ("单位：人、万元", 50_000),
        ("（单位：万）", 50_000),
        ("单位：元、亩", 5),
        ("金额单位：百元", 500),
        ("Unit: thousand CNY", 5_000),
        ("填表单位：万家村委会", 5),
    ],
)
def test_a_unit_above_a_list_is_read_among_other_units_too(title: str, yuan: int, tmp_path: Path) -> None:
    (found,) = read(tmp_path, f"{title},,\n姓名,电话,年收入\n张三,{PHONE},5\n")
    assert found.row is not None
    assert found.row.yearly_income == Money.yuan(yuan)
