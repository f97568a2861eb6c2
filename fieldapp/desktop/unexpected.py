"""What nobody caught: it is logged with an incident to quote, shown, and the program goes on."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal

from fieldapp.desktop.page import Shell

log = logging.getLogger(__name__)


class Unexpected(QObject):
    """Takes Python's hooks for exceptions that escaped a slot, an event or a thread, until ``release``."""

    _escaped = Signal(object)

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._before = (sys.excepthook, threading.excepthook)
        self._escaped.connect(self._show, Qt.ConnectionType.QueuedConnection)
        sys.excepthook = self._in_slot
        threading.excepthook = self._in_thread

    def release(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._before

    def _in_slot(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not isinstance(error, Exception):
            self._before[0](kind, error, trace)
            return
        self._escaped.emit(error)

    def _in_thread(self, escaped: threading.ExceptHookArgs) -> None:
        if isinstance(escaped.exc_value, Exception):
            self._escaped.emit(escaped.exc_value)

    def _show(self, error: Exception) -> None:
        log.error("unexpected", exc_info=error)
        self._shell.explain(error)
