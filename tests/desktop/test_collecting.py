"""Garbage of screens is let go of on the UI thread only: on a job's thread it could stand in Qt's way for good."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from fieldapp.desktop import collecting
from fieldapp.desktop.jobs import JobRunner

Until = Callable[[Callable[[], object]], None]


class Knot:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def threads() -> Iterator[list[str]]:
    """The names of the threads on which garbage was collected."""
    seen: list[str] = []

    def note(phase: str, _told: dict[str, int]) -> None:
        if phase == "start":
            seen.append(threading.current_thread().name)

    gc.callbacks.append(note)
    tests_own = gc.get_threshold()
    gc.set_threshold(700, 10, 10)  # the program's
    yield seen
    gc.set_threshold(*tests_own)
    gc.callbacks.remove(note)


def tie_knots(number: int) -> list[weakref.ref[Knot]]:
    return [weakref.ref(Knot()) for _ in range(number)]


def test_what_a_job_leaves_is_collected_on_the_ui_thread(
    jobs: JobRunner, until: Until, threads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "LOOK_MS", 20)
    looking = JobRunner(threads=1)
    left: list[weakref.ref[Knot]] = []
    looking.run(partial(tie_knots, 5_000), done=left.extend)
    until(lambda: left and all(knot() is None for knot in left))
    assert set(threads) == {threading.main_thread().name}
    assert looking.shut_down(wait_s=10)


def test_python_collects_again_once_the_last_runner_is_shut_down(qtbot: QtBot) -> None:
    assert gc.isenabled()
    first, second = JobRunner(threads=1), JobRunner(threads=1)
    assert not gc.isenabled()
    first.shut_down()
    assert not gc.isenabled()
    second.shut_down()
    assert gc.isenabled()


class Screen:
    """Tells where the last that refers to it lets go."""

    def __init__(self, told: list[str]) -> None:
        self.told = told

    def __del__(self) -> None:
        self.told.append(threading.current_thread().name)

    def work(self, *, fails: bool) -> None:
        if fails:
            raise ValueError("no")


@pytest.mark.parametrize("fails", [False, True])
def test_a_screen_that_a_job_outlives_goes_on_the_ui_thread(jobs: JobRunner, until: Until, fails: bool) -> None:
    told: list[str] = []
    for _ in range(20):
        jobs.run(partial(Screen(told).work, fails=fails), failed=lambda _error: None)
    until(lambda: len(told) == 20)
    assert set(told) == {threading.main_thread().name}


def test_jobs_and_screens_that_close_never_wait_for_each_other() -> None:
    """Without the collector this stood still within a second."""
    went = subprocess.run([sys.executable, "-m", "tests.desktop.rushed_connections"], capture_output=True, text=True)
    assert went.stdout == "came through\n", went.stderr[-3_000:]
