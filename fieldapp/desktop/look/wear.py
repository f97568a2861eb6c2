"""Dressing a running program: a change of theme, scale or language reaches every standing widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from fieldapp.desktop.look.fonts import font, load_fonts
from fieldapp.desktop.look.sheet import sheet
from fieldapp.desktop.look.tokens import Tokens
from fieldapp.desktop.look.worn import Look, put_on, tokens
from fieldapp.translation import Language, use_language

LOOK_CHANGE = QEvent.Type(QEvent.registerEventType())

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

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == LOOK_CHANGE:
            self.restyle()
            self.updateGeometry()
            self.update()
        return super().event(event)


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
    application.setStyleSheet(sheet(tokens()))
    for widget in QApplication.allWidgets():
        QApplication.sendEvent(widget, QEvent(LOOK_CHANGE))


def wear_again(moved: QWidget) -> None:
    """Dress a widget and what is in it anew: one put elsewhere gets back the font of before the last change of scale.

    That is Qt's doing: a sheet keeps the font a widget had when it was first drawn, and restores it on a new parent.
    """
    for widget in (moved, *moved.findChildren(QWidget)):
        QApplication.sendEvent(widget, QEvent(LOOK_CHANGE))


def speak(language: Language) -> None:
    """Say everything from now on in ``language``, standing screens included."""
    use_language(language)
    application = QApplication.instance()
    if application is not None:
        QApplication.sendEvent(application, QEvent(QEvent.Type.LanguageChange))
        QApplication.sendPostedEvents(None, QEvent.Type.LanguageChange)


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
