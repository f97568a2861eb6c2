"""Wearing what the officer chose: a theme by name, or whichever of light and dark the system shows."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from fieldapp.desktop.look import Look, Theme, speak, wear, worn
from fieldapp.services.laptop import Preferences
from fieldapp.translation import Language, language

SYSTEM = "system"
"""The choice that follows the system."""


class ChosenLook(QObject):
    """Keeps the screens in the officer's language and look; ``choose`` changes them at once, without a restart.

    ``spoken`` tells the language once it has changed.
    """

    spoken = Signal(object)

    def __init__(
        self,
        parent: QObject | None = None,
        named: Language | None = None,
        usual: Language = Language.CHINESE,
    ) -> None:
        """``named`` is the language of this run, whatever a profile keeps, until somebody chooses one.

        ``usual`` is spoken while no language was chosen.
        """
        super().__init__(parent)
        self._named, self._usual = named, usual
        self._chosen = Preferences()
        self._dressed = False
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    def preferences(self) -> Preferences:
        """What is chosen now."""
        return self._chosen

    def restore(self, preferences: Preferences) -> None:
        """Speak and wear what a profile keeps, but the language that was named for this run."""
        if self._named is not None:
            preferences = msgspec.structs.replace(preferences, language=self._named.value)
        self._take(preferences)

    def choose(self, preferences: Preferences) -> None:
        """Speak and wear this from now on; a value from a newer version that is not known here is passed over."""
        if preferences.language != self._chosen.language:
            self._named = None
        self._take(preferences)

    def _take(self, preferences: Preferences) -> None:
        self._chosen = preferences
        wanted = Language(preferences.language) if preferences.language in list(Language) else self._usual
        if wanted is not language():
            speak(wanted)
            self.spoken.emit(wanted)
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
