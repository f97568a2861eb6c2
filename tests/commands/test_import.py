"""Importing household lists by command: the sample, and files that are no lists."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from fieldapp.services.household_list import open_list
from tests.commands.typed_commands import require_refusal, typed

SAMPLES = Path(__file__).parents[1] / "samples"
TALLY = json.loads((SAMPLES / "tongshan-households.expected.json").read_text("utf-8"))["tally"]
BEGINNING = {"new": 172, "same_as_earlier_row": 4, "refused": 21}
"""What becomes of the first 197 rows."""


@pytest.mark.parametrize(
    ("kind", "rows", "tally"),
    [
        ("csv", 197, BEGINNING),
        pytest.param("csv", 1200, TALLY, marks=pytest.mark.long),
        pytest.param("xlsx", 1200, TALLY, marks=pytest.mark.long),
    ],
)
def test_the_sample_has_its_outcome_and_again_adds_nothing(
    kind: str, rows: int, tally: dict[str, int], laptop: Path, tmp_path: Path
) -> None:
    refused = tmp_path / f"退回 的行.{kind}"
    sample = SAMPLES / f"tongshan-households.{kind}"
    if rows < 1200:
        lines = sample.read_bytes().splitlines(keepends=True)
        sample = tmp_path / "名单.csv"
        sample.write_bytes(b"".join(lines[: 3 + rows]))
    words = ("import", sample, "--profile", laptop, "--refused", refused, "--json")
    first = typed(*words).facts()
    found = {
        "new": first["new"],
        "same_as_earlier_row": first["same_in_list"],
        "refused": sum(first["refused"].values()),
    }
    assert found == tally
    assert (first["rows"], first["same_as_known"], first["stopped"]) == (rows, 0, False)
    list_of_refused = open_list(refused)
    came_back = [list(cells) for _, cells in list_of_refused.rows(list_of_refused.columns)]
    assert len(came_back) == tally["refused"]
    assert all(row[len(list_of_refused.headings) - 1].strip() for row in came_back)
    again = typed(*words).facts()
    assert (again["new"], again["same_as_known"]) == (0, tally["new"])
    assert typed("doctor", "--profile", laptop, "--json").facts()["prospects"] == tally["new"]
    assert typed("import", sample, "--profile", laptop, "--preview").code == 0


def test_doubts_about_rows_that_are_kept_are_told(laptop: Path, tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_text("姓名,电话,出生年月\n张三,138,1978年3月\n李四,不详,1978-3-5\n", "utf-8")
    told = typed("import", path, "--profile", laptop).out.splitlines()
    assert told[1:] == [
        "Look at it: Telephone number that does not look right: 2",
        "Look at it: Year and month of birth only; left out: 1",
    ]


def test_sheets_that_are_not_read_are_told_and_a_hidden_one_is_not_preferred(laptop: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "黄沙村"
    book.active.append(["姓名", "电话"])
    book.active.append(["张三", "13812345678"])
    last_year = book.create_sheet("去年")
    last_year.append(["姓名", "电话", "身份证号", "备注"])
    for number in range(60):
        last_year.append([f"王{chr(0x4E00 + number)}", f"139123400{number:02}", "", "去年"])
    last_year.sheet_state = "hidden"
    book.save(tmp_path / "名单.xlsx")
    words = ("import", tmp_path / "名单.xlsx", "--profile", laptop)
    seen = typed(*words, "--preview").out.splitlines()
    assert seen[:2] == ["The sheet 黄沙村 is read.", "Not read: 去年"]
    facts = typed(*words, "--json").facts()
    assert (facts["rows"], facts["new"], facts["other_sheets"]) == (1, 1, ["去年"])
    book["黄沙村"].delete_rows(1, 2)
    book.save(tmp_path / "全藏.xlsx")
    assert typed("import", tmp_path / "全藏.xlsx", "--profile", laptop, "--json").facts()["new"] == 60


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("空 的.csv", b"", "list_empty"),
        ("图.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "list_not_a_table"),
        ("a.pdf", b"%PDF-1.7\n", "list_not_a_table"),
        ("a.xlsx", b"PK\x03\x04" + bytes(500), "list_damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "list_old_excel"),
        ("a.csv", "一段文字。\n另一段。\n".encode(), "list_without_headings"),
        ("只有 村.csv", "村,电话\n上河村,138\n".encode(), "list_name_column_missing"),
    ],
)
def test_a_file_that_is_no_list_is_refused(name: str, content: bytes, code: str, laptop: Path, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    require_refusal(code, "import", tmp_path / name, "--profile", laptop)
    assert typed("doctor", "--profile", laptop, "--json").facts()["prospects"] == 0


def test_huge_missing_and_odd_files_are_refused(laptop: Path, tmp_path: Path) -> None:
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(1_000_000_000)
    for place, code in (
        (tmp_path / "huge.csv", "list_too_large"),
        (tmp_path / "没有 nix.csv", "list_not_found"),
        (tmp_path, "list_is_folder"),
        (Path("/dev/null"), "list_not_a_table"),
        (tmp_path / ("长" * 300), "list_unreadable"),
    ):
        require_refusal(code, "import", place, "--profile", laptop)


def test_each_hostile_value_refuses_its_own_row_only(laptop: Path, tmp_path: Path) -> None:
    path = tmp_path / "难 的.csv"
    rows = [
        "零,13800138001,0,,,",
        "负,13800138002,-1,,,",
        "千万,13800138003,10000000.00,,,",
        "太多,13800138004,99999999999999,,,",
        "将来,13800138005,5万元,2999-01-01,,",
        "小写,13800138006,5万元,,42122419780305003x,",
        f"长,13800138007,5万元,,,{'长' * 100_000}",
        "笑😀,13800138008,5万元,,,🏠",
        "\u202e反,13800138009,5万元,,,\u202eabc",
        "控\x07\x1b[2J,13800138010,5万元,,,\x00坏",
        "好人,13800138011,5万元,1978-03-05,,",
    ]
    path.write_text("\n".join(["姓名,手机,意向金额,出生日期,身份证号,备注", *rows]), "utf-8")
    facts = typed("import", path, "--profile", laptop, "--json").facts()
    assert (facts["rows"], facts["stopped"]) == (11, False)
    assert facts["new"] + sum(facts["refused"].values()) == 11
    assert facts["refused"] == {"amount": 2, "birth_date": 1, "too_long": 1} | (
        {"identity_check_digit": 1} if "identity_check_digit" in facts["refused"] else {}
    )
    table = tmp_path / "出.xlsx"
    typed("export", table, "--profile", laptop, "--in-clear")
    sheet = openpyxl.load_workbook(table).active
    assert sheet is not None
    names = {str(row[0]) for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert {"零", "千万", "笑😀", "反", "好人"} <= names


def test_columns_that_are_not_read_are_told(laptop: Path, tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_text("序号,姓名,电话,民族,担保人姓名\n1,张三,13812345678,汉,李梅\n", "utf-8")
    words = ("import", path, "--profile", laptop)
    assert "Columns not read: 民族, 担保人姓名" in typed(*words, "--preview").out.splitlines()
    assert typed(*words, "--json").facts()["unread_columns"] == ["民族", "担保人姓名"]


@pytest.mark.parametrize("place", ["没有/r.csv", "ordner", "/proc/r.csv", "ordner/r/s.xlsx", "长" * 300])
def test_a_place_for_refused_rows_that_cannot_be_written_is_told_before_the_import(
    place: str, laptop: Path, tmp_path: Path
) -> None:
    path = tmp_path / "单.csv"
    path.write_text("姓名,手机\n张三,13812345678\n,138\n", "utf-8")
    (tmp_path / "ordner").mkdir()
    said = require_refusal("refused_not_written", "import", path, "--profile", laptop, "--refused", tmp_path / place)
    assert "Nothing of the list was imported." in str(said)
    assert typed("doctor", "--profile", laptop, "--json").facts()["prospects"] == 0
    assert sorted(each.name for each in tmp_path.iterdir() if each != laptop) == ["ordner", "单.csv"]
    assert typed("import", path, "--profile", laptop, "--json").facts()["new"] == 1


def test_a_file_of_refused_rows_that_is_there_stays_until_the_new_one_takes_its_place(
    laptop: Path, tmp_path: Path
) -> None:
    path, refused = tmp_path / "单.csv", tmp_path / "r.csv"
    refused.write_text("vorher", "utf-8")
    path.write_text("姓名,手机\n张三,13812345678\n", "utf-8")
    assert typed("import", path, "--profile", laptop, "--refused", refused, "--json").facts()["refused_file"] is None
    assert refused.read_text("utf-8") == "vorher"


def test_refused_rows_never_overwrite_the_list(laptop: Path, tmp_path: Path) -> None:
    path = tmp_path / "单.csv"
    path.write_text("姓名,手机\n,138\n", "utf-8")
    require_refusal("refused_over_list", "import", path, "--profile", laptop, "--refused", path)
    require_refusal("refused_not_written", "import", path, "--profile", laptop, "--refused", "/proc/r.csv")
    assert path.read_text("utf-8") == "姓名,手机\n,138\n"
    beside = typed("import", path, "--profile", laptop, "--json").facts()["refused_file"]
    assert Path(beside).name == "单-refused.csv"


def a_workbook(path: Path, *, filtered: bool = True) -> Path:
    """Two villages on a sheet each, the first filtered, and a hidden list of last year."""
    book = openpyxl.Workbook()
    first, second, last_year = book.active, book.create_sheet("石门村"), book.create_sheet("去年")
    first.title = "和平村"
    for sheet, name in ((first, "和"), (second, "石"), (last_year, "旧")):
        sheet.append(["姓名", "身份证号", "电话"])
        for number in range(3 if sheet is first else 2):
            sheet.append([f"{name}{'甲乙丙'[number]}", "", f"138000{ord(name)}{number}"])
    first.column_dimensions["B"].hidden = True
    first.row_dimensions[3].hidden = filtered
    last_year.sheet_state = "hidden"
    book.save(path)
    return path


def test_what_nobody_sees_in_a_workbook_is_told_and_chosen(laptop: Path, tmp_path: Path) -> None:
    words = ("import", a_workbook(tmp_path / "名单.xlsx"), "--profile", laptop)
    assert typed(*words, "--preview").out.splitlines()[:5] == [
        "The sheet 和平村 is read.",
        "Not read: 石门村, 去年",
        "Each is a list too; --sheet reads it: 石门村, 去年",
        "1 row is hidden in this sheet and not read; --hidden-rows reads it.",
        "Hidden columns are read too: 身份证号",
    ]
    facts = typed(*words, "--json").facts()
    assert (facts["new"], facts["hidden_rows"], facts["hidden_rows_read"]) == (2, 1, False)
    assert (facts["other_lists"], facts["hidden_columns"]) == (["石门村", "去年"], ["身份证号"])
    rest = typed(*words, "--hidden-rows", "--json").facts()
    assert (rest["new"], rest["same_as_known"], rest["hidden_rows_read"]) == (1, 2, True)
    assert typed(*words, "--sheet", "石门村", "--json").facts()["new"] == 2
    require_refusal("list_sheet_unknown", *words, "--sheet", "上河村")
