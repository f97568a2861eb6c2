"""What Qt itself says (a field's menu, choosing a file, printing), in the language of the screens."""

from __future__ import annotations

import re

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication

from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.translation import Language, language


class QtWords(QObject):
    """Qt speaks English by itself; its Chinese is put in while Chinese is spoken, and dialogs that stand follow.

    Translators that are put in later are asked first.
    """

    def __init__(self, application: QApplication, chosen: ChosenLook) -> None:
        super().__init__(chosen)
        self._application, self._chosen = application, chosen
        self._chinese = QTranslator(application)
        self._put_in = False
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        self._known = self._chinese.load(QLocale(QLocale.Language.Chinese), "qtbase", "_", folder)
        self._older = _OlderWords(self._chinese, application)
        self._speak(language())
        chosen.spoken.connect(self._speak)

    def release(self) -> None:
        """Leave the application as it was."""
        self._chosen.spoken.disconnect(self._speak)
        self._speak(Language.ENGLISH)

    def _speak(self, spoken: Language) -> None:
        chinese = self._known and spoken is Language.CHINESE
        if chinese and not self._put_in:
            self._application.installTranslator(self._older)
            self._application.installTranslator(self._chinese)
        elif self._put_in and not chinese:
            self._application.removeTranslator(self._chinese)
            self._application.removeTranslator(self._older)
        self._put_in = chinese


_MOVED = {"QAbstractFileIconProvider": "QFileDialog"}
"""Where Qt's Chinese still has the words of a class."""

_ACCESS_KEY = re.compile("&(?=[^& ])")


class _OlderWords(QTranslator):
    """Qt's Chinese is older than its English: labels that got an access key or another place since are found as before.

    Asked for what ``chinese`` does not have as it is. The key stands behind the words, as elsewhere in Qt's Chinese:
    ``&Look in:`` becomes ``查找范围(&L)：``.
    """

    def __init__(self, chinese: QTranslator, parent: QObject) -> None:
        super().__init__(parent)
        self._chinese = chinese

    def isEmpty(self) -> bool:
        return self._chinese.isEmpty()

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        """The Chinese, or None: unlike an empty text that lets Qt keep its English."""
        place = _MOVED.get(context, context)
        key = _ACCESS_KEY.search(source)
        if key is None and place == context:
            return None
        plain = _ACCESS_KEY.sub("", source)
        said: str | None = self._chinese.translate(place, plain, disambiguation, n)
        if not said or key is None:
            return said or None
        words, colon = (said[:-1], said[-1]) if said[-1] in ":：" else (said, "")
        return f"{words}(&{source[key.end()].upper()}){colon}"
