"""What a new laptop is told before everything else: its officer's day (SYNC 29)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from fieldapp.domain.records import Contact
from fieldapp.headoffice import own_day
from fieldapp.headoffice.administration import Administration
from fieldapp.protocol.messages import SyncReply
from tests.headoffice import changes_to_send as send
from tests.headoffice.changes_to_send import START
from tests.headoffice.laptops import Laptop

Enrol = Callable[[str], Laptop]
DAY = date(2026, 6, 1)


def _on(days: int) -> date:
    return DAY + timedelta(days=days)


def _promise(record: str, parent: str, days: int) -> Any:
    shape = Contact(
        staff="zhang",
        at=START,
        business_date=DAY,
        zone="Asia/Shanghai",
        channel="phone",
        source="outbound",
        result="interested",
        promised_fen=50_000,
        next_date=_on(days),
    )
    return send.creation("contact", record, shape, parent=parent)


def _customer(name: str, **values: Any) -> tuple[Any, Any]:
    return send.prospect(name, **values), send.person(f"{name}-person", name)


def _first_word(laptop: Laptop, day: date = DAY) -> SyncReply:
    return laptop.ask(msgspec.structs.replace(laptop.request(page=1), day=day))


@pytest.fixture
def told(laptop_of: Enrol) -> None:
    """Customers of Zhang's with and without dates, and one of Li's who is due today."""
    laptop_of("zhang").sync(
        *_customer("undated"),
        *_customer("later", next_date=_on(2)),
        *_customer("tomorrow", next_date=_on(1)),
        *_customer("overdue", next_date=_on(-30)),
        *_customer("today", next_date=DAY),
        *_customer("promised"),
        _promise("promise", "promised", 0),
        *_customer("long-promised"),
        _promise("old-promise", "long-promised", -91),
        *_customer("quoting", remark='"next_date":"2026-06-01"'),
        send.visit("visit", "today"),
    )
    li = laptop_of("li")
    li.sync(send.prospect("li-today", actor="li", next_date=DAY))


@pytest.mark.usefixtures("told")
def test_the_day_comes_first_whole_and_outside_the_cursor(laptop_of: Enrol) -> None:
    new = laptop_of("zhang")
    first = _first_word(new)
    assert {state.record for state in first.states} == {
        *("today", "today-person", "visit", "overdue", "overdue-person", "tomorrow", "tomorrow-person"),
        *("promised", "promised-person", "promise"),
    }
    assert (len(first.records), first.more, first.restart) == (1, True, True)
    new.apply(first)
    new.sync(page=1)
    other = laptop_of("zhang")
    other.sync()
    assert new.base == other.base, "what came first comes again with its page, and nothing is left out"


@pytest.mark.usefixtures("told")
def test_how_much_is_to_come_is_told_once(laptop_of: Enrol) -> None:
    new = laptop_of("zhang")
    first = _first_word(new)
    new.apply(first)
    new.sync(page=3)
    assert first.to_come == len(new.base)
    assert new.sync().to_come == 0


@pytest.mark.usefixtures("told")
def test_a_laptop_that_holds_records_is_told_of_no_day(laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    laptop.sync()
    assert _first_word(laptop).states == []


@pytest.mark.usefixtures("told")
def test_who_has_no_customers_has_no_such_day(office: Administration, laptop_of: Enrol) -> None:
    assert _first_word(laptop_of("wu")).states == [], "a branch head of another branch"
    assert _first_word(laptop_of("hu")).states == [], "nor is a branch head told whom the officers meet"


@pytest.mark.usefixtures("told")
def test_the_day_is_bounded_and_the_most_urgent_come_first(laptop_of: Enrol, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_day, "MOST_CUSTOMERS", 2)
    two = {state.record for state in _first_word(laptop_of("zhang")).states if state.kind == "prospect"}
    assert two == {"today", "overdue"}
    monkeypatch.setattr(own_day, "MOST_BYTES", 1)
    assert len(_first_word(laptop_of("zhang")).states) == 1


def test_a_day_that_is_none_is_refused_as_a_whole(laptop_of: Enrol) -> None:
    laptop = laptop_of("zhang")
    body = msgspec.json.decode(msgspec.json.encode(laptop.request()))
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(body | {"day": "2026-02-30"}, type=type(laptop.request()))
