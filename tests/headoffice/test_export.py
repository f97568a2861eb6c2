"""The export is whole, the same each time, safe to open in a spreadsheet, and never half there."""

from __future__ import annotations

import csv
import hashlib
import json
import stat
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.domain.records import Prospect
from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.storage.attachments import Attachments, Holding, Reference
from tests.headoffice import changes_to_send as send
from tests.headoffice.changes_to_send import BRANCH
from tests.headoffice.laptops import Laptop

NASTY = ["=HYPERLINK(1)", "+86 138", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", 'a,b\n"c"', "😀\u202e\u0007", "\r=x"]


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(Actionable) as refused:
        work()
    return refused.value.code


@pytest.fixture
def written(office: Administration, laptop_of: Callable[[str], Laptop]) -> Administration:
    zhang, wu = laptop_of("zhang"), laptop_of("wu")
    zhang.sync(
        *(send.prospect(f"p{n}", remark=remark) for n, remark in enumerate(NASTY)),
        send.person("q1", "p0", name="王小明", mobile="13800138000"),
        send.visit("v1", "p0", facts="谈妥"),
        send.creation("prospect", "gx", Prospect(owner="zhang")),
        send.change("grid", "g1", {"code": (None, "=1+1"), "n": (None, [1, {"a": None}])}, new=True),
        send.change("prospect", "p1", {"remark": (NASTY[1], "一"), "village": (None, "村")}),
        send.change("prospect", "p1", {"remark": (NASTY[1], "二")}),
    )
    wu.sync(send.creation("prospect", "other", Prospect(owner="wu"), actor="wu", stream="CB02"))
    return office


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def test_bank_is_written_whole_with_counts_that_are_true(written: Administration, tmp_path: Path) -> None:
    done = written.export(tmp_path / "全部 all")
    assert set(done.counts) == {
        "branch.csv", "device.csv", "journal.csv", "other_kinds.csv", "person.csv", "prospect.csv", "visit.csv"
    }  # fmt: skip
    for name, count in done.counts.items():
        assert len(rows_of(done.folder / name)) == count
        assert stat.S_IMODE((done.folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(done.folder.stat().st_mode) == 0o700
    assert done.counts["prospect.csv"] == len(NASTY) + 2
    assert done.counts["journal.csv"] == sum(one.entries for one in written.audit())
    manifest = json.loads((done.folder / "manifest.json").read_text(encoding="utf-8"))
    for name, facts in manifest["files"].items():
        content = (done.folder / name).read_bytes()
        assert facts == {
            "rows": done.counts[name],
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
    person = rows_of(done.folder / "person.csv")[0]
    assert (person["name"], person["mobile"], person["parent"], person["owner"]) == (
        "王小明", "13800138000", "p0", "zhang"
    )  # fmt: skip
    grid = rows_of(done.folder / "other_kinds.csv")[0]
    assert grid["kind"] == "grid"
    assert json.loads(grid["other"]) == {"code": "=1+1", "n": [1, {"a": None}]}
    conflicted = next(row for row in rows_of(done.folder / "prospect.csv") if row["record"] == "p1")
    assert [c["value"] for c in json.loads(conflicted["conflicts"])] == ["二"]
    assert "token" not in (done.folder / "device.csv").read_text(encoding="utf-8")


def test_kinds_that_nobody_knows_share_a_table_whatever_they_are_called(
    written: Administration, laptop_of: Callable[[str], Laptop], tmp_path: Path
) -> None:
    names = ["journal", "device", "DEVICE", "Visit", "nul", "manifest", "attachments", *(f"kind{n}" for n in range(90))]
    made = [send.change(name, f"n{place}", {"a": (None, 1)}, new=True) for place, name in enumerate(names)]
    assert {*laptop_of("zhang").outcomes(*made)} == {"accepted"}
    for shape in ("csv", "jsonl"):
        done = written.export(tmp_path / shape, shape=shape, attachments=True)  # type: ignore[arg-type]
        assert done.counts[f"other_kinds.{shape}"] == 1 + len(names)
        assert len(done.counts) == 7
    assert {row["kind"] for row in rows_of(tmp_path / "csv" / "other_kinds.csv")} == {"grid", *names}
    assert {row["kind"] for row in lines_of(tmp_path / "jsonl" / "other_kinds.jsonl")} == {"grid", *names}


def test_no_cell_is_a_formula(written: Administration, tmp_path: Path) -> None:
    done = written.export(tmp_path / "x")
    for path in done.folder.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for cell in (cell for row in csv.reader(file) for cell in row):
                assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")), (path.name, cell)
                assert not cell.startswith(("\t", "\r", "\n"))
    kept = {row["record"]: row["remark"].removeprefix("'") for row in rows_of(done.folder / "prospect.csv")}
    assert [kept[f"p{n}"] for n in range(len(NASTY)) if n != 1] == [n for n in NASTY if n != NASTY[1]]


def test_lines_of_json_lose_nothing(written: Administration, tmp_path: Path) -> None:
    done = written.export(tmp_path / "x", shape="jsonl")
    prospects = {str(row["record"]): row for row in lines_of(done.folder / "prospect.jsonl")}
    assert [prospects[f"p{n}"]["remark"] for n in (0, *range(2, len(NASTY)))] == [NASTY[0], *NASTY[2:]]
    assert prospects["p1"]["history"]
    journal = lines_of(done.folder / "journal.jsonl")
    assert [row["seq"] for row in journal if row["stream"] == BRANCH] == list(
        range(1, 1 + sum(row["stream"] == BRANCH for row in journal))
    )
    assert all(json.loads(str(row["body"]))["id"] == row["change"] for row in journal)


def test_the_same_records_give_the_same_bytes(written: Administration, tmp_path: Path) -> None:
    for shape in ("csv", "jsonl"):
        first = written.export(tmp_path / f"1{shape}", shape=shape).folder  # type: ignore[arg-type]
        second = written.export(tmp_path / f"2{shape}", shape=shape).folder  # type: ignore[arg-type]
        assert {p.name: p.read_bytes() for p in first.iterdir()} == {p.name: p.read_bytes() for p in second.iterdir()}


def test_branchs_export_holds_nothing_of_another(written: Administration, tmp_path: Path) -> None:
    written.add_staff("甲", "officer", "CB02")
    written.add_staff("乙", "officer", BRANCH)
    done = written.export(tmp_path / "x", branch="CB02")
    assert [row["record"] for row in rows_of(done.folder / "prospect.csv")] == ["other"]
    assert [row["name"] for row in rows_of(done.folder / "staff.csv")] == ["甲"]
    assert [row["code"] for row in rows_of(done.folder / "branch.csv")] == ["CB02"]
    assert {row["stream"] for row in rows_of(done.folder / "journal.csv")} == {"CB02"}
    assert {row["staff"] for row in rows_of(done.folder / "device.csv")} == {"wu"}


def test_attachments_that_are_here_are_written(written: Administration, tmp_path: Path) -> None:
    photo = b"photo" * 1000
    digest, awaited = hashlib.sha256(photo).hexdigest(), "b" * 64
    with written.store.writing() as unit:
        for start in range(0, len(photo), 1000):
            unit.attachments.append(digest, start, photo[start : start + 1000])
        unit.attachments.note(digest, Holding(len(photo), complete=True), at="")
        unit.attachments.refer([Reference(BRANCH, d, r) for d in (digest, awaited) for r in ("v1", "v2")])
    done = written.export(tmp_path / "x", attachments=True)
    assert done.attachments == 1
    assert {p.name: p.read_bytes() for p in (done.folder / "attachments").iterdir()} == {digest: photo}
    assert written.export(tmp_path / "y", branch="CB02", attachments=True).attachments == 0


def test_what_stands_in_the_way_is_left_alone(written: Administration, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    (tmp_path / "empty").mkdir()
    assert refusal(lambda: written.export(tmp_path / "file")) == "export_exists"
    assert refusal(lambda: written.export(tmp_path / "full")) == "export_exists"
    assert refusal(lambda: written.export(tmp_path / "no" / "x")) == "export_folder"
    assert refusal(lambda: written.export(tmp_path / ("长" * 200))) == "export_folder"
    assert refusal(lambda: written.export(tmp_path / "x", branch="XX")) == "branch_unknown"
    assert refusal(lambda: written.export(tmp_path / "x", branch="bank")) == "branch_unknown"
    assert written.export(tmp_path / "empty").counts
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".db" and "office" not in path.name) == [
        "empty", "file", "full"
    ]  # fmt: skip


def test_an_unfinished_export_or_whatever_has_its_name_is_left_alone(written: Administration, tmp_path: Path) -> None:
    (tmp_path / "out.partial").mkdir()
    (tmp_path / "out.partial" / "of another.csv").write_text("x")
    assert refusal(lambda: written.export(tmp_path / "out")) == "export_under_way"
    assert (tmp_path / "out.partial" / "of another.csv").read_text() == "x"
    assert not (tmp_path / "out").exists()


def test_a_place_without_a_name_of_its_own_is_refused(
    written: Administration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "something").touch()
    monkeypatch.chdir(tmp_path)
    for place in (Path("/"), Path(), Path("..")):
        assert refusal(lambda place=place: written.export(place)) == "export_exists"  # type: ignore[misc]


def test_export_that_fails_leaves_no_half_one(
    written: Administration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Attachments, "holding", full)
        with written.store.writing() as unit:
            unit.attachments.refer([Reference(BRANCH, "a" * 64, "v1")])
        assert refusal(lambda: written.export(tmp_path / "x", attachments=True)) == "export_folder"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("x")]


@pytest.mark.long
def test_memory_does_not_grow_with_the_records(office: Administration, tmp_path: Path) -> None:
    def peak(name: str) -> int:
        tracemalloc.start()
        office.export(tmp_path / name, branch=BRANCH)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    def fill(first: int, last: int) -> None:
        with office.store.writing() as unit:
            unit.records.put(
                [
                    StoredRecord(
                        kind="prospect", record=f"r{n:06}", stream=BRANCH, root=f"r{n:06}", owner="zhang",
                        seq=n, values={"remark": "长" * 300, "owner": "zhang"},
                    )
                    for n in range(first, last)
                ],
                [],
            )  # fmt: skip

    fill(1, 1_500)
    small = peak("small")
    fill(1_500, 6_000)
    assert peak("large") < small * 1.5
