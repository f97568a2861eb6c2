"""The list a branch sends, row by row."""

from __future__ import annotations

import csv
import io
import json
from functools import cache
from pathlib import Path

import pytest

from fieldapp.reference import places
from fieldapp.services.household_list import RowOutcome, clean_rows, open_list, write_refused
from tests.services.household_list.made_lists import TODAY, codes, outcomes

SAMPLES = Path(__file__).parents[2] / "samples"


@cache
def found_in(kind: str) -> list[RowOutcome]:
    """What becomes of each row of the sample."""
    return outcomes(SAMPLES / f"tongshan-households.{kind}")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_each_of_the_1200_rows_has_its_outcome(kind: str) -> None:
    expected = json.loads((SAMPLES / "tongshan-households.expected.json").read_text("utf-8"))
    found = found_in(kind)
    assert found[0].number == expected["first_data_row"]
    assert [outcome.code for outcome in found] == expected["outcome"]


@pytest.mark.parametrize("kind", [pytest.param("csv", marks=pytest.mark.long), "xlsx"])
def test_the_refused_rows_come_back_with_the_same_reasons(kind: str, tmp_path: Path) -> None:
    file = open_list(SAMPLES / f"tongshan-households.{kind}")
    found = list(clean_rows(file, file.columns, TODAY, places()))
    refused = [outcome for outcome in found if outcome.reason]
    target = tmp_path / f"未导入 {kind}.{kind}"
    assert write_refused(target, file, found) == len(refused) == 114
    assert codes(target) == [outcome.code for outcome in refused]
    second = open_list(target)
    outcomes_again = clean_rows(second, second.columns, TODAY, places())
    assert write_refused(tmp_path / f"again.{kind}", second, outcomes_again) == 114
    assert open_list(tmp_path / f"again.{kind}").headings == second.headings == (*file.headings, "未导入原因")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_change_no_outcome(encoding: str, delimiter: str, tmp_path: Path) -> None:
    text = (SAMPLES / "tongshan-households.csv").read_text("gb18030")
    rows = list(csv.reader(io.StringIO(text)))[:200]
    with (tmp_path / "名单 一.csv").open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    expected = json.loads((SAMPLES / "tongshan-households.expected.json").read_text("utf-8"))["outcome"][: 200 - 3]
    assert codes(tmp_path / "名单 一.csv") == expected


def test_a_formula_in_a_remark_stays_text() -> None:
    remarks = {o.row.remark for o in found_in("csv") if o.row}
    assert "=1+1" in remarks


def test_an_implausible_telephone_is_kept_with_a_warning() -> None:
    doubtful = [o for o in found_in("csv") if o.row and not o.row.phone_plausible]
    assert doubtful
    assert all(o.row and o.row.phone and "phone_implausible" in {w.code for w in o.warnings} for o in doubtful)
