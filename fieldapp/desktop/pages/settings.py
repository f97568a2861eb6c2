"""How the program looks and speaks, the passphrase, the backup, and whose laptop this is."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldapp.desktop.components.arrange import STRETCH, Column, ScrollPage, SideBySide
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.header import Header
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.look import Icon, px
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.pages.settings_about import AboutCard
from fieldapp.desktop.pages.settings_keeping import BackupCard, PassphraseCard
from fieldapp.desktop.pages.settings_laptop import LaptopCard
from fieldapp.desktop.pages.settings_look import LookCard
from fieldapp.desktop.pages.settings_own_numbers import OwnNumbersCard
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.laptop import Changed
from fieldapp.translation import tr


class SettingsPage(Page):
    """Everything takes effect at once; nothing has to be started again."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__(shell)
        self.title = lambda: tr("Settings")
        self.look = LookCard(shell, session)
        self.passphrase = PassphraseCard(shell, session)
        self.backup = BackupCard(shell, session)
        self.laptop = LaptopCard(shell, session)
        self.own_numbers = OwnNumbersCard(shell, session)
        lists = Card(
            Text(
                lambda: tr("A list of households, as the branch sends it: CSV or Excel, in any order of columns."),
                Role.SECOND,
                wrap=True,
            ),
            heading=lambda: tr("Household lists"),
        )
        choose = Button(lambda: tr("Import a household list"), icon=Icon.UPLOAD)
        choose.clicked.connect(lambda: shell.go("import_list"))
        lists.put(choose)
        main = Column(self.look, self.passphrase, self.own_numbers, lists, STRETCH, gap=14)
        side = Column(self.laptop, self.backup, AboutCard(shell), STRETCH, gap=14)
        self._down = QVBoxLayout(self)
        self._down.setContentsMargins(0, 0, 0, 0)
        self._down.addWidget(Header(self.title))
        both = SideBySide(main, side, side_width=352)
        self._down.addWidget(ScrollPage(Column(both, STRETCH)), 1)
        session.changed.connect(self._heed)
        self.dress()

    def shown(self, **_where: object) -> None:
        self.look.refresh()
        self.laptop.refresh()
        self.own_numbers.refresh()

    def leaving(self) -> None:
        self.passphrase.wipe()

    def first_focus(self) -> QWidget | None:
        return self.look

    def restyle(self) -> None:
        self._down.setSpacing(px(12))

    def _heed(self, changed: Changed) -> None:
        if "settings" in changed.topics:
            self.laptop.refresh()
