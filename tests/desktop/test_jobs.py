"""Jobs end as done, failed or cancelled, on the UI thread, with their values unharmed."""

from __future__ import annotations

import logging
import threading
from functools import partial

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from fieldapp.desktop.jobs import Job, JobRunner
from fieldapp.domain.errors import Actionable
from fieldapp.domain.wording import Sentence

MONEY_FEN = 3_000_000_000  # does not fit Qt's int


def test_result_arrives_on_the_ui_thread_unharmed(qtbot: QtBot, jobs: JobRunner) -> None:
    heard: list[object] = []
    threads: list[int] = []

    def done(value: object) -> None:
        heard.append(value)
        threads.append(threading.get_ident())

    jobs.run(lambda: (MONEY_FEN, threading.get_ident()), done=done)
    qtbot.waitUntil(lambda: bool(heard))
    value, worker = heard[0]  # type: ignore[misc]
    assert value == MONEY_FEN
    assert worker != threading.get_ident()
    assert threads == [threading.get_ident()]


def test_a_known_error_reaches_failed_and_only_failed(qtbot: QtBot, jobs: JobRunner) -> None:
    refused = Actionable("full", Sentence("The disk is full."))
    heard: list[object] = []

    def work() -> None:
        raise refused

    jobs.run(work, done=heard.append, failed=heard.append, cancelled=lambda: heard.append("cancelled"))
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [refused]


def test_a_bug_in_a_job_is_told_and_logged(qtbot: QtBot, jobs: JobRunner, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Exception] = []
    with caplog.at_level(logging.ERROR, "fieldapp.desktop.jobs"):
        jobs.run(lambda: 1 / 0, failed=heard.append)
        qtbot.waitUntil(lambda: bool(heard))
    assert isinstance(heard[0], ZeroDivisionError)
    assert [record.message for record in caplog.records] == ["job_failed"]


def test_progress_is_told_in_order_and_carries_large_numbers(qtbot: QtBot, jobs: JobRunner) -> None:
    steps: list[tuple[int, int]] = []
    ends: list[object] = []

    def work(job: Job, start: int) -> str:
        for done in range(start, start + 3):
            job.progress(done, MONEY_FEN)
        return "ready"

    jobs.run(partial(work, start=7), done=ends.append, progress=lambda done, total: steps.append((done, total)))
    qtbot.waitUntil(lambda: bool(ends))
    assert steps == [(7, MONEY_FEN), (8, MONEY_FEN), (9, MONEY_FEN)]


def test_a_cancelled_job_stops_at_its_next_step(qtbot: QtBot, jobs: JobRunner) -> None:
    begun, go_on = threading.Event(), threading.Event()
    heard: list[str] = []

    def work(job: Job) -> None:
        begun.set()
        go_on.wait(10)
        job.stop_if_cancelled()
        heard.append("went on")

    job = jobs.run(work, done=lambda _: heard.append("done"), cancelled=lambda: heard.append("cancelled"))
    assert begun.wait(10)
    job.cancel()
    go_on.set()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == ["cancelled"]


def test_a_job_cancelled_before_it_began_never_begins(qtbot: QtBot) -> None:
    jobs = JobRunner(threads=1)
    hold = threading.Event()
    heard: list[str] = []
    jobs.run(lambda: hold.wait(10))
    waiting = jobs.run(lambda: heard.append("ran"), cancelled=lambda: heard.append("cancelled"))
    waiting.cancel()
    hold.set()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == ["cancelled"]
    assert jobs.shut_down()


def test_the_result_for_a_destroyed_owner_is_dropped(qtbot: QtBot, jobs: JobRunner) -> None:
    class Screen(QObject):
        def show(self, value: object) -> None:
            heard.append(value)

    heard: list[object] = []
    hold = threading.Event()
    screen = Screen()
    jobs.run(lambda: hold.wait(10), done=screen.show)
    with qtbot.waitSignal(screen.destroyed):
        screen.deleteLater()
    hold.set()
    qtbot.waitUntil(lambda: not jobs.busy())
    assert heard == []


def test_shutting_down_waits_for_the_job_that_commits(qtbot: QtBot) -> None:
    jobs = JobRunner(threads=1)
    begun, committed = threading.Event(), threading.Event()
    heard: list[object] = []

    def commit() -> None:
        begun.set()
        committed.set()

    jobs.run(commit, done=heard.append)
    assert begun.wait(10)
    assert jobs.shut_down(wait_s=10, cancel=False)
    assert committed.is_set()
    qtbot.wait(1)
    assert heard == []  # the screens are going: nothing is told any more


def test_after_shutting_down_no_work_is_begun(qtbot: QtBot) -> None:
    jobs = JobRunner()
    assert jobs.shut_down()
    ran: list[int] = []
    assert jobs.run(lambda: ran.append(1)).cancelled()
    assert not jobs.busy()
    assert ran == []


def test_a_failing_listener_does_not_stop_other_jobs(qtbot: QtBot, jobs: JobRunner) -> None:
    heard: list[int] = []

    def broken(_value: object) -> None:
        raise RuntimeError("a screen's own mistake")

    with qtbot.captureExceptions() as caught:
        jobs.run(lambda: 1, done=broken)
        jobs.run(lambda: 2, done=heard.append)
        qtbot.waitUntil(lambda: heard == [2])
        qtbot.waitUntil(lambda: not jobs.busy())
    assert [type(error) for _, error, _ in caught] == [RuntimeError]
