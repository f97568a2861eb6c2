"""However many laptops read, what officers send is taken in: pages are made two at a time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from fieldapp.headoffice import turns as turns_module
from fieldapp.headoffice.administration import Administration, create_head_office
from fieldapp.headoffice.exchange import Exchange, Untold
from fieldapp.headoffice.serve import WORKING_THREADS, RunningHeadOffice
from fieldapp.headoffice.turns import PAGES_AT_ONCE, Turns
from fieldapp.protocol.messages import SyncReply
from tests.headoffice import changes_to_send as send
from tests.headoffice.test_routes import Caller

READERS = WORKING_THREADS + 5
PATIENCE_S = 60


class Held:
    """Pages are made only once the test lets them be."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._let = threading.Event()
        self._counting = threading.Condition()
        self.being_made = self.most = 0
        tell = Exchange.tell

        def slowly(exchange: Exchange, untold: Untold) -> SyncReply:
            with self._counting:
                self.being_made += 1
                self.most = max(self.most, self.being_made)
                self._counting.notify_all()
            assert self._let.wait(PATIENCE_S)
            with self._counting:
                self.being_made -= 1
            return tell(exchange, untold)

        monkeypatch.setattr(Exchange, "tell", slowly)

    def until_made(self, pages: int) -> None:
        with self._counting:
            assert self._counting.wait_for(lambda: self.being_made >= pages, PATIENCE_S)

    def let(self) -> None:
        self._let.set()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Administration]:
    office = create_head_office(tmp_path / "office.db", send.FixedClock())
    office.add_branch(send.branch())
    yield office
    office.store.close()


@pytest.fixture
def url(office: Administration) -> Iterator[str]:
    with RunningHeadOffice(office.store, send.FixedClock()) as running:
        yield running.url


def test_what_is_sent_is_taken_in_while_more_laptops_read_than_there_are_threads(
    office: Administration, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = office.add_staff("张三", "officer", send.BRANCH)
    callers = [Caller(url, office.issue_code(staff).code) for _ in range(READERS + 1)]
    held = Held(monkeypatch)

    def read(caller: Caller) -> Any:
        return caller.post(caller.body()).status_code

    *readers, sender = callers
    with ThreadPoolExecutor(READERS + 1) as hands:
        try:
            reading = [hands.submit(read, reader) for reader in readers]
            held.until_made(PAGES_AT_ONCE)
            sending = hands.submit(sender.post, sender.body(send.prospect("p1", actor=staff)))
            for _look in range(1_000):
                with office.store.reading() as unit:
                    if unit.records.find(["p1"], [send.BRANCH]):
                        break
                threading.Event().wait(0.02)
            else:
                pytest.fail("it was not taken in")
            assert held.most == PAGES_AT_ONCE
        finally:
            held.let()
        assert sending.result(PATIENCE_S).status_code == 200
        assert {one.result(PATIENCE_S) for one in reading} == {200}
    for caller in callers:
        caller.http.close()


async def _read(turns: Turns, done: list[str]) -> None:
    async with turns.reading():
        done.append("read")


def test_who_reads_waits_for_those_who_send() -> None:
    async def day() -> list[str]:
        turns, done = Turns(), []
        with turns.sending():
            with turns.sending():
                reading = asyncio.create_task(_read(turns, done))
                await asyncio.sleep(0)
            await asyncio.sleep(0)
            done.append("sent")
        await reading
        return done

    assert asyncio.run(day()) == ["sent", "read"]


def test_who_reads_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns_module, "LONGEST_WAIT_S", 0.01)

    async def day() -> list[str]:
        turns, done = Turns(), []
        with turns.sending():
            await _read(turns, done)
        return done

    assert asyncio.run(day()) == ["read"]
