"""Replies that come late: what head office told since then of the same record is newer, and stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec import structs

from fieldapp.domain.wording import Sentence
from fieldapp.headoffice import exchange
from fieldapp.protocol.messages import SyncReply, SyncRequest
from fieldapp.sync.exchange import synchronise
from fieldapp.sync.portions import Portions
from fieldapp.sync.troubles import TooLarge, TryLater
from tests.sync.office import LI, WANG, ZHAO, Direct, Laptop, Office
from tests.sync.test_outbox_on_the_way import Interrupted

LaptopOf = Callable[..., Laptop]


class SecondReplyLost(Direct):
    """The first request carries one change; head office takes what the second carries, and its answer never arrives."""

    def __init__(self, office: Office, device: str) -> None:
        super().__init__(office, device)
        self._answered = 0

    def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
        if not self._answered and len(request.changes) > 1:
            raise TooLarge
        reply = super().exchange(request, *_how)
        self._answered += 1
        if self._answered > 1:
            raise TryLater("cut", Sentence("The connection to head office broke."))
        return reply


class OneByOne(Direct):
    """A way to head office that lets one change pass at a time."""

    def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
        if len(request.changes) > 1:
            raise TooLarge
        return super().exchange(request, *_how)


class Watched(Direct):
    """Notes what the laptop holds whenever it asks for more."""

    def __init__(self, office: Office, laptop: Laptop) -> None:
        super().__init__(office, laptop.enrolment.device)
        self._laptop = laptop
        self.held: list[int] = []

    def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
        self.held.append(len(self._laptop.all_records()))
        return super().exchange(request, *_how)


def test_more_is_asked_for_before_the_page_that_just_came_is_written(
    office: Office, laptop_of: LaptopOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after the short question: head office works on the next page while this one is being written."""
    li, wang = laptop_of(LI), laptop_of(WANG)
    prospect, _person = li.prospect()
    li.sync_with(office)
    wang.sync_with(office)
    before = len(wang.all_records())
    for number in range(8):
        li.visit(prospect, f"facts {number}")
    li.sync_with(office)
    monkeypatch.setattr(exchange, "_NEWS", structs.replace(exchange._NEWS, page=3))
    monkeypatch.setattr(Portions, "kept", classmethod(lambda cls, _state: cls(records=3)))
    line = Watched(office, wang)
    synchronise(wang.store, line)
    assert [held - before for held in line.held] == [0, 3]
    assert len(wang.all_records()) - before == 8


def test_receipt_of_what_was_typed_over_since_brings_nothing_back(office: Office, laptop_of: LaptopOf) -> None:
    """The page that tells the colleague's value comes with an earlier request, read while the next one was packed."""
    li, wang = laptop_of(LI), laptop_of(WANG)
    prospect, person = li.prospect()
    li.sync_with(office)
    wang.sync_with(office)
    wang.edit(prospect, next_time="09:00")
    wang.sync_with(office)
    li.edit(person, mobile="13900000001")
    li.edit(person, mobile="13900000002")
    li.edit(prospect, wished_fen=100)
    with pytest.raises(TryLater):
        synchronise(li.store, SecondReplyLost(office, li.enrolment.device))
    wang.sync_with(office)
    wang.edit(prospect, wished_fen=200)
    wang.sync_with(office)
    assert office.record(prospect).values["wished_fen"] == 200
    synchronise(li.store, OneByOne(office, li.enrolment.device))
    assert li.queued() == []
    kept, standing = li.kept(prospect), office.record(prospect)
    assert kept.screen == kept.base == standing.values
    assert (kept.moves, kept.stream, kept.seq) == standing.rev


def _taken_away_meanwhile(office: Office, li: Laptop, prospect: str, to: str) -> None:
    """The record is handed over, and another process of the same laptop hears of it first."""
    office.administration.reassign(prospect, to)
    (li.folder / "records.db.sync").unlink()
    li.sync_with(office)


def test_state_in_a_late_reply_brings_no_record_back_that_left(office: Office, laptop_of: LaptopOf) -> None:
    """What waits behind a refused change keeps it here; it is not this officer's any more all the same."""
    li, wang = laptop_of(LI), laptop_of(WANG)
    prospect, _person = li.prospect()
    li.sync_with(office)
    wang.sync_with(office)
    wang.edit(prospect, next_time="09:00")
    wang.sync_with(office)
    li.edit(prospect, remark="茶园")
    li.edit(prospect, owner=ZHAO)
    li.edit(prospect, remark="茶园和鱼塘", owner=ZHAO)
    link = Interrupted(office, li.enrolment.device, lambda: _taken_away_meanwhile(office, li, prospect, ZHAO))
    synchronise(li.store, link)
    li.sync_with(office)
    assert prospect not in office.live_for(li.enrolment.device, [prospect])
    kept = li.kept(prospect)
    assert (kept.ghost, kept.seq) == (True, None)
    assert kept.screen["remark"] == "茶园和鱼塘", "what waits stays readable"


def test_late_receipt_of_the_last_change_lets_the_record_go(office: Office, laptop_of: LaptopOf) -> None:
    """It was typed while the other process heard that the record left, and had not been answered then."""
    li = laptop_of(LI)
    prospect, _person = li.prospect()
    li.sync_with(office)
    li.edit(prospect, remark="茶园")
    link = Interrupted(office, li.enrolment.device, lambda: _taken_away_meanwhile(office, li, prospect, ZHAO))
    synchronise(li.store, link)
    assert office.record(prospect).values["remark"] == "茶园"
    assert li.kept(prospect) is None
    assert li.queued() == []


def test_another_process_of_the_laptop_that_went_further_makes_it_no_clone(
    office: Office, laptop_of: LaptopOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A conversation counts its requests itself; what head office has seen of the other process is on the disk only."""
    monkeypatch.setattr(Portions, "kept", classmethod(lambda cls, _state: cls(changes=1)))
    li = laptop_of(LI)
    prospect, _person = li.prospect()
    for number in range(4):
        li.visit(prospect, f"facts {number}")

    def other_process() -> None:
        for number in range(4, 8):
            (li.folder / "records.db.sync").unlink(missing_ok=True)
            li.visit(prospect, f"facts {number}")
            li.sync_with(office)

    synchronise(li.store, Interrupted(office, li.enrolment.device, other_process))
    assert li.queued() == []
    assert len(office.of_kind("visit")) == 8
