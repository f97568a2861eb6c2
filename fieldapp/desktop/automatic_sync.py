"""Synchronising by itself: when a connection appears, after changes, now and then; never in the way of the screens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from fieldapp.desktop.jobs import Job, JobRunner
from fieldapp.desktop.network import Network, SystemNetwork
from fieldapp.services.laptop import Changed, Laptop
from fieldapp.services.outbox_status import OutboxStatus, outbox_status
from fieldapp.services.synchronise import (
    Cancelled,
    NotHeadOffice,
    Pace,
    Stage,
    Summary,
    SyncTrouble,
    TryLater,
    synchronise_laptop,
)

log = logging.getLogger(__name__)

AT_START_S = 0.5
ON_CONNECTION_S = 2.0


@dataclass(frozen=True, slots=True)
class SyncState:
    """What the screens say about sending. ``online``: head office answered the last time it was asked.

    ``status`` is None until it was first counted; ``trouble`` how the last try ended when it did not finish.
    ``metered``: the line is paid by the byte, and photos wait for a person or another line.
    """

    running: bool = False
    online: bool = False
    status: OutboxStatus | None = None
    trouble: SyncTrouble | None = None
    metered: bool = False


class AutomaticSync(QObject):
    """One synchronisation at a time, started by itself or by ``sync_now``; call everything on the UI thread.

    ``state_changed`` tells a SyncState; ``began``; ``progressed`` a Stage, what is done, what there is in all (None
    while only head office knows) and the bytes received; ``finished`` the Summary, or the exception that ended it.
    """

    state_changed = Signal(object)
    began = Signal()
    progressed = Signal(object, object, object, object)
    finished = Signal(object)
    _told = Signal(object, object, object, object)

    def __init__(
        self,
        laptop: Laptop,
        jobs: JobRunner,
        pace: Pace | None = None,
        *,
        network: Network | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._laptop, self._jobs, self._pace = laptop, jobs, pace or Pace()
        self._state = SyncState()
        self._job: Job | None = None
        self._left_over = 0  # changes that a finished exchange could not settle: no reason to try again at once
        self._stopped = True
        self._counting = self._count_again = self._once_more = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._sync_by_itself)
        self._told.connect(self._tell_progress, Qt.ConnectionType.QueuedConnection)
        self._network = network or SystemNetwork(self)
        self._network.appeared.connect(self._network_appeared)
        self._network.vanished.connect(self._network_vanished)
        self._network.metered_changed.connect(self._metered_changed)

    def state(self) -> SyncState:
        """What was told last."""
        return self._state

    def start(self) -> None:
        """Begin to synchronise by itself."""
        self._stopped = False
        self._show(replace(self._state, metered=self._network.metered))
        self._count()
        self._wait(AT_START_S)

    def stop(self) -> None:
        """Stop for good: the laptop is being locked. A running exchange ends at its next safe point."""
        self._stopped = True
        self._timer.stop()
        self.cancel()

    def sync_now(self) -> None:
        """Synchronise unless one is running, photos too: a person wants it."""
        self._sync(photos=True)

    def _sync_by_itself(self) -> None:
        self._sync(photos=not self._network.metered)

    def _sync(self, *, photos: bool) -> None:
        if self._job is not None or self._stopped:
            return
        self._timer.stop()
        self._job = self._jobs.run(
            partial(_synchronise, laptop=self._laptop, tell=self._told.emit, photos=photos),
            owner=self,
            done=self._done,
            failed=self._failed,
            cancelled=lambda: self._failed(Cancelled()),
        )
        self._show(replace(self._state, running=True))
        self.began.emit()

    def sync_again(self) -> None:
        """Synchronise; where an exchange runs, once more after it, as it may have passed by what can be sent now."""
        self._once_more = self._job is not None
        self.sync_now()

    def cancel(self) -> None:
        """Stop the running exchange, also in the middle of a request; what was confirmed stays confirmed."""
        if self._job is not None:
            self._job.cancel()
            self._laptop.line.interrupt()

    def heed(self, changed: Changed) -> None:
        """Something was saved or came in: count again, and send what is new."""
        if changed.topics & {"outbox", "conflicts", "exchange"} or changed.kinds:
            self._count()

    def _done(self, summary: Summary) -> None:
        self._job = None
        self._left_over = summary.unsent
        self._show(replace(self._state, running=False, online=True, trouble=None))
        later = self._pace.after_success()
        self._wait(self._pace.after_change() if self._once_more or summary.uncompared else later)
        self._once_more = False
        self._count()
        self.finished.emit(summary)

    def _failed(self, error: Exception) -> None:
        self._job = None
        trouble = error if isinstance(error, SyncTrouble) else None
        known = isinstance(error, Cancelled)
        self._show(
            replace(
                self._state,
                running=False,
                online=self._state.online if known else _answered(trouble),
                trouble=self._state.trouble if known else trouble,
            )
        )
        wait = self._pace.after_trouble(trouble) if trouble is not None else None
        if wait is not None:
            self._wait(wait)
        self._count()
        self.finished.emit(error)

    def _count(self) -> None:
        if self._stopped:
            return
        if self._counting:
            self._count_again = True
            return
        self._counting, self._count_again = True, False
        self._jobs.run(
            partial(outbox_status, self._laptop.store), owner=self, done=self._counted, failed=self._not_counted
        )

    def _counted(self, status: OutboxStatus) -> None:
        self._counting = False
        unsent = status.unsent
        self._show(replace(self._state, status=status))
        if self._count_again:
            self._count()
        elif unsent > self._left_over and self._job is None and self._may_try():
            self._wait(self._pace.after_change(), sooner_only=True)
        self._left_over = min(self._left_over, unsent)

    def _not_counted(self, error: Exception) -> None:
        self._counting = False
        log.warning("sync_state_unknown", exc_info=error)

    def _may_try(self) -> bool:
        """Whether trying again can help without a person doing something first."""
        return self._state.trouble is None or isinstance(self._state.trouble, TryLater)

    def _wait(self, seconds: float, *, sooner_only: bool = False) -> None:
        if self._stopped:
            return
        wait_ms = round(seconds * 1000)
        if sooner_only and self._timer.isActive() and self._timer.remainingTime() <= wait_ms:
            return
        self._timer.start(wait_ms)

    def _show(self, state: SyncState) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)

    def _tell_progress(self, stage: Stage, done: int, total: int | None, received: int) -> None:
        if self._job is not None:
            self.progressed.emit(stage, done, total, received)

    def _network_appeared(self) -> None:
        if not self._stopped and self._may_try():
            self._pace.failures = 0
            self._wait(ON_CONNECTION_S, sooner_only=True)

    def _metered_changed(self) -> None:
        """Photos that waited go over the new line."""
        if not self._stopped:
            self._show(replace(self._state, metered=self._network.metered))
            if not self._state.metered and self._may_try():
                self._wait(ON_CONNECTION_S, sooner_only=True)

    def _network_vanished(self) -> None:
        if not self._stopped:
            self._show(replace(self._state, online=False))


def _synchronise(
    job: Job, *, laptop: Laptop, tell: Callable[[Stage, int, int | None, int], None], photos: bool
) -> Summary:
    def told(stage: Stage, done: int, total: int | None, received: int = 0) -> None:
        tell(stage, done, total, received)  # a signal has no defaults

    return synchronise_laptop(laptop, progress=told, cancelled=job.cancelled, photos=photos)


def _answered(trouble: SyncTrouble | None) -> bool:
    """Whether head office itself answered, if only to say no."""
    return (
        trouble is not None
        and not isinstance(trouble, NotHeadOffice)
        and (not isinstance(trouble, TryLater) or trouble.code == "busy")
    )
