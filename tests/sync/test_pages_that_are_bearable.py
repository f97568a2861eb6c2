"""A page is written before somebody who saves would notice: where that takes too long, fewer records are asked for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fieldapp.protocol.messages import MAX_CHANGES, SyncReply, SyncRequest
from fieldapp.store.database import Store
from fieldapp.sync import outbox_pass, portions
from fieldapp.sync.exchange import synchronise
from fieldapp.sync.portions import Portions
from fieldapp.sync.troubles import UpgradeNeeded
from tests.sync.office import LI, Direct, Laptop, Office

LaptopOf = Callable[..., Laptop]


class Asked(Direct):
    """Notes how many records each request asks for at most; the short question, which cannot say so, is not spoken."""

    def __init__(self, office: Office, laptop: Laptop) -> None:
        super().__init__(office, laptop.enrolment.device)
        self.pages: list[int] = []

    def glance(self, _cursor: str, _counter: int) -> SyncReply | None:
        raise UpgradeNeeded

    def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
        self.pages.append(request.page)
        return super().exchange(request, *_how)


@pytest.fixture
def new(office: Office, laptop_of: LaptopOf, monkeypatch: pytest.MonkeyPatch) -> Laptop:
    """A laptop that has 200 visits to read, 40 at once; fewer than 10 are few."""
    li, new = laptop_of(LI), laptop_of(LI)
    prospect, _person = li.prospect()
    li.sync_with(office)
    new.sync_with(office)
    for number in range(200):
        li.visit(prospect, f"facts {number}")
    li.sync_with(office)
    monkeypatch.setattr(Portions, "kept", classmethod(lambda cls, state: state.get("portions", cls) or cls(records=40)))
    for room in (portions, outbox_pass):
        monkeypatch.setattr(room, "FEW_RECORDS", 10)
    monkeypatch.setattr(outbox_pass, "PAGE_RECORDS", 40)
    return new


def slow_from(most: int, new: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this laptop take long to write ``most`` records or more."""
    held = [len(new.all_records())]

    def slowest(_store: Store) -> float:
        held.append(len(new.all_records()))
        return 1.0 if held[-1] - held[-2] >= most else 0.001

    monkeypatch.setattr(Store, "slowest_write_s", slowest)


def test_pages_become_smaller_until_they_are_quickly_written(
    office: Office, new: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_from(15, new, monkeypatch)
    line = Asked(office, new)
    synchronise(new.store, line)
    assert line.pages[0] == 40
    assert min(line.pages) == 10
    assert line.pages == sorted(line.pages, reverse=True), "what was too long once is not tried again at once"
    assert len(new.all_records()) >= 200
    with new.store.reading() as view:
        assert Portions.kept(view.state).records == 10, "nor at the beginning of the next time"


def test_few_records_that_take_long_are_asked_for_all_the_same(
    office: Office, new: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_from(1, new, monkeypatch)
    line = Asked(office, new)
    synchronise(new.store, line)
    assert min(line.pages) == 10
    assert len(new.all_records()) >= 200


def test_a_slow_disk_does_not_keep_a_laptop_at_what_a_broken_line_bore(
    office: Office, new: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    new.store.write(lambda unit: Portions(changes=8, records=2).keep(unit.state))
    slow_from(1, new, monkeypatch)
    line = Asked(office, new)
    synchronise(new.store, line)
    assert line.pages[-1] == 10, "few records are asked for all the same"
    with new.store.reading() as view:
        kept = Portions.kept(view.state)
    assert (kept.changes, kept.records) == (MAX_CHANGES, 10), "and what goes up has nothing to do with it"


def test_quick_ones_stay_as_they_are(office: Office, new: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    slow_from(41, new, monkeypatch)
    line = Asked(office, new)
    synchronise(new.store, line)
    assert set(line.pages) == {40}


def test_the_slowest_of_what_was_written_is_told_once(laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    laptop.prospect()
    assert laptop.store.slowest_write_s() > 0
    assert laptop.store.slowest_write_s() == 0
