"""Columns are found whatever they are called and wherever they stand."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.services.household_list import Field, open_list
from tests.services.household_list.made_lists import codes, csv_file, outcomes, raw_workbook

WAYS: dict[Field, tuple[str, ...]] = {
    Field.NAME: (
        "姓名",
        "户主姓名",
        "户主",
        "客户姓名",
        "姓 名",
        "户主（姓名）",
        "*姓名",
        "Name",
        "Householder",
        "Full name",
        "姓名/Name",
    ),
    Field.PHONE: (
        "联系电话",
        "手机",
        "手机号",
        "手机号码（必填）",
        "电话",
        "联系方式",
        "Phone",
        "Mobile No.",
        "Tel",
        "Contact number",
    ),
    Field.IDENTITY: (
        "身份证号",
        "身份证",
        "证件号码",
        "公民身份号码",
        "ID No.",
        "ID card",
        "identity_number",
        "身份证号码(18位)",
    ),
    Field.BIRTH: ("出生日期", "生日", "出生年月日", "Date of birth", "Birthday", "DOB", "birth_date"),
    Field.VILLAGE: ("村", "所在村", "行政村", "村名", "所属村（社区）", "村委会", "Village", "village name", "村/社区"),
    Field.TOWN: ("乡镇", "所在乡镇", "乡镇（街道）", "Town", "Township"),
    Field.HOUSEHOLD_SIZE: ("家庭人口", "人口", "家庭人口（人）", "家庭人口数", "Household size", "Family members"),
    Field.BUSINESS: ("经营项目", "行业", "主营业务", "Business", "Main business", "所属行业"),
    Field.YEARLY_INCOME: ("年收入", "家庭年收入（万元）", "收入(元)", "Annual income", "家庭年收入"),
    Field.WISHED_AMOUNT: (
        "意向金额",
        "期望贷款额",
        "需求金额（万元）",
        "贷款需求",
        "申请额度",
        "Amount",
        "Loan amount (yuan)",
    ),
    Field.REMARK: ("备注", "Remark", "Remarks", "Notes", "备 注"),
    Field.ADDRESS: ("住址", "家庭地址", "详细地址", "Address", "home address"),
    Field.SEX: ("性别", "Sex", "Gender"),
}
VALUES: dict[Field, str] = {
    Field.NAME: "张三",
    Field.PHONE: "13812345678",
    Field.IDENTITY: "421224196101030005",
    Field.BIRTH: "1961-1-3",
    Field.VILLAGE: "和平村委会",
    Field.TOWN: "大畈镇",
    Field.HOUSEHOLD_SIZE: "4",
    Field.BUSINESS: "茶叶",
    Field.YEARLY_INCOME: "8",
    Field.WISHED_AMOUNT: "5",
    Field.REMARK: "好",
    Field.ADDRESS: "一组12号",
    Field.SEX: "女",
}


@pytest.mark.parametrize("seed", range(40))
def test_headings_are_recognised_in_any_words_order_and_encoding(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    fields = [Field.NAME, *chance.sample([field for field in WAYS if field is not Field.NAME], chance.randint(3, 12))]
    chance.shuffle(fields)
    delimiter = chance.choice(",;\t")
    lines = [delimiter.join(chance.choice(WAYS[field]) for field in fields)]
    lines += [delimiter.join(VALUES[field] for field in fields)] * 3
    if chance.random() < 0.5:
        lines[:0] = ["2026 年名单" + delimiter * (len(fields) - 1), delimiter * (len(fields) - 1)]
    path = csv_file(tmp_path / "l.csv", "\r\n".join(lines), chance.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
    file = open_list(path)
    assert file.columns == {field: place for place, field in enumerate(fields)}
    assert codes(path) == ["new", "same_as_earlier_row", "same_as_earlier_row"]


@pytest.mark.parametrize(
    "heading",
    [
        "序号",
        "配偶姓名",
        "客户经理",
        "客户经理电话",
        "联系人",
        "与户主关系",
        "贷款余额",
        "是否授信",
        "紧急联系人电话",
        "Officer name",
        "民族",
    ],
)
def test_columns_about_others_are_not_taken_for_the_household(heading: str, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", f"{heading},户主,手机\n李四,张三,13812345678\n")
    assert set(open_list(path).columns.values()) <= {1, 2}


@pytest.mark.parametrize(
    ("heading", "written"),
    [
        ("收入来源", "外出务工"),
        ("人均纯收入", "15000"),
        ("村集体收入（万元）", "15"),
        ("家庭经济收入来源", "种植3亩"),
        ("收入情况", "一般"),
        ("出生地", "湖北通山"),
        ("意向贷款用途", "养猪20头"),
        ("申请贷款期限", "12个月"),
        ("意向贷款银行", "农商行"),
        ("贷款额度需求时间", "2026年3月"),
        ("贷款需求", "有"),
        ("贷款需求", "无贷款需求"),
        ("身份证签发机关", "通山县公安局"),
        ("手机银行", "已开通"),
        ("电话回访情况", "已接"),
        ("QQ号码", "123456789"),
        ("农村商业银行", "是"),
        ("经营年限", "5"),
        ("采集人电话", "13912345678"),
        ("Loan purpose", "2 pigs"),
        ("现有贷款金额", "50000"),
        ("他行贷款金额（万元）", "5"),
        ("申请日期", "2026-01-01"),
        ("Visit date", "2026-01-01"),
    ],
)
def test_a_heading_that_only_holds_a_fields_word_refuses_no_row_and_fills_no_field(
    heading: str, written: str, tmp_path: Path
) -> None:
    path = csv_file(
        tmp_path / "l.csv", f"{heading},户主,手机\n{written},张三,13812345678\n{written},李四,13812345679\n"
    )
    assert open_list(path).columns == {Field.NAME: 1, Field.PHONE: 2}
    assert codes(path) == ["new", "new"]


def test_the_column_that_holds_the_amounts_is_taken_before_the_one_with_answers(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", "姓名,贷款需求,意向金额\n张三,有,5万\n李四,无,\n")
    assert open_list(path).columns == {Field.NAME: 0, Field.WISHED_AMOUNT: 2}
    assert open_list(csv_file(tmp_path / "a.csv", "姓名,身份证地址\n张三,上河村1组\n")).columns[Field.ADDRESS] == 1


def test_what_is_said_about_the_head_is_not_the_heads_name(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", "户主民族,客户全称,手机,住址\n汉族,张三,13812345678,一组\n")
    assert Field.NAME not in open_list(path).columns


@pytest.mark.parametrize("own", ["姓名", "成员姓名", "家庭成员姓名"])
def test_in_a_list_of_members_each_number_has_its_own_name(own: str, tmp_path: Path) -> None:
    rows = "张三,户主,张三,421224197803050013\n张三,配偶,李梅,421224198003050028\n"
    path = csv_file(tmp_path / "l.csv", f"户主姓名,与户主关系,{own},身份证号\n{rows}")
    assert [each.row and each.row.name for each in outcomes(path)] == ["张三", "李梅"]


def test_columns_without_a_telling_heading_are_guessed_by_their_cells(tmp_path: Path) -> None:
    rows = "".join(f"{n},张三{n % 7},1381234{n:04},和平村委会,1978-3-{n % 28 + 1}\n" for n in range(1, 30))
    columns = open_list(csv_file(tmp_path / "l.csv", f"序号,姓名,列甲,列乙,列丙\n{rows}")).columns
    assert columns == {Field.NAME: 1, Field.PHONE: 2, Field.VILLAGE: 3, Field.BIRTH: 4}


def test_a_list_without_headings_is_read_when_its_cells_give_it_away(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", "张三,13812345678,和平村委会\n李四,13912345678,冷水坪村委会\n")
    assert open_list(path).heading_row is None
    assert codes(path) == ["new", "new"]


def test_a_remark_about_a_telephone_is_no_row_of_headings(tmp_path: Path) -> None:
    rows = ["张三丰,13800138000,上河村,", "李四光,13800138001,上河村,原电话打不通", "王五六,13800138002,上河村,"]
    file = open_list(csv_file(tmp_path / "a.csv", "\n".join(rows)))
    assert (file.heading_row, file.count_rows()) == (None, 3)
    assert (file.columns[Field.NAME], file.columns[Field.PHONE]) == (0, 1)
    headed = open_list(csv_file(tmp_path / "b.csv", "\n".join(["姓名,号,住在哪里,情况", *rows])))
    assert (headed.heading_row, headed.count_rows()) == (1, 3)


def test_a_list_without_headings_and_without_telling_cells_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Actionable) as caught:
        open_list(csv_file(tmp_path / "l.csv", "一,二\n三,四\n"))
    assert caught.value.code == "list_without_headings"


def test_totals_empty_rows_notes_and_repeated_headings_are_no_households(tmp_path: Path) -> None:
    head = "序号,户主姓名,联系电话,所属村\n"
    path = csv_file(
        tmp_path / "l.csv",
        f"通山县名单,,,\n\n{head}1,张三,13812345678,和平村\n小计,,1,\n,,,\n通山县名单,,,\n{head}2,李四,13912345678,和平村\n"
        "3,,,\n合 计,2,,\n总计：2户,,,\n制表人：王五   2026年1月,,,\n第1页,,,\n",
    )
    assert [(outcome.number, outcome.code) for outcome in outcomes(path)] == [(4, "new"), (9, "new")]


def test_the_preview_shows_guesses_samples_and_rows(tmp_path: Path) -> None:
    file = open_list(csv_file(tmp_path / "l.csv", "姓名,电话\n张三,138\n李四,139\n"))
    preview = file.preview(1)
    assert preview.rows == ((2, ("张三", "138")),)
    assert preview.guesses[Field.NAME].samples == ("张三", "李四")
    assert file.count_rows() == 2


def test_of_several_sheets_the_one_with_the_list_is_read(tmp_path: Path) -> None:
    sheets = {
        "说明": [["填表说明"], ["请如实填写"]],
        "通山县": [["姓名", "电话", "村"], ["张三", "13812345678", "高桥村委会"]],
        "汇总": [["村", "户数"], ["和平村", "12"]],
    }
    file = open_list(raw_workbook(tmp_path / "名 单.xlsx", sheets))
    assert (file.how_written, file.other_sheets) == ("通山县", ("说明", "汇总"))
    assert codes(file.path) == ["new"]
