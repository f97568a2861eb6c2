"""Lists as they really come: nothing of them is lost or misread without a word."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fieldapp.domain.money import Money
from fieldapp.services.household_list import Field, HouseholdRow, RowOutcome, open_list
from tests.services.household_list.made_lists import codes, csv_file, outcomes

PHONE, OTHER = "13800000001", "13900000002"


def listed(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    return csv_file(tmp_path / "l.csv", "\n".join(lines) + "\n", encoding)


def row_of(outcome: RowOutcome) -> HouseholdRow:
    assert outcome.row is not None, outcome.code
    return outcome.row


def test_tables_side_by_side_are_read_one_after_the_other(tmp_path: Path) -> None:
    head = "序号,姓名,电话,身份证号"
    path = listed(
        tmp_path,
        "和平村农户名单,,,,,,,",
        f"{head},{head}",
        f"1,张三,{PHONE},421224197803050013,3,王五,13700000003,",
        f"2,李梅,{OTHER},421224198003050028,4,张三,{PHONE},421224197803050013",
        "5,赵六,13600000004,,5,赵六,13600000004,",
        "6,钱七,13500000005,",
        ",合计,,,,6户,,",
    )
    found = outcomes(path)
    assert [(each.number, each.code) for each in found] == [
        (3, "new"),
        (3, "new"),
        (4, "new"),
        (4, "same_as_earlier_row"),
        (5, "new"),
        (5, "same_as_earlier_row"),
        (6, "new"),
    ]
    assert [(row_of(each).name, row_of(each).phone, row_of(each).other_phones) for each in found[:3]] == [
        ("张三", PHONE, ()),
        ("王五", "13700000003", ()),
        ("李梅", OTHER, ()),
    ]


def test_tables_with_an_empty_column_between_are_side_by_side_too(tmp_path: Path) -> None:
    path = listed(tmp_path, "姓名,电话,,姓名,电话", f"张三,{PHONE},,李四,{OTHER}")
    assert [row_of(each).name for each in outcomes(path)] == ["张三", "李四"]


@pytest.mark.parametrize(
    "heading",
    ["管户经理电话", "村主任电话", "单位电话", "家属电话", "包保干部联系电话", "监督电话2", "办公电话（备用）"],
)
def test_a_telephone_of_somebody_else_is_not_the_households(heading: str, tmp_path: Path) -> None:
    file = open_list(listed(tmp_path, f"姓名,手机,{heading}", f"张三,{PHONE},{OTHER}"))
    assert file.columns == {Field.NAME: 0, Field.PHONE: 1}


def test_a_number_beside_a_second_name_is_that_persons(tmp_path: Path) -> None:
    file = open_list(listed(tmp_path, "客户名称,手机,负责人,电话,村", f"张三,{PHONE},李四,{OTHER},和平村"))
    assert Field.OTHER_PHONE not in file.columns


def test_totals_parts_and_signatures_between_and_below_the_rows_are_no_households(tmp_path: Path) -> None:
    path = listed(
        tmp_path,
        "大畈镇和平村农户贷款需求汇总表（单位：元）,,,,",
        "序号,户主姓名,联系电话,意向金额,备注",
        "一,一组,,,",
        f"1,张三,{PHONE},50000,",
        ",小  计,,50000,1户",
        "二,第二村民小组,,,",
        f"2,王五,{OTHER},20000,",
        ",小计（二组）,,20000,",
        ",二组合计,,20000,",
        ",共计2户,,70000,",
        ",平均,,35000,",
        ",总 计 （大写）,,柒万元整,",
        ",——以下空白——,,,",
        '"注：1、本表一式两份；",,,,',
        "村主任签字：,,联系人电话：13911112222,,",
        "村委会（盖章）,,,,2026年11月20日",
        "填表人：李四,,,审核人：王五,",
        "Prepared by: Li Si,,,Date: 2026-11-20,",
        "第 1 页，共 2 页,,,,",
        encoding="gb18030",
    )
    assert [row_of(each).name for each in outcomes(path)] == ["张三", "王五"]


def test_signatures_below_a_list_that_begins_with_the_name_are_no_households(tmp_path: Path) -> None:
    path = listed(
        tmp_path, "姓名,电话,备注", f"张三,{PHONE},", "填表人：李四,审核：王五,日期：2026年11月20日", "村委会（盖章）,,"
    )
    assert [row_of(each).name for each in outcomes(path)] == ["张三"]


@pytest.mark.parametrize(
    "name", ["何计", "共合", "同尚", "平均安", "一组长", "Sumner", "Date Masamune", "单位坤", "注音"]
)
def test_a_name_that_only_looks_like_a_total_or_a_note_stays_a_household(name: str, tmp_path: Path) -> None:
    assert codes(listed(tmp_path, "姓名,电话,备注", f"{name},{PHONE},", f"{name},,")) == ["new", "new"]


@pytest.mark.parametrize("ditto", ["同上", "〃", "″", " 同 上 ", "Ditto"])
def test_a_sign_for_the_same_as_above_means_what_stands_above(ditto: str, tmp_path: Path) -> None:
    path = listed(
        tmp_path,
        "户主,村,住址,经营项目,电话",
        f"张三,和平村,三组12号,茶叶,{PHONE}",
        f"李四,{ditto},{ditto},{ditto},{OTHER}",
        "小计,2,,,",
        f"王五,{ditto},四组,{ditto},13700000003",
    )
    first, second, third = (row_of(each) for each in outcomes(path))
    assert second.village == third.village == first.village is not None
    assert (second.address, second.business, third.address, third.business) == ("三组12号", "茶叶", "四组", "茶叶")


CERTAIN_DAYS = (
    "78.3.5|78年3月5日|78/03/05|780305|05-Mar-1978|5 March 1978|Mar 5, 1978|March 5th, 1978|1978.03.05.|1978年三月五日"
    "|一九七八年三月五日|一九七八年三月五|1978。3。5|1978、3、5|1978–3–5|1978年3月5日生|1978-03-05T00:00:00Z|1978\\3\\5"
    "|1978 3 5|七八年三月五日|78年三月五日|公历1978年3月5日|1978-3-5（身份证）"
)
UNCERTAIN_DAYS = "3/5/1978|03/05/78|05.3.5|050305|197835|1978-3-5/1980-3-5|5 Mark 1978|1978年十三月五日|32.3.5.1"


@pytest.mark.parametrize("written", CERTAIN_DAYS.split("|"))
def test_a_day_of_birth_with_one_meaning_is_read(written: str, tmp_path: Path) -> None:
    (outcome,) = outcomes(listed(tmp_path, "姓名,电话,出生日期", f'张三,{PHONE},"{written}"'))
    assert row_of(outcome).birth == date(1978, 3, 5)


@pytest.mark.parametrize("written", UNCERTAIN_DAYS.split("|"))
def test_a_day_of_birth_with_two_meanings_is_refused(written: str, tmp_path: Path) -> None:
    assert codes(listed(tmp_path, "姓名,电话,出生日期", f'张三,{PHONE},"{written}"')) == ["refused:birth_date"]


@pytest.mark.parametrize("written", ["1978年3月", "1978", "1978年", "不详", "不清楚"])
def test_what_is_known_of_a_birth_without_its_day_stays_in_the_remark(written: str, tmp_path: Path) -> None:
    (outcome,) = outcomes(listed(tmp_path, "姓名,电话,出生年月", f"张三,{PHONE},{written}"))
    assert (row_of(outcome).birth, row_of(outcome).remark) == (None, f"出生年月：{written}")


@pytest.mark.parametrize(
    ("heading", "written", "yuan"),
    [
        ("Loan amount wanted (CNY '000)", "3.5", 3_500),
        ("Loan amount (thousand yuan)", "3.5", 3_500),
        ("意向金额（千元）", "3.5", 3_500),
        ("意向金额（百元）", "35", 3_500),
        ("Loan amount (million yuan)", "0.5", 500_000),
        ("Loan amount (10,000 yuan)", "3.5", 35_000),
        ("意向金额", "5（万元）", 50_000),
    ],
)
def test_units_of_english_headings_and_cells_are_read(heading: str, written: str, yuan: int, tmp_path: Path) -> None:
    (outcome,) = outcomes(listed(tmp_path, f'姓名,电话,"{heading}"', f"张三,{PHONE},{written}"))
    assert row_of(outcome).wished_amount == Money.yuan(yuan)


def test_an_amount_too_little_to_be_meant_is_doubted(tmp_path: Path) -> None:
    found = outcomes(
        listed(tmp_path, "姓名,电话,意向金额", f"张三,{PHONE},5", f"李四,{OTHER},0", "王五,13700000003,100")
    )
    assert [[doubt.code for doubt in each.warnings] for each in found] == [["amount_unlikely"], [], []]


def test_cells_beyond_the_headings_are_kept_and_doubted(tmp_path: Path) -> None:
    path = listed(tmp_path, "姓名,电话,备注", f"张三,{PHONE},好,多出一格,再多", f"李四,{OTHER},好,,")
    first, second = outcomes(path)
    assert (row_of(first).remark, [doubt.code for doubt in first.warnings]) == ("好\n多出一格\n再多", ["row_longer"])
    assert second.warnings == ()


def test_what_no_field_has_room_for_stays_in_the_remark(tmp_path: Path) -> None:
    head = "姓名,性别,电话,身份证号,家庭人口,备注1,备注2,民族"
    path = listed(tmp_path, head, f"张三,1,{PHONE},丢失,3大1小,好,老户,汉", f"李梅,不明,{OTHER},,五口之家,,,汉")
    first, second = (row_of(each) for each in outcomes(path))
    assert (first.sex, first.identity, first.household_size) == ("M", None, None)
    assert first.remark.split("\n") == ["好", "备注2：老户", "身份证号：丢失", "家庭人口：3大1小"]
    assert (second.sex, second.household_size, second.remark) == (None, 5, "性别：不明")


def test_columns_that_nothing_is_taken_from_are_named(tmp_path: Path) -> None:
    path = listed(tmp_path, "序号,姓名,电话1,电话2,电话3,备注1,备注2,民族,担保人姓名,", f"1,张三,{PHONE},,,,,汉,李梅,")
    file = open_list(path)
    assert file.unread(file.columns) == ("民族", "担保人姓名")
    assert file.unread({Field.NAME: 1, Field.PHONE: 2})[:2] == ("电话2", "电话3")


@pytest.mark.parametrize("name", ["张三（已故）", "张三、李四", "张三/李四", "陈(妻)丽", "赵六1", "张三*"])
def test_a_name_with_something_beside_it_is_kept_and_doubted(name: str, tmp_path: Path) -> None:
    (outcome,) = outcomes(listed(tmp_path, "姓名,电话", f"{name},{PHONE}"))
    assert [doubt.code for doubt in outcome.warnings] == ["name_unlikely"]


def test_the_group_behind_a_village_is_kept_as_the_address(tmp_path: Path) -> None:
    plain = listed(tmp_path, "姓名,电话,村组", f"张三,{PHONE},和平村三组", f"李四,{OTHER},和平村委会")
    assert [row_of(each).address for each in outcomes(plain)] == ["和平村三组", ""]
    both = listed(tmp_path, "姓名,电话,村组,住址", f"张三,{PHONE},和平村三组,12号")
    (outcome,) = outcomes(both)
    assert (row_of(outcome).address, row_of(outcome).remark) == ("12号", "村组：和平村三组")
