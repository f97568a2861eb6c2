"""A window of a few pages over an open store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pytestqt.qtbot import QtBot

from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.look import speak
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.session import DesktopSession, read_unlocked
from fieldapp.desktop.window import PageEntry, Window
from fieldapp.services.laptop import Laptop, Profile
from fieldapp.store.database import Store
from fieldapp.translation import Language
from tests.desktop.desks import WAIT_MS

Make = Callable[[Shell, DesktopSession], Page]


class QuietLaptop(Laptop):
    """A laptop without a card: nothing unlocks here."""

    def write_card(self) -> None:
        """Nothing to write."""


@contextmanager
def window_of(qtbot: QtBot, folder: Path, store: Store, jobs: JobRunner, **pages: Make) -> Iterator[Window]:
    """A window of these pages over ``store``, by their names."""
    session = DesktopSession(read_unlocked(QuietLaptop(Profile(folder), store)), store.clock, jobs, ChosenLook())
    speak(Language.ENGLISH)
    entries = [PageEntry(name, lambda shell, make=make: make(shell, session), name) for name, make in pages.items()]
    made = Window(jobs, entries)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    qtbot.waitUntil(lambda: not jobs.busy(), timeout=WAIT_MS)
    session.close()
