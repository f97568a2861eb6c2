"""What becomes of single rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.domain.money import Money
from fieldapp.reference import places
from fieldapp.services.household_list import Field, HouseholdRow, RowOutcome, clean_rows, open_list, write_refused
from tests.services.household_list.made_lists import TODAY, codes, csv_file, outcomes

HEAD = "姓名,电话,身份证号,村,出生日期,意向金额,备注\n"
GOOD_ID = "421224196101030005"


def one(tmp_path: Path, row: str, head: str = HEAD) -> RowOutcome:
    return outcomes(csv_file(tmp_path / "list.csv", f"{head}{row}\n"))[0]


def row_of(outcome: RowOutcome) -> HouseholdRow:
    assert outcome.row is not None, outcome.code
    return outcome.row


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",,,,,,x", "refused:name_missing"),
        ("\u200b,13812345678,,和平村,,,", "refused:name_missing"),
        ("-,13812345678,,和平村,,,", "refused:name_missing"),
        ("张\ufffd,13812345678,,和平村,,,", "refused:name_unreadable"),
        (f"张三,13812345678,{GOOD_ID[:-1]}1,和平村,,,", "refused:identity_check_digit"),
        ("张三,13812345678,4.21224E+17,和平村,,,", "refused:identity_damaged"),
        ("张三,13812345678,421224610103000,和平村,,,", "refused:identity_old"),
        ("张三,13812345678,4212241961,和平村,,,", "refused:identity_length"),
        ("张三,13812345678,,高坑村,,,", "refused:village_ambiguous"),
        ("张三,13812345678,,大村,,,", "refused:village_unknown"),
        ("张三,13812345678,,421224999999,,,", "refused:village_unknown"),
        ("张三,13812345678,,,,,", "refused:village_unknown"),
        ("张三,13812345678,,和平村,1978-2-30,,", "refused:birth_date"),
        ("张三,13812345678,,和平村,2026-11-24,,", "refused:birth_date"),
        ("张三,13812345678,,和平村,1700-1-1,,", "refused:birth_date"),
        ("张三,13812345678,,和平村,昨天,,", "refused:birth_date"),
        ("张三,13812345678,,和平村,,-1,", "refused:amount"),
        ("张三,13812345678,,和平村,,很多,", "refused:amount"),
        ("张三,13812345678,,和平村,,99999999999999999,", "refused:amount"),
        ("张三,13812345678,,和平村,,1E99,", "refused:amount"),
        ("张三,13812345678,,和平村,,0.001,", "refused:amount"),
        (f"张三,{'1' * 100},,和平村,,,", "refused:phone"),
        (f"{'张' * 201},138,,和平村,,,", "refused:too_long"),
        (f"张三,138,,和平村,,,{'长' * 100_000}", "refused:too_long"),
        ("张三,,,和平村,,,", "new"),
        ("张三,无,无,和平村,无,无,无", "new"),
        ("张三,13812345678,,和平村,2026-11-23,0,", "new"),
        (",13812345678,1,不存在,2099-1-1,-1,", "refused:name_missing"),
        ("张三,13812345678,1,不存在,2099-1-1,-1,", "refused:identity_length"),
        ("张三,13812345678,,不存在,2099-1-1,-1,", "refused:village_unknown"),
        ("张三,13812345678,,和平村,2099-1-1,-1,", "refused:birth_date"),
    ],
)
def test_a_row_has_the_first_outcome_that_applies(row: str, code: str, tmp_path: Path) -> None:
    assert one(tmp_path, row).code == code


@pytest.mark.parametrize(
    "written",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 13812345678",
        "0086-13812345678",
        "１３８１２３４５６７８",
        "13812345678.0",
        "13812345678\u3000",
        "\u202d13812345678\u202c",
        "'+8613812345678",
    ],
)
def test_one_telephone_is_written_in_many_ways(written: str, tmp_path: Path) -> None:
    row = row_of(one(tmp_path, f"张三,{written},,和平村,,,"))
    assert (row.phone, row.phone_plausible) == ("13812345678", True)


@pytest.mark.parametrize("written", ["13812345678/13912345678", "13812345678 13912345678", "13812345678、0715-2362345"])
def test_of_several_telephones_none_is_lost(written: str, tmp_path: Path) -> None:
    outcome = one(tmp_path, f"张三,{written},,和平村,,,老户")
    assert row_of(outcome).phone == "13812345678"
    assert row_of(outcome).remark == f"老户\n电话：{written}"
    assert outcome.warnings == ()


def test_words_in_place_of_a_telephone_are_kept_with_a_warning(tmp_path: Path) -> None:
    outcome = one(tmp_path, "张三,不详,,和平村,,,")
    assert (row_of(outcome).phone, row_of(outcome).phone_plausible) == ("不详", False)
    assert [warning.code for warning in outcome.warnings] == ["phone_implausible"]


@pytest.mark.parametrize(
    "written",
    [
        "1978-3-5",
        "1978/03/05",
        "1978.3.5",
        "19780305",
        "1978年3月5日",
        "1978年03月05日",
        "１９７８－３－５",
        "28554",
        "1978-03-05 00:00:00",
        "1978/3/5 0:00",
        "19780305.0",
        " 1978 - 3 - 5 ",
    ],
)
def test_one_day_is_written_in_many_ways(written: str, tmp_path: Path) -> None:
    assert row_of(one(tmp_path, f"张三,,,和平村,{written},,")).birth == date(1978, 3, 5)


@pytest.mark.parametrize(
    ("heading", "written", "yuan"),
    [
        ("意向金额", "5万元", 50_000),
        ("意向金额", "3.0万元", 30_000),
        ("意向金额", '"500,000"', 500_000),
        ("意向金额", "５万", 50_000),
        ("意向金额", "5w", 50_000),
        ("意向金额", "约5万", 50_000),
        ("意向金额", "￥50000.00", 50_000),
        ("意向金额", "50000元整", 50_000),
        ("意向金额", "5E4", 50_000),
        ("意向金额(万元)", "5", 50_000),
        ("意向金额（万元）", "3.5", 35_000),
        ("意向金额/万元", "5万", 50_000),
        ("意向金额(万元)", "50000元", 50_000),
        ("年收入", "8万", 80_000),
        ("家庭年收入（万元）", "8.5", 85_000),
        ("年收入(元)", "80000", 80_000),
        ("月收入", "5000", 60_000),
        ("2025年月均收入（元）", "5000", 60_000),
        ("年收入（1-12月）", "5000", 5_000),
        ("Loan amount (CNY 10k)", "5", 50_000),
        ("Annual income", '"80,000.50"', None),
    ],
)
def test_amounts_mean_what_cell_and_heading_say(heading: str, written: str, yuan: int | None, tmp_path: Path) -> None:
    row = row_of(one(tmp_path, f"张三,138,{written}", f"姓名,电话,{heading}\n"))
    assert (row.wished_amount or row.yearly_income) == (Money(8_000_050) if yuan is None else Money.yuan(yuan))


def test_yuan_under_a_heading_of_ten_thousands_are_kept_with_a_warning(tmp_path: Path) -> None:
    head = "姓名,电话,意向金额（万元）,年收入\n"
    outcome = one(tmp_path, "张三,13812345678,50000,80000", head)
    assert row_of(outcome).wished_amount == Money.yuan(500_000_000)
    assert [(doubt.code, doubt.field) for doubt in outcome.warnings] == [("amount_unlikely", Field.WISHED_AMOUNT)]
    assert one(tmp_path, "张三,13812345678,999,80000", head).warnings == ()


@pytest.mark.parametrize("title", ["单位：万元", "通山县 2026 年名单（金额单位：人民币万元）", "名单（万元）"])
def test_amounts_have_the_unit_that_stands_above_the_headings(title: str, tmp_path: Path) -> None:
    rows = "张三,138,6,5000,8元\n李四,138,-6,5000,\n"
    path = csv_file(tmp_path / "l.csv", f"{title},,,,\n姓名,电话,年收入,意向金额（元）,备注\n{rows}")
    row = row_of(outcomes(path)[0])
    assert (row.yearly_income, row.wished_amount) == (Money.yuan(60_000), Money.yuan(5_000))
    write_refused(tmp_path / "refused.csv", open_list(path), outcomes(path))
    mended = (tmp_path / "refused.csv").read_text("utf-8-sig").replace("'-6", "6")
    again = row_of(outcomes(csv_file(tmp_path / "mended.csv", mended))[0])
    assert (again.name, again.yearly_income, again.wished_amount) == ("李四", Money.yuan(60_000), Money.yuan(5_000))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("周　平", "周平"),
        (" 周 平 ", "周平"),
        ("买买提•艾力", "买买提·艾力"),
        ("John  Smith", "John Smith"),
        ("𠮷野", "𠮷野"),
        ("张\u202e三\x07", "张三"),
        ("ＪＯＨＮ", "JOHN"),
        ("张三😀", "张三😀"),
    ],
)
def test_names_are_kept_as_people_write_them(written: str, kept: str, tmp_path: Path) -> None:
    assert row_of(one(tmp_path, f"{written},138,,和平村,,,")).name == kept


def test_the_same_household_differs_in_spaces_and_width_only(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path / "list.csv",
        f"{HEAD}周平,138 1234 5678,,和平村,,,\n周　平,１３８１２３４５６７８,,和平村,,,x\n周平,13812345679,,和平村,,,\n"
        f"李四,,{GOOD_ID},和平村,,,\n李四,,{GOOD_ID},港口,,,\n李四,,{GOOD_ID},宝石社区,,,\n王五,,,和平村,,,\n王五,,,宝石社区,,,\n",
    )
    found = outcomes(path)
    assert [outcome.code for outcome in found] == [
        "new",
        "same_as_earlier_row",
        "new",
        "new",
        "refused:village_ambiguous",
        "same_as_earlier_row",
        "new",
        "new",
    ]
    assert found[1].earlier == 2


def test_a_refused_row_makes_no_later_row_a_repetition(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", f"{HEAD}张三,13812345678,,大村,,,\n张三,13812345678,,和平村,,,\n")
    assert codes(path) == ["refused:village_unknown", "new"]


def test_the_identity_number_tells_birth_and_sex_and_doubts_others(tmp_path: Path) -> None:
    silent = row_of(one(tmp_path, f"张三,138,{GOOD_ID},和平村,,,"))
    assert (silent.birth, silent.sex, silent.identity) == (date(1961, 1, 3), "F", GOOD_ID)
    other = one(tmp_path, f"张三,13812345678,{GOOD_ID},和平村,1961-1-4,男", "姓名,电话,身份证号,村,出生日期,性别\n")
    assert [warning.code for warning in other.warnings] == ["birth_disagrees", "sex_disagrees"]
    assert row_of(other).birth == date(1961, 1, 4)


@pytest.mark.parametrize("written", ["1961年1月", "1961-01", "1961.1", "1961/01", "196101", "１９６１年１月"])
def test_a_birth_without_its_day_is_left_out_and_refuses_nobody(written: str, tmp_path: Path) -> None:
    headings = "姓名,电话,身份证号,村,出生年月\n"
    silent = one(tmp_path, f"张三,13812345678,,和平村,{written}", headings)
    assert row_of(silent).birth is None
    assert [warning.code for warning in silent.warnings] == ["birth_day_missing"]
    told = one(tmp_path, f"张三,13812345678,{GOOD_ID},和平村,{written}", headings)
    assert (row_of(told).birth, told.warnings) == (date(1961, 1, 3), ())
    other = one(tmp_path, f"张三,13812345678,{GOOD_ID},和平村,1961年2月", headings)
    assert [warning.code for warning in other.warnings] == ["birth_disagrees"]
    assert one(tmp_path, "张三,13812345678,,和平村,1961年13月", headings).code == "refused:birth_date"


@pytest.mark.parametrize("written", ["#REF!", "#VALUE!", "#NAME?", "＃ＲＥＦ！", '"=VLOOKUP(A2,B:C,2)"', "=A2&B2"])
def test_a_formula_or_its_error_is_nobodys_name(written: str, tmp_path: Path) -> None:
    assert one(tmp_path, f"{written},13812345678,,和平村,,,").code == "refused:name_unreadable"


def test_a_small_x_in_an_identity_number_is_the_same(tmp_path: Path) -> None:
    assert row_of(one(tmp_path, "张三,138,42122419751116000x,和平村,,,")).identity == "42122419751116000X"


@pytest.mark.parametrize("written", ["'{}", '="{}"', '"=""{}"""', "\t{}", "{} ", "421224 19610103 0005"])
def test_what_keeps_a_spreadsheet_from_rounding_is_taken_off(written: str, tmp_path: Path) -> None:
    assert row_of(one(tmp_path, f"张三,138,{written.format(GOOD_ID)},和平村,,,")).identity == GOOD_ID


def test_a_town_decides_between_namesakes_and_a_wrong_town_is_said(tmp_path: Path) -> None:
    head = "姓名,电话,乡镇,村\n"
    for town, village, code in [
        ("大畈镇", "高坑村", "421224107209"),
        ("通羊", "高坑", "421224100206"),
        ("", "通羊镇高坑村", "421224100206"),
        ("421224107", "高坑村委会", "421224107209"),
        ("通山县大畈镇", "高坑村民委员会", "421224107209"),
    ]:
        found = row_of(one(tmp_path, f"张三,13812345678,{town},{village}", head)).village
        assert found is not None
        assert found.code == code
    assert one(tmp_path, "张三,138,大畈镇,冷水坪村", head).code == "refused:village_unknown"
    wrong = one(tmp_path, "张三,13812345678,通羊镇,421224107209", head)
    assert [warning.code for warning in wrong.warnings] == ["town_disagrees"]
    strange = one(tmp_path, "张三,13812345678,某某镇,和平村", head)
    assert [warning.code for warning in strange.warnings] == ["town_unknown"]


def test_a_village_code_column_is_used_beside_the_name(tmp_path: Path) -> None:
    head = "姓名,电话,村代码,村名\n"
    by_code = row_of(one(tmp_path, "张三,138,421224107209,高坑村", head))
    by_name = row_of(one(tmp_path, "张三,138,,和平村", head))
    assert by_code.village == places().village("421224107209")
    assert by_name.village == places().village("421224107211")


def test_the_title_decides_between_namesakes_of_two_counties(tmp_path: Path) -> None:
    body = "姓名,电话,村\n张三,138,高桥村委会\n"
    for county, area in (("通山县", "421224"), ("赤壁市", "421281")):
        row = row_of(outcomes(csv_file(tmp_path / "l.csv", f"{county}名单,,\n{body}"))[0])
        assert row.village is not None
        assert row.village.area_code == area


def test_a_list_without_villages_takes_the_one_the_officer_names(tmp_path: Path) -> None:
    file = open_list(csv_file(tmp_path / "l.csv", "姓名,电话\n张三,138\n"))
    village = places().village("421224107211")
    (outcome,) = clean_rows(file, file.columns, TODAY, places(), village=village)
    assert row_of(outcome).village == village
    (outcome,) = clean_rows(file, file.columns, TODAY, places())
    assert row_of(outcome).village is None


def test_an_address_names_the_village_of_a_list_without_villages(tmp_path: Path) -> None:
    for address, code in (("通山县大畈镇和平村三组12号", "421224107211"), ("北京市某街1号", None), ("高坑村1组", None)):
        row = row_of(one(tmp_path, f"张三,138,{address}", "姓名,电话,家庭住址\n"))
        assert (row.village and row.village.code, row.address) == (code, address)


def test_household_sizes_that_are_none_are_left_out_with_a_warning(tmp_path: Path) -> None:
    for written, size, warned in [
        ("4", 4, 0),
        ("4.0", 4, 0),
        ("四口人", 4, 0),
        ("5人", 5, 0),
        ("很多", None, 1),
        ("300", None, 1),
        ("0", None, 1),
    ]:
        outcome = one(tmp_path, f"张三,13812345678,{written}", "姓名,电话,家庭人口\n")
        assert row_of(outcome).household_size == size
        assert len(outcome.warnings) == warned


def test_the_officer_may_change_the_guessed_columns(tmp_path: Path) -> None:
    file = open_list(csv_file(tmp_path / "l.csv", "姓名,曾用名,电话\n张三,张小三,13812345678\n"))
    (outcome,) = clean_rows(file, {**file.columns, Field.NAME: 1}, TODAY, places())
    assert row_of(outcome).name == "张小三"
    with pytest.raises(Actionable) as caught:
        next(clean_rows(file, {Field.PHONE: 2}, TODAY, places()))
    assert caught.value.code == "list_name_column_missing"


@pytest.mark.parametrize("cells", ["=B2*5,", "#REF!,", "#DIV/0!,", ",=C2", ",=IF(A1=1;2;3)"])
def test_a_formula_in_place_of_an_amount_or_a_number_is_called_one(cells: str, tmp_path: Path) -> None:
    refused = one(tmp_path, f"张三,13812345678,{cells}", "姓名,电话,意向金额,身份证号\n")
    assert refused.reason is not None
    assert "formula" in str(refused.reason.sentence)
