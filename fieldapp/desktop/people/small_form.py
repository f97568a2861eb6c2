"""A question with a field or two, over the page; a refusal lands at its field and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent

from fieldapp.desktop.components.arrange import STRETCH, Column, Line, ScrollPage
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.field import Field, Form
from fieldapp.desktop.components.overlay import Overlay, Panel
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.look import px
from fieldapp.desktop.page import Shell


def open_small_form(
    shell: Shell,
    title: Words,
    second: Words,
    fields: Mapping[str, Field],
    *,
    verb: Words,
    stay: Words,
    work: Callable[[], Callable[[], Any]],
    done: Callable[[Any], object],
    refusal: Exception | None = None,
) -> Overlay:
    """Ask over the window. ``work`` reads the fields and returns the job; it may raise what the fields refuse.

    Enter in a field of one line does what Ctrl Enter does. ``refusal`` stands at its field from the beginning.
    """
    panel = _SmallForm(shell, title, second, fields, verb, stay, work, done)
    if refusal is not None:
        panel.show_refusal(refusal)
    overlay = Overlay(shell.host().window(), panel, wide=460)
    overlay.setAccessibleName(said(title))
    panel.stand_in(overlay)
    overlay.open()
    next(iter(fields.values())).setFocus(Qt.FocusReason.OtherFocusReason)
    QTimer.singleShot(0, overlay, overlay.refit)
    return overlay


_FIELDS_AT_ONCE = 5
"""More than these scroll, so that the verbs stay in sight."""

_HIGHEST = 460
"""Six fields stand whole in a window 720 high."""


class _Scrolled(ScrollPage):
    def sizeHint(self) -> QSize:
        inner = self.widget()
        return QSize(px(400), min(inner.sizeHint().height(), px(_HIGHEST)) if inner is not None else px(400))


class _SmallForm(Panel):
    def __init__(
        self,
        shell: Shell,
        title: Words,
        second: Words,
        fields: Mapping[str, Field],
        verb: Words,
        stay: Words,
        work: Callable[[], Callable[[], Any]],
        done: Callable[[Any], object],
    ) -> None:
        self._shell, self._work, self._done = shell, work, done
        self._overlay: Overlay | None = None
        self._form = Form(**fields)
        self._yes = Button(verb, Kind.FILLED, key="Ctrl+Return")
        self._no = Button(stay, key="Escape")
        head = [Text(title, Role.DIALOG, wrap=True)]
        if second != "":
            head.append(Text(second, Role.SECOND, wrap=True))
        typed = [(_Scrolled(Column(*fields.values(), gap=10)), 1)] if len(fields) > _FIELDS_AT_ONCE else fields.values()
        super().__init__(Column(*head, *typed, 2, Line(STRETCH, self._no, self._yes, gap=8), gap=10))
        self._yes.clicked.connect(self._do)

    def show_refusal(self, refusal: Exception) -> None:
        """Say at its field what was refused before."""
        self._form.show(refusal)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._yes.click()
        else:
            super().keyPressEvent(event)

    def stand_in(self, overlay: Overlay) -> None:
        """Learn what closes this panel."""
        self._overlay = overlay
        self._no.clicked.connect(overlay.close_panel)
        overlay.closed.connect(overlay.deleteLater)

    def _do(self) -> None:
        self._form.clear()
        try:
            job = self._work()
        except Exception as error:  # noqa: BLE001 - the edge of a form: refusals go to their fields, ours are shown
            self._refused(error)
            return
        self._yes.setEnabled(False)
        self._shell.jobs.run(job, owner=self, done=self._finished, failed=self._refused)

    def _finished(self, result: object) -> None:
        if self._overlay is not None:
            self._overlay.close_panel()
        self._done(result)

    def _refused(self, error: Exception) -> None:
        self._yes.setEnabled(True)
        if not self._form.show(error):
            self._shell.explain(error)
        if self._overlay is not None:
            QTimer.singleShot(0, self._overlay, self._overlay.refit)
