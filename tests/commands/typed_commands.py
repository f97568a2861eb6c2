"""Typing commands, in this process and in one of their own, and what they answered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fieldapp.app import fieldapp

PASSPHRASE = "rice and tea 稻茶"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a command said on its two outputs, and its exit code."""

    code: int
    out: str
    err: str

    def facts(self) -> dict[str, Any]:
        """The JSON object of a command that did its work."""
        assert self.code == 0, self.err
        assert self.err == ""
        facts: dict[str, Any] = json.loads(self.out)
        return facts

    def refusal(self) -> dict[str, Any]:
        """The JSON object of a command that did not."""
        assert self.code == 2, (self.out, self.err)
        assert self.out == ""
        error: dict[str, Any] = json.loads(self.err)["error"]
        return error


def typed(*words: str | Path, language: str = "en", passphrase: str = PASSPHRASE) -> Answered:
    """Run a command in this process."""
    environment = {"FIELDAPP_LANGUAGE": language, "FIELDAPP_PASSPHRASE": passphrase}
    said = CliRunner().invoke(fieldapp, [str(word) for word in words], env=environment)
    assert said.exception is None or isinstance(said.exception, SystemExit), said.exc_info
    return _checked(Answered(said.exit_code, said.stdout, said.stderr))


def typed_in_a_process(*words: str | Path, language: str = "en", **options: Any) -> Answered:
    """Run a command as a person does; ``options`` are subprocess.run's."""
    said = subprocess.run(command(*words), env=environment(language), capture_output=True, timeout=120, **options)
    return _checked(Answered(said.returncode, said.stdout.decode(), said.stderr.decode()))


def command(*words: str | Path) -> list[str]:
    """The arguments of a process that runs the program."""
    return [sys.executable, "-m", "fieldapp", *(str(word) for word in words)]


def environment(language: str = "en") -> dict[str, str]:
    """The process's environment with the passphrase in it and no screen."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return {**kept, "FIELDAPP_LANGUAGE": language, "FIELDAPP_PASSPHRASE": PASSPHRASE, "PYTHONIOENCODING": "utf-8"}


def require_refusal(code: str, *words: str | Path) -> str:
    """The command is refused with ``code``: in one English sentence, and in Chinese as JSON. Returns the English."""
    answered = typed(*words)
    assert (answered.code, answered.out) == (2, ""), answered
    assert len(answered.err.strip().splitlines()) == 1
    assert len(answered.err) < 1_000
    error = typed(*words, "--json", language="zh").refusal()
    assert error["code"] == code, error
    assert answered.err.strip() != error["text"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in _without(error["text"], words))
    return answered.err


def require_space_of_its_own(path: Path, size: str) -> None:
    """A small disk at ``path``, or the test is skipped: only root may mount one."""
    path.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"a full disk needs a mount: {mounted.stderr.decode().strip()}")


def _without(text: str, words: tuple[str | Path, ...]) -> str:
    for word in words:
        for part in (str(word), *Path(str(word)).parts):
            text = text.replace(part, "")
    return text


def _checked(answered: Answered) -> Answered:
    for text in (answered.out, answered.err):
        assert "Traceback" not in text
        assert "Exception ignored" not in text
        assert "Warning" not in text
    assert answered.code != 1, answered.err
    return answered
