"""Driving a window as hands would: keys, typing, and waiting until what was asked for is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import shiboken6
from PySide6.QtCore import QEventLoop, QKeyCombination, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fieldapp.desktop import kept_draft
from fieldapp.desktop.accounts_form import keeping as accounts_keeping
from fieldapp.desktop.application_form import keeping as application_keeping
from fieldapp.desktop.components.overlay import Overlay
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.people import dialog_draft, kept_facts
from fieldapp.desktop.session import DesktopSession
from fieldapp.desktop.window import Window
from fieldapp.store.database import Store
from tests.desktop.field_day import DayClock, new_window

KEEPERS = (accounts_keeping, application_keeping, dialog_draft, kept_draft, kept_facts)
"""What keeps what is typed once the typing pauses for ``PAUSE_MS``."""


@dataclass
class Field:
    """A window on a store with people in it."""

    qtbot: QtBot
    folder: Path
    clock: DayClock
    store: Store
    ids: dict[str, str]
    jobs: JobRunner
    session: DesktopSession
    window: Window

    def settle(self, reached: Callable[[], bool]) -> None:
        """Wait until ``reached``."""
        self.qtbot.waitUntil(reached, timeout=8_000)

    def quiet(self) -> None:
        """Wait until no job runs."""
        self.qtbot.waitUntil(lambda: not self.jobs.busy(), timeout=8_000)

    def go(self, page: str, **where: object) -> None:
        """Show a page and wait for its answers."""
        self.window.go(page, **where)
        self.quiet()

    def another_window(self) -> Window:
        """What a start after a crash shows: other widgets over the same store."""
        self.window.hide()
        self.window = new_window(self.session, self.jobs)
        self.qtbot.addWidget(self.window)
        show(self.window)
        return self.window


def show(window: Window) -> None:
    """Show the window and make it the active one."""
    window.resize(1280, 720)
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)


def close(window: Window) -> None:
    """Close the window, unless Qt has deleted it: pytest-qt asks for that, and an event loop since may have done it."""
    if shiboken6.isValid(window):
        window.close()


def let_work(ms: int) -> None:
    """Let the program work. Unlike QTest.qWait this lets its other threads run meanwhile: jobs end twice as soon."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def press(window: QWidget, keys: str) -> None:
    """Press a shortcut where the focus is."""
    combination: QKeyCombination = QKeySequence(keys)[0]
    target = QApplication.focusWidget() or window
    QTest.keyClick(target, combination.key(), combination.keyboardModifiers())


def type_into(widget: QWidget | None, text: str) -> None:
    """Type: letters by key, other characters as an input method commits them."""
    assert widget is not None
    if text.isascii():
        QTest.keyClicks(widget, text)
        return
    QApplication.clipboard().setText(text)
    QTest.keyClick(widget, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def shown_overlay(field: Field) -> Overlay:
    """The dialog that stands over the window now."""

    def standing() -> list[Overlay]:
        return [each for each in field.window.findChildren(Overlay) if each.isVisible()]

    field.settle(lambda: bool(standing()))
    field.quiet()
    return standing()[-1]


def is_closed(overlay: Overlay) -> bool:
    """Whether the dialog is gone; Qt may already have destroyed it."""
    return not shiboken6.isValid(overlay) or not overlay.isVisible()
