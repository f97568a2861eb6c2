"""The Qt application: made once, dressed, run, and taken down in order."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.desktop.desk import Desk
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.look.mark import application_icon
from fieldapp.desktop.qt_words import QtWords
from fieldapp.desktop.unexpected import Unexpected
from fieldapp.protocol.identifiers import Clock
from fieldapp.services.laptop import Laptop, Preferences
from fieldapp.system_language import system_language
from fieldapp.translation import Language

DESIGN_SIZE = QSize(1280, 720)

SWITCH_S = 0.0005
"""How long a job may hold the interpreter while the window waits: a paper being made must not show in the typing."""


def run_program(folder: Path, clock: Clock, unlocked: Laptop | None = None, language: Language | None = None) -> int:
    """Make the application and run it on the profile in ``folder``; returns the exit code."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(application, QApplication):
        raise TypeError("the program needs a QApplication")
    application.setApplicationName("fieldapp")
    application.setDesktopFileName("fieldapp")
    application.setWindowIcon(application_icon())
    chosen = ChosenLook(named=language, usual=system_language(os.environ) or Language.CHINESE)
    chosen.restore(Preferences())
    qt_words = QtWords(application, chosen)
    sys.setswitchinterval(SWITCH_S)
    gc.freeze()  # what is imported stays: nobody need go through it again
    jobs = JobRunner()
    desk = Desk(folder, clock, jobs, chosen)
    unexpected = Unexpected(desk.window)
    fit(desk.window)
    desk.open(unlocked)
    try:
        return application.exec()
    finally:
        desk.finish()
        unexpected.release()
        qt_words.release()


def fit(window: QWidget) -> None:
    """Give the window the design's size, or all of a smaller screen."""
    screen = window.screen() or QGuiApplication.primaryScreen()
    room = screen.availableSize() if screen is not None else DESIGN_SIZE
    window.resize(DESIGN_SIZE.boundedTo(room))
    if room.width() <= DESIGN_SIZE.width() or room.height() <= DESIGN_SIZE.height():
        window.setWindowState(Qt.WindowState.WindowMaximized)
