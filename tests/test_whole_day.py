"""The main job: one command shows a whole day, in a folder as people name it, and doing it again doubles nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fieldapp.headoffice.administration import open_head_office
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.services.laptop import check_laptop, unlock_laptop
from fieldapp.services.paper_kinds import PAPER_KINDS
from tests.desktop.real_window import PAGE, PINE, RAIL, opens, screen  # noqa: F401 - a fixture
from tests.documents.reading import text_of

SAMPLES = Path(__file__).parent / "samples"
COUNTED = ("prospects", "contacts", "visits", "applications")


def shown(folder: Path) -> dict[str, Any]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    said = subprocess.run(
        [sys.executable, "-m", "fieldapp", "demo", "--headless", "--json", "--dir", str(folder)],
        env={**kept, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        timeout=240,
    )
    assert (said.returncode, said.stderr.decode()) == (0, "")
    facts: dict[str, Any] = json.loads(said.stdout)
    return facts


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("day") / "演示 一天 demo"


@pytest.fixture(scope="module")
def first(folder: Path) -> dict[str, Any]:
    return shown(folder)


@pytest.fixture(scope="module")
def second(first: dict[str, Any], folder: Path) -> dict[str, Any]:
    return shown(folder)


def written_in(paper: Path) -> str:
    return text_of(paper.read_bytes())


def test_the_day_is_done_with_the_promised_counts(first: dict[str, Any]) -> None:
    tally = json.loads((SAMPLES / "tongshan-households.expected.json").read_text("utf-8"))["tally"]
    assert (first["rows"], first["imported"], first["same"], first["refused"]) == (1200, *tally.values())
    assert [first[name] for name in ("contacts", "visits", "applications")] == [5, 2, 1]
    assert first["unsent"] == 0
    titles = [Path(paper).stem.split(" ")[1] for paper in first["papers"]]
    in_order = [kind.title for kind in PAPER_KINDS.values() if kind.title in titles]
    assert list(dict.fromkeys(titles)) == in_order, "in the order of the pack"
    assert titles.count("征信授权书") == 3  # the applicant's, the spouse's, the guarantor's
    assert {
        "贷款申请表",
        "调查表",
        "征信授权书",
        "个人信息告知同意书",
        "综合融资成本明示表",
        "还款计划表",
        "走访记录",
    } <= {*titles}
    assert len(Path(first["refused_file"]).read_text("utf-8-sig").splitlines()) >= 115


def test_the_second_laptop_has_what_the_first_has(first: dict[str, Any]) -> None:
    assert first["second_laptop"] == first["first_laptop"]
    assert first["first_laptop"]["prospects"] == first["imported"]


def test_a_second_run_doubles_nothing(first: dict[str, Any], second: dict[str, Any]) -> None:
    handed_in = 1  # that the papers of the first run were printed (E15)
    assert (second["imported"], second["confirmed"], second["unsent"]) == (0, handed_in, 0)
    for name in ("contacts", "visits", "applications", "first_laptop", "second_laptop", "refused", "papers"):
        assert second[name] == first[name]
    assert {path.name for path in Path(second["papers"][0]).parent.iterdir()} == {
        Path(paper).name for paper in first["papers"]
    }


def test_the_papers_name_the_customer_and_the_amount(second: dict[str, Any]) -> None:
    papers = {Path(paper).stem.split(" ")[1]: Path(paper) for paper in reversed(second["papers"])}
    form, schedule = papers["贷款申请表"], papers["还款计划表"]
    for paper in papers.values():
        assert paper.stem.split(" ")[2] in written_in(paper)
    assert "100,000.00" in written_in(form)
    assert "壹拾万元整" in written_in(form)
    assert "100,000.00" in written_in(schedule)


def test_head_office_holds_one_unbroken_chain(second: dict[str, Any], folder: Path) -> None:
    office = open_head_office(folder / "headoffice.db", SystemClock())
    try:
        assert office.verify_chain("QS") > second["first_laptop"]["prospects"]
        assert len(office.devices()) == 2
        assert len(office.staff()) == 2
    finally:
        office.store.close()


@pytest.mark.parametrize("name", ["laptop-1", "laptop-2"])
def test_each_profile_opens_with_the_passphrase_that_was_printed(
    name: str, second: dict[str, Any], folder: Path
) -> None:
    laptop = unlock_laptop(folder / name, second["passphrase"], SystemClock())
    try:
        counts = check_laptop(laptop)
    finally:
        laptop.lock()
    assert {counted: counts[counted] for counted in COUNTED} == second["first_laptop"]


@pytest.mark.usefixtures("second")
def test_the_day_opens_in_a_real_window(
    folder: Path,
    screen: tuple[str, Path],  # noqa: F811 - a fixture's name
    tmp_path: Path,
) -> None:
    opens(["demo", "--dir", str(folder)], screen, tmp_path, (PINE, PAGE, RAIL), seconds=120)


@pytest.mark.parametrize(
    "place",
    ["file", pytest.param("file/x", marks=pytest.mark.long), pytest.param("/proc/demo", marks=pytest.mark.long)],
)
def test_a_folder_that_cannot_be_used_is_named(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = subprocess.run(
        [sys.executable, "-m", "fieldapp", "demo", "--headless", "--json", "--dir", str(tmp_path / place)],
        capture_output=True,
        timeout=60,
    )
    assert said.returncode == 2
    assert json.loads(said.stderr)["error"]["code"] == "no_folder"
