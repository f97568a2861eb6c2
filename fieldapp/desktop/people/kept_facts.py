"""What stands half typed about one prospect after the other, in a sheet of facts or a line: kept as one types."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer

from fieldapp.desktop.page import Shell
from fieldapp.desktop.session import DesktopSession
from fieldapp.domain.kinds import Values
from fieldapp.services.half_typed import Place, keep_text, recording_fields

PAUSE_MS = 400


class KeptFacts(QObject):
    """Keeps what ``collect`` returns: what stands half typed by field, and what the screen showed when it was typed.

    Recording goes through here as well: no write overtakes another, and a recorded field is kept no more. What reads it
    again comes after ``session.typing``.
    """

    def __init__(
        self, shell: Shell, session: DesktopSession, collect: Callable[[], tuple[Values, Values]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._shell, self._store, self._collect = shell, session.store, collect
        self._place: Place | None = None
        self._kept: Values = {}
        self._line = session.typing.line()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.keep_now)

    def begin(self, place: Place, kept: Values) -> None:
        """Keep under another place from now on, where ``kept`` was found."""
        self._pause.stop()
        self._place, self._kept = place, dict(kept)

    def leave(self) -> None:
        """Keep what is half typed, and from then on nothing until it begins under another place."""
        self.keep_now()
        self._place = None

    def touch(self) -> None:
        """Something was typed."""
        self._pause.start()

    def pending(self) -> bool:
        """Whether something typed has not reached the disk."""
        return self._pause.isActive() or self._line.busy()

    def keep_now(self) -> None:
        """Keep what is half typed since the last time."""
        self._pause.stop()
        place = self._place
        if place is None:
            return
        typed, shown = self._collect()
        if typed != self._kept:
            self._kept = typed
            work = partial(keep_text, self._store, place, typed, shown)
            self._line.run(work, failed=self._shell.explain, replaces=place.draft)

    def record(
        self,
        names: Collection[str],
        job: Callable[[], Any],
        done: Callable[[Any], object],
        failed: Callable[[Exception], object],
    ) -> None:
        """Do ``job``, which records the fields ``names``; what is kept of them ends with it, unless it fails."""
        place = self._place
        if place is None:
            raise RuntimeError("nothing is shown yet that could be recorded")
        self._kept = {each: value for each, value in self._kept.items() if each not in names}

        def refused(error: Exception) -> None:
            self._kept = {each: value for each, value in self._kept.items() if each not in names}
            self.touch()
            failed(error)

        self._line.run(partial(recording_fields, self._store, place, names, job), done=done, failed=refused)
