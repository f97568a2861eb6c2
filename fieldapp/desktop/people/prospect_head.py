"""Who a prospect is, how far they are, and what one does for them next: the line above their tabs."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu

from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.button import Button, Kind, icon_button
from fieldapp.desktop.components.chip import Chip, Ground
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import said
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.avatar import AvatarMark
from fieldapp.desktop.people.deeds import move_stage, open_reschedule
from fieldapp.desktop.people.revealed import copy_mobile
from fieldapp.desktop.record_words import CUSTOMER_TYPES, STAGES, place_and_trade, stage_chip, word_for
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.cross_checks import short_amount
from fieldapp.services.prospect_page import ProspectPage
from fieldapp.translation import tr


class ProspectHead(Line):
    """``page_wanted`` names the page to do something for the prospect on, ``removal_wanted`` that they are to go."""

    page_wanted = Signal(str)
    removal_wanted = Signal()

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self._shell, self._session = shell, session
        self._page: ProspectPage | None = None
        self._avatar = AvatarMark()
        self._name = Text("", Role.NAME, elide=True, selectable=True)
        self._stage = Chip("")
        self._wished = Chip("", Ground.OUTLINE)
        self._conflict = Chip(lambda: tr("needs a decision"), Ground.SEAL)
        self._second = Text("", Role.SECOND, elide=True)
        self.more = icon_button(lambda: tr("Stage, follow-up, removal"), Icon.MORE)
        call = icon_button(lambda: tr("Show and copy the telephone number"), Icon.PHONE)
        apply = Button(lambda: tr("Apply"), icon=Icon.APPLY, key="A")
        visit = Button(lambda: tr("Record visit"), Kind.FILLED, icon=Icon.VISIT, key="V")
        name = Line(self._name, self._stage, self._wished, self._conflict, STRETCH, gap=8)
        deeds = Line(self.more, call, apply, visit, gap=8)
        # The second line goes on below the buttons: beside them an English one has no room at 1280 pixels.
        super().__init__(self._avatar, (Column(Line((name, 1), deeds, gap=12), self._second, gap=2), 1), gap=8)
        self.more.clicked.connect(self._open_menu)
        call.clicked.connect(self._copy_mobile)
        apply.clicked.connect(lambda: self.page_wanted.emit("application"))
        visit.clicked.connect(lambda: self.page_wanted.emit("visit"))

    def show_page(self, page: ProspectPage) -> None:
        """Show another prospect, or the same one anew."""
        self._page, line = page, page.line
        self._avatar.show_name(line.name)
        self._name.say(line.name)
        chip = stage_chip(line.stage)
        self._stage.say(chip.words, chip.ground)
        wished = line.wished
        self._wished.setVisible(wished is not None)
        self._wished.say(lambda: tr("wishes {amount}", amount=short_amount(wished)) if wished is not None else "")
        self._conflict.setVisible(bool(page.in_conflict))
        self._second.say(
            lambda: " • ".join(
                p for p in (place_and_trade(line), said(word_for(CUSTOMER_TYPES, line.customer_type))) if p
            )
        )

    def forget(self) -> None:
        """Offer nothing for whom is shown: another prospect is being looked up, or they are on their way out."""
        self._page = None

    def _copy_mobile(self) -> None:
        if self._page is not None and self._page.person is not None:
            copy_mobile(self._shell, self._session, self._page.person.record, self)

    def _open_menu(self) -> None:
        page = self._page
        if page is None:
            return
        menu = QMenu(self)
        menu.addAction(tr("Move the follow-up…"), lambda: open_reschedule(self._shell, self._session, page.line))
        menu.addSeparator()
        for stage in page.next_stages:
            words = tr("Stage: {stage}", stage=said(word_for(STAGES, stage)))
            menu.addAction(words, partial(move_stage, self._shell, self._session, page.line, stage))
        menu.addSeparator()
        menu.addAction(tr("Remove this prospect…"), self.removal_wanted.emit)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()) if self.more.isVisible() else QCursor.pos())
