"""What the program is, and under which licences its parts come."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.dialog import ask
from fieldapp.desktop.components.entry import Note
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Shell
from fieldapp.desktop.pages.welcome import program_version
from fieldapp.resources import resource
from fieldapp.translation import tr

_PARTS = """Qt, PySide6: LGPL 3.0
Noto Sans SC: SIL Open Font License 1.1
FieldRareHan, from the Hanazono fonts: Hanazono Font License, or SIL Open Font License 1.1
ReportLab: BSD 3-clause
pyHanko: MIT
ZXing-C++: Apache License 2.0
Phosphor Icons 2.1: MIT
SQLCipher: BSD 3-clause
Python: PSF License 2
"""


class AboutCard(Card):
    """Version and licences."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        licences = Button(lambda: tr("Licences"), icon=Icon.INFORMATION)
        super().__init__(
            Text(lambda: tr("Field Credit, version {number}", number=program_version()), Role.BODY),
            Text(lambda: tr("Its own licence is the MIT License."), Role.SECOND, wrap=True),
            Line(licences, STRETCH),
            heading=lambda: tr("About"),
        )
        licences.clicked.connect(self._ask)

    def _ask(self) -> None:
        self._shell.jobs.run(_texts, owner=self, done=self._show, failed=self._shell.explain)

    def _show(self, texts: str) -> None:
        note = Note(lines=14)
        note.setReadOnly(True)
        note.setText(texts)
        note.setAccessibleName(tr("Licences"))
        ask(
            self._shell.host(),
            lambda: tr("Licences"),
            lambda: tr("The parts this program is made of, and the terms they come under."),
            verb=lambda: tr("Copy"),
            stay=lambda: tr("Close"),
            do=lambda: QGuiApplication.clipboard().setText(texts),
            content=Column(note),
        )


def _texts() -> str:
    files = [
        resource("fonts", "OFL.txt"),
        resource("fonts", "FieldRareHan-LICENSE.txt"),
        resource("icons", "LICENSE.txt"),
    ]
    return "\n\n".join([_PARTS, *(path.read_text("utf-8") for path in files)])
