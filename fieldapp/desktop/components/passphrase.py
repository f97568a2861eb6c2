"""The field for a passphrase: an eye to look at what is typed, and a word when Caps Lock seems to be on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.look import Icon, px
from fieldapp.translation import tr


class PassphraseEntry(Entry):
    """Nothing typed here is ever suggested, corrected or shown unasked. ``caps_lock`` tells what the keys give away."""

    caps_lock = Signal(bool)

    def __init__(self, *, tall: bool = False, parent: QWidget | None = None) -> None:
        self._eye: Button | None = None
        super().__init__(tall=tall, parent=parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        hidden = Qt.InputMethodHint
        self.setInputMethodHints(
            hidden.ImhSensitiveData | hidden.ImhNoPredictiveText | hidden.ImhNoAutoUppercase | hidden.ImhHiddenText
        )
        self._eye = _Eye(self)
        self._eye.clicked.connect(self._look)
        self._place()

    def wipe(self) -> None:
        """Empty the field, its undo history too, and hide what will be typed next."""
        self.setText("")
        self._show(shown=False)

    def restyle(self) -> None:
        super().restyle()
        self.setTextMargins(0, 0, px(34), 0)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        typed = event.text()
        if len(typed) == 1 and typed.isascii() and typed.isalpha():
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_lock.emit(typed.isupper() != shifted)
        elif event.key() == Qt.Key.Key_CapsLock:
            self.caps_lock.emit(False)  # it was just switched; the next letter tells which way
        super().keyPressEvent(event)

    def _look(self) -> None:
        self._show(shown=self.echoMode() is QLineEdit.EchoMode.Password)

    def _show(self, *, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        if isinstance(self._eye, _Eye):
            self._eye.show_open(shown)

    def _place(self) -> None:
        if self._eye is not None:
            hint = self._eye.sizeHint()
            self._eye.setGeometry(
                self.width() - hint.width() - px(2), (self.height() - hint.height()) // 2, hint.width(), hint.height()
            )


class _Eye(Button):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            lambda: tr("Show what is typed"),
            Kind.LINK,
            icon=Icon.SHOW,
            small=True,
            words_shown=False,
            tone=Tone.SECOND,
            parent=parent,
        )
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_open(self, open_now: bool) -> None:
        """Draw the eye that does the opposite of what is shown now."""
        self._icon = Icon.HIDE if open_now else Icon.SHOW
        self.say((lambda: tr("Hide what is typed")) if open_now else (lambda: tr("Show what is typed")))
