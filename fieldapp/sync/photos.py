"""Photos to and from head office: several at once over connections of their own, while records go on travelling."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol

from fieldapp.domain.wording import Sentence
from fieldapp.store.attachments import Attachment
from fieldapp.store.database import Store
from fieldapp.store.faults import StorageFault
from fieldapp.store.view import View
from fieldapp.sync.alone import Occupied, alone
from fieldapp.sync.one_photo import Way, fetch_photo, send_photo
from fieldapp.sync.pace import EVERY_S
from fieldapp.sync.throttle import Throttle
from fieldapp.sync.transport import HeadOffice
from fieldapp.sync.troubles import AnotherSync, Cancelled, RequestRefused, TooLarge, TryLater

log = logging.getLogger(__name__)

CONNECTIONS = 3
"""Photos on their way at once: enough to fill a line with a long way to go, few enough for a thin one."""

LOOK_S = 0.1
"""How often the officer is told how far it is, and whether it was stopped is seen."""

GRACE_S = 0.1
"""How long a piece on its way may take to arrive when photos are stopped; then it is broken off."""

RECORDS_S = 2.0
"""How long a record that is saved meanwhile waits at most until it is sent."""

PATIENCE_S = 15.0
"""Head office may ask to wait so long between photos; beyond that they wait for another synchronisation."""

MOST_WAITS = 20
"""So often in a row, without a byte of progress between."""

MOST_CUTS = 4
"""So many broken requests in a row without a byte of progress between them, and the line is given up for now."""

MOST_CUTS_OF_ONE = 2
"""The same for one photo, which then lets the others by."""


class Counts(Protocol):
    """What is counted of photos."""

    photos_sent: int
    photos_received: int


def exchange_photos(
    store: Store,
    head_office: HeadOffice,
    counts: Counts,
    *,
    exchange_records: Callable[[], None],
    progress: Callable[..., None],
    cancelled: Callable[[], bool],
    most_bytes_per_s: int | None = None,
) -> None:
    """Send what head office does not hold, then fetch what records on this laptop name.

    What is saved meanwhile is not kept waiting: ``exchange_records`` is called for it. A photo that head office will
    not take stays and does not stop the others; one that it does not have yet is left for later. Raises SyncTrouble.
    """
    with store.reading() as view:
        if not _waiting(view, store.clock.now()):
            return
    with (
        suppress(Occupied),  # another process is at it
        alone(str(store.path) + ".photos"),
        PhotoTransfer(store, head_office.another, cancelled, most_bytes_per_s) as transfer,
    ):
        _attend(store, transfer, counts, exchange_records, progress, cancelled)


def _attend(
    store: Store,
    transfer: PhotoTransfer,
    counts: Counts,
    exchange_records: Callable[[], None],
    progress: Callable[..., None],
    cancelled: Callable[[], bool],
) -> None:
    """Until the photos are through: tell how far they are, and send and fetch records in between."""
    saved = _last_saved(store)
    looked_at = pulled_at = time.monotonic()
    told: dict[str, tuple[int, int]] = {}
    finished = False
    while not finished:
        finished = transfer.wait(LOOK_S)
        counts.photos_sent, counts.photos_received = transfer.sent, transfer.received
        for stage, reached in transfer.progress().items():
            if told.get(stage) != reached:
                told[stage] = reached
                progress(stage, *reached)
        if cancelled():
            raise Cancelled
        now = time.monotonic()
        if finished or now - looked_at < RECORDS_S:
            continue
        looked_at = now
        last = _last_saved(store)
        if last != saved or now - pulled_at >= EVERY_S:
            saved, pulled_at = last, now
            try:
                exchange_records()
            except AnotherSync:
                continue  # they travel all the same
            transfer.look_again()
    transfer.require_no_trouble()


class PhotoTransfer:
    """The photos that wait, travelling on threads of their own from entering to leaving.

    ``sent`` and ``received`` count those that are through.
    """

    def __init__(
        self,
        store: Store,
        connect: Callable[[], HeadOffice],
        cancelled: Callable[[], bool] = lambda: False,
        most_bytes_per_s: int | None = None,
    ) -> None:
        self._store = store
        self._connect = connect
        self._cancelled = cancelled
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._idle = threading.Event()
        self._throttle = Throttle(most_bytes_per_s, wait=self._stopping.wait)
        self._queue: deque[_Travelling] = deque()
        self._all: dict[tuple[str, str], _Travelling] = {}
        self._threads: list[threading.Thread] = []
        self._lines: list[HeadOffice] = []
        self._working = 0
        self._cuts = 0
        self._waits = 0
        self._trouble: BaseException | None = None
        self.sent = 0
        self.received = 0

    def __enter__(self) -> PhotoTransfer:
        self.look_again()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        until = time.monotonic() + GRACE_S
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        with self._lock:
            lines = list(self._lines)
        for line in lines:
            line.interrupt()
        for thread in self._threads:
            thread.join()

    def look_again(self) -> None:
        """Take up what has come to wait since."""
        with self._store.reading() as view:
            self._limits = view.state.limits()
            waiting = _waiting(view, self._store.clock.now())
        with self._lock:
            for photo in waiting:
                if (photo.state, photo.digest) not in self._all:
                    travelling = _Travelling(photo, photo.confirmed if photo.state == "to_send" else photo.held)
                    self._all[photo.state, photo.digest] = travelling
                    self._queue.append(travelling)
            for _ in range(min(CONNECTIONS - self._working, len(self._queue))):
                self._working += 1
                thread = threading.Thread(target=self._work, name="photos", daemon=True)
                self._threads.append(thread)
                thread.start()
            if not self._working:
                self._idle.set()
            else:
                self._idle.clear()

    def wait(self, timeout_s: float) -> bool:
        """Whether all are through that can be, at the latest after ``timeout_s``."""
        return self._idle.wait(timeout_s)

    def require_no_trouble(self) -> None:
        """Raises what kept photos from travelling: SyncTrouble, or a StorageFault."""
        if self._trouble is not None:
            raise self._trouble

    def progress(self) -> dict[str, tuple[int, int]]:
        """Bytes that are through and bytes in all, of photos sent (``photos_up``) and fetched (``photos_down``)."""
        stages = {"to_send": "photos_up", "to_fetch": "photos_down"}
        with self._lock:
            told: dict[str, tuple[int, int]] = {}
            for (state, _digest), one in self._all.items():
                done, total = told.get(stages[state], (0, 0))
                told[stages[state]] = (done + one.offset, total + one.photo.size)
            return told

    def _work(self) -> None:
        try:
            with self._connect() as head_office:
                with self._lock:
                    self._lines.append(head_office)
                while (one := self._next()) is not None:
                    self._move(head_office, one)
        except BaseException as error:  # noqa: BLE001 - the edge of the thread: it belongs to whoever waits
            self._give_up(error)
        finally:
            with self._lock:
                self._working -= 1
                if not self._working:
                    self._idle.set()

    def _next(self) -> _Travelling | None:
        with self._lock:
            return self._queue.popleft() if self._queue and not self._stopping.is_set() else None

    def _move(self, head_office: HeadOffice, one: _Travelling) -> None:
        def reached(offset: int) -> None:
            with self._lock:
                if offset > one.furthest:
                    one.furthest = offset
                    one.cuts = self._cuts = self._waits = 0
                one.offset = offset

        way = Way(self._store, head_office, self._throttle, self._limits, self._go_on, reached)
        try:
            through = (send_photo if one.photo.state == "to_send" else fetch_photo)(way, one.photo)
        except Cancelled:
            return
        except (RequestRefused, TooLarge) as refused:
            log.warning("photo_refused", extra={"digest": one.photo.digest, "code": refused.code})
        except TryLater as trouble:
            if trouble.after_s is not None:
                self._wait_as_told(one, trouble)
            elif trouble.code in _OF_ONE_PHOTO:
                self._cut(one, trouble)
            else:
                raise
        except StorageFault as fault:
            raise (_no_room_here() if fault.code == "disk_full" else fault) from fault
        else:
            with self._lock:
                self.sent += through and one.photo.state == "to_send"
                self.received += through and one.photo.state == "to_fetch"

    def _wait_as_told(self, one: _Travelling, trouble: TryLater) -> None:
        """Head office has much to do: come again when it said, unless that is too long to stand and wait."""
        after_s = trouble.after_s or 0.0
        with self._lock:
            self._waits += 1
            if after_s > PATIENCE_S or self._waits > MOST_WAITS:
                raise trouble
        self._stopping.wait(after_s)
        self._again(one)

    def _cut(self, one: _Travelling, trouble: TryLater) -> None:
        """Try the same photo again while it gets on; let others by when it does not; stop when none does."""
        with self._lock:
            self._cuts += 1
            one.cuts += 1
            hopeless = self._cuts >= MOST_CUTS
            by_itself = one.cuts >= MOST_CUTS_OF_ONE
        if hopeless:
            self._give_up(trouble)
        elif by_itself:
            self._trouble = self._trouble or trouble
        else:
            self._again(one)

    def _again(self, one: _Travelling) -> None:
        """The same photo next, from where it is now, if it is still wanted."""
        with self._store.reading() as view:
            photo = view.attachments.get(one.photo.digest)
        if photo is not None and photo.state == one.photo.state:
            with self._lock:
                one.photo = photo
                self._queue.appendleft(one)

    def _give_up(self, error: BaseException) -> None:
        self._trouble = error if self._trouble is None or not isinstance(error, TryLater) else self._trouble
        self._stopping.set()

    def _go_on(self) -> None:
        if self._stopping.is_set() or self._cancelled():
            raise Cancelled


_OF_ONE_PHOTO = ("cut", "busy")
"""What may lie in one photo alone: others are tried before the line is given up."""


@dataclass(slots=True)
class _Travelling:
    photo: Attachment
    offset: int
    furthest: int = 0
    cuts: int = 0


def _waiting(view: View, now: datetime) -> list[Attachment]:
    """Those to be sent first: they are nowhere else. What head office lacked is not asked for at each turn."""
    return [*view.attachments.waiting("to_send", now), *view.attachments.waiting("to_fetch", now)]


def _last_saved(store: Store) -> int | None:
    with store.reading() as view:
        return view.state.get("n", int)


def _no_room_here() -> TryLater:
    return TryLater("disk_full", Sentence("The disk is full; photos from head office find no room."))
