"""Screens under test wear the light look and speak Chinese, as a fresh installation does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from fieldapp.desktop.desk import Desk
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.look import Look, Theme, speak, wear
from fieldapp.protocol.identifiers import SystemClock
from fieldapp.store.database import Store
from fieldapp.translation import Language
from tests.desktop.desks import WAIT_MS, desk_on, unlock
from tests.desktop.driving import KEEPERS, Field, close, show
from tests.desktop.field_day import DayClock, new_session, new_window, peopled_store
from tests.desktop.head_office import PASSPHRASE, head_office
from tests.services.an_application import FixedClock, new_laptop, written_application


@pytest.fixture(autouse=True)
def dressed(qtbot: QtBot) -> Iterator[None]:
    """Every test begins in the light look at 100 % and in Chinese, with no window left of the test before."""
    # Only an event loop would delete what was closed; till then every change of look dresses it once more.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    speak(Language.CHINESE)
    wear(Look(Theme.LIGHT, 100))
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    speak(Language.CHINESE)


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[JobRunner]:
    """A runner whose threads are gone at the end of the test."""
    runner = JobRunner(threads=2)
    yield runner
    assert runner.shut_down(wait_s=10)


@pytest.fixture
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed is kept almost at once; an officer pauses longer, and a test has no time to."""
    for keeper in KEEPERS:
        monkeypatch.setattr(keeper, "PAUSE_MS", 10)


@pytest.fixture
def field(qtbot: QtBot, tmp_path: Path) -> Iterator[Field]:
    """A window on Today, with the people of the pictures on the laptop."""
    clock = DayClock()
    store, ids = peopled_store(tmp_path / "profile", clock)
    runner = JobRunner(threads=3)
    session = new_session(store, clock, runner, tmp_path / "profile")
    window = new_window(session, runner)
    qtbot.addWidget(window)
    show(window)
    made = Field(qtbot, tmp_path, clock, store, ids, runner, session, window)
    made.go("today")
    yield made
    close(made.window)
    made.quiet()
    assert runner.shut_down(wait_s=10)
    session.close()
    store.close()


@pytest.fixture
def again(field: Field, qtbot: QtBot) -> Iterator[Callable[[], Field]]:
    """What the next start shows, while nothing of this one was closed or saved."""
    begun: list[Field] = []

    def start() -> Field:
        for left in field.window.findChildren(QWidget):
            left.blockSignals(True)  # a dead program leaves no field
        jobs = JobRunner(threads=3)
        session = new_session(field.store, field.clock, jobs, field.folder)
        window = new_window(session, jobs)
        qtbot.addWidget(window)
        show(window)
        begun.append(Field(qtbot, field.folder, field.clock, field.store, field.ids, jobs, session, window))
        return begun[-1]

    yield start
    for one in begun:
        close(one.window)
        one.quiet()
        assert one.jobs.shut_down(wait_s=10)
        one.session.close()


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """A laptop enrolled at head office, unlocked on the settings; it does not synchronise, so nothing else writes."""
    clock = SystemClock()
    with head_office(tmp_path, clock) as office:
        office.laptop_of("李四", "laptop").lock()
        with desk_on(qtbot, tmp_path / "laptop", clock) as opened:
            unlock(qtbot, opened, PASSPHRASE).sync.stop()
            yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An officer's laptop with what head office sends it; a test of something else has a store of its own."""
    with new_laptop(tmp_path, FixedClock()) as opened:
        yield opened


@pytest.fixture
def application(store: Store) -> str:
    """An application with all that its papers say."""
    return written_application(store)


@pytest.fixture
def until(qtbot: QtBot) -> Callable[[Callable[[], object]], None]:
    """Waits until something holds."""
    return lambda holds: qtbot.waitUntil(lambda: bool(holds()), timeout=WAIT_MS)
