"""Who saw which personal fact in clear (DOMAIN E15). Events are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldapp.store.connection import Connection

Act = Literal["reveal", "print", "export"]


@dataclass(frozen=True, slots=True)
class PrivacyEvent:
    """``staff`` saw ``field`` of ``record`` at ``at`` (UTC); ``act`` says how."""

    at: str
    staff: str
    act: str
    record: str | None
    field: str | None


class PrivacyEvents:
    """The ``privacy_event`` table."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, event: PrivacyEvent) -> None:
        """Keep an event."""
        self._connection.execute(
            "INSERT INTO privacy_event (at, staff, act, record, field) VALUES (?,?,?,?,?)",
            (event.at, event.staff, event.act, event.record, event.field),
        )

    def after(self, number: int, limit: int) -> list[tuple[int, PrivacyEvent]]:
        """The events noted after the ``number``-th, oldest first, each with its number."""
        rows = self._connection.execute(
            "SELECT rowid, at, staff, act, record, field FROM privacy_event WHERE rowid > ? ORDER BY rowid LIMIT ?",
            (number, limit),
        )
        return [(row[0], PrivacyEvent(*row[1:])) for row in rows]

    def newest(self, limit: int) -> list[PrivacyEvent]:
        """The newest events first."""
        rows = self._connection.execute(
            "SELECT at, staff, act, record, field FROM privacy_event ORDER BY rowid DESC LIMIT ?", (limit,)
        )
        return [PrivacyEvent(*row) for row in rows]
