"""A new entry or two are taken in on the event loop, where that keeps nobody waiting; else as everything is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing

import msgspec
import pytest
from sqlcipher3 import dbapi2

from fieldapp.headoffice.administration import Administration
from fieldapp.headoffice.exchange import Exchange
from fieldapp.headoffice.storage import store
from fieldapp.headoffice.storage.accounts import StaffAccount
from fieldapp.headoffice.storage.engines import LOCK_TIMEOUT_S
from fieldapp.headoffice.storage.glances import Glimpse
from fieldapp.headoffice.tokens import token_hash
from fieldapp.protocol.changes import Change
from fieldapp.protocol.messages import SyncReply
from tests.headoffice import changes_to_send as send
from tests.headoffice.laptops import Laptop

Enrol = Callable[[str], Laptop]

in_a_file = pytest.mark.parametrize("location", ["sqlite"], indirect=True)


class Officer:
    """Zhang, with a customer that both ends know, and a way to ask for no more than may be done at once."""

    def __init__(self, office: Administration, exchange: Exchange, laptop: Laptop) -> None:
        self._office = office
        self._exchange = exchange
        self.laptop = laptop
        laptop.sync(send.prospect())
        laptop.sync()

    def glimpse(self) -> Glimpse:
        glimpse = asyncio.run(self._office.store.glances.of(token_hash(self.laptop.device)))
        assert glimpse is not None
        return glimpse

    def may_look_at_once(self) -> bool:
        assert self.laptop.cursor is not None
        return self._exchange.few_news(self.glimpse(), self.laptop.cursor)

    def at_once(self, *changes: Change, seen: Glimpse | None = None) -> SyncReply | None:
        request = self.laptop.request(*changes)
        request = msgspec.json.decode(msgspec.json.encode(request), type=type(request))
        reply = self._exchange.answer_at_once(self.laptop.author, seen or self.glimpse(), request)
        if reply is None:
            self.laptop.counter -= 1
        return reply

    def stands(self, record: str) -> bool:
        with self._office.store.reading() as unit:
            return bool(unit.records.find([record], [send.BRANCH]))


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow this one is."""
    monkeypatch.setattr(store, "QUICK_S", 60.0)


@pytest.fixture
def officer(office: Administration, exchange: Exchange, laptop_of: Enrol) -> Officer:
    return Officer(office, exchange, laptop_of("zhang"))


@in_a_file
def test_a_new_visit_is_answered_as_it_would_be_at_length(officer: Officer) -> None:
    reply = officer.at_once(send.visit("v1"))
    assert reply is not None
    assert [receipt.outcome for receipt in reply.receipts] == ["accepted"]
    assert officer.stands("v1")


@in_a_file
def test_the_same_visit_again_gets_the_receipt_it_had(officer: Officer) -> None:
    visit = send.visit("v1")
    first, second = officer.at_once(visit), officer.at_once(visit)
    assert first is not None
    assert second is not None
    assert second.receipts == first.receipts


@in_a_file
@pytest.mark.parametrize(
    "changes",
    [
        (),
        (send.person("q1"),),
        (send.visit("v1"), send.prospect("p2")),
        tuple(send.visit(f"v{number}") for number in range(5)),
    ],
    ids=["nothing", "a person", "a customer too", "five visits"],
)
def test_whatever_may_take_longer_is_left_to_a_thread(officer: Officer, changes: tuple[Change, ...]) -> None:
    assert officer.at_once(*changes) is None
    assert not officer.stands("v1")


@in_a_file
def test_a_laptop_that_has_much_to_read_is_left_to_a_thread(officer: Officer, laptop_of: Enrol) -> None:
    other = laptop_of("zhang")
    other.sync()
    other.sync(*(send.visit(f"w{number}") for number in range(30)))
    assert officer.at_once(send.visit("v1")) is None
    assert not officer.stands("v1")


@in_a_file
def test_a_laptop_that_reads_all_anew_is_left_to_a_thread(officer: Officer, office: Administration) -> None:
    """Its officer leads the branch by now, or what left them since it last asked is forgotten."""
    with office.store.writing() as unit:
        unit.accounts.put_staff(StaffAccount("zhang", "Zhang", "branch_head", send.BRANCH, active=True))
        promoted = unit.accounts.staff("zhang")
    assert promoted is not None
    officer.laptop.author = promoted.author
    assert officer.at_once(send.visit("v1")) is None
    assert not officer.may_look_at_once()


@in_a_file
def test_a_laptop_behind_what_was_purged_is_left_to_a_thread(
    officer: Officer, office: Administration, laptop_of: Enrol
) -> None:
    laptop_of("zhang").sync(send.visit("w1"))
    assert officer.may_look_at_once()
    with office.store.writing() as unit:
        head = unit.records.heads([send.BRANCH], lock=True)[send.BRANCH]
        unit.records.raise_floor(send.BRANCH, head.seq)
    assert officer.at_once(send.visit("v1")) is None
    assert not officer.may_look_at_once()


@in_a_file
def test_what_came_in_while_the_body_did_is_left_to_a_thread_too(officer: Officer, laptop_of: Enrol) -> None:
    seen = officer.glimpse()
    other = laptop_of("zhang")
    other.sync()
    other.sync(*(send.visit(f"w{number}") for number in range(30)))
    assert officer.at_once(send.visit("v1"), seen=seen) is None
    assert not officer.stands("v1")


@in_a_file
def test_nobody_waits_for_another_process_that_writes(officer: Officer, location: str) -> None:
    with closing(dbapi2.connect(location, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert officer.at_once(send.visit("v1")) is None
        other.execute("ROLLBACK")
    assert not officer.stands("v1")
    assert officer.at_once(send.visit("v1")) is not None


@in_a_file
def test_nobody_waits_for_another_thread_that_writes(officer: Officer, office: Administration) -> None:
    with office.store.writing():
        assert officer.at_once(send.visit("v1")) is None
    assert officer.at_once(send.visit("v1")) is not None


@in_a_file
def test_whoever_has_time_waits_for_another_process_afterwards_too(officer: Officer, location: str) -> None:
    """How long a connection waits is the connection's: one that was asked not to wait does so again."""
    with closing(dbapi2.connect(location, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert officer.at_once(send.visit("v1")) is None
        other.execute("ROLLBACK")
    with officer._office.store.writing() as unit:
        driver = unit.connection.connection.driver_connection
        assert driver is not None
        (waits_ms,) = driver.execute("PRAGMA busy_timeout").fetchone()
    assert waits_ms == LOCK_TIMEOUT_S * 1000


@in_a_file
def test_a_disk_that_is_slow_of_late_is_waited_for_on_a_thread(officer: Officer, office: Administration) -> None:
    office.store._slowest_s = 61.0
    assert officer.at_once(send.visit("v1")) is None
    for number in range(10):  # what was slow once does not count for ever
        with office.store.writing() as unit:
            unit.accounts.set_setting("colour", str(number))
    assert officer.at_once(send.visit("v1")) is not None


@pytest.mark.parametrize("location", ["postgresql"], indirect=True)
def test_a_server_is_asked_from_a_thread(office: Administration) -> None:
    assert not office.store.quick
