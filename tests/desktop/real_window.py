"""A virtual X server that a test starts itself, and the program in a real window on it; no offscreen platform."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldapp.desktop.display import LIBRARIES, X11_LIBRARIES, _loads

WIDTH, HEIGHT = 1280, 720
PINE, PAGE, RAIL = bytes((0x44, 0x5A, 0x0E)), bytes((0xEF, 0xF5, 0xF7)), bytes((0xE1, 0xEB, 0xEE))
"""Tokens of the light look as the frame buffer holds them: blue, green, red."""


def _why_not() -> str | None:
    if not sys.platform.startswith("linux"):
        return "Xvfb is for Linux only"
    if shutil.which("Xvfb") is None:
        return "Xvfb is not installed (Debian package xvfb)"
    missing = [package for library, package in (LIBRARIES | X11_LIBRARIES).items() if not _loads(library)]
    return f"Qt's window needs {' '.join(missing)}" if missing else None


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A virtual screen: the display's name and its frame buffer as a file."""
    reason = _why_not()
    if reason is not None:
        if os.environ.get("CI"):
            pytest.fail(f"the real window cannot be tested: {reason}")
        pytest.skip(f"NOT TESTED IN A REAL WINDOW: {reason}")
    told, telling = os.pipe()
    server = subprocess.Popen(
        [
            *("Xvfb", "-displayfd", str(telling), "-screen", "0", f"{WIDTH}x{HEIGHT}x24"),
            *("-fbdir", str(tmp_path), "-nolisten", "tcp"),
        ],
        pass_fds=(telling,),
        stderr=subprocess.DEVNULL,
    )
    os.close(telling)
    with os.fdopen(told) as answer:
        number = answer.readline().strip()
    try:
        yield f":{number}", tmp_path / "Xvfb_screen0"
    finally:
        server.terminate()
        server.wait(10)


def _environment(display: str, folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
    return {**kept, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "XDG_RUNTIME_DIR": str(folder), "LC_ALL": "C.UTF-8"}


def _shows(frame_buffer: Path, program: subprocess.Popen[str], colours: tuple[bytes, ...], seconds: float) -> bool:
    """Whether all ``colours`` come to fill a part of the screen while the program runs."""
    wait = threading.Event()
    for _ in range(int(seconds / 0.1)):
        pixels = frame_buffer.read_bytes()
        if all(pixels.count(colour) > 500 for colour in colours):
            return True
        if program.poll() is not None:
            return False
        wait.wait(0.1)
    return False


def opens(
    arguments: list[str], screen: tuple[str, Path], folder: Path, colours: tuple[bytes, ...], seconds: float
) -> None:
    """The program shows ``colours`` on the screen and goes on running."""
    display, frame_buffer = screen
    with (folder / "said").open("w+", encoding="utf-8") as said:
        program = subprocess.Popen(
            [sys.executable, "-m", "fieldapp", *arguments],
            env=_environment(display, folder),
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            shown = _shows(frame_buffer, program, colours, seconds)
            running = program.poll() is None
        finally:
            program.terminate()
            program.wait(30)
        said.seek(0)
        words = said.read()
    assert shown, words
    assert running, words
    assert "Traceback" not in words
