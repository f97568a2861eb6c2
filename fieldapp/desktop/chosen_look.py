"""Wearing what the officer chose: a theme by name, or whichever of light and dark the system shows."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication

from fieldapp.desktop.look import Look, Theme, speak, wear, worn
from fieldapp.services.laptop import Preferences
from fieldapp.translation import Language, language

SYSTEM = "system"
"""The choice that follows the system."""


class ChosenLook(QObject):
    """Keeps the screens in the officer's language and look; ``choose`` changes them at once, without a restart."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._chosen = Preferences()
        self._dressed = False
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    def preferences(self) -> Preferences:
        """What is chosen now."""
        return self._chosen

    def choose(self, preferences: Preferences) -> None:
        """Speak and wear this from now on; a value from a newer version that is not known here is passed over."""
        self._chosen = preferences
        wanted = Language(preferences.language) if preferences.language in list(Language) else Language.CHINESE
        if wanted is not language():
            speak(wanted)
        self._dress()

    def _follow(self, _scheme: Qt.ColorScheme) -> None:
        if self._chosen.theme == SYSTEM:
            self._dress()

    def _dress(self) -> None:
        scale = min(max(self._chosen.scale_percent, 100), 200)
        look = Look(_theme(self._chosen.theme), scale, self._chosen.reduced_motion)
        if look != worn() or not self._dressed:
            self._dressed = True
            wear(look)


def _theme(chosen: str) -> Theme:
    if chosen == SYSTEM:
        dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return Theme.DARK if dark else Theme.LIGHT
    return Theme(chosen) if chosen in list(Theme) else Theme.LIGHT
