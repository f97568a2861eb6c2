"""The officer's own telephone and account, which no application may give as the customer's."""

from __future__ import annotations

from functools import partial

from fieldapp.desktop.components.arrange import STRETCH, Line
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.field import Field, Form
from fieldapp.desktop.components.text import Role, Text
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.own_numbers import OwnNumbers, keep_own_numbers, read_own_numbers
from fieldapp.translation import tr


class OwnNumbersCard(Card):
    """Two fields and a button; what is refused is said at its field."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self._shell, self._session = shell, session
        self.mobile, self.account = Entry(), Entry()
        mobile = Field(lambda: tr("My own telephone"), self.mobile)
        account = Field(lambda: tr("My own bank account"), self.account)
        self._errors = Form(mobile=mobile, account=account)
        self.keep = Button(lambda: tr("Save my numbers"), icon=Icon.CHECK)
        super().__init__(
            Text(lambda: tr("They stay on this laptop. An application that gives one of them as the customer's is "
                            "stopped before it is submitted."), Role.SECOND, wrap=True),
            mobile,
            account,
            Line(self.keep, STRETCH),
            heading=lambda: tr("My own numbers"),
        )  # fmt: skip
        self.keep.clicked.connect(self._keep)

    def refresh(self) -> None:
        """Show what is kept."""
        work = partial(read_own_numbers, self._session.store)
        self._shell.jobs.run(work, owner=self, done=self._show, failed=self._shell.explain)

    def _show(self, numbers: OwnNumbers) -> None:
        for entry, kept in ((self.mobile, numbers.mobile), (self.account, numbers.account)):
            if not entry.isModified():
                entry.setText(kept)

    def _keep(self) -> None:
        self._errors.clear()
        work = partial(keep_own_numbers, self._session.store, self.mobile.text(), self.account.text())
        self._shell.jobs.run(work, owner=self, done=self._kept, failed=self._explain)

    def _kept(self, numbers: OwnNumbers) -> None:
        for entry in (self.mobile, self.account):
            entry.setModified(False)
        self._show(numbers)
        self._shell.toast(lambda: tr("Your numbers are saved"))

    def _explain(self, error: Exception) -> None:
        if not self._errors.show(error):
            self._shell.explain(error)
