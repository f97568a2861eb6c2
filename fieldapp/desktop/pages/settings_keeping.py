"""The passphrase that opens the records, and the copy that replaces them when the disk fails."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from fieldapp.desktop.components.arrange import STRETCH, Line
from fieldapp.desktop.components.button import Button
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.chip import StateMark
from fieldapp.desktop.components.field import Field, Form
from fieldapp.desktop.components.passphrase import PassphraseEntry
from fieldapp.desktop.components.progress import ProgressStrip
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.look import Icon
from fieldapp.desktop.page import Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.translation import tr


class PassphraseCard(Card):
    """Changing the passphrase takes no longer however much was recorded."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self._shell, self._session = shell, session
        self.old, self.new, self.again = PassphraseEntry(), PassphraseEntry(), PassphraseEntry()
        fields = {
            "passphrase": Field(lambda: tr("Present passphrase"), self.old),
            "new": Field(lambda: tr("New passphrase"), self.new, hint=lambda: tr("at least 8 characters")),
            "again": Field(lambda: tr("The same passphrase again"), self.again),
        }
        self._errors = Form(**fields)
        self._caps = StateMark(lambda: tr("Caps Lock is on"), Icon.WARNING, Tone.AMBER)
        self._caps.hide()
        self.change = Button(lambda: tr("Change the passphrase"), icon=Icon.LOCK)
        super().__init__(
            *fields.values(), Line(self.change, self._caps, STRETCH), heading=lambda: tr("Passphrase"), gap=12
        )
        for entry in (self.old, self.new, self.again):
            entry.returnPressed.connect(self._ask)
            entry.caps_lock.connect(self._caps.setVisible)
        self.change.clicked.connect(self._ask)

    def wipe(self) -> None:
        """Forget what was typed."""
        for entry in (self.old, self.new, self.again):
            entry.wipe()
        self._errors.clear()

    def _ask(self) -> None:
        if not self.change.isEnabled():
            return
        self._errors.clear()
        if self.again.text() != self.new.text():
            differ = Sentence("The two passphrases differ. Type the same one twice.")
            self._errors.show(Invalid("differ", differ, field="again"))
            return
        self.change.setEnabled(False)
        self._shell.jobs.run(
            partial(self._session.laptop.change_passphrase, self.old.text(), self.new.text()),
            owner=self,
            done=lambda _none: self._changed(),
            failed=self._explain,
        )

    def _changed(self) -> None:
        self.change.setEnabled(True)
        self.wipe()
        self._shell.toast(lambda: tr("The passphrase is changed"))

    def _explain(self, error: Exception) -> None:
        self.change.setEnabled(True)
        if isinstance(error, Actionable) and error.code in ("passphrase_short", "passphrase_long"):
            error = Invalid(error.code, error.sentence, field="new")
        if not self._errors.show(error):
            self._shell.explain(error)


class BackupCard(Card):
    """A copy that counts only once it was opened and read through."""

    def __init__(self, shell: Shell, session: DesktopSession) -> None:
        self._shell, self._session = shell, session
        self.make = Button(lambda: tr("Back up now"), icon=Icon.SAVE)
        self._done = StateMark(lambda: tr("Copied, opened and checked"), Icon.CONFIRMED, Tone.PINE)
        self._where = Text("", Role.SECOND, wrap=True, selectable=True)
        self._progress = ProgressStrip()
        super().__init__(
            Text(
                lambda: tr("An encrypted copy beside your records. The five newest are kept."), Role.SECOND, wrap=True
            ),
            Line(self.make, STRETCH),
            self._progress,
            self._done,
            self._where,
            heading=lambda: tr("Backup"),
        )
        self._done.hide()
        self._where.hide()
        self.make.clicked.connect(self._ask)

    def _ask(self) -> None:
        self.make.setEnabled(False)
        self._progress.begin(lambda: tr("Copying and checking"), None)
        self._shell.jobs.run(self._session.laptop.back_up, owner=self, done=self._made, failed=self._explain)

    def _made(self, where: Path) -> None:
        self._end()
        self._where.say(str(where))
        self._where.show()
        self._done.show()

    def _explain(self, error: Exception) -> None:
        self._end()
        self._shell.explain(error)

    def _end(self) -> None:
        self._progress.end()
        self.make.setEnabled(True)
