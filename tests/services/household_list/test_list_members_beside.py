"""One row for a household, with its people in columns beside the head: each comes in, or is named."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from fieldapp.reference import places
from fieldapp.services.household_list import (
    Field,
    HouseholdRow,
    Outcome,
    RowOutcome,
    clean_rows,
    open_list,
    write_refused,
)
from fieldapp.translation import say
from tests.services.household_list.made_lists import TODAY, codes, csv_file, outcomes

HEAD_ID, WIFE_ID, SON_ID = "421224197803050013", "421224198003050028", "421224196101030005"
BROKEN_ID = "421224198003050029"
PHONE, OTHER = "13800000001", "13900000002"
VILLAGE = "和平村"


def table(path: Path, *rows: list[str], merges: tuple[str, ...] = ()) -> Path:
    """The rows as the kind of file that ``path`` names."""
    if path.suffix == ".csv":
        return csv_file(path, "".join(",".join(row) + "\n" for row in rows))
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for merged in merges:
        sheet.merge_cells(merged)
    book.save(path)
    return path


def row_of(outcome: RowOutcome) -> HouseholdRow:
    assert outcome.row is not None, outcome.code
    return outcome.row


def people(outcome: RowOutcome) -> list[tuple[str, str, str | None]]:
    return [(member.name, member.relation, member.identity) for member in row_of(outcome).members]


def one(path: Path) -> RowOutcome:
    (found,) = outcomes(path)
    return found


FAMILY = [("李梅", "spouse", WIFE_ID), ("张小", "长子", SON_ID)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        pytest.param(
            "户主姓名|身份证号|电话|村|成员1姓名|成员1关系|成员1身份证号|成员2姓名|成员2关系|成员2身份证号",
            f"张三|{HEAD_ID}|{PHONE}|{VILLAGE}|李梅|妻|{WIFE_ID}|张小|长子|{SON_ID}",
            id="numbered",
        ),
        pytest.param(
            "姓名|身份证号|电话|村|家庭成员一姓名|与户主关系|身份证号|家庭成员二姓名|与户主关系|身份证号",
            f"张三|{HEAD_ID}|{PHONE}|{VILLAGE}|李梅|配偶|{WIFE_ID}|张小|长子|{SON_ID}",
            id="numbered names, plain headings beside them",
        ),
        pytest.param(
            "户主姓名|户主身份证|户主电话|所在村|姓名1|关系1|身份证号1|姓名2|关系2|身份证号2",
            f"张三|{HEAD_ID}|{PHONE}|{VILLAGE}|李梅|妻子|{WIFE_ID}|张小|长子|{SON_ID}",
            id="numbers behind",
        ),
        pytest.param(
            "户主|身份证号码|联系电话|行政村|成员姓名|关系|身份证号码|成员姓名|关系|身份证号码",
            f"张三|{HEAD_ID}|{PHONE}|{VILLAGE}|李梅|妻|{WIFE_ID}|张小|长子|{SON_ID}",
            id="repeated without numbers",
        ),
        pytest.param(
            "户主姓名|身份证号|电话|村|成员姓名|成员关系|成员身份证号|成员姓名|成员关系|成员身份证号",
            f"张三|{HEAD_ID}|{PHONE}|{VILLAGE}|李梅|妻|{WIFE_ID}|张小|长子|{SON_ID}",
            id="repeated with 成员 before each",
        ),
        pytest.param(
            "户主姓名|身份证号|电话|村|成员1姓名|家庭成员1关系|家庭成员1身份证号|成员2姓名|家庭成员2关系|家庭成员2身份证号",
            f"张三|{HEAD_ID}|{PHONE}|{VILLAGE}|李梅|妻|{WIFE_ID}|张小|长子|{SON_ID}",
            id="members called in two ways",
        ),
        pytest.param(
            "户主姓名|身份证号|电话|村|姓名|关系|身份证号|姓名|关系|身份证号",
            f"张三|{HEAD_ID}|{PHONE}|{VILLAGE}|李梅|妻|{WIFE_ID}|张小|长子|{SON_ID}",
            id="repeated plain headings",
        ),
        pytest.param(
            "户主姓名|身份证号|电话|村|配偶姓名|配偶身份证号|长子姓名|长子身份证号",
            f"张三|{HEAD_ID}|{PHONE}|{VILLAGE}|李梅|{WIFE_ID}|张小|{SON_ID}",
            id="kin",
        ),
        pytest.param(
            "姓名|身份证号|电话|村|配偶|身份证号|长子|身份证号",
            f"张三|{HEAD_ID}|{PHONE}|{VILLAGE}|李梅|{WIFE_ID}|张小|{SON_ID}",
            id="kin, plain headings beside them",
        ),
        pytest.param(
            "成员１姓名|成员１与户主关系|成员１身份证号|成员１电话|村|成员２姓名|成员２与户主关系|成员２身份证号"
            "|成员③姓名|成员③与户主关系|成员③身份证号",
            f"张三|户主|{HEAD_ID}|{PHONE}|{VILLAGE}|李梅|妻|{WIFE_ID}|张小|长子|{SON_ID}",
            id="the head is the first member",
        ),
        pytest.param(
            "户主姓名|电话|村|成员1姓名|成员1关系|成员1身份证|成员2姓名|成员2关系|成员2身份证|成员3姓名|成员3关系|成员3身份证",
            f"张三|{PHONE}|{VILLAGE}|张三|本人|{HEAD_ID}|李梅|妻|{WIFE_ID}|张小|长子|{SON_ID}",
            id="the head stands among the members again",
        ),
        pytest.param(
            "户主姓名|身份证号|电话|村|成员1|成员2|与户主关系1|与户主关系2|身份证号1|身份证号2",
            f"张三|{HEAD_ID}|{PHONE}|{VILLAGE}|李梅|张小|妻|长子|{WIFE_ID}|{SON_ID}",
            id="parts of each member side by side",
        ),
        pytest.param(
            "Household head|ID number|Phone|Village|Member 1 name|Member 1 relation|Member 1 ID|Member 2 name"
            "|Member 2 relation|Member 2 ID",
            f"张三|{HEAD_ID}|{PHONE}|{VILLAGE}|李梅|wife|{WIFE_ID}|张小|长子|{SON_ID}",
            id="English",
        ),
        pytest.param(
            "Name|ID No.|Mobile|Village|Name of member 1|Relationship to head|ID No."
            "|Name of member 2|Relationship to head|ID No.",
            f"张三|{HEAD_ID}|{PHONE}|{VILLAGE}|李梅|Spouse|{WIFE_ID}|张小|长子|{SON_ID}",
            id="English, plain headings beside numbered names",
        ),
    ],
)
def test_people_beside_the_head_come_in_with_their_household(
    headings: str, cells: str, kind: str, tmp_path: Path
) -> None:
    path = table(tmp_path / f"l.{kind}", headings.split("|"), cells.split("|"))
    found = one(path)
    row = row_of(found)
    assert (row.name, row.identity, row.phone, found.code) == ("张三", HEAD_ID, PHONE, "new")
    assert people(found) == FAMILY
    assert (row.remark, found.warnings) == ("", ())
    file = open_list(path)
    assert file.unread(file.columns) == ()


@pytest.mark.parametrize(
    ("headings", "cells", "expected"),
    [
        (
            "Name,Phone,Village,Spouse name,Spouse's ID number,Spouse phone,Child 1 name,Child 2 name,Father's name",
            f"Zhang San,{PHONE},{VILLAGE},Li Mei,{WIFE_ID},{OTHER},Zhang Xiao,,Zhang Lao",
            [("Li Mei", "spouse", WIFE_ID), ("Zhang Xiao", "child", None), ("Zhang Lao", "father", None)],
        ),
        (
            "户主姓名,电话,村,父亲姓名,母亲姓名,配偶姓名,子女1,子女2,子女3",
            f"张三,{PHONE},{VILLAGE},张老,王秀,李梅,张小,张红,",
            [
                ("张老", "父亲", None), ("王秀", "母亲", None), ("李梅", "spouse", None), ("张小", "子女", None),
                ("张红", "子女", None),
            ],
        ),
        (
            "姓名,电话,村,家庭成员1,家庭成员2,家庭成员3",
            f"张三,{PHONE},{VILLAGE},李梅（妻）,张小(长子),张红",
            [("李梅", "spouse", None), ("张小", "长子", None), ("张红", "other", None)],
        ),
        (
            "姓名,电话,村,家庭成员1,家庭成员2,家庭成员3",
            f"张三,{PHONE},{VILLAGE},妻：李梅,张小 长子,张红、女儿",
            [("李梅", "spouse", None), ("张小", "长子", None), ("张红", "女儿", None)],
        ),
        (
            "姓名,电话,村,妻子姓名,子女姓名",
            f"张三,{PHONE},{VILLAGE},李梅,张小、张红",
            [("李梅", "spouse", None), ("张小", "子女", None), ("张红", "子女", None)],
        ),
    ],
)  # fmt: skip
def test_the_heading_says_whose_kin_they_are(headings: str, cells: str, expected: list[object], tmp_path: Path) -> None:
    found = one(csv_file(tmp_path / "l.csv", f"{headings}\n{cells}\n"))
    assert people(found) == expected
    assert (row_of(found).phone, found.warnings) == (PHONE, ())


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "upper",
    ["成员一|||成员二||", "家庭成员1|||家庭成员2||", "配偶|||长子||", "家庭成员信息|||||", "Member 1|||Member 2||"],
)
def test_headings_in_two_rows_say_whose_they_are(upper: str, kind: str, tmp_path: Path) -> None:
    head = ["户主姓名", "身份证号", "电话", "村"]
    rows = (
        [*head, *upper.split("|")],
        ["", "", "", "", *["姓名", "关系", "身份证"] * 2],
        ["张三", HEAD_ID, PHONE, VILLAGE, "李梅", "妻", WIFE_ID, "张小", "长子", SON_ID],
    )
    merges = ("A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:G1", "H1:J1") if upper[-2:] == "||" else ()
    found = one(table(tmp_path / f"l.{kind}", *rows, merges=merges))
    assert (row_of(found).name, row_of(found).identity, row_of(found).phone) == ("张三", HEAD_ID, PHONE)
    assert people(found) == FAMILY


NUMBERED = "户主姓名,电话,村,成员1姓名,成员1关系,成员1身份证号,成员1电话,成员2姓名,成员2关系,成员2身份证号,成员2电话"


def numbered(tmp_path: Path, *members: str) -> Path:
    rows = "".join(f"张三,{PHONE},{VILLAGE},{each}\n" for each in members)
    return csv_file(tmp_path / "l.csv", f"{NUMBERED}\n{rows}")


@pytest.mark.parametrize("empty", ["", "无", "/", "-", " "])
def test_an_empty_place_for_a_member_is_nobody(empty: str, tmp_path: Path) -> None:
    found = one(numbered(tmp_path, f"{empty},子,{empty},,{empty},,,"))
    assert (people(found), row_of(found).remark, found.warnings) == ([], "", ())


@pytest.mark.parametrize("said", ["离异", "丧偶", "未婚", "已故", "有", "2人", "已去世"])
def test_a_word_in_place_of_a_name_is_nobody_and_stays_readable(said: str, tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", f"姓名,电话,村,配偶姓名\n张三,{PHONE},{VILLAGE},{said}\n")
    found = one(path)
    assert (people(found), row_of(found).remark) == ([], f"配偶姓名：{said}")


def test_a_member_without_a_name_is_refused_and_the_others_come_in(tmp_path: Path) -> None:
    found = outcomes(numbered(tmp_path, f",妻,{WIFE_ID},,张小,长子,{SON_ID},"))
    assert [each.code for each in found] == ["new", "refused:name_missing"]
    assert people(found[0]) == [("张小", "长子", SON_ID)]
    reason = found[1].reason
    assert reason is not None
    assert say(reason.sentence) == "成员1：缺少姓名。"


@pytest.mark.parametrize(
    ("member", "code"),
    [
        (f"李梅,妻,{BROKEN_ID},", "identity_check_digit"),
        ("李梅,妻,4.21224E+17,", "identity_damaged"),
        (f"李梅,妻,{WIFE_ID},,张红,女,{WIFE_ID},", "member_identity_twice"),
        ("王五,户主,,", "member_is_head"),
    ],
)
def test_a_member_who_cannot_be_told_is_refused_alone(member: str, code: str, tmp_path: Path) -> None:
    found = outcomes(numbered(tmp_path, member))
    assert [each.code for each in found] == ["new", f"refused:{code}"]
    assert row_of(found[0]).name == "张三"
    assert "李梅" not in row_of(found[0]).remark


def test_a_member_with_the_number_of_the_head_is_refused(tmp_path: Path) -> None:
    headings = "户主姓名,身份证号,电话,村,配偶姓名,配偶身份证号"
    found = outcomes(csv_file(tmp_path / "l.csv", f"{headings}\n张三,{HEAD_ID},{PHONE},{VILLAGE},李梅,{HEAD_ID}\n"))
    assert [each.code for each in found] == ["new", "refused:member_identity_twice"]


def test_all_who_cannot_be_read_are_named_in_one_refusal(tmp_path: Path) -> None:
    found = outcomes(numbered(tmp_path, f"李梅,妻,{BROKEN_ID},,张小,长子,123,"))
    assert len(found) == 2
    assert found[1].reason is not None
    said = say(found[1].reason.sentence)
    assert "成员1 李梅：" in said
    assert "成员2 张小：" in said


def test_mended_members_find_home_from_the_file_of_refused_rows(tmp_path: Path) -> None:
    path = numbered(tmp_path, f"李梅,妻,{BROKEN_ID},,张小,长子,{SON_ID},")
    file = open_list(path)
    refused = tmp_path / "refused.csv"
    assert write_refused(refused, file, clean_rows(file, file.columns, TODAY, places())) == 1
    lines = refused.read_text("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "李梅" in lines[1]
    refused.write_text(refused.read_text("utf-8-sig").replace(BROKEN_ID, WIFE_ID), "utf-8")
    assert people(outcomes(refused)[0]) == FAMILY


def test_doubts_about_a_member_name_the_member(tmp_path: Path) -> None:
    found = one(numbered(tmp_path, "李梅,妻,,12345"))
    (doubt,) = found.warnings
    assert doubt.code == "phone_implausible"
    assert say(doubt.sentence).startswith("成员1 李梅：")


def test_what_has_no_field_is_named_as_unread_and_is_nobody_elses(tmp_path: Path) -> None:
    headings = "户主姓名,电话,村,配偶姓名,配偶职业,配偶年收入,成员1姓名,成员1年龄,成员1年收入,成员1职业,妻子年收入"
    path = csv_file(
        tmp_path / "l.csv", f"{headings}\n张三,{PHONE},{VILLAGE},李梅,教师,50000,张小,12,80000,学生,70000\n"
    )
    file = open_list(path)
    assert file.unread(file.columns) == (
        "配偶职业",
        "配偶年收入",
        "成员1年龄",
        "成员1年收入",
        "成员1职业",
        "妻子年收入",
    )
    row = row_of(one(path))
    assert (row.yearly_income, row.business) == (None, "")


def test_columns_of_a_person_without_a_name_are_named_as_unread(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", f"姓名,电话,村,配偶身份证号\n张三,{PHONE},{VILLAGE},{WIFE_ID}\n")
    file = open_list(path)
    assert file.unread(file.columns) == ("配偶身份证号",)
    assert (row_of(one(path)).identity, people(one(path))) == (None, [])


@pytest.mark.parametrize("headings", ["被访人姓名甲,电话,村,父亲,母亲", "填表人姓名,电话,村,成员1姓名,成员2姓名"])
def test_whose_list_it_is_must_be_told_before_kin_is_taken_for_the_head(headings: str, tmp_path: Path) -> None:
    file = open_list(csv_file(tmp_path / "l.csv", f"{headings}\n张三,{PHONE},{VILLAGE},张老,王秀\n"))
    name = file.columns.get(Field.NAME)
    assert name in (None, 0)


def test_a_second_name_that_may_be_another_household_is_named_as_unread(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", f"姓名,电话,村,姓名2,电话2\n张三,{PHONE},{VILLAGE},李四,{OTHER}\n")
    file = open_list(path)
    assert "姓名2" in file.unread(file.columns)
    assert people(one(path)) == []


def test_who_is_called_otherwise_is_none_of_the_members(tmp_path: Path) -> None:
    headings = "户主姓名,电话,村,成员姓名,成员关系,成员姓名,成员关系,家人联系方式"
    path = csv_file(tmp_path / "l.csv", f"{headings}\n张三,{PHONE},{VILLAGE},李梅,妻,张小,长子,{OTHER}\n")
    assert [each.phone for each in row_of(one(path)).members] == [None, None]


def test_two_telephones_of_the_head_stay_the_heads(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path / "l.csv", f"户主姓名,成员1,成员2,电话1,电话2,村\n张三,李梅,张小,{PHONE},{OTHER},{VILLAGE}\n"
    )
    row = row_of(one(path))
    assert (row.phone, row.other_phones, [each.phone for each in row.members]) == (PHONE, (OTHER,), [None, None])


def test_a_column_of_words_is_no_column_of_names(tmp_path: Path) -> None:
    rows = "".join(
        f"张{n},1380000000{n},{VILLAGE},{said}\n" for n, said in enumerate(["在外务工", "2", "1个", "在校学生"])
    )
    path = csv_file(tmp_path / "l.csv", f"姓名,电话,村,子女\n{rows}")
    file = open_list(path)
    assert file.unread(file.columns) == ("子女",)
    assert all(not row_of(each).members for each in outcomes(path))


def test_the_officer_may_take_a_column_for_something_else(tmp_path: Path) -> None:
    file = open_list(numbered(tmp_path, f"李梅,妻,{WIFE_ID},{OTHER},,,,"))
    columns = file.columns | {Field.OTHER_PHONE: 6}
    (found,) = clean_rows(file, columns, TODAY, places())
    assert row_of(found).members[0].phone is None
    assert row_of(found).other_phones == (OTHER,)
    (found,) = clean_rows(file, file.columns | {Field.NAME: 3}, TODAY, places())
    assert (row_of(found).name, row_of(found).members) == ("李梅", ())


def test_one_list_of_one_row_for_each_member_stays_that(tmp_path: Path) -> None:
    path = csv_file(
        tmp_path / "l.csv",
        f"户号,姓名,与户主关系,身份证号,电话,村,配偶姓名\n1,张三,户主,{HEAD_ID},{PHONE},{VILLAGE},李梅\n"
        f"1,李梅,妻,{WIFE_ID},,{VILLAGE},张三\n",
    )
    assert codes(path) == ["new", "member"]
    file = open_list(path)
    assert file.unread(file.columns) == ("配偶姓名",)


def test_rows_that_go_on_bring_their_people_too(tmp_path: Path) -> None:
    path = table(
        tmp_path / "l.xlsx",
        ["户主姓名", "电话", "村", "成员1姓名", "成员1关系", "成员2姓名", "成员2关系"],
        ["张三", PHONE, VILLAGE, "李梅", "妻", "张小", "长子"],
        ["", "", "", "张红", "长女", "", ""],
        ["王五", OTHER, VILLAGE, "赵一", "妻", "", ""],
        merges=("A2:A3", "B2:B3", "C2:C3"),
    )
    found = outcomes(path)
    assert [name for name, *_ in people(found[0])] == ["李梅", "张小", "张红"]
    assert [name for name, *_ in people(found[-1])] == ["赵一"]


def test_a_row_of_members_alone_is_refused_and_not_passed_over(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", f"{NUMBERED}\n张三,{PHONE},{VILLAGE},李梅,妻,,,,,,\n,,,张红,长女,,,,,,\n")
    assert codes(path) == ["new", "refused:name_missing"]


def test_hundreds_of_columns_are_read_as_far_as_a_family_can_go(tmp_path: Path) -> None:
    headings = ",".join(f"成员{n}姓名,成员{n}关系,成员{n}身份证号" for n in range(1, 100))
    names = ",".join(f"李{chr(0x4E00 + n)},子," for n in range(1, 100))
    path = csv_file(tmp_path / "l.csv", f"户主姓名,电话,村,{headings}\n张三,{PHONE},{VILLAGE},{names}\n")
    file = open_list(path)
    read = len(people(one(path)))
    assert read == 50
    assert len([heading for heading in file.unread(file.columns) if heading.endswith("姓名")]) == 99 - read
    assert one(path).outcome is Outcome.NEW
