"""The local business date of an instant. The one place where an instant becomes a day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from fieldapp.protocol.identifiers import Clock


def business_date(clock: Clock) -> date:
    """Today, where the bank works."""
    return day_of(clock.now(), clock.zone)


def day_of(at: datetime, zone: str) -> date:
    """The local day of an instant."""
    return local_time(at, zone).date()


def local_time(at: datetime, zone: str) -> datetime:
    """The instant as clocks in ``zone`` show it; as it was written down where nobody here knows such a zone.

    A list is not to fail for one line of it. Raises ValueError for a time that does not say its own zone.
    """
    stated = _with_zone(at)
    try:
        return stated.astimezone(ZoneInfo(zone))
    except (ValueError, LookupError, OSError, OverflowError):
        return stated


def whole_second(at: datetime) -> datetime:
    """The instant in UTC without fractions: people record times, and their order as text is then their order."""
    return _with_zone(at).astimezone(UTC).replace(microsecond=0)


def made_at(record: str) -> datetime | None:
    """When a record was made, by the clock of the device that made its id (UUIDv7); None for another kind of id."""
    if len(record) != 32 or record[12] != "7":
        return None
    try:
        return datetime.fromtimestamp(int(record[:12], 16) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _with_zone(at: datetime) -> datetime:
    """Taken as the computer's own time, a time without zone would be right on one laptop and wrong on the next."""
    if at.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return at
