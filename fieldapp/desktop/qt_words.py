"""What Qt itself says (a field's menu, choosing a file, printing), in the language of the screens."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication

from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.translation import Language, language


class QtWords(QObject):
    """Qt speaks English by itself; its Chinese is put in while Chinese is spoken, and dialogs that stand follow."""

    def __init__(self, application: QApplication, chosen: ChosenLook) -> None:
        super().__init__(chosen)
        self._application, self._chosen = application, chosen
        self._chinese = QTranslator(application)
        self._put_in = False
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        self._known = self._chinese.load(QLocale(QLocale.Language.Chinese), "qtbase", "_", folder)
        self._speak(language())
        chosen.spoken.connect(self._speak)

    def release(self) -> None:
        """Leave the application as it was."""
        self._chosen.spoken.disconnect(self._speak)
        self._speak(Language.ENGLISH)

    def _speak(self, spoken: Language) -> None:
        chinese = self._known and spoken is Language.CHINESE
        if chinese and not self._put_in:
            self._application.installTranslator(self._chinese)
        elif self._put_in and not chinese:
            self._application.removeTranslator(self._chinese)
        self._put_in = chinese
