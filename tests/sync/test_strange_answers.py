"""Whatever head office answers, work is kept, nobody asks for ever, and a sound answer later puts all right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fieldapp.protocol.messages import SyncReply
from fieldapp.sync.exchange import synchronise
from fieldapp.sync.troubles import NotHeadOffice, StrangeAnswer
from tests.sync.office import LI, Direct, Laptop, Office

MOST_QUESTIONS = 30
Told = dict[str, Any]


class Odd(Direct):
    """Says something else than head office from its answer ``at`` on."""

    def __init__(self, laptop: Laptop, office: Office, alter: Callable[[Told], object], at: int = 0) -> None:
        super().__init__(office, laptop.enrolment.device, page=3)
        self._alter = alter
        self._at = at
        self.asked = 0

    def answer(self, body: bytes) -> SyncReply:
        told: Told = msgspec.json.decode(msgspec.json.encode(super().answer(body)))
        self.asked += 1
        assert self.asked <= MOST_QUESTIONS, "asked without end"
        if self.asked > self._at:
            self._alter(told)
        return msgspec.json.decode(msgspec.json.encode(told), type=SyncReply)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.new(tmp_path / "office.db")


@pytest.fixture
def laptop(office: Office, tmp_path: Path) -> Laptop:
    """One with a conflict, two edits and a new customer to send, and four records to read."""
    laptop, other = office.laptop(LI, tmp_path / "one"), office.laptop(LI, tmp_path / "two")
    prospect, person = laptop.prospect("王一")
    laptop.sync_with(office)
    other.sync_with(office)
    other.edit(person, name="王二")
    other.prospect("李四")
    other.sync_with(office)
    laptop.edit(person, name="王三")
    laptop.edit(prospect, remark="typed here")
    laptop.prospect("新的")
    other.store.close()
    return laptop


def at_first(told: Told, *where: str | int, value: object) -> None:
    """Put ``value`` in that place of the answer, where the answer has it."""
    node: Any = told
    for step in where[:-1]:
        if not (step in node if isinstance(node, dict) else len(node) > int(step)):
            return
        node = node[step]
    node[where[-1]] = value


ODD: dict[str, tuple[tuple[str | int, ...], object]] = {
    "a mark beyond all numbers": (("heads", "TS01"), [2**62, ""]),
    "a mark below all": (("heads", "TS01"), [-1, ""]),
    "a mark of no stream": (("heads", "\x00"), [7, "ab"]),
    "more streams than can be": (("heads",), {f"S{number}": [1, "ab"] for number in range(65)}),
    "a run in no stream": (("runs", 0, 2), "长"),
    "a run numbered beyond": (("runs", 0, 3), 2**70),
    "a run of others": (("runs", 0, 1), 99),
    "a receipt without a number": (("receipts", 0, "seq"), 0),
    "a receipt without a revision": (("receipts", 0, "rev"), None),
    "values that are none": (("records", 0, "values"), [1]),
    "a state that is none": (("states", 0, "values"), 7),
    "a revision beyond all numbers": (("records", 0, "rev"), [0, "TS01", 2**70]),
    "an owner that is a map": (("records", 0, "values"), {"owner": {}, "customer_type": None}),
    "durable beyond all numbers": (("durable",), {"TS01": 2**70}),
    "pieces of no bytes": (("limits",), {"chunk_bytes": 0}),
    "a fork again and again": (("fork",), ["TS01"]),
}


@pytest.mark.parametrize("what", ODD)
def test_an_answer_that_cannot_be_used_is_told_and_nothing_is_lost(what: str, office: Office, laptop: Laptop) -> None:
    where, value = ODD[what]
    line = Odd(laptop, office, lambda told: at_first(told, *where, value=value))
    with pytest.raises((StrangeAnswer, NotHeadOffice)):
        synchronise(laptop.store, line)
    require_all_there_after(laptop, office)


@pytest.mark.parametrize("at", [0, 1])
def test_a_pull_that_leads_nowhere_is_not_followed(at: int, office: Office, laptop: Laptop) -> None:
    def stay(told: Told) -> None:
        told |= {"more": True, "cursor": "kpakVFMwMQ"}

    with pytest.raises(StrangeAnswer):
        synchronise(laptop.store, Odd(laptop, office, stay, at))
    require_all_there_after(laptop, office)


def test_two_head_offices_behind_one_address_end_with_a_sentence(office: Office, laptop: Laptop) -> None:
    forked = iter([True, False] * MOST_QUESTIONS)

    def now_and_then(told: Told) -> None:
        if next(forked):
            told |= {"fork": ["TS01"]}

    with pytest.raises(StrangeAnswer):
        synchronise(laptop.store, Odd(laptop, office, now_and_then))
    require_all_there_after(laptop, office)


def require_all_there_after(laptop: Laptop, office: Office) -> None:
    """A sound synchronisation later, both ends have all of it."""
    laptop.sync_with(office)
    assert laptop.queued() == []
    (typed,) = [one for one in laptop.all_records().values() if one.screen.get("remark") == "typed here"]
    assert office.record(typed.id).values["remark"] == "typed here"
    assert len(office.of_kind("person")) == 3
    live = office.live_for(laptop.enrolment.device, [*laptop.all_records()])
    kept = laptop.all_records()
    assert {name: (one.moves, one.stream, one.seq) for name, one in kept.items()} == {
        name: one.rev for name, one in live.items()
    }
    laptop.store.close()
    office.close()
