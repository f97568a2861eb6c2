"""A form saved as one types: shortly after each keystroke, one save at a time, the newest text last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from fieldapp.desktop.page import Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.services.drafts import Form, drop_draft, save_draft

PAUSE_MS = 400


class KeptDraft(QObject):
    """Keeps what ``collect`` returns (plain JSON values) under one draft id.

    ``saved`` tells when the newest text reached the disk, in the officer's zone. ``settle`` is the door to recording:
    it hands over the id once nothing is being written, so that no late save brings back a recorded draft.
    """

    saved = Signal(object)

    def __init__(
        self, shell: Shell, session: DesktopSession, form: Form, collect: Callable[[], dict[str, Any]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._shell, self._session, self._form, self._collect = shell, session, form, collect
        self._draft: str | None = None
        self._about: str | None = None
        self._turn = 0
        self._dirty = False
        self._saving = False
        self._then: Callable[[str], object] | None = None
        self._left: tuple[int, dict[str, Any], str | None] | None = None
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self.flush)

    @property
    def dirty(self) -> bool:
        """Whether something typed has not yet reached the disk."""
        return self._dirty or self._saving

    @property
    def draft(self) -> str | None:
        """The draft's id, None before its first save."""
        return self._draft

    def begin(self, draft: str | None = None, about: str | None = None) -> None:
        """Keep another form from now on: a new one, or the one found under ``draft``."""
        if self._dirty and self._saving:
            self._left = (self._turn, self._collect(), self._about)
        self.flush()
        self._turn += 1
        self._draft, self._about = draft, about
        self._dirty = self._saving = False
        self._then = None

    def concern(self, about: str | None) -> None:
        """The form is about another record now."""
        self._about = about
        self.touch()

    def touch(self) -> None:
        """Something was typed."""
        self._dirty = True
        self._timer.start()

    def flush(self) -> None:
        """Save now what was typed since the last save."""
        self._timer.stop()
        if not self._dirty or self._saving:
            return
        self._dirty, self._saving = False, True
        work = partial(
            save_draft, self._session.store, self._form, self._collect(), draft=self._draft, about=self._about
        )
        turn = self._turn
        self._shell.jobs.run(
            work,
            owner=self,
            done=lambda draft: self._kept(turn, draft),
            failed=lambda error: self._failed(turn, error),
            cancelled=lambda: self._ended(turn),
        )

    def settle(self, then: Callable[[str], object]) -> None:
        """Save once more and call ``then`` with the draft's id when nothing is being written any more."""
        self._then = then
        self._dirty = True
        self.flush()

    def recorded(self) -> None:
        """The form has become a record, and its draft is gone with it."""
        self._timer.stop()
        self._turn += 1
        self._left = None
        self._draft, self._dirty, self._saving, self._then = None, False, False, None

    def discard(self, done: Callable[[], object] | None = None) -> None:
        """The officer throws the form away."""
        self._timer.stop()
        self._dirty = False
        if self._saving:
            self._then = lambda _draft: self.discard(done)
            return
        draft = self._draft
        self.recorded()
        if draft is None:
            if done is not None:
                done()
            return
        work = partial(drop_draft, self._session.store, draft)
        self._shell.jobs.run(work, owner=self, done=lambda _none: done() if done else None, failed=self._shell.explain)

    def _kept(self, turn: int, draft: str) -> None:
        if turn != self._turn:
            self._save_left(turn, draft)
            return
        self._draft = draft
        self._ended(turn)
        self.saved.emit(self._now())

    def _failed(self, turn: int, error: Exception) -> None:
        self._then = None
        if turn == self._turn:
            self._dirty = True
            self._saving = False
        self._shell.explain(error)

    def _ended(self, turn: int) -> None:
        if turn != self._turn:
            return
        self._saving = False
        then = self._then
        if self._dirty:
            self.flush()
        elif then is not None and self._draft is not None:
            self._then = None
            then(self._draft)

    def _save_left(self, turn: int, draft: str) -> None:
        """What was typed into the form before, while an earlier save of it was still running."""
        if self._left is None or self._left[0] != turn:
            return
        _, body, about = self._left
        self._left = None
        work = partial(save_draft, self._session.store, self._form, body, draft=draft, about=about)
        self._shell.jobs.run(work, owner=self, failed=self._shell.explain)

    def _now(self) -> datetime:
        return self._session.local(self._session.clock.now())
