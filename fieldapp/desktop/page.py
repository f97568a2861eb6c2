"""What a page is, and what it may ask of the window around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.words import Words
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.look import Living


class Shell(Protocol):
    """The window as its pages see it."""

    @property
    def jobs(self) -> JobRunner:
        """Where work off the UI thread runs."""

    def go(self, page: str, **where: object) -> None:
        """Show a page by its name; ``where`` reaches its ``shown``."""

    def go_back(self) -> None:
        """Show the page that was shown before."""

    def toast(self, words: Words, second: Words = "", undo: Callable[[], object] | None = None) -> None:
        """Say what was done, with a way back."""

    def explain(self, error: Exception) -> None:
        """Show an error that belongs to no field: what happened, that the work is safe, what to do."""

    def host(self) -> QWidget:
        """The widget that dialogs stand over."""


class Page(Living, QWidget):
    """One page of the window. It is built when first shown, and stands until the window closes."""

    title: Words = ""
    narrow_rail = False
    """Whether this page wants the rail at 61 even in a wide window."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def shown(self, **where: object) -> None:
        """Called each time the page comes to the front: ask the services again."""

    def leaving(self) -> None:
        """Called before another page, a lock or the end of the program hides this one: save the draft."""

    def first_focus(self) -> QWidget | None:
        """The widget that takes the keyboard when the page comes to the front."""
        return None
