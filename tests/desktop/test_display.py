"""What the window needs of this computer is told in words before Qt would abort."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fieldapp.desktop.display import require_display
from fieldapp.domain.errors import Actionable

ROOT = Path(__file__).parents[2]


@pytest.fixture
def on_linux(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_no_screen_is_told_with_what_to_do_instead(on_linux: pytest.MonkeyPatch) -> None:
    with pytest.raises(Actionable) as told:
        require_display()
    assert told.value.code == "no_display"


def test_missing_libraries_are_named_by_their_packages(on_linux: pytest.MonkeyPatch) -> None:
    lacking = {"libxcb-cursor.so.0", "libxcb-icccm.so.4", "libxcb-keysyms.so.1"}
    loads = ctypes.CDLL

    def without(name: str) -> object:
        if name in lacking:
            raise OSError(name)
        return loads(None) if name else loads(name)

    on_linux.setenv("DISPLAY", ":9")
    on_linux.setattr(ctypes, "CDLL", without)
    with pytest.raises(Actionable) as told:
        require_display()
    assert told.value.code == "display_libraries"
    for package in ("libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1"):
        assert package in str(told.value.sentence)


def test_a_display_that_does_not_answer_is_no_abort(tmp_path: Path) -> None:
    script = (
        "from fieldapp.desktop.start import run_desktop\n"
        "from fieldapp.domain.errors import Actionable\n"
        "from fieldapp.protocol.identifiers import SystemClock\n"
        "from pathlib import Path\n"
        "try:\n"
        f"    run_desktop(Path({str(tmp_path)!r}), SystemClock())\n"
        "except Actionable as error:\n"
        "    print(error.code)\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    environment |= {"DISPLAY": ":4711", "WAYLAND_DISPLAY": ""}
    ended = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip() in ("no_display", "display_libraries")
