"""A question with a field or two, over the page; a refusal lands at its field and nothing typed is lost.

What is typed is kept as one types. Whoever closes the question without an answer has put it aside: opened again, here
or after a flat battery, it shows what stood there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent

from fieldapp.desktop.components.arrange import STRETCH, Column, Line, ScrollPage
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.field import Field, Form
from fieldapp.desktop.components.overlay import Overlay, Panel
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words, said
from fieldapp.desktop.formats import clock, day
from fieldapp.desktop.look import px
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.dialog_draft import DialogDraft, Keep
from fieldapp.translation import tr


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
    keep: Keep,
    refusal: Exception | None = None,
    danger: bool = False,
) -> Overlay:
    """Ask over the window. ``work`` reads the fields and returns the job; it may raise what the fields refuse.

    ``keep`` says where what is typed is kept until the job has recorded it. Enter in a field of one line does what
    Ctrl Enter does, unless that is a ``danger``. ``refusal`` stands at its field from the beginning.
    """
    panel = _SmallForm(shell, title, second, fields, verb, stay, work, done, keep, danger=danger)
    if refusal is not None:
        panel.show_refusal(refusal)
    overlay = Overlay(shell.host().window(), panel, wide=460)
    overlay.setAccessibleName(said(title))
    panel.stand_in(overlay)
    overlay.open()
    next(iter(fields.values())).setFocus(Qt.FocusReason.OtherFocusReason)
    QTimer.singleShot(0, overlay, overlay.refit)
    return overlay


def going_on(verb: Words) -> str:
    """What the button that opens a question says while something half typed is kept there."""
    return tr("{verb}: half typed", verb=said(verb))


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
        keep: Keep,
        *,
        danger: bool,
    ) -> None:
        self._shell, self._work, self._done = shell, work, done
        self._title, self._stay, self._danger = title, stay, danger
        self._overlay: Overlay | None = None
        self._form = Form(**fields)
        self._yes = Button(verb, Kind.DANGER if danger else Kind.FILLED, key="Ctrl+Return")
        self._no = Button(stay, key="Escape")
        self._found = Text("", Role.SECOND, elide=True)
        self._anew = Button(lambda: tr("Start anew"), Kind.LINK, small=True)
        self._again = Line((self._found, 1), self._anew, gap=8)
        self._again.hide()
        head = [Text(title, Role.DIALOG, wrap=True)]
        if second != "":
            head.append(Text(second, Role.SECOND, wrap=True))
        typed = [(_Scrolled(Column(*fields.values(), gap=10)), 1)] if len(fields) > _FIELDS_AT_ONCE else fields.values()
        super().__init__(Column(*head, self._again, *typed, 2, Line(STRETCH, self._no, self._yes, gap=8), gap=10))
        self._draft = DialogDraft(shell, keep, {name: each.control for name, each in fields.items()}, self)
        self._draft.found.connect(self._show_found)
        self._draft.typed.connect(self._show_typed)
        self._yes.clicked.connect(self._do)
        self._anew.clicked.connect(self._start_anew)

    def show_refusal(self, refusal: Exception) -> None:
        """Say at its field what was refused before."""
        self._form.show(refusal)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._danger:
            self._yes.click()
        else:
            super().keyPressEvent(event)

    def stand_in(self, overlay: Overlay) -> None:
        """Learn what closes this panel."""
        self._overlay = overlay
        self._no.clicked.connect(overlay.close_panel)
        overlay.closed.connect(self._closed)
        overlay.closed.connect(overlay.deleteLater)

    def _show_found(self, at: datetime) -> None:
        self._found.say(lambda: tr("Found again: what you typed until {time}", time=f"{day(at)} {clock(at)}"))
        self._again.show()
        self._refit()

    def _show_typed(self, typed: bool) -> None:
        self._no.say((lambda: tr("Put aside")) if typed else self._stay)

    def _start_anew(self) -> None:
        self._form.clear()
        self._draft.start_anew()
        self._again.hide()
        self._form.fields()[0].setFocus(Qt.FocusReason.OtherFocusReason)
        self._refit()

    def _closed(self) -> None:
        if self._draft.put_aside():
            title = said(self._title)
            self._shell.toast(
                lambda: tr("Put aside: {title}", title=title),
                lambda: tr("It goes on when you open it again. Only on this laptop"),
            )

    def _do(self) -> None:
        self._form.clear()
        try:
            job = self._work()
        except Exception as error:  # noqa: BLE001 - the edge of a form: refusals go to their fields, ours are shown
            self._refused(error)
            return
        self._yes.setEnabled(False)
        self._draft.record(job, self._finished, self._refused)

    def _finished(self, result: object) -> None:
        if self._overlay is not None:
            self._overlay.close_panel()
        self._done(result)

    def _refused(self, error: Exception) -> None:
        self._yes.setEnabled(True)
        if not self._form.show(error):
            self._shell.explain(error)
        self._refit()

    def _refit(self) -> None:
        if self._overlay is not None:
            QTimer.singleShot(0, self._overlay, self._overlay.refit)
