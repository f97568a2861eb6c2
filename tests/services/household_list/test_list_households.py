"""Several rows of one household: one prospect with its people, where the list itself says that they are one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from fieldapp.reference import places
from fieldapp.services.household_list import Field, HouseholdRow, RowOutcome, clean_rows, open_list
from tests.services.household_list.made_lists import TODAY, Cell, codes, csv_file, outcomes, raw_workbook

HEAD_ID, WIFE_ID, SON_ID = "421224197803050013", "421224198003050028", "421224196101030005"
PHONE, OTHER = "13800000001", "13900000002"


def listed(tmp_path: Path, *lines: str) -> Path:
    return csv_file(tmp_path / "l.csv", "\n".join(lines) + "\n")


def row_of(outcome: RowOutcome) -> HouseholdRow:
    assert outcome.row is not None, outcome.code
    return outcome.row


def people(outcome: RowOutcome) -> list[tuple[str, str]]:
    return [(member.name, member.relation) for member in row_of(outcome).members]


HEADINGS = "户号,姓名,与户主关系,身份证号,电话,村"
FAMILY = [
    f"001,张三,户主,{HEAD_ID},{PHONE},和平村",
    f"001,李梅,配偶,{WIFE_ID},{PHONE},和平村",
    f"001,张小,长子,{SON_ID},{OTHER},",
]


@pytest.mark.parametrize("marked", ["all", "head"])
def test_rows_of_one_number_are_one_household_with_its_people(marked: str, tmp_path: Path) -> None:
    rows = FAMILY if marked == "all" else [FAMILY[0], *(row.replace("001", "", 1) for row in FAMILY[1:])]
    path = listed(tmp_path, HEADINGS, *rows, f"002,王五,户主,,{OTHER},和平村")
    found = outcomes(path)
    assert [each.code for each in found] == ["new", "member", "member", "new"]
    assert [each.earlier for each in found] == [None, 2, 2, None]
    assert people(found[0]) == [("李梅", "spouse"), ("张小", "长子")]
    wife, son = row_of(found[0]).members
    assert (wife.identity, wife.birth, wife.sex, wife.phone) == (WIFE_ID, date(1980, 3, 5), "F", None)
    assert (son.identity, son.phone) == (SON_ID, OTHER)
    assert (row_of(found[0]).name, row_of(found[0]).identity, row_of(found[0]).remark) == ("张三", HEAD_ID, "")
    assert people(found[3]) == []


@pytest.mark.parametrize(
    "headings",
    [
        "户编号,成员姓名,与户主关系,身份证号,电话,村",
        "家庭编号,姓名,与户主的关系,身份证号,电话,村",
        "序号,姓名,家庭关系,身份证号,电话,村",
        "户主姓名,姓名,与户主关系,身份证号,电话,村",
        "户主,家庭成员,关系,身份证号,电话,村",
        "Household No.,Name,Relation to head,ID No.,Phone,Village",
    ],
)
def test_what_names_the_household_is_found_whatever_it_is_called(headings: str, tmp_path: Path) -> None:
    path = listed(tmp_path, headings, *(row.replace("001", "张三", 1) for row in FAMILY))
    assert codes(path) == ["new", "member", "member"]


def test_a_number_merged_over_the_rows_of_a_household_is_the_number_of_each(tmp_path: Path) -> None:
    rows = [
        ["序号", "户主", "姓名", "与户主关系", "村"],
        ["1", "张三", "张三", "户主", "和平村"],
        ["", "", "李梅", "妻", ""],
        ["2", "王五", "王五", "本人", "和平村"],
        ["", "", "王小", "子", ""],
    ]
    path = raw_workbook(tmp_path / "l.xlsx", {"a": rows}, merges=["A2:A3", "B2:B3", "E2:E3", "A4:A5", "B4:B5", "E4:E5"])
    found = outcomes(path)
    assert [each.code for each in found] == ["new", "member", "new", "member"]
    assert (people(found[0]), people(found[2])) == ([("李梅", "spouse")], [("王小", "子")])


def test_the_head_may_stand_in_the_middle(tmp_path: Path) -> None:
    found = outcomes(listed(tmp_path, HEADINGS, FAMILY[1], FAMILY[0], FAMILY[2]))
    assert [(each.code, each.earlier) for each in found] == [("member", 3), ("new", None), ("member", 3)]


def test_two_heads_of_one_name_who_follow_each_other_are_two_households(tmp_path: Path) -> None:
    rows = [f"张伟,张伟,户主,{PHONE}", "张伟,李梅,妻,", f"张伟,张伟,户主,{OTHER}", "张伟,陈丽,妻,"]
    found = outcomes(listed(tmp_path, "户主姓名,姓名,与户主关系,电话", *rows))
    assert [(each.code, each.earlier) for each in found] == [("new", None), ("member", 2), ("new", None), ("member", 4)]


def test_the_heads_own_numbers_beside_each_member_are_not_the_members(tmp_path: Path) -> None:
    headings = "户主姓名,户主身份证号,户主电话,姓名,与户主关系,身份证号,电话"
    rows = [
        f"张三,{HEAD_ID},{PHONE},张三,户主,{HEAD_ID},{PHONE}",
        f"张三,{HEAD_ID},{PHONE},李梅,配偶,{WIFE_ID},{OTHER}",
        f"张三,{HEAD_ID},{PHONE},张小,子,,",
    ]
    head = row_of(outcomes(listed(tmp_path, headings, *rows))[0])
    assert (head.name, head.identity, head.phone) == ("张三", HEAD_ID, PHONE)
    assert [(each.identity, each.phone) for each in head.members] == [(WIFE_ID, OTHER), (None, None)]
    only = "户主姓名,户主身份证号,姓名,与户主关系"
    rows = [f"张三,{HEAD_ID},张三,户主", f"张三,{HEAD_ID},李梅,配偶"]
    (wife,) = row_of(outcomes(listed(tmp_path, only, *rows))[0]).members
    assert (wife.identity, wife.birth, wife.sex) == (None, None, None)


def test_what_else_a_members_row_says_stays_readable_in_the_remark(tmp_path: Path) -> None:
    headings = "户号,姓名,与户主关系,电话,村,职业,年收入,备注"
    rows = [
        f"1,张三,户主,{PHONE},和平村,种植,50000,老户",
        f"1,李梅,配偶,{OTHER}/13700000003,和平村,务工,20000,",
        "1,张小,长子,,冷水坪村,种植,50000,在读大学",
    ]
    found = outcomes(listed(tmp_path, headings, *rows))
    assert row_of(found[0]).remark.split("\n") == [
        "老户",
        f"李梅（配偶）：电话：{OTHER}/13700000003；职业：务工；年收入：20000",
        "张小（长子）：在读大学；村：冷水坪村",
    ]


def mistyped(row: str, identity: str) -> str:
    return row.replace(identity, identity[:-1] + "7")


def test_a_refused_member_keeps_nobody_else_of_the_household_out(tmp_path: Path) -> None:
    rows = [FAMILY[0], mistyped(FAMILY[1], WIFE_ID), FAMILY[2], f"002,王五,户主,,{OTHER},和平村"]
    found = outcomes(listed(tmp_path, HEADINGS, *rows))
    assert [each.code for each in found] == ["new", "refused:identity_check_digit", "member", "new"]
    assert people(found[0]) == [("张小", "长子")]
    assert [each.head for each in found] == [2, 2, 2, None]


def test_nobody_comes_in_without_the_head(tmp_path: Path) -> None:
    rows = [mistyped(FAMILY[0], HEAD_ID), *FAMILY[1:], f"002,王五,户主,,{OTHER},和平村"]
    found = outcomes(listed(tmp_path, HEADINGS, *rows))
    assert [each.code for each in found] == [
        "refused:identity_check_digit", "refused:household_refused", "refused:household_refused", "new"
    ]  # fmt: skip
    assert found[1].reason is not None
    assert found[1].reason.sentence.values == {"row": 2}


def test_remarks_of_members_too_long_for_one_household_refuse_it_with_its_reason(tmp_path: Path) -> None:
    rows = [f"1,张{n},{'子' if n else '户主'},{n}{'长' * 900}" for n in range(30)]
    assert codes(listed(tmp_path, "户号,姓名,与户主关系,备注", *rows)) == [
        "refused:too_long", *["refused:household_refused"] * 29
    ]  # fmt: skip


def test_a_household_that_comes_twice_adds_nothing(tmp_path: Path) -> None:
    found = outcomes(listed(tmp_path, HEADINGS, *FAMILY, f"002,王五,户主,,{OTHER},和平村", *FAMILY))
    assert [each.code for each in found[4:]] == ["same_as_earlier_row"] * 3
    assert [each.earlier for each in found[4:]] == [2, 2, 2]


@pytest.mark.parametrize(
    ("headings", "rows"),
    [
        ("姓名,与户主关系,电话", ["张三,户主,13800000001", "李梅,配偶,13900000002"]),
        ("户号,姓名,与户主关系,电话", ["1,张三,户主,13800000001", "2,李梅,配偶,13900000002"]),
        (
            "户号,姓名,与户主关系,电话",
            ["1,张三,户主,13800000001", "2,王五,户主,13700000003", "1,李梅,配偶,13900000002"],
        ),
        ("户号,姓名,与户主关系,电话", ["1,王五,户主,13700000003", "2,张小,子,13800000001", "2,李梅,配偶,13900000002"]),
    ],
)
def test_a_member_whose_head_the_list_does_not_put_beside_them_is_doubted(
    headings: str, rows: list[str], tmp_path: Path
) -> None:
    found = outcomes(listed(tmp_path, headings, *rows))
    assert {each.code for each in found} == {"new"}
    doubted = [row_of(each).name for each in found if "household_unclear" in {doubt.code for doubt in each.warnings}]
    assert doubted == [row.split(",")[-3] for row in rows if "户主" not in row]


def test_a_number_that_all_rows_share_is_no_household(tmp_path: Path) -> None:
    rows = [f"1,户{number},户主,{13_800_000_000 + number}" for number in range(300)]
    assert codes(listed(tmp_path, "户号,姓名,与户主关系,电话", *rows)) == ["new"] * 300
    children = [f"1,户{number},子,{13_800_000_000 + number}" for number in range(300)]
    assert set(codes(listed(tmp_path, "户号,姓名,与户主关系,电话", *children))) == {"new"}


def test_the_officer_may_say_that_each_row_is_a_household(tmp_path: Path) -> None:
    file = open_list(listed(tmp_path, HEADINGS, *FAMILY[:2]))
    columns = {name: column for name, column in file.columns.items() if name not in (Field.HOUSEHOLD, Field.RELATION)}
    assert [each.code for each in clean_rows(file, columns, TODAY, places())] == ["new", "new"]


def test_a_list_of_heads_alone_is_read_as_ever(tmp_path: Path) -> None:
    path = listed(tmp_path, "序号,户主,户号,电话,与村干部关系", f"1,张三,9,{PHONE},无", f"2,李四,9,{OTHER},无")
    assert Field.HOUSEHOLD not in open_list(path).columns
    assert codes(path) == ["new", "new"]


@pytest.mark.parametrize("merged", [True, False])
def test_members_below_their_head_need_no_relation(merged: bool, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["户主", "家庭成员", "身份证号", "电话"], ["张三", "张三", HEAD_ID, PHONE], [None, "李梅", WIFE_ID, None],
        ["王五", "王五", None, OTHER], [None, "王小五", None, None], ["赵六", "赵六", None, "13800000003"],
    ):  # fmt: skip
        sheet.append(row)
    for ref in ("A2:A3", "A4:A5") if merged else ():
        sheet.merge_cells(ref)
    book.save(tmp_path / "l.xlsx")
    found = outcomes(tmp_path / "l.xlsx")
    assert [outcome.code for outcome in found] == ["new", "member", "new", "member", "new"]
    first = found[0].row
    assert first is not None
    assert [(member.name, member.identity) for member in first.members] == [("李梅", WIFE_ID)]
    assert (first.identity, first.phone, first.remark) == (HEAD_ID, PHONE, "")


def test_a_member_whose_head_is_not_among_them_is_doubted_without_a_relation_too(tmp_path: Path) -> None:
    families = "".join(f"户{place},户{place},1380001{place:04}\n户{place},儿{place},\n" for place in range(12))
    path = csv_file(tmp_path / "l.csv", f"户主姓名,家庭成员,电话\n{families}周九,孙十,13800000009\n")
    *_, last = outcomes(path)
    assert [warning.code for warning in last.warnings] == ["household_unclear"]


@pytest.mark.parametrize("members", ["李梅、张明", "4", "李梅"])
def test_a_column_that_only_counts_or_lists_the_others_names_nobody(members: str, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", f"户主,家庭成员,电话\n张三,{members},13800000001\n")
    (found,) = outcomes(path)
    assert found.row is not None
    assert found.row.name == "张三"


def test_the_relation_of_members_in_columns_beside_is_not_the_heads(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["户主信息", "", "", "家庭成员信息", "", ""], ["姓名", "身份证号", "电话", "姓名", "与户主关系", "身份证号"],
        ["张三", HEAD_ID, PHONE, "李梅", "妻", WIFE_ID], ["王五", "", OTHER, "", "", ""],
    ]  # fmt: skip
    path = raw_workbook(tmp_path / "l.xlsx", {"a": rows}, merges=["A1:C1", "D1:F1"])
    found = outcomes(path)
    assert [(each.code, row_of(each).name, each.warnings) for each in found] == [
        ("new", "张三", ()),
        ("new", "王五", ()),
    ]
    assert "与户主关系" in open_list(path).unread(open_list(path).columns)
