"""The one look at the database that the short question needs, so quick that nothing else need wait for a thread."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Engine

from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.domain.records import Role
from fieldapp.headoffice.storage.records import Head


class Glimpse(NamedTuple):
    """A laptop that may speak, its officer, and the heads of the streams they read."""

    device: str
    counter: int
    last_seen: str | None
    staff: str
    role: Role
    branch: str
    heads: dict[str, Head]


class Glances(Protocol):
    """A connection that is kept for this alone, looked through on the event loop."""

    @property
    def near(self) -> bool:
        """Whether the database is in this process, so that any small look takes microseconds."""

    async def of(self, token_hash: str) -> Glimpse | None:
        """The laptop whose token has this hash.

        None for a stranger, and where the database is not to be read now: whoever asks again at length learns why.
        """

    def lately(self, token_hash: str) -> Glimpse | None:
        """What was seen of that laptop when it last asked, where to look again is a round trip that may be saved.

        Whoever goes by it has to make sure within their own unit, and ``forget`` it where it does not hold any more.
        """

    def forget(self, token_hash: str) -> None:
        """Let go of what was seen ``lately``."""

    def close(self) -> None:
        """Let go of the connection."""


class FileGlances:
    """Into an SQLite file."""

    near = True

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._kept: Any = None

    async def of(self, token_hash: str) -> Glimpse | None:
        """See Glances."""
        with self._lock:
            try:
                if self._kept is None:
                    self._kept = self._engine.raw_connection()
                    self._kept.detach()
                rows = self._kept.dbapi_connection.execute(LOOK, (BANK_STREAM, token_hash)).fetchall()
            except self._engine.dialect.loaded_dbapi.Error:
                self._drop()
                return None
        return glimpse_in(rows)

    def lately(self, token_hash: str) -> Glimpse | None:
        """See Glances: here it takes microseconds to look."""

    def forget(self, token_hash: str) -> None:
        """See Glances."""

    def close(self) -> None:
        """See Glances."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()


def glimpse_in(rows: Sequence[Sequence[Any]]) -> Glimpse | None:
    """What the rows of ``LOOK`` say."""
    if not rows:
        return None
    device, counter, last_seen, staff, role, branch = rows[0][:6]
    return Glimpse(device, counter, last_seen, staff, role, branch, {row[6]: Head(*row[7:10]) for row in rows})


LOOK = (
    "SELECT d.device, d.counter, d.last_seen, s.staff, s.role, s.branch, h.stream, h.seq, h.hash, h.floor"
    " FROM device AS d"
    " JOIN staff AS s ON s.stream = d.stream AND s.staff = d.staff AND s.active = 1"
    " JOIN stream_head AS h ON h.stream IN (d.stream, s.branch)"
    " WHERE d.stream = ? AND d.token_hash = ? AND d.revoked_at IS NULL"
)
