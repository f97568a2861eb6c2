"""Dressing a running program: a change of theme, scale or language reaches every standing widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from fieldapp.desktop.look.fonts import font, load_fonts
from fieldapp.desktop.look.sheet import sheet
from fieldapp.desktop.look.tokens import Tokens
from fieldapp.desktop.look.worn import Look, put_on, tokens
from fieldapp.translation import Language, use_language

LOOK_CHANGE = QEvent.Type(QEvent.registerEventType())
WORDS_CHANGE = QEvent.Type(QEvent.registerEventType())

if TYPE_CHECKING:
    _Widget = QWidget
else:
    _Widget = object  # beside a real widget class: Shiboken allows only one of those among the bases


class Living(_Widget):
    """Beside a widget class: says its words again and takes its sizes again while it stands.

    ``retranslate`` sets every text, ``restyle`` every size, font and icon taken from the look; call both at the end
    of the constructor (``self.dress()``). What is painted from ``tokens()`` needs neither.
    """

    def dress(self) -> None:
        """Set texts and sizes for the first time."""
        self.restyle()
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text in the language now spoken."""

    def restyle(self) -> None:
        """Set every size, font and icon from the look now worn."""

    def customEvent(self, event: QEvent) -> None:
        # Not ``event`` or ``changeEvent``: those come to every widget by the dozen, and each costs a step into Python.
        super().customEvent(event)
        if event.type() == WORDS_CHANGE:
            self.retranslate()
        elif event.type() == LOOK_CHANGE:
            self.restyle()
            self.updateGeometry()
            self.update()


def wear(look: Look) -> None:
    """Dress the application and every widget that stands in ``look``. Needs a QApplication; call on the UI thread."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise TypeError("a look needs a QApplication")
    put_on(look)
    load_fonts()
    application.setStyle("Fusion")
    application.setFont(font())
    application.setPalette(_palette(tokens()))
    for window in QApplication.topLevelWidgets():
        if window.styleSheet():
            clothe(window)
    _tell(LOOK_CHANGE, QApplication.allWidgets())


def clothe(window: QWidget) -> None:
    """Give a window the sheet of the look now worn; it gets the next one with every change.

    An application's sheet would do without that, but then Qt dresses whatever is put into something else anew, with all
    that is in it: a page of a few hundred widgets, built from the inside out, takes half as long again.
    """
    window.setStyleSheet(sheet(tokens()))


def wear_again(moved: QWidget) -> None:
    """Dress a widget and what is in it anew: one put elsewhere gets back the font of before the last change of scale.

    That is Qt's doing: a sheet keeps the font a widget had when it was first drawn, and restores it on a new parent.
    """
    _tell(LOOK_CHANGE, [moved, *moved.findChildren(QWidget)])


def speak(language: Language) -> None:
    """Say everything from now on in ``language``, standing screens included."""
    use_language(language)
    application = QApplication.instance()
    if application is not None:
        QApplication.sendEvent(application, QEvent(QEvent.Type.LanguageChange))  # for Qt's own dialogs
        QApplication.sendPostedEvents(None, QEvent.Type.LanguageChange)
        _tell(WORDS_CHANGE, QApplication.allWidgets())


def _tell(change: QEvent.Type, widgets: Sequence[QWidget]) -> None:
    for widget in widgets:
        if isValid(widget):  # a page may take a part away while it is told
            QApplication.sendEvent(widget, QEvent(change))


def _palette(colours: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for where, colour in {
        role.Window: colours.bg,
        role.WindowText: colours.ink,
        role.Base: colours.surface,
        role.AlternateBase: colours.sunken,
        role.Text: colours.ink,
        role.PlaceholderText: colours.ink3,
        role.Button: colours.surface,
        role.ButtonText: colours.ink,
        role.Highlight: colours.pine,
        role.HighlightedText: colours.on_pine,
        role.ToolTipBase: colours.toast,
        role.ToolTipText: colours.on_toast,
        role.Link: colours.pine,
    }.items():
        palette.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(colours.ink3))
    return palette
