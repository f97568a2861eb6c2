"""A masked fact in clear: on demand, for half a minute, and never without an event (DOMAIN E15)."""

from __future__ import annotations

import re
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import Line
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.words import Words, one_line
from fieldapp.desktop.look import Icon, px
from fieldapp.desktop.page import Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.reveal import reveal
from fieldapp.translation import tr

SHOWN_MS = 30_000
_STARS = re.compile(r"\*{5,}")


class FactLine(Line):
    """A name of 62 at the left, what is known behind it, on as many lines as it needs; a masked one has an eye."""

    def __init__(self, name: Words, *, wrap: bool = True, parent: QWidget | None = None) -> None:
        self.name = Text(name, Role.SECOND, elide=True)
        self.value = Text("", Role.SECOND, tone=Tone.INK, wrap=wrap, elide=not wrap, selectable=True)
        super().__init__(self.name, (self.value, 1), gap=4, parent=parent)
        if wrap:
            self.align(Qt.AlignmentFlag.AlignTop)

    def show_fact(self, words: Words) -> None:
        """Show another value; nothing known is said as such."""
        self.value.say(words or (lambda: tr("not known")), Tone.INK if words else Tone.HINT)

    def restyle(self) -> None:
        super().restyle()
        self.name.setFixedWidth(px(58))


class LowLink(Button):
    """A quiet button no taller than the line of text it stands in."""

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width(), min(hint.height(), px(24)))

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(hint.width(), min(hint.height(), px(24)))


class MaskedLine(FactLine):
    """A masked fact whose eye shows it for half a minute."""

    def __init__(self, shell: Shell, session: DesktopSession, name: Words, field: str) -> None:
        super().__init__(name, wrap=False)
        self._shell, self._session, self._field = shell, session, field
        self._record: str | None = None
        self._masked = ""
        self.eye = LowLink(
            lambda: tr("Show {what} (this is noted)", what=self.name.words()),
            Kind.LINK,
            icon=Icon.SHOW,
            small=True,
            words_shown=False,
            tone=Tone.SECOND,
        )
        self.put(self.eye)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self._hide_again)
        self.eye.clicked.connect(self._toggle)

    def show_masked(self, record: str, masked: str) -> None:
        """Show the masked value of a record; a value shown in clear is covered again."""
        # 110101********0011 is wider than its column: how many stars stand there tells nothing.
        self._record, self._masked = record, _STARS.sub(" **** ", masked).strip()
        self._hide_again()
        self.eye.setVisible(bool(masked))

    def _toggle(self) -> None:
        if self._timer.isActive():
            self._hide_again()
        elif self._record is not None:
            record = self._record
            work = partial(reveal, self._session.store, record, self._field)
            self._shell.jobs.run(
                work, owner=self, done=lambda clear: self._show_clear(record, clear), failed=self._shell.explain
            )

    def _show_clear(self, record: str, clear: str) -> None:
        if record == self._record:
            self.show_fact(one_line(clear))
            self._timer.start()

    def _hide_again(self) -> None:
        self._timer.stop()
        self.show_fact(self._masked)


def copy_mobile(shell: Shell, session: DesktopSession, person: str, owner: QWidget) -> None:
    """Show a telephone number in the toast and put it on the clipboard, ready to dial."""

    def told(number: str) -> None:
        if not number:
            shell.toast(lambda: tr("No telephone number is known"))
            return
        QGuiApplication.clipboard().setText(number)
        shell.toast(number, lambda: tr("copied; that it was shown is noted"))

    shell.jobs.run(partial(reveal, session.store, person, "mobile"), owner=owner, done=told, failed=shell.explain)
