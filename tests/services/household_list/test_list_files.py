"""Files that are not what they should be, and what spreadsheets do to cells."""

from __future__ import annotations

import os
import random
import tracemalloc
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.reference import places
from fieldapp.services.household_list import clean_rows, open_list, write_refused
from fieldapp.translation import explain
from tests.services.household_list.made_lists import TODAY, codes, csv_file, outcomes, raw_workbook


def refusal(path: Path) -> str:
    with pytest.raises(Actionable) as caught:
        open_list(path)
    assert explain(caught.value)
    return caught.value.code


def of_bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("空.csv", b"", "list_empty"),
        ("blank.csv", b"\n\n , ,\n", "list_empty"),
        ("mark.csv", b"\xef\xbb\xbf", "list_empty"),
        ("mark.csv", b"\xff\xfe", "list_empty"),
        ("quoted.csv", b'"","",""\n', "list_not_a_table"),
        ("quoted.csv", "“”,‘’\n".encode(), "list_not_a_table"),
        ("quoted.csv", '"\n'.encode("utf-16"), "list_not_a_table"),
        ("mark.csv", b"\xff", "list_not_a_table"),
        ("mark.csv", b"\xff\xfe\xff", "list_not_a_table"),
        ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "list_not_a_table"),
        ("a.csv", random.Random(1).randbytes(50_000), "list_not_a_table"),
        ("a.csv", bytes(5_000_000), "list_not_a_table"),
        ("a.pdf", b"%PDF-1.7\n", "list_not_a_table"),
        ("a.csv", b"x" * 5_000_000, "list_not_a_table"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "list_old_excel"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "list_password_protected",
        ),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table>", "list_web_page"),
        ("a.xlsx", b"PK\x03\x04" + bytes(500), "list_damaged"),
        ("a.csv", "一段文字。\n另一段。\n".encode(), "list_without_headings"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_its_reason(
    name: str, content: bytes, code: str, tmp_path: Path
) -> None:
    assert refusal(of_bytes(tmp_path / name, content)) == code


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(1_000_000_000)
    assert refusal(path) == "list_too_large"


def test_missing_folder_forbidden_and_odd_paths_are_explained(tmp_path: Path) -> None:
    assert refusal(tmp_path / "没有 这个.csv") == "list_not_found"
    assert refusal(tmp_path) == "list_is_folder"
    assert refusal(Path("a\0b.csv")) == "list_not_found"
    assert refusal(tmp_path / ("长" * 300)) == "list_unreadable"
    assert refusal(Path(os.devnull)) == "list_not_a_table"


def test_a_file_that_vanishes_after_the_preview_is_explained(tmp_path: Path) -> None:
    file = open_list(csv_file(tmp_path / "l.csv", "姓名,电话\n张三,138\n"))
    file.path.unlink()
    with pytest.raises(Actionable) as caught:
        list(clean_rows(file, file.columns, TODAY, places()))
    assert caught.value.code == "list_not_found"


@pytest.mark.parametrize(
    "before",
    [
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<?xml version="1.0"?><broken',
    ],
)
def test_a_hostile_or_broken_sheet_is_damaged(before: str, tmp_path: Path) -> None:
    assert (
        refusal(raw_workbook(tmp_path / "a.xlsx", {"a": [["姓名", "电话"], ["张", "1"]]}, before=before))
        == "list_damaged"
    )


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = raw_workbook(tmp_path / "a.xlsx", {"a": [["姓名", "电话"]]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/sharedStrings.xml", "w") as part:
        for _ in range(310):
            part.write(bytes(1_000_000))
    assert refusal(path) == "list_too_large"


_SHEET, _ROWS = "xl/worksheets/sheet1.xml", b"<worksheet><sheetData>"


@pytest.mark.parametrize(
    ("part", "before", "again", "megabytes", "code", "most"),
    [
        (_SHEET, _ROWS, b"<row>", 5, "list_damaged", 60),
        (_SHEET, _ROWS, b"<nested>", 5, "list_damaged", 60),
        (_SHEET, _ROWS + b"<row>", b"<c/>", 5, "list_damaged", 60),
        (_SHEET, _ROWS, b"<stray/>", 1, "list_damaged", 6),
        pytest.param(_SHEET, _ROWS, b"<stray/>", 5, "list_damaged", 60, marks=pytest.mark.long),
        (_SHEET, _ROWS + b'<row><c t="inlineStr"><is><t>', b"endless", 90, "list_damaged", 60),
        pytest.param(_SHEET, _ROWS + b'<row r="', b"1", 90, "list_damaged", 60, marks=pytest.mark.long),
        pytest.param(_SHEET, _ROWS + b"<!--", b"remark", 90, "list_damaged", 60, marks=pytest.mark.long),
        ("xl/workbook.xml", b"<workbook>", b"<sheet/>", 33, "list_too_large", 60),
        ("xl/_rels/workbook.xml.rels", b"<Relationships>", b"<Relationship/>", 33, "list_too_large", 60),
        ("xl/styles.xml", b"<styleSheet>", b"<xf/>", 33, "list_too_large", 60),
    ],
)
def test_a_part_that_goes_on_for_ever_is_given_up_with_little_in_memory(
    part: str, before: bytes, again: bytes, megabytes: int, code: str, most: int, tmp_path: Path
) -> None:
    sound = raw_workbook(tmp_path / "sound.xlsx", {"a": [["姓名", "电话"], ["张", "1"]]})
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), part}:
            with new.open(name, "w") as written:
                written.write(before if name == part else old.read(name))
                for _ in range(megabytes if name == part else 0):
                    written.write(again * (1_000_000 // len(again)))
    tracemalloc.start()
    try:
        assert refusal(tmp_path / "a.xlsx") == code
        assert tracemalloc.get_traced_memory()[1] < most * 1_000_000
    finally:
        tracemalloc.stop()


def test_formats_of_many_megabytes_are_read(tmp_path: Path) -> None:
    sound = raw_workbook(tmp_path / "sound.xlsx", {"a": [["姓名", "电话"], ["张", "1"]]})
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            bloat = b"<cellStyles>" + b'<cellStyle name="a"/>' * 300_000 + b"</cellStyles></styleSheet>"
            content = old.read(name)
            new.writestr(name, content.replace(b"</styleSheet>", bloat))
    assert open_list(tmp_path / "a.xlsx").headings


def test_another_zip_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert refusal(tmp_path / "a.xlsx") == "list_damaged"


def test_a_file_of_headings_only_has_no_rows(tmp_path: Path) -> None:
    assert codes(csv_file(tmp_path / "l.csv", "姓名,电话,村\n")) == []


def test_a_workbook_named_csv_is_read_as_what_it_is(tmp_path: Path) -> None:
    path = raw_workbook(tmp_path / "a.csv", {"a": [["姓名", "电话"], ["张三", "13812345678"]]})
    assert open_list(path).kind == "xlsx"
    assert codes(path) == ["new"]


def test_300_columns_a_giant_cell_nul_bytes_and_emoji_stop_no_other_row(tmp_path: Path) -> None:
    wide = "姓名,电话," + ",".join(f"列{n}" for n in range(300)) + ",备注\n"
    empty = "," * 301
    path = csv_file(
        tmp_path / "l.csv",
        f"{wide}张\0三,13812345678{empty}\0好\n李四,139{empty}{'长' * 100_000}\n"
        f"王五😀,13712345678{empty}🏠\n赵六,136\n",
    )
    assert codes(path) == ["new", "refused:too_long", "new", "new"]


def test_lines_of_two_encodings_are_both_read(tmp_path: Path) -> None:
    head = "姓名,电话,村\n".encode()
    lines = [f"张三,1381234567{n},和平村委会\n".encode("gb18030" if n % 2 else "utf-8") for n in range(8)]
    found = outcomes(of_bytes(tmp_path / "l.csv", head + b"".join(lines)))
    assert [(o.code, o.row and o.row.name) for o in found] == [("new", "张三")] * 8


def test_two_characters_of_gb18030_are_not_taken_for_utf_8(tmp_path: Path) -> None:
    text = "姓名,电话,备注\n张三,13812345678,联通\n"
    row = outcomes(csv_file(tmp_path / "l.csv", text, "gb18030"))[0].row
    assert row is not None
    assert row.remark == "联通"


@pytest.mark.parametrize("headings", ["姓名,电话", "\ufeffname,phone"])
def test_letters_of_two_bytes_are_read_as_the_rest_of_the_file(headings: str, tmp_path: Path) -> None:
    text = f"{headings}\nئەھمەت,13800138000\nАслан,13800138001\nJosé,13800138002\n"
    found = outcomes(csv_file(tmp_path / "l.csv", text))
    assert [each.row.name for each in found if each.row] == ["ئەھمەت", "Аслан", "José"]


def test_a_quotation_that_never_closes_costs_no_other_row(tmp_path: Path) -> None:
    rows = "".join(f"李四,1390000{n:04},\n" for n in range(300))
    path = csv_file(tmp_path / "l.csv", f'姓名,电话,备注\n张三,13812345678,"开口\n{rows}')
    assert codes(path) == ["new"] * 301


@pytest.mark.parametrize(
    "following", ['"李四","13812345679","甲,乙"', '李四,13812345679,"甲,乙"', '"李四",13812345679,"甲,乙"']
)
def test_a_quotation_that_never_closes_leaves_the_other_cells_and_rows_as_they_are(
    following: str, tmp_path: Path
) -> None:
    path = csv_file(tmp_path / "l.csv", f'"姓名","电话","备注"\n"张三","13812345678","半句\n{following}\n')
    rows = [each.row for each in outcomes(path) if each.row]
    assert [(row.name, row.phone, row.remark) for row in rows] == [
        ("张三", "13812345678", "半句"),
        ("李四", "13812345679", "甲,乙"),
    ]


def test_of_many_quotations_that_never_close_none_costs_a_row(tmp_path: Path) -> None:
    rows = "".join(f'"李四","1390000{n:04}","半句\n' for n in range(300))
    assert codes(csv_file(tmp_path / "l.csv", f'"姓名","电话","备注"\n{rows}')) == ["new"] * 300


def test_quoted_line_breaks_stay_in_their_cell(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", '姓名,电话,备注\r\n张三,138,"一\r\n二, ""三"""\r\n李四,139,\r\n')
    first = outcomes(path)[0].row
    assert first is not None
    assert first.remark == '一\n二, "三"'
    assert codes(path) == ["new", "new"]


def test_numbers_and_dates_of_a_spreadsheet_are_read_as_written(tmp_path: Path) -> None:
    day = ('s="1"', "<v>28554</v>")
    sheets = {
        "a": [
            ["姓名", "电话", "生日", "村代码", "意向金额（万元）", "身份证号"],
            ["张三", 13812345678, day, 421224107211, ("", "<v>3.2999999999999998</v>"), "421224196101030005"],
            ["李四", ("", "<v>1.3812345678E10</v>"), ("", "<v>19780305</v>"), "421224107211", 5, ""],
            ["王五", "139", ('s="2"', "<v>28554</v>"), 421224107211, 5, ("", "<v>4.2122419610102998E+17</v>")],
            ["赵六", "139", ("", "<v>28554</v>"), 421224107211, ("", "<f>5+5</f><v>10</v>"), ""],
        ]
    }
    found = outcomes(raw_workbook(tmp_path / "a.xlsx", sheets))
    assert [o.code for o in found] == ["new", "new", "refused:identity_damaged", "new"]
    kept = [o.row for o in found if o.row]
    assert [row.phone for row in kept[:2]] == ["13812345678"] * 2
    assert {row.birth for row in kept} == {date(1978, 3, 5)}
    assert [row.wished_amount and row.wished_amount.fen for row in kept] == [3_300_000, 5_000_000, 10_000_000]


def test_days_counted_from_1904_are_read_as_such(tmp_path: Path) -> None:
    sheets = {"a": [["姓名", "电话", "生日"], ["张三", "138", ('s="1"', "<v>27092</v>")]]}
    row = outcomes(raw_workbook(tmp_path / "a.xlsx", sheets, date1904=True))[0].row
    assert row is not None
    assert row.birth == date(1978, 3, 5)


def test_a_village_merged_over_several_rows_is_the_village_of_each(tmp_path: Path) -> None:
    sheets = {"a": [["村", "姓名", "电话"], ["和平村", "张三", "138"], ["", "李四", "139"], ["", "王五", "137"]]}
    path = raw_workbook(tmp_path / "a.xlsx", sheets, merges=["A2:A3"])
    assert codes(path) == ["new", "new", "refused:village_unknown"]


def test_headings_of_two_merged_rows_are_read_together(tmp_path: Path) -> None:
    sheets = {"a": [["姓名", "家庭情况", ""], ["", "人口", "年收入（万元）"], ["张三", "4", "8"]]}
    (outcome,) = outcomes(raw_workbook(tmp_path / "a.xlsx", sheets, merges=["A1:A2", "B1:C1"]))
    assert outcome.row is not None
    assert (outcome.row.name, outcome.row.household_size) == ("张三", 4)


def test_a_workbook_of_openpyxl_with_formulas_and_dates_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["通山县名单"])
    sheet.merge_cells("A1:D1")
    sheet.append(["姓名", "电话", "出生日期", "备注"])
    sheet.append(["张三", 13812345678, date(1978, 3, 5), "=1+1"])
    book.save(tmp_path / "a.xlsx")
    row = outcomes(tmp_path / "a.xlsx")[0].row
    assert row is not None
    assert (row.phone, row.birth, row.remark) == ("13812345678", date(1978, 3, 5), "=1+1")


def test_refused_rows_become_no_formula(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", "姓名,电话,备注\n,138,=1+1\n,139,@SUM(A1)\n,+86 137,\x07坏\n")
    file = open_list(path)
    found = list(clean_rows(file, file.columns, TODAY, places()))
    assert write_refused(tmp_path / "r.xlsx", file, found) == 3
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert sheet["C2"].value == "=1+1"
    assert sheet["D2"].value
    write_refused(tmp_path / "r.csv", file, found)
    text = (tmp_path / "r.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert "'=1+1" in text.decode()
    assert "'@SUM" in text.decode()
    assert [o.cells[2] for o in outcomes(tmp_path / "r.csv")[:2]] == ["=1+1", "@SUM(A1)"]


def test_the_list_itself_is_never_overwritten(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "l.csv", "姓名,电话\n,138\n")
    file = open_list(path)
    with pytest.raises(Actionable) as caught:
        write_refused(path, file, clean_rows(file, file.columns, TODAY, places()))
    assert caught.value.code == "refused_over_list"
    assert path.read_text("utf-8") == "姓名,电话\n,138\n"


def test_a_refused_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    file = open_list(csv_file(tmp_path / "l.csv", "姓名,电话\n,138\n"))
    with pytest.raises(Actionable) as caught:
        write_refused(tmp_path / "nowhere" / "r.csv", file, [])
    assert caught.value.code == "refused_not_written"
    file.path.unlink()
    with pytest.raises(Actionable) as caught:
        write_refused(tmp_path / "r.csv", file, clean_rows(file, file.columns, TODAY, places()))
    assert caught.value.code == "list_not_found"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are of POSIX")
def test_refused_rows_do_not_replace_a_pipe_or_device(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    file = open_list(csv_file(tmp_path / "l.csv", "姓名,电话\n,138\n"))
    with pytest.raises(Actionable) as caught:
        write_refused(tmp_path / "pipe", file, clean_rows(file, file.columns, TODAY, places()))
    assert caught.value.code == "refused_not_written"
    assert (tmp_path / "pipe").is_fifo()


def test_a_folder_without_a_name_is_named_all_the_same() -> None:
    with pytest.raises(Actionable) as refused:
        open_list(Path())
    assert refused.value.sentence.values == {"name": "."}
