"""One prospect on a page of its own."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from fieldapp.desktop.components.arrange import Column, fill_with
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.header import Header
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Page, Shell
from fieldapp.desktop.people.detail import ProspectDetail
from fieldapp.desktop.session import DesktopSession
from fieldapp.translation import tr


class ProspectPage(Page):
    """``shell.go("prospect", prospect=id)``."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        super().__init__(shell)
        self.title = lambda: tr("Prospect")
        self._back = Button(lambda: tr("Go back"), icon=Icon.BACK, key="Alt+Left")
        self.detail = ProspectDetail(shell, session)
        header = Header(self.title, "", self._back)
        fill_with(self, Column(header, (Card(self.detail, margins=(20, 16)), 1), gap=14))
        self._back.clicked.connect(shell.go_back)
        self.detail.gone.connect(shell.go_back)
        self.detail.removed.connect(lambda: shell.go("prospects"))
        self.dress()

    def shown(self, **where: object) -> None:
        prospect = where.get("prospect")
        self.detail.show_prospect(str(prospect) if prospect is not None else None)

    def leaving(self) -> None:
        self.detail.keep_now()

    def first_focus(self) -> QWidget | None:
        return None
