"""A question with verbs for answers. Esc is always the safe one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.overlay import Overlay, Panel
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words, said


def ask(
    window: QWidget,
    question: Words,
    second: Words,
    *,
    verb: Words,
    stay: Words,
    do: Callable[[], object],
    danger: bool = False,
    otherwise: Callable[[], object] | None = None,
    content: QWidget | None = None,
) -> Overlay:
    """Ask over ``window``: ``verb`` does ``do``; ``stay`` (Esc) leaves everything as it is and does ``otherwise``.

    ``content`` stands between the sentence and the verbs. Enter is the verb, except when it is a ``danger``.
    """
    panel = DialogPanel(question, second, verb=verb, stay=stay, danger=danger, content=content)
    overlay = Overlay(window.window(), panel)
    answered: list[bool] = []

    def yes() -> None:
        answered.append(True)
        overlay.close_panel()
        do()

    def closed() -> None:
        overlay.deleteLater()
        if not answered and otherwise is not None:
            otherwise()

    panel.yes.clicked.connect(yes)
    panel.no.clicked.connect(overlay.close_panel)
    overlay.closed.connect(closed)
    overlay.setAccessibleName(said(question))
    overlay.open()
    if content is None and not danger:
        panel.yes.setFocus(Qt.FocusReason.OtherFocusReason)  # what Enter does is what shows the focus
    return overlay


class DialogPanel(Panel):
    """The leaf of a question: ``yes`` and ``no`` are its buttons."""

    def __init__(
        self,
        question: Words,
        second: Words,
        *,
        verb: Words,
        stay: Words,
        danger: bool = False,
        content: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self.no = Button(stay, key="Escape")
        self.yes = Button(verb, Kind.DANGER if danger else Kind.FILLED, key="" if danger else "Return")
        items: list[QWidget] = [Text(question, Role.DIALOG, wrap=True), Text(second, Role.SECOND, wrap=True)]
        if content is not None:
            items.append(content)
        super().__init__(Column(*items, 2, Line(STRETCH, self.no, self.yes, gap=8), gap=8), parent=parent)
        self.no.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        enter = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # whoever went to this button means it, not the verb that has Enter everywhere else
            return True
        return super().eventFilter(watched, event)
