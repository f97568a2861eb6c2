"""Short ways to write the changes and records that the tests send."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from fieldapp.domain.kinds import values_of
from fieldapp.domain.records import Application, Branch, Person, Photo, Prospect, Record, Visit
from fieldapp.protocol.changes import Change

BRANCH = "TS01"
AT = "2026-06-01T01:00:00Z"
START = datetime(2026, 6, 1, 1, tzinfo=UTC)
_numbers = count(1)


class FixedClock:
    """A clock that stands still until it is moved."""

    zone = "Asia/Shanghai"

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


def branch(code: str = BRANCH) -> Branch:
    return Branch(
        code=code,
        name="通山支行",
        name_en="Tongshan sub-branch",
        bank="咸宁农商银行",
        bank_en="Xianning Rural Commercial Bank",
        complaint_phone="0715-12345678",
        area_code="421224",
    )


def change(
    kind: str,
    record: str,
    fields: dict[str, tuple[Any, Any]],
    *,
    actor: str = "zhang",
    **rest: Any,
) -> Change:
    """A change with a fresh id; ``rest`` are fields of Change."""
    number = next(_numbers)
    parts = {"id": f"change{number}", "n": number, "stream": BRANCH, "made_at": AT} | rest
    return Change(kind=kind, record=record, fields=fields, actor=actor, **parts)


def creation(kind: str, record: str, shape: Record, *, actor: str = "zhang", **rest: Any) -> Change:
    """The change that creates a record."""
    fields = {name: (None, value) for name, value in values_of(shape).items()}
    return change(kind, record, fields, actor=actor, new=True, **rest)


def prospect(record: str = "p1", *, actor: str = "zhang", **values: Any) -> Change:
    return creation("prospect", record, Prospect(**{"owner": actor, **values}), actor=actor)


def person(record: str = "q1", parent: str = "p1", *, actor: str = "zhang", **values: Any) -> Change:
    return creation("person", record, Person(**{"name": "王小明", **values}), actor=actor, parent=parent)


def application(record: str = "a1", parent: str = "p1", *, actor: str = "zhang", **values: Any) -> Change:
    shape = Application(**{"officer": actor, "amount_fen": 5_000_000, "months": 12, **values})
    return creation("application", record, shape, actor=actor, parent=parent)


def visit(
    record: str = "v1", parent: str = "p1", *, actor: str = "zhang", photos: tuple[str, ...] = (), **values: Any
) -> Change:
    shape = Visit(
        **{
            "staff": actor,
            "purpose": "marketing",
            "started_at": START,
            "ended_at": START + timedelta(minutes=40),
            "business_date": date(2026, 6, 1),
            "zone": "Asia/Shanghai",
            "photos": tuple(Photo(digest=d, name="a.jpg", size=9, media_type="image/jpeg") for d in photos),
            **values,
        }
    )
    return creation("visit", record, shape, actor=actor, parent=parent)
