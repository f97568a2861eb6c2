"""An unlocked laptop as the pages use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import QObject, Qt, Signal

from fieldapp.desktop.automatic_sync import AutomaticSync
from fieldapp.desktop.chosen_look import ChosenLook
from fieldapp.desktop.in_turn import Lines
from fieldapp.desktop.jobs import JobRunner
from fieldapp.protocol.identifiers import Clock
from fieldapp.services.business_day import business_date, local_time
from fieldapp.services.laptop import Card, Changed, Enrolment, Laptop, Preferences, Store
from fieldapp.services.synchronise import Pace


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A laptop just opened, with what its first screen says, read off the UI thread."""

    laptop: Laptop
    enrolment: Enrolment
    preferences: Preferences
    card: Card


def read_unlocked(laptop: Laptop) -> Unlocked:
    """What the screens need to know at once. Reads the disk: call it in the job that unlocks."""
    return Unlocked(laptop, laptop.enrolment(), laptop.preferences(), laptop.card_now())


class DesktopSession(QObject):
    """From unlocking to locking. ``changed`` tells each commit's ``Changed`` on the UI thread: query again then.

    Services take ``store`` and are called in jobs, never on the UI thread. ``enrolment`` says whose laptop this is,
    ``card`` what the bank and the sub-branch are called. In the lines of ``typing`` what is typed about prospects
    goes to the disk; what reads it again comes after them.
    """

    changed = Signal(object)
    _committed = Signal(object)

    def __init__(
        self,
        unlocked: Unlocked,
        clock: Clock,
        jobs: JobRunner,
        chosen: ChosenLook,
        *,
        pace: Pace | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.laptop = unlocked.laptop
        self.enrolment = unlocked.enrolment
        self.card = unlocked.card
        self.clock = clock
        self.jobs = jobs
        self.chosen = chosen
        self.typing = Lines(jobs, self)
        self.sync = AutomaticSync(unlocked.laptop, jobs, pace, parent=self)
        self._committed.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._deaf: Callable[[], None] = self.store.notices.subscribe(self._committed.emit)

    @property
    def store(self) -> Store:
        """The open records, for services."""
        return self.laptop.store

    def today(self) -> date:
        """The business date, where the bank works."""
        return business_date(self.clock)

    def local(self, moment: datetime) -> datetime:
        """An instant as clocks in the bank's zone show it."""
        return local_time(moment, self.clock.zone)

    def open(self) -> None:
        """Begin to synchronise by itself."""
        self.sync.start()

    def close(self) -> None:
        """Stop listening and synchronising; the store itself is closed by ``Laptop.lock``, in a job."""
        self._deaf()
        self.sync.stop()

    def _tell(self, changed: Changed) -> None:
        self.sync.heed(changed)
        self.changed.emit(changed)
