"""More than one telephone: in a second column, in one cell, among words. None is lost, either is known again."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldapp.reference import places
from fieldapp.services.household_list import Field, HouseholdRow, RowOutcome, clean_rows, open_list
from tests.services.household_list.made_lists import TODAY, codes, csv_file, outcomes, raw_workbook

FIRST, SECOND, THIRD = "13800000001", "13900000002", "13700000003"


def one(tmp_path: Path, head: str, row: str) -> RowOutcome:
    return outcomes(csv_file(tmp_path / "l.csv", f"{head}\n{row}\n"))[0]


def row_of(outcome: RowOutcome) -> HouseholdRow:
    assert outcome.row is not None, outcome.code
    return outcome.row


def doubts(outcome: RowOutcome) -> list[str]:
    return [warning.code for warning in outcome.warnings]


@pytest.mark.parametrize(
    ("head", "kept"),
    [
        ("联系电话,联系电话2", f"联系电话2：{SECOND}"),
        ("电话1,电话2", f"电话2：{SECOND}"),
        ("手机,备用电话", f"备用电话：{SECOND}"),
        ("电话,电话二", f"电话二：{SECOND}"),
        ("手机号码,手机号码（备用）", f"手机号码（备用）：{SECOND}"),
        ("联系方式,其他联系方式", f"其他联系方式：{SECOND}"),
        ("联系电话,联系电话", f"联系电话：{SECOND}"),
        ("phone,other phone", f"other phone: {SECOND}"),
        ("Mobile,Alternative phone No.", f"Alternative phone No.: {SECOND}"),
        ("Phone 1,Phone 2", f"Phone 2: {SECOND}"),
        ("手机,固定电话", f"固定电话：{SECOND}"),
        ("手机,座机", f"座机：{SECOND}"),
    ],
)
def test_a_second_column_is_read_and_its_number_kept(head: str, kept: str, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", f"姓名,{head}\n张三,{FIRST},{SECOND}\n李四,{SECOND},{SECOND}\n王五,,{THIRD}\n")
    assert open_list(path).columns == {Field.NAME: 0, Field.PHONE: 1, Field.OTHER_PHONE: 2}
    found = outcomes(path)
    assert [(each.row and each.row.phone, doubts(each)) for each in found] == [(FIRST, []), (SECOND, []), (THIRD, [])]
    assert [row_of(each).remark for each in found] == [kept, "", ""]


def test_the_spare_column_is_not_the_first_wherever_it_stands(tmp_path: Path) -> None:
    row = row_of(one(tmp_path, "备用电话,姓名,联系电话", f"{SECOND},张三,{FIRST}"))
    assert (row.phone, row.other_phones, row.remark) == (FIRST, (SECOND,), f"备用电话：{SECOND}")


def test_a_column_of_spare_numbers_alone_holds_the_telephones(tmp_path: Path) -> None:
    assert open_list(csv_file(tmp_path / "l.csv", f"姓名,座机\n张三,{FIRST}\n")).columns[Field.PHONE] == 1


@pytest.mark.parametrize(
    "written",
    [
        f"{FIRST}/{SECOND}",
        f"{FIRST}、{SECOND}",
        f'"{FIRST}\n{SECOND}"',
        f"{FIRST}；{SECOND}",
        f"{FIRST}（{SECOND}）",
        f"{FIRST} {SECOND}",
        f"{FIRST}或{SECOND}",
        f"{FIRST}{SECOND}",
        f"{FIRST}-{SECOND}",
        "138 0000 0001 / +86 139-0000-0002",
        "１３８０００００００１／１３９０００００００２",
        f"手机：{FIRST} 手机：{SECOND}",
    ],
)
def test_two_numbers_of_one_cell_are_both_kept_and_no_doubt(written: str, tmp_path: Path) -> None:
    outcome = one(tmp_path, "姓名,电话,备注", f"张三,{written},老户")
    row = row_of(outcome)
    assert (row.phone, row.other_phones) == (FIRST, (SECOND,))
    told, kept = row.remark.split("\n")
    assert told == "老户"
    assert kept.startswith("电话：")
    assert doubts(outcome) == []


def test_the_first_mobile_number_is_the_persons_and_a_landline_is_kept(tmp_path: Path) -> None:
    for head, row, kept in [
        ("姓名,电话", f"张三,0715-2362345/{FIRST}", f"电话：0715-2362345/{FIRST}"),
        ("姓名,电话,手机2", f"张三,0715-2362345,{FIRST}", "电话：0715-2362345"),
    ]:
        found = one(tmp_path, head, row)
        assert (row_of(found).phone, row_of(found).other_phones) == (FIRST, ("07152362345",))
        assert row_of(found).remark == kept
        assert doubts(found) == []


def test_words_beside_a_number_are_kept_and_among_several_doubted(tmp_path: Path) -> None:
    alone = one(tmp_path, "姓名,电话", f"张三,{FIRST}（儿子）")
    assert (row_of(alone).phone, row_of(alone).remark, doubts(alone)) == (FIRST, f"电话：{FIRST}（儿子）", [])
    among = one(tmp_path, "姓名,电话", f"张三,儿子{SECOND}、本人{FIRST}")
    assert (row_of(among).phone, doubts(among)) == (SECOND, ["phone_several"])
    assert row_of(among).remark == f"电话：儿子{SECOND}、本人{FIRST}"
    labelled = one(tmp_path, "姓名,电话", f"张三,手机：{FIRST}")
    assert (row_of(labelled).phone, row_of(labelled).remark) == (FIRST, "")


def test_a_broken_first_number_is_kept_in_words_beside_a_second_that_is_right(tmp_path: Path) -> None:
    broken = one(tmp_path, "姓名,电话,备用电话", f"张三,1380000000,{SECOND}")
    assert (row_of(broken).phone, row_of(broken).phone_plausible) == (SECOND, True)
    assert row_of(broken).remark == "电话：1380000000"
    assert doubts(broken) == ["phone_implausible"]
    unknown = one(tmp_path, "姓名,电话,备用电话", f"张三,不详,{SECOND}")
    assert (row_of(unknown).phone, row_of(unknown).remark, doubts(unknown)) == (SECOND, "电话：不详", [])
    neither = one(tmp_path, "姓名,电话,备用电话", "张三,不详,12345")
    assert (row_of(neither).phone, row_of(neither).remark) == ("不详", "备用电话：12345")
    assert doubts(neither) == ["phone_implausible"]


def test_a_third_column_is_kept_too(tmp_path: Path) -> None:
    row = row_of(one(tmp_path, "姓名,电话1,电话2,电话3", f"张三,{FIRST},{SECOND},{THIRD}"))
    assert (row.phone, row.other_phones) == (FIRST, (SECOND, THIRD))
    assert row.remark == f"电话2：{SECOND}\n电话3：{THIRD}"


def test_a_heading_merged_over_two_columns_is_the_heading_of_both(tmp_path: Path) -> None:
    rows = [["姓名", "联系电话", "", "村"], ["张三", FIRST, SECOND, "和平村"], ["李四", THIRD, "", "和平村"]]
    found = outcomes(raw_workbook(tmp_path / "l.xlsx", {"a": rows}, merges=["B1:C1"]))
    assert [(row_of(each).phone, row_of(each).other_phones) for each in found] == [(FIRST, (SECOND,)), (THIRD, ())]


@pytest.mark.parametrize(
    "head", ["姓名,电话,配偶姓名,电话", "姓名,手机,担保人,身份证号,联系电话", "姓名,手机,客户经理,电话"]
)
def test_a_number_beside_somebody_elses_name_is_theirs(head: str, tmp_path: Path) -> None:
    columns = open_list(csv_file(tmp_path / "l.csv", f"{head}\n张三,{FIRST},李梅,{SECOND},{SECOND}\n")).columns
    assert columns[Field.PHONE] == 1
    assert Field.OTHER_PHONE not in columns


def test_the_officers_own_telephone_in_front_is_not_the_households(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", f"客户经理,电话,户主,手机\n李四,{SECOND},张三,{FIRST}\n")
    assert open_list(path).columns == {Field.NAME: 2, Field.PHONE: 3}
    assert row_of(outcomes(path)[0]).other_phones == ()


def test_within_a_list_a_household_is_found_again_by_either_number(tmp_path: Path) -> None:
    rows = [f"张三,{FIRST},{SECOND}", f"张三,{SECOND},", f"张三,{THIRD},{FIRST}", f"李四,{SECOND},", f"张三,{THIRD},"]
    path = csv_file(tmp_path / "l.csv", "\n".join(["姓名,电话,电话2", *rows]))
    same = "same_as_earlier_row"
    assert codes(path) == ["new", same, same, "new", same]
    assert [each.earlier for each in outcomes(path)] == [None, 2, 2, None, 2]


def test_namesakes_with_numbers_of_their_own_share_the_villages_telephone_and_stay_two(tmp_path: Path) -> None:
    people = [f"张伟,{FIRST},{THIRD},421224197803050013", f"张伟,{SECOND},{THIRD},421224198003050028"]
    assert codes(csv_file(tmp_path / "a.csv", "\n".join(["姓名,电话,备用电话,身份证号", *people]))) == ["new", "new"]
    landline = [f"张伟,{FIRST},0715-2362345", f"张伟,{SECOND},0715-2362345"]
    assert codes(csv_file(tmp_path / "b.csv", "\n".join(["姓名,电话,座机", *landline]))) == ["new", "new"]


def test_taking_the_second_column_out_leaves_the_others_unread_too(tmp_path: Path) -> None:
    file = open_list(csv_file(tmp_path / "l.csv", f"姓名,电话1,电话2,电话3\n张三,{FIRST},{SECOND},{THIRD}\n"))
    (outcome,) = clean_rows(file, {Field.NAME: 0, Field.PHONE: 1}, TODAY, places())
    assert row_of(outcome).other_phones == ()
