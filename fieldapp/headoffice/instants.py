"""Instants as head office keeps and tells them."""

from __future__ import annotations

from datetime import UTC, datetime

from fieldapp.domain.record_rules import is_of_our_time


def stated(text: str) -> datetime | None:
    """The instant that ``text`` (ISO 8601) states together with its zone; None where it states none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and is_of_our_time(moment) else None


def iso(moment: datetime) -> str:
    """An instant as it is kept and told: UTC, ISO 8601."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
