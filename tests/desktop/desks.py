"""A desk on a profile, driven as a person drives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.desk import Desk
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.pages.unlock import UnlockPage
from fieldapp.desktop.session import DesktopSession
from fieldapp.protocol.identifiers import Clock
from fieldapp.services.laptop import Preferences
from fieldapp.services.synchronise import Pace

W = TypeVar("W", bound=QWidget)
WAIT_MS = 15_000
_WINDOW = Qt.WindowType.Window


class QuickPace(Pace):
    """Sends at once what was saved; everything else as in life."""

    def after_change(self) -> float:
        return 0.02


@contextmanager
def desk_on(
    qtbot: QtBot, folder: Path, clock: Clock, *, first: str = "settings", pace: Pace | None = None
) -> Iterator[Desk]:
    """A window on the profile in ``folder``, closed in order at the end."""
    jobs, chosen = JobRunner(threads=3), ChosenLook()
    chosen.choose(Preferences())
    desk = Desk(folder, clock, jobs, chosen, pace=pace or QuickPace(), first=first)
    desk.window.resize(1280, 720)
    strays = _Strays(desk.window)
    QApplication.instance().installEventFilter(strays)
    desk.open()
    with qtbot.waitActive(desk.window):
        desk.window.activateWindow()
    try:
        yield desk
    finally:
        QApplication.instance().removeEventFilter(strays)
        desk.window.close()
        desk.finish()
        desk.window.deleteLater()
    assert not strays.seen, "a part was shown before it had its place: it stood as a window of its own"


class _Strays(QObject):
    """Notes every widget that was shown as a window of its own."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self._window = window
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.windowType() == _WINDOW
        if shown and watched.isWindow() and watched is not self._window:
            self.seen.append(repr(watched))
        return False


def unlock(qtbot: QtBot, desk: Desk, passphrase: str) -> DesktopSession:
    """Type the passphrase and press Enter."""
    cover = the(desk.window, UnlockPage)
    with qtbot.waitSignal(desk.opened, timeout=WAIT_MS):
        qtbot.keyClicks(cover.focusProxy(), passphrase)
        qtbot.keyClick(cover.focusProxy(), Qt.Key.Key_Return)
    return desk.session()


def the(parent: QWidget, kind: type[W]) -> W:
    """The one child of that kind."""
    found = parent.findChild(kind)
    assert found is not None
    return found


def press(qtbot: QtBot, parent: QWidget, name: str) -> None:
    """Click the visible button called ``name``."""
    qtbot.mouseClick(button(parent, name), Qt.MouseButton.LeftButton)


def button(parent: QWidget, name: str) -> Button:
    """The visible button called ``name``."""
    found = [one for one in parent.findChildren(Button) if one.accessibleName() == name and one.isVisible()]
    assert len(found) == 1, [one.accessibleName() for one in parent.findChildren(Button) if one.isVisible()]
    return found[0]


def field_called(parent: QWidget, name: str) -> QWidget:
    """The visible control labelled ``name``."""
    found = [
        one
        for one in parent.findChildren(QWidget)
        if one.accessibleName() == name and one.isVisible() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert len(found) == 1, found
    return found[0]


def shows(parent: QWidget, words: str) -> Callable[[], bool]:
    """Whether some visible widget says ``words``."""

    def said() -> bool:
        return any(
            words in one.accessibleName() or (isinstance(one, QLabel) and words in one.text())
            for one in parent.findChildren(QWidget)
            if one.isVisible()
        )

    return said
