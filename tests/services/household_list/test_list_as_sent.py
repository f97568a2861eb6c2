"""Lists as village committees, registers and spreadsheets send them, each read as a clerk would read it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.domain.money import Money
from fieldapp.services.household_list import Field, HouseholdRow, RowOutcome, open_list
from tests.services.household_list.made_lists import Cell, codes, csv_file, outcomes, raw_workbook

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


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("1.张三", "张三"),
        ("12、张三", "张三"),
        ("（3）张三", "张三"),
        ("张三（户主）", "张三"),
        ("张三 (本人)", "张三"),
    ],
)
def test_what_counts_or_places_a_person_is_no_part_of_the_name(written: str, name: str, tmp_path: Path) -> None:
    (found,) = outcomes(listed(tmp_path, "姓名,电话", f"{written},{PHONE}"))
    assert (row_of(found).name, found.warnings) == (name, ())


@pytest.mark.parametrize("name", ["王□", "王?", "王？", "王\ue863", "〓平", "王\U000f0001"])
def test_a_name_of_which_a_character_did_not_come_through_is_doubted(name: str, tmp_path: Path) -> None:
    (found,) = outcomes(listed(tmp_path, "姓名,电话", f"{name},{PHONE}"))
    assert doubts(found) == {"name_character"}


@pytest.mark.parametrize("name", ["𠮷田", "㛃䶮", "买买提·吐尔逊", "Ёлкин"])
def test_a_rare_name_is_not_doubted(name: str, tmp_path: Path) -> None:
    (found,) = outcomes(listed(tmp_path, "姓名,电话", f"{name},{PHONE}", encoding="gb18030"))
    assert (row_of(found).name, found.warnings) == (name, ())


@pytest.mark.parametrize(
    ("written", "remark"),
    [
        (f"ID:{HEAD_ID}", ""), (f"身份证：{HEAD_ID}", ""), (f"身份证号码 {HEAD_ID}", ""),
        (f"{HEAD_ID}（过期）", "身份证号：过期"), (f"{HEAD_ID}(户口在外)", "身份证号：户口在外"),
    ],
)  # fmt: skip
def test_words_beside_an_identity_number_do_not_hide_it(written: str, remark: str, tmp_path: Path) -> None:
    (found,) = outcomes(listed(tmp_path, "姓名,身份证号,电话", f"张三,{written},{PHONE}"))
    assert (row_of(found).identity, row_of(found).remark) == (HEAD_ID, remark)


@pytest.mark.parametrize("number", [f"{HEAD_ID}43", f"{HEAD_ID}11B1"])
def test_a_disability_certificate_begins_with_the_identity_number(number: str, tmp_path: Path) -> None:
    (found,) = outcomes(listed(tmp_path, "姓名,证件号码,电话", f"张三,{number},{PHONE}"))
    assert (row_of(found).identity, row_of(found).remark, doubts(found)) == (HEAD_ID, "", {"identity_of_certificate"})


@pytest.mark.parametrize(
    "number", [f"{HEAD_ID}{WIFE_ID}", f"{HEAD_ID}/{WIFE_ID}", f"{HEAD_ID}99", f"1{HEAD_ID}", f"{HEAD_ID[:-1]}7（过期）"]
)
def test_what_is_not_one_identity_number_stays_refused(number: str, tmp_path: Path) -> None:
    assert codes(listed(tmp_path, "姓名,身份证号,电话", f"张三,{number},{PHONE}"))[0].startswith("refused:identity")


@pytest.mark.parametrize(
    "written", ["农历腊月廿三", "阴历1978年3月5日", "1978-3-5（农历）", "七八年三月初五", "属马", "48岁"]
)
def test_a_birth_by_the_moon_or_the_age_is_left_out_and_refuses_nobody(written: str, tmp_path: Path) -> None:
    headings = "姓名,电话,身份证号,出生日期"
    silent, told = outcomes(listed(tmp_path, headings, f"张三,{PHONE},,{written}", f"李四,{OTHER},{HEAD_ID},{written}"))
    assert (row_of(silent).birth, doubts(silent)) == (None, {"birth_not_solar"})
    assert row_of(silent).remark == f"出生日期：{written}"
    assert (str(row_of(told).birth), told.warnings) == ("1978-03-05", ())


@pytest.mark.parametrize(
    ("written", "yuan", "kept"),
    [
        ("30000元/年", 30_000, False), ("每年3万", 30_000, False), ("3000元/月", 36_000, False),
        ("2500每月", 30_000, False),
        ("10万以下", 100_000, True), ("3万元以上", 30_000, True), ("不超过5万", 50_000, True),
        ("3万多元", 30_000, True), ("三万余元", 30_000, True),
        ("5万（养牛）", 50_000, True), ("5万元养牛", 50_000, True), ("50000（已批）", 50_000, True),
    ],
)  # fmt: skip
def test_an_amount_with_a_period_a_bound_or_a_purpose_is_read_and_its_words_are_kept(
    written: str, yuan: int, kept: bool, tmp_path: Path
) -> None:
    (found,) = outcomes(listed(tmp_path, "姓名,电话,年收入", f"张三,{PHONE},{written}"))
    assert row_of(found).yearly_income == Money.yuan(yuan)
    assert row_of(found).remark == (f"年收入：{written}" if kept else "")


@pytest.mark.parametrize(
    "written",
    [
        "五至十万", "五十亿万", "5-10万", "3000公斤", "5万美元", "5亩地", "还欠5万", "-5万元养牛", "5万还3万",
        "三万五万",
        "2头水牛", "5万元/亩", "5万（三年）", "1.5.2万元养牛",
    ],
)  # fmt: skip
def test_what_may_be_no_amount_or_two_stays_refused(written: str, tmp_path: Path) -> None:
    assert codes(listed(tmp_path, "姓名,电话,年收入", f"张三,{PHONE},{written}")) == ["refused:amount"]


@pytest.mark.parametrize("written", ["亏损", "无需求", "暂不需要", "视情况而定", "不固定", "没想好"])
def test_more_answers_in_the_place_of_an_amount(written: str, tmp_path: Path) -> None:
    (found,) = outcomes(listed(tmp_path, "姓名,电话,意向金额", f"张三,{PHONE},5万", f"李四,{OTHER},{written}"))[1:]
    assert (row_of(found).wished_amount, row_of(found).remark) == (None, f"意向金额：{written}")


def test_a_monthly_income_said_by_the_year_is_a_years(tmp_path: Path) -> None:
    path = listed(tmp_path, "姓名,电话,月收入", f"张三,{PHONE},3000", f"李四,{OTHER},3万元/年")
    assert [row_of(each).yearly_income for each in outcomes(path)] == [Money.yuan(36_000), Money.yuan(30_000)]


@pytest.mark.parametrize(
    ("title", "village"),
    [
        ("通山县南林桥镇石门村农户信息采集表", "石门村委会"), ("大畈镇和平村2026年贷款需求花名册", "和平村委会"),
        ("填报单位：石门村委会", None), ("和平村、石门村农户名单", None), ("大畈镇农户名单", None),
        ("农村商业银行名单", None),
    ],
)  # fmt: skip
def test_the_village_that_the_title_alone_names_is_the_households(
    title: str, village: str | None, tmp_path: Path
) -> None:
    (found,) = outcomes(listed(tmp_path, f"{title},", "姓名,电话", f"张三,{PHONE}"))
    assert (found.row and found.row.village and found.row.village.name) == village
    (elsewhere,) = outcomes(listed(tmp_path, f"{title},,", "姓名,电话,住址", f"张三,{PHONE},外地"))
    assert row_of(elsewhere).village is None


def test_rows_over_which_a_name_was_merged_are_one_household(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["序号", "姓名", "电话", "产业", "年收入"],
        ["1", "张三", PHONE, "水稻", "20000"], ["", "", OTHER, "养牛", "20000"], ["", "", "", "", "30000"],
        ["2", "李四", "13700000003", "茶叶", ""], ["", "", "", "茶叶", ""], ["3", "王五", "13600000004", "", ""],
    ]  # fmt: skip
    path = raw_workbook(tmp_path / "l.xlsx", {"a": rows}, merges=["A2:A4", "B2:B4", "B5:B6", "C5:C6"])
    found = outcomes(path)
    assert [each.code for each in found] == ["new", *["same_as_earlier_row"] * 2, "new", "same_as_earlier_row", "new"]
    assert [each.earlier for each in found] == [None, 2, 2, None, 5, None]
    first = row_of(found[0])
    assert (first.phone, first.business, first.yearly_income) == (PHONE, "水稻", Money.yuan(20_000))
    assert first.remark.split("\n") == ["电话：13900000002", "产业：养牛", "年收入：30000"]
    assert [doubts(each) for each in found] == [{"row_continued"}, set(), set(), set(), set(), set()]


def test_a_refused_row_takes_those_that_go_on_with_it_to_the_refused(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["姓名", "身份证号", "电话"], ["张三", HEAD_ID[:-1] + "7", PHONE], ["", "", OTHER], ["李四", "", "13700000003"]
    ]  # fmt: skip
    path = raw_workbook(tmp_path / "l.xlsx", {"a": rows}, merges=["A2:A3", "B2:B3"])
    assert codes(path) == [*["refused:identity_check_digit"] * 2, "new"]


def test_a_name_merged_over_people_of_their_own_is_their_head(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["户主", "姓名", "与户主关系", "电话"], ["张三", "张三", "户主", PHONE], ["", "李梅", "妻", ""],
        ["", "张小", "子", ""],
    ]  # fmt: skip
    assert codes(raw_workbook(tmp_path / "l.xlsx", {"a": rows}, merges=["A2:A4"])) == ["new", "member", "member"]
