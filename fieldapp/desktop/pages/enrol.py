"""The first start: head office's address, the one-time code, and the passphrase that will open the records."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog

from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.desktop.components.arrange import Column, Line
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.chip import StateMark
from fieldapp.desktop.components.entry import Entry
from fieldapp.desktop.components.field import Field, Form
from fieldapp.desktop.components.passphrase import PassphraseEntry
from fieldapp.desktop.components.progress import ProgressStrip
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.incidents import told
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.look import Icon
from fieldapp.desktop.pages.welcome import Welcome
from fieldapp.desktop.session import Unlocked, read_unlocked
from fieldapp.domain.errors import Actionable, Invalid, InvalidRecord
from fieldapp.domain.wording import Sentence
from fieldapp.protocol.identifiers import Clock
from fieldapp.services.laptop import Profile, enrol_laptop
from fieldapp.translation import tr


class EnrolPage(Welcome):
    """``enrolled`` tells an ``Unlocked``, once."""

    enrolled = Signal(object)

    def __init__(
        self, folder: Path, clock: Clock, jobs: JobRunner, chosen: ChosenLook, set_aside: Path | None = None
    ) -> None:
        """``set_aside`` is where the records are that were here until now."""
        self._folder, self._clock, self._jobs = folder, clock, jobs
        self._address = Entry("https://office.example.com")
        self._code = Entry()
        self._secret, self._again = PassphraseEntry(), PassphraseEntry()
        self._certificate = _FileEntry()
        again = Field(lambda: tr("The same passphrase again"), self._again)
        fields = {
            "address": Field(lambda: tr("Address of head office"), self._address),
            "code": Field(lambda: tr("Enrolment code"), self._code, hint=lambda: tr("valid once")),
            "passphrase": Field(
                lambda: tr("New passphrase"), self._secret, hint=lambda: tr("at least 8 characters; only you know it")
            ),
            "again": again,
            "certificate": Field(lambda: tr("Certificate file (optional)"), self._certificate),
        }
        self._errors = Form(**fields)
        self._banner = Banner()
        self._banner.hide()
        self._caps = StateMark(lambda: tr("Caps Lock is on"), Icon.WARNING, Tone.AMBER)
        self._caps.hide()
        self._enrol = Button(lambda: tr("Enrol this laptop"), Kind.FILLED, icon=Icon.LAPTOP, tall=True)
        self._progress = ProgressStrip()
        super().__init__(
            chosen,
            lambda: tr("First start on this laptop"),
            Text(lambda: tr("Your administrator has the address and a one-time code for you."), Role.SECOND, wrap=True),
            Column(
                fields["address"],
                fields["code"],
                fields["passphrase"],
                again,
                self._caps,
                fields["certificate"],
                gap=10,
            ),
            deed=(self._banner, self._enrol, self._progress),
        )
        for entry in (self._address, self._code, self._secret, self._again, self._certificate.entry):
            entry.returnPressed.connect(self._ask)
        for secret in (self._secret, self._again):
            secret.caps_lock.connect(self._caps.setVisible)
        self._enrol.clicked.connect(self._ask)
        if Profile(folder).was_handed_in():
            self._banner.show_message(
                lambda: tr("Head office withdrew this laptop's access"),
                lambda: tr("What was not sent has been handed in, sealed. The records here cannot be opened any more."),
                Tone.AMBER,
            )
            self._banner.show()
        elif set_aside is not None:
            self._banner.show_message(
                lambda: tr("The records that were here are set aside"),
                lambda: tr("They are in {folder}.", folder=str(set_aside)),
                Tone.SKY,
            )
            self._banner.show()
        self.setFocusProxy(self._address)

    def _ask(self) -> None:
        if not self._enrol.isEnabled() or self._something_missing():
            return
        self._show_busy(busy=True)
        self._banner.hide()
        self._progress.begin(lambda: tr("Enrolling at head office"), None)
        certificate = self._certificate.entry.text().strip()
        self._jobs.run(
            partial(
                _enrol,
                self._folder,
                self._clock,
                address=self._address.text(),
                code=self._code.text(),
                passphrase=self._secret.text(),
                certificate_file=Path(certificate) if certificate else None,
            ),
            owner=self,
            done=self._open,
            failed=self._explain,
        )

    def _something_missing(self) -> bool:
        self._errors.clear()
        wanted = (
            (self._address, "address", Sentence("Type the address of head office.")),
            (self._code, "code", Sentence("Type the enrolment code.")),
            (self._secret, "passphrase", Sentence("Choose a passphrase.")),
        )
        missing = [Invalid("required", words, field=name) for entry, name, words in wanted if not entry.text().strip()]
        if not missing and self._again.text() != self._secret.text():
            differ = Sentence("The two passphrases differ. Type the same one twice.")
            missing = [Invalid("differ", differ, field="again")]
        if missing:
            self._errors.show(InvalidRecord(missing))
        return bool(missing)

    def _open(self, unlocked: Unlocked) -> None:
        self._secret.wipe()
        self._again.wipe()
        self._progress.end()
        self.enrolled.emit(unlocked)

    def _explain(self, error: Exception) -> None:
        self._progress.end()
        self._show_busy(busy=False)
        if isinstance(error, Actionable) and error.field is None and error.code == "certificate":
            error = Actionable(error.code, error.sentence, field="certificate", advice=error.advice)
        if self._errors.show(error):
            return
        title, second = told(error)
        self._banner.show_message(title, second, Tone.SEAL)
        self._banner.show()

    def _show_busy(self, *, busy: bool) -> None:
        for part in (
            self._address,
            self._code,
            self._secret,
            self._again,
            self._certificate,
            self._enrol,
        ):
            part.setEnabled(not busy)


class _FileEntry(Line):
    """The path of a file, typed or chosen."""

    def __init__(self) -> None:
        self.entry = Entry(lambda: tr("If head office gave you one"))
        self._choose = Button(lambda: tr("Choose…"), icon=Icon.FOLDER)
        super().__init__((self.entry, 1), self._choose)
        self._choose.clicked.connect(self._ask)
        self.setFocusProxy(self.entry)

    def setAccessibleName(self, name: str) -> None:
        self.entry.setAccessibleName(name)

    def show_error(self, wrong: bool) -> None:
        self.entry.show_error(wrong)

    def _ask(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("Certificate of head office"), "", tr("Certificates (*.pem *.crt *.cer);;All files (*)")
        )
        if chosen:
            self.entry.setText(chosen)


def _enrol(
    folder: Path, clock: Clock, *, address: str, code: str, passphrase: str, certificate_file: Path | None
) -> Unlocked:
    return read_unlocked(
        enrol_laptop(
            folder,
            address=address,
            code=code,
            passphrase=passphrase,
            clock=clock,
            certificate_file=certificate_file,
        )
    )
