"""The language that was named for one run, beside the one that a profile keeps."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.desktop.qt_words import QtWords
from fieldapp.services.laptop import Preferences
from fieldapp.translation import Language, language


def test_the_named_language_is_spoken_whatever_a_profile_keeps_until_another_is_chosen(qtbot: QtBot) -> None:
    chosen = ChosenLook(named=Language.ENGLISH)
    for kept in (Preferences(), Preferences(language="zh", theme="dark"), Preferences(language="en")):
        chosen.restore(kept)
        assert (language(), chosen.preferences().theme) == (Language.ENGLISH, kept.theme)
    chosen.choose(Preferences(language="en", scale_percent=150))
    chosen.restore(Preferences(language="zh"))
    assert language() is Language.ENGLISH, "a larger size is no other language"
    chosen.choose(Preferences(language="zh"))
    chosen.restore(Preferences(language="en"))
    assert language() is Language.ENGLISH, "what the profile keeps, since somebody chose"
    chosen.restore(Preferences(language="zh"))
    assert language() is Language.CHINESE


def test_the_menu_of_a_field_speaks_the_language_of_the_screens(qtbot: QtBot, qapp: QApplication) -> None:
    def copy() -> str:
        return QCoreApplication.translate("QWidgetTextControl", "&Copy")

    chosen = ChosenLook()
    chosen.restore(Preferences())
    words = QtWords(qapp, chosen)
    try:
        for kept, said in (("zh", "复制(&C)"), ("en", "&Copy"), ("zh", "复制(&C)")):
            chosen.choose(Preferences(language=kept))
            assert copy() == said
        words.release()
        assert copy() == "&Copy"
        chosen.choose(Preferences(language="en"))
        words = QtWords(qapp, chosen)
        assert copy() == "&Copy", "a run begun in English"
    finally:
        words.release()
        chosen.choose(Preferences())
