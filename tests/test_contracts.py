"""The rooms' import contracts hold, and they bite: a planted violation of each is found."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

VIOLATIONS = {
    "rooms": ("fieldapp/domain/money.py", "import fieldapp.store.database"),
    "headoffice": ("fieldapp/headoffice/merge.py", "import fieldapp.store.records"),
    "laptop": ("fieldapp/services/laptop.py", "import fieldapp.headoffice.merge"),
    "door": ("fieldapp/desktop/window.py", "import fieldapp.store.database"),
    "qt": ("fieldapp/services/laptop.py", "import PySide6.QtCore"),
    "pure": ("fieldapp/domain/money.py", "import sqlcipher3"),
}


def lint(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Whether these contracts are kept, or all where none is named."""
    program = Path(sys.executable).with_name("lint-imports")
    named = [word for contract in contracts for word in ("--contract", contract)]
    return subprocess.run(
        [str(program), "--config", "pyproject.toml", *named, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "NO_COLOR": "1"},
    )


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contracts")
    shutil.copytree(ROOT / "fieldapp", folder / "fieldapp", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_contract_is_kept(copied: Path) -> None:
    kept = lint(copied)
    assert kept.returncode == 0, kept.stdout + kept.stderr
    assert f"Contracts: {len(VIOLATIONS)} kept, 0 broken" in kept.stdout


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_planted_violation_is_found(copied: Path, contract: str) -> None:
    name, violation = VIOLATIONS[contract]
    module = copied / name
    text = module.read_text(encoding="utf-8")
    module.write_text(f"{text}\n{violation}\n", encoding="utf-8")
    try:
        broken = lint(copied, contract)
    finally:
        module.write_text(text, encoding="utf-8")

    assert broken.returncode == 1, broken.stdout + broken.stderr
    assert "BROKEN" in broken.stdout
