"""Screens under test wear the light look and speak Chinese, as a fresh installation does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.look import Look, Theme, speak, wear
from fieldapp.translation import Language


@pytest.fixture(autouse=True)
def dressed(qtbot: QtBot) -> Iterator[None]:
    """Every test begins in the light look at 100 % and in Chinese."""
    speak(Language.CHINESE)
    wear(Look(Theme.LIGHT, 100))
    yield
    speak(Language.CHINESE)


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[JobRunner]:
    """A runner whose threads are gone at the end of the test."""
    runner = JobRunner(threads=2)
    yield runner
    assert runner.shut_down(wait_s=10)
