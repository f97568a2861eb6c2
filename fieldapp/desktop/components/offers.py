"""The list that is offered below a field while one types: a window of its own, which Esc closes and nothing else."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter

from fieldapp.desktop.look import clothe


def dress_offers(completer: QCompleter) -> None:
    """Have the list wear the look. Call once the completer knows its field; not before, for Qt makes the list then."""
    popup = completer.popup()
    if popup is not None:
        popup.setObjectName("offers")  # by which the sheet knows it
        clothe(popup)
        popup.installEventFilter(_EscapeIsForTheList(popup))


class _EscapeIsForTheList(QObject):
    """Keeps Esc from the shortcuts of what lies under the open list, which would put the form aside or do nothing."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().eventFilter(watched, event)
