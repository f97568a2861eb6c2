"""A real encrypted store for tests: fixed key and clock, an officer enrolled, colleagues known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from fieldapp.protocol.messages import Conflict
from fieldapp.store.database import Store
from fieldapp.store.records import StoredRecord
from fieldapp.store.state import Enrolment
from fieldapp.store.unit import Unit
from tests.copied_records import MADE_KEY, copy_filled

KEY = MADE_KEY
NOON = datetime(2026, 11, 23, 6, 31, 8, 250_000, tzinfo=UTC)
"""14:31:08 on Monday 23 November 2026 where the bank works."""
TODAY = date(2026, 11, 23)
ME, COLLEAGUE, TELLER = "a1" * 16, "b2" * 16, "c3" * 16


class FixedClock:
    """Stands still until it is moved."""

    zone = "Asia/Shanghai"

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, **by: int) -> None:
        self.at += timedelta(**by)


def enrolled_store(folder: Path, clock: FixedClock | None = None) -> Store:
    """A new or existing store in ``folder``; the officer is 李四."""
    path, clock = folder / "records.db", clock or FixedClock()
    enrolment = Enrolment(
        device="d0" * 16,
        token="token",
        staff=ME,
        staff_name="李四",
        role="officer",
        branch="QS01",
        branch_name="青石支行",
        bank="示例农村商业银行",
        stream="QS01",
        head_office="h0" * 16,
        address="http://127.0.0.1:1",
    )

    def settle(unit: Unit) -> None:
        unit.state.set("enrolment", enrolment)
        for staff, name, role in ((COLLEAGUE, "周到", "officer"), (TELLER, "钱二", "teller")):
            if unit.records.get(staff) is None:
                values = {"name": name, "role": role, "branch": "QS01", "active": True}
                unit.put_new(StoredRecord(staff, "staff", None, "bank", None, 0, 1, values, values))

    new = not path.exists()
    if new:
        copy_filled("enrolled", lambda made: made.write(settle), path, KEY, clock)
    store = Store(path, KEY, clock)
    if not new:
        store.write(settle)
    return store


def told(store: Store, record: str, standing: dict[str, Any], conflicts: tuple[Conflict, ...] = ()) -> None:
    """Head office has taken everything typed about ``record`` and told its state: ``standing`` over what was typed."""

    def take(unit: Unit) -> None:
        stored = unit.records.get(record)
        assert stored is not None
        values = {**stored.screen, **standing}
        unit.outbox.remove([queued.n for queued in unit.outbox.of_record(record)])
        unit.put(replace(stored, base=values, screen=values, seq=7, conflicts=conflicts))

    store.write(take)


def disputed(field: str, mine: Any, standing: Any, change: str = "e5" * 16) -> Conflict:
    """This officer's value against a colleague's that stands."""
    return Conflict(
        change=change,
        field=field,
        shown=None,
        value=mine,
        by=ME,
        at="2026-11-23T06:22:00.000+00:00",
        standing=standing,
        standing_by=COLLEAGUE,
        standing_at="2026-11-22T08:40:00.000+00:00",
    )


def screen_of(store: Store, record: str) -> dict[str, Any]:
    """What the screens show of a record."""
    with store.reading() as view:
        stored = view.records.get(record)
    assert stored is not None
    return stored.screen
