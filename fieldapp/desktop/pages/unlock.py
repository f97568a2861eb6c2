"""Unlocking: who, passphrase, what is unsent, what was left half written. Needs no network."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.desktop.components.arrange import STRETCH, Column, Line
from fieldapp.desktop.components.banner import Banner
from fieldapp.desktop.components.button import Button, Kind
from fieldapp.desktop.components.card import Card
from fieldapp.desktop.components.checks import Tick
from fieldapp.desktop.components.chip import StateMark
from fieldapp.desktop.components.field import Field, Form
from fieldapp.desktop.components.passphrase import PassphraseEntry
from fieldapp.desktop.components.progress import ProgressStrip
from fieldapp.desktop.components.text import Role, Text, Tone
from fieldapp.desktop.components.words import Words
from fieldapp.desktop.incidents import told
from fieldapp.desktop.jobs import JobRunner
from fieldapp.desktop.look import Icon
from fieldapp.desktop.own_place import bank_name, branch_name
from fieldapp.desktop.pages.welcome import Face, Welcome
from fieldapp.desktop.role_words import role_name
from fieldapp.desktop.session import Unlocked, read_unlocked
from fieldapp.domain.errors import Actionable
from fieldapp.protocol.identifiers import Clock
from fieldapp.services.laptop import Card as ProfileCard
from fieldapp.services.laptop import Laptop, restore_laptop, set_profile_aside, unlock_laptop, unlock_remembered
from fieldapp.translation import tr, trn


class UnlockPage(Welcome):
    """``unlocked`` tells an ``Unlocked``, once; ``set_aside`` the folder where records that nobody opens are now."""

    unlocked = Signal(object)
    set_aside = Signal(object)

    def __init__(self, folder: Path, card: ProfileCard, clock: Clock, jobs: JobRunner, chosen: ChosenLook) -> None:
        self._folder, self._card, self._clock, self._jobs = folder, card, clock, jobs
        self._secret = PassphraseEntry(tall=True)
        self._field = Field(lambda: tr("Passphrase"), self._secret)
        self._errors = Form(passphrase=self._field)
        self._banner = Banner()
        self._banner.hide()
        self._caps = StateMark(lambda: tr("Caps Lock is on"), Icon.WARNING, Tone.AMBER)
        self._caps.hide()
        self._forgot = Button(lambda: tr("Forgotten?"), Kind.LINK)
        self._remember = Tick(lambda: tr("Remember me on this computer (system keyring)"), on=card.remembered)
        self._unlock = Button(lambda: tr("Unlock"), Kind.FILLED, icon=Icon.UNLOCK, tall=True)
        self._progress = ProgressStrip()
        super().__init__(
            chosen,
            partial(bank_name, card),
            _Who(card),
            self._field,
            Line(self._caps, STRETCH, self._forgot),
            self._banner,
            self._remember,
            self._unlock,
            self._progress,
            6,
            _WhatWaits(card),
        )
        self._secret.caps_lock.connect(self._caps.setVisible)
        self._secret.returnPressed.connect(self._ask)
        self._secret.textEdited.connect(lambda _typed: self._field.show_error(None))
        self._unlock.clicked.connect(self._ask)
        self._forgot.clicked.connect(self._explain_forgotten)
        self.setFocusProxy(self._secret)

    def try_remembered(self) -> None:
        """Open with the key the system keeps, if it keeps one; otherwise the passphrase is asked as always."""
        self._begin()
        self._jobs.run(
            partial(_open_remembered, self._folder, self._clock), owner=self, done=self._tried, failed=self._explain
        )

    def _tried(self, unlocked: Unlocked | None) -> None:
        if unlocked is None:
            self._end()
        else:
            self._open(unlocked)

    def _ask(self) -> None:
        if not self._unlock.isEnabled():
            return
        if not self._secret.text():
            self._field.show_error(lambda: tr("Type your passphrase."))
            return
        self._begin()
        self._jobs.run(
            partial(_open, self._folder, self._secret.text(), self._clock, remember=self._remember.isChecked()),
            owner=self,
            done=self._open,
            failed=self._explain,
        )

    def _open(self, unlocked: Unlocked) -> None:
        self._secret.wipe()
        self._end()
        self.unlocked.emit(unlocked)

    def _begin(self) -> None:
        self._errors.clear()
        self._banner.hide()
        self._show_busy(busy=True)
        self._progress.begin(lambda: tr("Opening your records"), None)

    def _end(self) -> None:
        self._progress.end()
        self._show_busy(busy=False)

    def _show_busy(self, *, busy: bool) -> None:
        for part in (self._secret, self._unlock, self._remember):
            part.setEnabled(not busy)

    def _explain(self, error: Exception) -> None:
        self._end()
        if self._errors.show(error):
            self._secret.selectAll()
            return
        title, second = told(error)
        action, act = self._way_out_of(error)
        self._say(title, second, Tone.SEAL, action, act)

    def _way_out_of(self, error: Exception) -> tuple[Words, Callable[[], None]] | tuple[None, None]:
        code = error.code if isinstance(error, Actionable) else ""
        if code == "damaged" and self._secret.text():
            return (lambda: tr("Restore the newest backup")), self._restore
        if code in _BEYOND_REPAIR:
            return (lambda: tr("Enrol this laptop anew")), self._ask_to_set_aside
        return None, None

    def _say(
        self, title: Words, second: Words, tone: Tone, action: Words | None, act: Callable[[], None] | None
    ) -> None:
        self._banner.show_message(title, second, tone, action=action, act=act)
        self._banner.show()
        self.reveal(self._banner)

    def _restore(self) -> None:
        self._begin()
        self._jobs.run(
            partial(restore_laptop, self._folder, self._secret.text(), self._clock),
            owner=self,
            done=lambda _backup: self._restored(),
            failed=self._explain,
        )

    def _restored(self) -> None:
        self._end()
        self._ask()

    def _explain_forgotten(self) -> None:
        self._say(
            lambda: tr("Nobody can open your records without the passphrase, head office neither."),
            lambda: tr(
                "What was sent is at head office. With a new enrolment code from your administrator you go on from"
                " there."
            ),
            Tone.SKY,
            lambda: tr("Enrol this laptop anew"),
            self._ask_to_set_aside,
        )

    def _ask_to_set_aside(self) -> None:
        unsent = self._card.unsent
        self._say(
            partial(_unsent, unsent) if unsent else lambda: tr("Set the records aside?"),
            lambda: tr(
                "The records stay on this computer in a folder of another name; whoever remembers the passphrase can"
                " open them there. What was not sent stays in them."
            ),
            Tone.AMBER,
            lambda: tr("Set them aside"),
            self._set_aside,
        )

    def _set_aside(self) -> None:
        self._begin()
        self._jobs.run(
            partial(set_profile_aside, self._folder), owner=self, done=self._was_set_aside, failed=self._explain
        )

    def _was_set_aside(self, folder: Path) -> None:
        self._secret.wipe()
        self._end()
        self.set_aside.emit(folder)


_BEYOND_REPAIR = frozenset(("key_missing", "key_damaged", "no_backup"))
"""With these nothing opens the records any more on this computer."""


class _Who(Card):
    def __init__(self, card: ProfileCard) -> None:
        words = Column(
            Text(card.staff_name, Role.AMOUNT, elide=True),
            Text(lambda: f"{role_name(card.role)} • {branch_name(card)}", Role.SECOND, elide=True),
            gap=1,
        )
        super().__init__(Line(Face(card.staff_name), (words, 1), gap=12), margins=(14, 11))
        self.setAccessibleName(card.staff_name)


class _WhatWaits(Card):
    def __init__(self, card: ProfileCard) -> None:
        lines: list[QWidget] = [
            StateMark(lambda: tr("Unlocking and working need no network"), Icon.OFFLINE, Tone.INK, fill=False)
        ]
        if card.unsent:
            lines.append(_IconLine(Icon.UPLOAD, partial(_unsent, card.unsent)))
        if card.drafts:
            lines.append(_IconLine(Icon.SAVE, partial(_drafts, card.drafts)))
        super().__init__(*lines, gap=5, margins=(16, 12), sunken=True)


class _IconLine(StateMark):
    def __init__(self, icon: Icon, words: Words) -> None:
        super().__init__(words, icon, Tone.SECOND, fill=False)


def _unsent(count: int) -> str:
    return trn(
        "{count} change is not yet at head office; encrypted here",
        "{count} changes are not yet at head office; encrypted here",
        count,
    )


def _drafts(count: int) -> str:
    return trn(
        "{count} unfinished draft found; go on once unlocked",
        "{count} unfinished drafts found; go on once unlocked",
        count,
    )


def _open(folder: Path, passphrase: str, clock: Clock, *, remember: bool) -> Unlocked:
    return read_unlocked(_remembering(unlock_laptop(folder, passphrase, clock), passphrase, remember=remember))


def _remembering(laptop: Laptop, passphrase: str, *, remember: bool) -> Laptop:
    card = laptop.profile.card()
    if remember:
        laptop.remember(passphrase)
    elif card is not None and card.remembered:
        laptop.forget()
    return laptop


def _open_remembered(folder: Path, clock: Clock) -> Unlocked | None:
    laptop = unlock_remembered(folder, clock)
    return read_unlocked(laptop) if laptop is not None else None
