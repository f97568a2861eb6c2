"""The program as officers get it: one folder, no Python beside it, and the whole day done by it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fieldapp.services.paper_kinds import PAPER_KINDS

ROOT = Path(__file__).resolve().parents[1]
TITLES = {kind.title for kind in PAPER_KINDS.values()}


@pytest.mark.long
@pytest.mark.timeout(1_200)
def test_the_frozen_program_shows_the_whole_day(tmp_path: Path) -> None:
    pytest.importorskip("PyInstaller", reason="uv run --group build pytest --long tests/test_frozen_program.py")
    places = ["--distpath", str(tmp_path / "dist"), "--workpath", str(tmp_path / "build")]
    subprocess.run(
        [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", *places, "build.spec"],
        cwd=ROOT,
        check=True,
    )
    program = tmp_path / "dist" / "fieldapp" / "fieldapp"
    without_python = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
    folder = tmp_path / "演示 demo"
    for imported in (1047, 0):
        said = subprocess.run(
            [program, "demo", "--headless", "--json", "--dir", folder],
            env=without_python,
            cwd=tmp_path,
            capture_output=True,
            timeout=300,
        )
        assert (said.returncode, said.stderr.decode()) == (0, "")
        facts = json.loads(said.stdout)
        assert (facts["imported"], facts["unsent"]) == (imported, 0)
        assert {Path(paper).stem.split(" ")[1] for paper in facts["papers"]} >= TITLES
        assert facts["second_laptop"] == facts["first_laptop"]
