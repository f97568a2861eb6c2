"""Clocks that jump at either end, and people who change at the keyboard: the order and the names stay right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from fieldapp.protocol.messages import SyncReply, SyncRequest
from fieldapp.sync.exchange import synchronise
from fieldapp.sync.troubles import SignInAgain
from tests.sync.office import LI, START, ZHAO, Direct, FixedClock, Laptop, Office

LaptopOf = Callable[..., Laptop]


@pytest.mark.parametrize("years", [-10, 10])
def test_laptop_whose_clock_jumps_between_saves_keeps_their_order(
    years: int, office: Office, laptop_of: LaptopOf
) -> None:
    clock = FixedClock()
    laptop, other = laptop_of(LI, clock), laptop_of(LI)
    _prospect, person = laptop.prospect("一")
    for number, name in enumerate(("二", "三", "四", "五")):
        clock.time = START + timedelta(days=365 * (years if number % 2 else 0), seconds=-number)
        laptop.edit(person, name=name)
    laptop.sync_with(office)
    clock.time = START
    laptop.edit(person, name="六")
    laptop.sync_with(office)
    other.sync_with(office)
    assert other.screen(person)["name"] == laptop.screen(person)["name"] == office.record(person).values["name"] == "六"
    history = [past.value for past in office.record(person).history if past.field == "name"]
    assert sorted(history) == sorted("一二三四五")
    assert office.record(person).conflicts == ()
    assert laptop.queued() == []


@pytest.mark.parametrize("years", [-10, 10])
def test_head_office_whose_clock_steps_back_numbers_on(years: int, office: Office, laptop_of: LaptopOf) -> None:
    one, other = laptop_of(LI, FixedClock()), laptop_of(LI, FixedClock())
    _prospect, person = one.prospect("一")
    one.sync_with(office)
    other.sync_with(office)
    for number, name in enumerate(("二", "三", "四")):
        office.clock.time = START + timedelta(days=365 * years * (number % 2), seconds=-number)
        writer, reader = ((one, other), (other, one))[number % 2]
        writer.edit(person, name=name)
        writer.sync_with(office)
        reader.sync_with(office)
        assert reader.screen(person)["name"] == name
    assert [entry.seq for entry in office.journal()] == [*range(1, 6)]
    assert office.administration.verify_chain("TS01") == 5
    assert not one.sync_with(office).moved
    assert not other.sync_with(office).moved


class SwappedMidRequest(Direct):
    """While the first request is on its way, somebody else is signed in on this laptop."""

    def __init__(self, office: Office, laptop: Laptop, other: Laptop) -> None:
        super().__init__(office, laptop.enrolment.device)
        self._laptop, self._other, self._swapped = laptop, other, False
        self.actors: list[set[str]] = []
        self.devices: list[str] = []

    def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
        self.actors.append({msgspec.json.decode(change)["actor"] for change in request.changes})
        self.devices.append(request.device)
        reply = super().exchange(request, *_how)
        if not self._swapped:
            self._swapped = True
            theirs = self._other.enrolment
            self._laptop.write(lambda unit: unit.state.set("enrolment", theirs))
        return reply


def test_another_officers_enrolment_mid_request_loses_nothing_and_takes_nobodys_name(
    office: Office, laptop_of: LaptopOf
) -> None:
    """The worst that can be done to a profile: its enrolment is another officer's from one request to the next."""
    laptop, other = laptop_of(LI), laptop_of(ZHAO)
    saved: list[str] = []
    for number in range(400):
        saved += laptop.prospect(f"客户{number}")
    mine = laptop.enrolment
    link = SwappedMidRequest(office, laptop, other)
    synchronise(laptop.store, link)
    assert len(link.actors) > 1
    journal = office.journal()
    assert {entry.actor for entry in journal} == {LI}, "something was counted under the wrong name"
    kept = {one.record for one in laptop.queued()} | {one.record for one in laptop.refused()}
    counted = {entry.record for entry in journal}
    assert counted | kept == {*saved}, "something was deleted"
    laptop.write(lambda unit: unit.state.set("enrolment", mine))
    laptop.sync_with(office)
    assert {*saved} <= counted | kept


def test_token_that_ends_mid_day_keeps_a_full_outbox(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    saved = [record for number in range(300) for record in laptop.prospect(f"客户{number}")]
    office.administration.revoke(laptop.enrolment.device)

    class Revoked(Direct):
        def exchange(self, _request: SyncRequest, *_how: object) -> SyncReply:
            raise SignInAgain("token")

    before = [(one.n, one.change, one.body) for one in laptop.queued()]
    for _ in range(3):
        with pytest.raises(SignInAgain):
            synchronise(laptop.store, Revoked(office, laptop.enrolment.device))
    assert [(one.n, one.change, one.body) for one in laptop.queued()] == before
    assert {one.record for one in laptop.queued()} == {*saved}
    assert office.journal() == []


def test_two_profiles_on_one_laptop_never_mix(office: Office, laptop_of: LaptopOf) -> None:
    """Each officer's records are a file of their own: the one's exchange cannot carry the other's work."""
    li, zhao = laptop_of(LI), laptop_of(ZHAO)
    mine, theirs = li.prospect("李的"), zhao.prospect("赵的")
    li.sync_with(office)
    assert {entry.record for entry in office.journal()} == {*mine}
    zhao.sync_with(office)
    assert {entry.actor for entry in office.journal() if entry.record in theirs} == {ZHAO}
    assert {*theirs}.isdisjoint(li.all_records())
