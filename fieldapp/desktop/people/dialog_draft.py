"""What an officer types before it is recorded, in a dialog or a panel: kept as they type, shown again with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from fieldapp.desktop.in_turn import InTurn
from fieldapp.desktop.page import Shell
from fieldapp.desktop.people.standing import hear, let_stand, standing
from fieldapp.domain.kinds import Values
from fieldapp.services.half_typed import FoundText, Place, found_text, keep_text, recording, recording_elsewhere
from fieldapp.services.laptop import Store

PAUSE_MS = 400


class Record(Enum):
    """Where the answer of a dialog is recorded: that ends what is kept of its text."""

    HERE = "here"
    HEAD_OFFICE = "head office"
    LATER = "later"
    """Another question takes it over: what is kept stays until that one is answered."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Where a dialog keeps what is typed in it.

    ``shown`` are values of the record that the screen shows, handed back with an edit: those of fields found again
    become what they were when these were typed. ``aside`` is called once a dialog was closed without an answer.
    """

    store: Store
    place: Place
    shown: Values = field(default_factory=dict)
    record: Record = Record.HERE
    aside: Callable[[], object] = lambda: None


class DialogDraft(QObject):
    """Keeps what stands in ``controls`` beyond what they began with, one write after the other.

    ``found`` tells when what is shown again was kept (local time); ``typed`` whether anything stands here that is not
    recorded. It outlives ``panel``, where they stand, until the last write has ended.
    """

    found = Signal(object)
    typed = Signal(bool)

    def __init__(self, shell: Shell, keep: Keep, controls: Mapping[str, QWidget], panel: QWidget) -> None:
        super().__init__(shell.jobs)
        self._shell, self._keep, self._panel = shell, keep, panel
        self._controls = dict(controls)
        self._first = {name: standing(control) for name, control in self._controls.items()}
        self._kept: Values = {}
        self._ever_kept = self._known = False
        self._deaf = False
        self._line = InTurn(shell.jobs, self)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.keep_now)
        for control in self._controls.values():
            hear(control, self._touch)
        panel.destroyed.connect(self._orphaned)
        self._line.run(partial(found_text, keep.store, keep.place), done=self._show, failed=self._unknown)

    @property
    def place(self) -> Place:
        """Where the text is kept."""
        return self._keep.place

    def over(self) -> bool:
        """Whether the dialog was answered or closed."""
        return self._deaf

    def pending(self) -> bool:
        """Whether something typed has not reached the disk."""
        return self._pause.isActive() or self._line.busy()

    def keep_now(self) -> None:
        """Keep what is typed since the last time."""
        self._pause.stop()
        if self._deaf or not self._known:
            return
        standing_now = self.beyond_first()
        if standing_now != self._kept:
            self._kept, self._ever_kept = standing_now, True
            keep = self._keep
            work = partial(keep_text, keep.store, keep.place, standing_now, keep.shown)
            self._line.run(work, failed=self._shell.explain, replaces="keep")

    def record(
        self, job: Callable[[], Any], done: Callable[[Any], object], failed: Callable[[Exception], object]
    ) -> None:
        """Do ``job``, which records the answer; what is kept of it ends with it. What fails leaves it kept."""
        keep = self._keep
        self._close()
        if keep.record is Record.HERE:
            job = partial(recording, keep.store, keep.place, job)
        elif keep.record is Record.HEAD_OFFICE:
            job = partial(recording_elsewhere, keep.store, keep.place, job)

        def refused(error: Exception) -> None:
            self._deaf = False
            self._touch()
            self._if_open(failed, error)

        self._line.run(job, done=partial(self._if_open, done), failed=refused)

    def put_aside(self) -> bool:
        """The dialog is closed: True when what is typed stays kept. What was just recorded is not put aside."""
        if self._deaf:
            return False
        self._close()
        if self._ever_kept:
            self._line.run(lambda: None, done=lambda _none: self._keep.aside())
        return bool(self._kept)

    def start_anew(self) -> None:
        """Let everything stand as it began, and keep nothing."""
        self._let_stand(self._first)
        self.keep_now()
        self.typed.emit(False)

    def _close(self) -> None:
        """Keep what stands here for the last time; it is newer than what was kept before, were that not read yet."""
        self._known = True
        self.keep_now()
        self._deaf = True

    def _touch(self) -> None:
        if not self._deaf:
            self._pause.start()
            self.typed.emit(bool(self.beyond_first()))

    def beyond_first(self) -> Values:
        """What stands in the fields otherwise than it began, by field."""
        now = {name: standing(control) for name, control in self._controls.items()}
        return {name: value for name, value in now.items() if value != self._first[name]}

    def _show(self, found: FoundText | None) -> None:
        self._known = True
        if found is None or self._deaf or not shiboken6.isValid(self._panel):
            return
        newer = self.beyond_first()
        again = {name: value for name, value in found.typed.items() if name in self._controls and name not in newer}
        self._kept, self._ever_kept = dict(found.typed), True
        self._keep.shown.update({name: found.shown[name] for name in again if name in found.shown})
        self._let_stand(again)
        self.typed.emit(True)
        self.found.emit(found.saved_at)

    def _unknown(self, error: Exception) -> None:
        self._known = True
        self._shell.explain(error)

    def _let_stand(self, values: Mapping[str, object]) -> None:
        self._deaf = True
        for name, value in values.items():
            let_stand(self._controls[name], value)
        self._deaf = False

    def _if_open(self, told: Callable[[Any], object], value: Any) -> None:
        if shiboken6.isValid(self._panel):
            told(value)

    def _orphaned(self) -> None:
        """Its dialog is gone: go as well, once the last write has ended."""
        if shiboken6.isValid(self):
            self._deaf = True
            self._pause.stop()
            self._line.run(lambda: None, done=lambda _none: self.deleteLater())
