"""The language that was named for one run, beside the one that a profile keeps."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLabel, QTreeView, QWidget
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


def test_the_systems_language_is_spoken_until_one_is_chosen(qtbot: QtBot) -> None:
    chosen = ChosenLook(usual=Language.ENGLISH)
    chosen.restore(Preferences())
    assert language() is Language.ENGLISH
    chosen.choose(Preferences(theme="dark", scale_percent=150))
    assert (language(), chosen.preferences().language) == (Language.ENGLISH, None), "a theme is no language"
    chosen.choose(Preferences(language="zh"))
    assert language() is Language.CHINESE
    chosen.restore(Preferences())
    assert language() is Language.ENGLISH
    chosen.restore(Preferences(language="zh"))
    assert language() is Language.CHINESE, "what was chosen in the settings and kept wins"


SAY_WHAT_STANDS = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.program import run_program
from fieldapp.protocol.identifiers import SystemClock

application = QApplication([])

def tell():
    shown = [one.accessibleName() for one in application.allWidgets() if isinstance(one, Button) and one.isVisible()]
    print(" ".join(shown))
    application.closeAllWindows()

QTimer.singleShot(0, tell)
run_program(Path(sys.argv[1]), SystemClock())
"""


@pytest.mark.parametrize(
    ("asked", "theme"),
    [
        ({"LANG": "en_US.UTF-8"}, "Light"),
        pytest.param({"LANGUAGE": "en"}, "Light", marks=pytest.mark.long),
        pytest.param({}, "浅色", marks=pytest.mark.long),
    ],
)
def test_the_program_opens_in_the_language_of_a_system_that_has_no_such_locale(
    asked: dict[str, str], theme: str, tmp_path: Path
) -> None:
    silent = {name: value for name, value in os.environ.items() if name not in ("LANGUAGE", "LANG")}
    silent = {name: value for name, value in silent.items() if not name.startswith(("LC_", "FIELDAPP_"))}
    told = subprocess.run(
        [sys.executable, "-c", SAY_WHAT_STANDS, tmp_path / "profile"],
        env={**silent, **asked, "QT_QPA_PLATFORM": "offscreen", "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert theme in told.stdout


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


@pytest.fixture
def chosen(qtbot: QtBot, qapp: QApplication) -> Iterator[ChosenLook]:
    """A program of which Qt's dialogs know the language."""
    look = ChosenLook()
    look.choose(Preferences())
    words = QtWords(qapp, look)
    yield look
    words.release()
    look.choose(Preferences())


def labels(dialog: QWidget) -> dict[str, str]:
    return {label.objectName(): label.text() for label in dialog.findChildren(QLabel) if label.text()}


def test_every_label_of_the_dialogs_for_files_is_chinese(qtbot: QtBot, chosen: ChosenLook, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    dialog = QFileDialog(None, "", str(tmp_path))
    qtbot.addWidget(dialog)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setViewMode(QFileDialog.ViewMode.Detail)
    dialog.show()
    said = labels(dialog)
    assert said["lookInLabel"] == "查找范围(&L)："
    assert said["fileTypeLabel"] == "文件类型(&T)："
    files = dialog.findChild(QTreeView, "treeView")
    assert files is not None
    model = files.model()
    qtbot.waitUntil(lambda: model.rowCount(files.rootIndex()) == 1)
    assert model.index(0, 2, files.rootIndex()).data() == "文件夹"


def test_every_label_of_the_dialog_for_printing_is_chinese(qtbot: QtBot, chosen: ChosenLook, tmp_path: Path) -> None:
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "paper.pdf"))
    dialog = QPrintDialog(printer)
    qtbot.addWidget(dialog)
    said = labels(dialog)
    assert said["pageSetLabel"] == "页面组(&S)："
    combo = dialog.findChild(QComboBox, "pageSetCombo")
    assert combo is not None
    assert combo.itemText(0) == "全部页面"


def test_in_english_the_dialogs_are_as_qt_writes_them(qtbot: QtBot, chosen: ChosenLook, tmp_path: Path) -> None:
    chosen.choose(Preferences(language="en"))
    dialog = QFileDialog(None, "", str(tmp_path))
    qtbot.addWidget(dialog)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    assert labels(dialog)["lookInLabel"] == "&Look in:"
