"""Whose laptop this is, and where its head office is."""

from __future__ import annotations

from functools import partial

from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.field import Field, Form
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.look import Icon
from fieldapp.desktop.own_place import bank_name, branch_name
from fieldapp.desktop.page import Shell
from fieldapp.desktop.role_words import role_name
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.laptop import Enrolment
from fieldapp.translation import tr


class LaptopCard(Card):
    """The facts an administrator asks for, and the address, which may change."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self._shell, self._session = shell, session
        self._enrolment = session.enrolment
        self.address = Entry()
        field = Field(lambda: tr("Address of head office"), self.address)
        self._errors = Form(address=field)
        self.keep = Button(lambda: tr("Save the address"), icon=Icon.CHECK)
        who, card = session.enrolment, session.card
        super().__init__(
            _fact(lambda: tr("Officer"), lambda: f"{who.staff_name} • {role_name(who.role)}"),
            _fact(lambda: tr("Branch"), lambda: f"{branch_name(card)} • {bank_name(card)}", wrap=True),
            _fact(lambda: tr("This laptop's number"), who.device),
            _fact(lambda: tr("Folder of the records"), str(session.laptop.profile.folder), middle=True),
            field,
            Line(self.keep, STRETCH),
            heading=lambda: tr("This laptop"),
        )
        self.address.textEdited.connect(self._typed)
        self.address.returnPressed.connect(self._ask)
        self.keep.clicked.connect(self._ask)
        self._show(session.enrolment)

    def refresh(self) -> None:
        """Show what the profile says now."""
        self._shell.jobs.run(self._session.laptop.enrolment, owner=self, done=self._show, failed=self._shell.explain)

    def _show(self, enrolment: Enrolment) -> None:
        self._enrolment = enrolment
        if not self.address.isModified():
            self.address.setText(enrolment.address)
            self.keep.setEnabled(False)

    def _typed(self, _text: str) -> None:
        self._errors.clear()
        self.keep.setEnabled(self.address.text().strip() != self._enrolment.address)

    def _ask(self) -> None:
        if not self.keep.isEnabled():
            return
        self._shell.jobs.run(
            partial(self._session.laptop.move_head_office, self.address.text(), self._enrolment.certificate),
            owner=self,
            done=lambda _none: self._moved(),
            failed=self._explain,
        )

    def _moved(self) -> None:
        self.address.setModified(False)
        self.keep.setEnabled(False)
        self.refresh()
        self._shell.toast(lambda: tr("The address is saved"))
        self._session.sync.sync_now()

    def _explain(self, error: Exception) -> None:
        if not self._errors.show(error):
            self._shell.explain(error)


def _fact(name: Words, words: Words, *, wrap: bool = False, middle: bool = False) -> Column:
    fact = Text(words, Role.BODY, wrap=wrap, elide=not wrap, middle=middle, selectable=True)
    return Column(Text(name, Role.LABEL), fact, gap=1)
