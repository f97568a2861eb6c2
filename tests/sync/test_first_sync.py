"""A new laptop: its day first, the rest in pages that survive every interruption (SYNC 29)."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from datetime import date, timedelta

import psutil
import pytest

from fieldapp.domain.records import Contact, Person, Prospect
from fieldapp.protocol.identifiers import new_record_id
from fieldapp.protocol.messages import SyncReply, SyncRequest
from fieldapp.services.today import todays_work
from fieldapp.store.unit import Unit
from fieldapp.sync.exchange import synchronise
from fieldapp.sync.summary import Stage
from fieldapp.sync.troubles import TryLater
from tests.sync.office import LI, START, Direct, Laptop, Office, visit_of

LaptopOf = Callable[..., Laptop]
TODAY = date(2026, 6, 1)
MIB = 1024 * 1024


class Cut(TryLater):
    """The line broke."""

    def __init__(self) -> None:
        super().__init__("cut", None)


class Breaking(Direct):
    """Breaks after ``replies``; counts what came."""

    def __init__(self, office: Office, device: str, page: int | None, replies: int = 1_000_000) -> None:
        super().__init__(office, device, page)
        self._left = replies
        self.restarts = self.records = 0

    def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
        if self._left <= 0:
            raise Cut
        self._left -= 1
        reply = super().exchange(request, *_how)
        self.restarts += reply.restart
        self.records += len(reply.records)
        self.received_bytes += 1000
        return reply


def fill(laptop: Laptop, prospects: int, visits: int) -> None:
    """Customers with people and visits; the last is due today, the one before was yesterday, one promised to pay."""

    def save(unit: Unit, start: int) -> None:
        for number in range(start, min(prospects, start + 2_000)):
            due = {prospects - 1: TODAY, prospects - 2: TODAY - timedelta(days=1)}.get(number)
            prospect, person = new_record_id(), new_record_id()
            shape = Prospect(person=person, owner=LI, next_date=due, village="上河村")
            unit.create("prospect", shape, record_id=prospect)
            unit.create("person", Person(name=f"客户{number}", mobile="13800138000"), parent=prospect, record_id=person)
            for visit in range(visits):
                unit.create("visit", visit_of(LI, f"第{visit}次走访，茶园长势良好"), parent=prospect)
            if number == prospects - 3:
                unit.create("contact", PROMISE, parent=prospect)

    for start in range(0, prospects, 2_000):
        laptop.write(lambda unit, start=start: save(unit, start))


PROMISE = Contact(
    staff=LI,
    at=START,
    business_date=TODAY,
    zone="Asia/Shanghai",
    channel="phone",
    source="outbound",
    result="interested",
    promised_fen=50_000,
    next_date=TODAY,
)


@pytest.fixture
def filled(office: Office, laptop_of: LaptopOf) -> Laptop:
    laptop = laptop_of(LI)
    fill(laptop, 30, 2)
    laptop.sync_with(office)
    return laptop


@pytest.mark.usefixtures("filled")
def test_today_shows_the_days_customers_before_the_rest_is_there(office: Office, laptop_of: LaptopOf) -> None:
    new = laptop_of(LI)
    with pytest.raises(Cut):
        synchronise(new.store, Breaking(office, new.enrolment.device, page=None, replies=1), day=TODAY)
    day = todays_work(new.store)
    assert [line.name for line in day.today.lines] == ["客户29"]
    assert [line.name for line in day.overdue.lines] == ["客户28"]
    assert [(promise.name, promise.amount.fen) for promise in day.promises] == [("客户27", 50_000)]
    with new.store.reading() as view:
        assert view.prospects.total() == 4, "of the rest only the first record is there"
        (due,) = day.today.lines
        assert len(view.records.children(due.prospect, "visit")) == 2, "each with what is known of them"


@pytest.mark.usefixtures("filled")
def test_a_visit_recorded_before_the_rest_is_there_is_kept_and_sent(office: Office, laptop_of: LaptopOf) -> None:
    new = laptop_of(LI)
    with pytest.raises(Cut):
        synchronise(new.store, Breaking(office, new.enrolment.device, page=None, replies=1), day=TODAY)
    (due,) = todays_work(new.store).today.lines
    visit = new.visit(due.prospect, "见到本人")
    new.edit(due.prospect, remark="要三万元")
    summary = new.sync_with(office, day=TODAY)
    assert (summary.conflicts, summary.unsent) == (0, 0)
    assert office.record(visit) is not None
    assert office.record(due.prospect).values["remark"] == "要三万元" == new.screen(due.prospect)["remark"]


@pytest.mark.parametrize("replies", [2, 3, 5])
def test_an_interrupted_first_sync_goes_on_where_it_was(
    office: Office, filled: Laptop, laptop_of: LaptopOf, replies: int
) -> None:
    new = laptop_of(LI)
    told: list[tuple[int, int | None, int]] = []

    def note(stage: Stage, done: int, total: int | None, received: int = 0) -> None:
        if stage is Stage.RECORDS:
            told.append((done, total, received))

    lines: list[Breaking] = []
    for _ in range(30):
        lines.append(Breaking(office, new.enrolment.device, page=10, replies=replies))
        try:
            synchronise(new.store, lines[-1], day=TODAY, progress=note)
            break
        except Cut:
            new.reopen()
    assert len(lines) > 1
    assert sum(line.restarts for line in lines) == 1, "it is never begun anew"
    everything = {record: kept.base for record, kept in filled.all_records().items()}
    assert {record: kept.base for record, kept in new.all_records().items()} == everything
    assert not any(kept.stale for kept in new.all_records().values())
    assert sum(line.records for line in lines) == len(everything)
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told), "also over the interruptions"
    assert {total for _, total, _ in told} == {len(everything)}
    assert told[-1][0] == len(everything)
    assert all(received > 0 for _, _, received in told)
    with new.store.reading() as view:
        assert view.state.pull() is None


def test_a_head_office_that_does_not_say_how_much_comes_is_no_trouble(
    office: Office, filled: Laptop, laptop_of: LaptopOf
) -> None:
    class Older(Direct):
        def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
            reply = super().exchange(request, *_how)
            return type(reply)(**{name: getattr(reply, name) for name in reply.__struct_fields__ if name != "to_come"})

    new = laptop_of(LI)
    told: list[tuple[object, ...]] = []
    synchronise(new.store, Older(office, new.enrolment.device), day=TODAY, progress=lambda *said: told.append(said))
    assert (Stage.RECORDS, len(filled.all_records())) in [said[:2] for said in told]
    assert new.all_records().keys() == filled.all_records().keys()


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_first_sync_of_250_000_records_keeps_its_memory_flat(office: Office, laptop_of: LaptopOf) -> None:
    """50,000 customers with their people, 200,000 visits; both ends live in this process."""
    full = laptop_of(LI)
    fill(full, 50_000, 4)
    full.sync_with(office)
    new = laptop_of(LI)
    with pytest.raises(Cut):
        synchronise(new.store, Breaking(office, new.enrolment.device, page=None, replies=1), day=TODAY)
    assert [line.name for line in todays_work(new.store).today.lines] == ["客户49999"]
    used: list[int] = []

    def look(stage: Stage, done: int, _total: int | None, _received: int = 0) -> None:
        if stage is Stage.RECORDS and (not used or done >= (len(used) + 1) * 30_000):
            gc.collect()
            used.append(psutil.Process(os.getpid()).memory_info().rss)

    synchronise(new.store, Breaking(office, new.enrolment.device, page=None), day=TODAY, progress=look)
    assert new.store.write(lambda unit: unit.records.count("visit")) == 200_000
    assert len(used) >= 9
    print(f"memory in MiB at every 30,000 records: {[size // MIB for size in used]}")
    assert max(used[2:]) - used[1] < 40 * MIB
