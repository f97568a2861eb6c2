"""The line to head office: a connection kept from one synchronisation to the next, while the laptop is unlocked."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from fieldapp.store.state import Enrolment
from fieldapp.sync.transport import HeadOffice

CERTIFIED_FOR = timedelta(hours=1)


class Line:
    """Opens the connection when it is first needed, and anew when head office has moved."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: tuple[tuple[str, str, str | None], HeadOffice] | None = None
        self.used = False
        """Whether a synchronisation over this line has ended well."""
        self.unsent: int | None = None
        """How many changes the last one left on the laptop."""
        self._certified_at: datetime | None = None

    def to(self, enrolment: Enrolment) -> HeadOffice:
        """The connection to the head office of ``enrolment``. Raises Invalid (``address``)."""
        wanted = (enrolment.address, enrolment.token, enrolment.certificate)
        with self._lock:
            if self._open is None or self._open[0] != wanted:
                self._close()
                self._open = (wanted, HeadOffice(*wanted))
            self._open[1].ready()
            return self._open[1]

    def interrupt(self) -> None:
        """From any thread: whatever is asked over it now ends with Cancelled at once."""
        with self._lock:
            if self._open is not None:
                self._open[1].interrupt()

    def wants_certificate(self, now: datetime) -> bool:
        """Whether it has not been seen to within the hour before ``now`` (UTC)."""
        at = self._certified_at
        return at is None or not timedelta() <= now - at < CERTIFIED_FOR

    def certified(self, now: datetime) -> None:
        """The laptop's certificate has been seen to."""
        self._certified_at = now

    def close(self) -> None:
        """Drop the connection; the next use opens another."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None
