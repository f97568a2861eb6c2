"""Making ids and times where things happen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import uuid_utils

from fieldapp.domain.identifiers import ChangeId, RecordId


def new_record_id() -> RecordId:
    """A UUIDv7 with 74 random bits, so that devices that make ids in the same millisecond do not collide."""
    return RecordId(uuid_utils.uuid7().hex)


def new_change_id() -> ChangeId:
    """As ``new_record_id``, for a change."""
    return ChangeId(uuid_utils.uuid7().hex)


class Clock(Protocol):
    """Where "now" comes from; passed in wherever time matters."""

    zone: str

    def now(self) -> datetime:
        """The instant, in UTC."""


class SystemClock:
    """The computer's clock, with the zone the bank works in."""

    def __init__(self, zone: str = "Asia/Shanghai") -> None:
        self.zone = zone
        self._zone = ZoneInfo(zone)

    def now(self) -> datetime:
        return datetime.now(UTC)
