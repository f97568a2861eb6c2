"""After a full pull both ends compare counts and digests; what differs is read anew (SYNC 37)."""

from __future__ import annotations

import logging
from collections.abc import Callable

import msgspec
import pytest

from fieldapp.headoffice.comparing import totals_of
from fieldapp.headoffice.cursor import decode_cursor, encode_cursor
from fieldapp.protocol.messages import SyncReply, SyncRequest
from fieldapp.sync.exchange import synchronise
from tests.sync.office import LI, WANG, Direct, Laptop, Office

LaptopOf = Callable[..., Laptop]


class Listening(Direct):
    """Keeps what was asked and answered; ``losing`` takes a record out of the first page that has one of that kind."""

    def __init__(self, office: Office, device: str, losing: str = "") -> None:
        super().__init__(office, device)
        self.losing = losing
        self.asked: list[SyncRequest] = []
        self.told: list[SyncReply] = []

    def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
        reply = super().exchange(request, *_how)
        lost = next((one for one in reply.records if one.kind == self.losing), None)
        if lost is not None:
            self.losing = ""
            reply = msgspec.structs.replace(reply, records=[one for one in reply.records if one is not lost])
        self.asked.append(request)
        self.told.append(reply)
        return reply


def listened(office: Office, laptop: Laptop, losing: str = "") -> Listening:
    """What was asked and answered until everything is here and compared."""
    line = Listening(office, laptop.enrolment.device, losing)
    if synchronise(laptop.store, line).uncompared:
        assert not any(one.totals for one in line.asked), "whoever waits for their records does not wait for that"
        assert not synchronise(laptop.store, line).uncompared
    return line


def filled(office: Office, laptop_of: LaptopOf) -> Laptop:
    laptop = laptop_of(LI)
    prospect, person = laptop.prospect("甲")
    laptop.visit(prospect, "facts")
    laptop.sync_with(office)
    laptop.edit(person, mobile="13900000001")
    laptop.sync_with(office)
    return laptop


def test_fresh_laptop_asks_once_and_hears_that_all_is_the_same(office: Office, laptop_of: LaptopOf) -> None:
    filled(office, laptop_of)
    fresh = laptop_of(LI)
    line = listened(office, fresh)
    (asked,) = [(one, told) for one, told in zip(line.asked, line.told, strict=True) if one.totals]
    assert asked[1].compared
    assert asked[1].differs == {}
    assert not any(one.totals for one in listened(office, fresh).asked)


def test_beside_the_short_question_it_is_all_that_is_asked_where_nothing_else_is_to_be_done(
    office: Office, laptop_of: LaptopOf
) -> None:
    filled(office, laptop_of)
    fresh = laptop_of(LI)
    assert synchronise(fresh.store, Listening(office, fresh.enrolment.device)).uncompared
    line = Listening(office, fresh.enrolment.device)
    assert not synchronise(fresh.store, line).uncompared
    assert [bool(one.totals) for one in line.asked] == [True]


def test_what_came_in_meanwhile_is_read_first_and_the_question_left_for_later(
    office: Office, laptop_of: LaptopOf
) -> None:
    known, fresh = filled(office, laptop_of), laptop_of(LI)
    synchronise(fresh.store, Direct(office, fresh.enrolment.device))
    new, _person = known.prospect("乙")
    known.sync_with(office)
    for compared in ([], [True]):
        line = Listening(office, fresh.enrolment.device)
        assert synchronise(fresh.store, line).uncompared == (not compared)
        assert [told.compared for one, told in zip(line.asked, line.told, strict=True) if one.totals] == compared
        assert new in fresh.all_records()
        waiting = fresh.visit(new, "is sent before the question is asked again")
    assert office.record(waiting) is None
    synchronise(fresh.store, Direct(office, fresh.enrolment.device))
    assert not synchronise(fresh.store, Listening(office, fresh.enrolment.device)).moved


def test_what_is_saved_while_it_is_asked_is_sent(office: Office, laptop_of: LaptopOf) -> None:
    known, fresh = filled(office, laptop_of), laptop_of(LI)
    prospect = next(kept.id for kept in known.all_records().values() if kept.kind == "prospect")
    synchronise(fresh.store, Direct(office, fresh.enrolment.device))
    saved: list[str] = []

    class Saving(Listening):
        def glance(self, cursor: str, counter: int) -> SyncReply | None:
            told = super().glance(cursor, counter)
            saved.append(fresh.visit(prospect, "just now"))
            return told

    line = Saving(office, fresh.enrolment.device)
    assert synchronise(fresh.store, line).unsent == 0
    assert office.record(saved[0]) is not None
    assert not any(one.totals for one in line.asked), "what was typed goes first"
    assert [bool(one.totals) for one in listened(office, fresh).asked] == [True]


def test_laptop_that_recorded_everything_itself_sums_to_the_same(office: Office, laptop_of: LaptopOf) -> None:
    laptop, wang = filled(office, laptop_of), laptop_of(WANG)
    wang.sync_with(office)
    for one in (laptop, wang):
        one.write(lambda unit: unit.state.set("compare", True))
        one.prospect("只在本机")
        one.edit(next(k.id for k in one.all_records().values() if k.kind == "person" and k.seq), name="没送出")
        with one.store.reading() as view:
            held = view.records.totals()
        with office.store.reading() as unit:
            audiences = office.caller(one.enrolment.device).author.audiences()
            assert totals_of(unit.records, audiences) == held, "what was not sent has no part in it"


@pytest.mark.parametrize("kind", ["visit", "person", "prospect", "staff"])
def test_record_lost_on_the_way_is_found_missing_and_read_anew(
    kind: str, office: Office, laptop_of: LaptopOf, caplog: pytest.LogCaptureFixture
) -> None:
    known = filled(office, laptop_of)
    office.administration.add_staff("新同事", "officer", "TS01")
    known.sync_with(office)
    fresh = laptop_of(LI)
    with caplog.at_level(logging.ERROR):
        line = listened(office, fresh, losing=kind)
    compared = [told for told in line.told if told.compared]
    assert [bool(told.differs) for told in compared] == [True, False]
    assert [kinds for differs in compared[:1] for kinds in differs.differs.values()] == [[kind]]
    assert fresh.all_records().keys() == known.all_records().keys()
    assert [record.message for record in caplog.records] == ["totals_differ"]


def test_difference_that_stays_is_told_and_ends(office: Office, laptop_of: LaptopOf) -> None:
    filled(office, laptop_of)
    fresh = laptop_of(LI)

    class Forgetful(Listening):
        def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
            self.losing = "visit"
            return super().exchange(request, *_how)

    line = Forgetful(office, fresh.enrolment.device)
    synchronise(fresh.store, line)
    synchronise(fresh.store, line)
    assert [bool(told.differs) for told in line.told if told.compared] == [True, True]
    assert not any(one.totals for one in listened(office, fresh).asked), "not asked again until all is read anew"


def test_totals_told_beside_news_or_changes_are_not_compared(office: Office, laptop_of: LaptopOf) -> None:
    laptop = filled(office, laptop_of)
    line = Listening(office, laptop.enrolment.device)
    synchronise(laptop.store, line)
    with laptop.store.reading() as view:
        cursor, counter, totals = view.state.get("cursor", str), view.state.get("counter", int), view.records.totals()
    other = laptop_of(WANG)
    other.sync_with(office)
    other.prospect("新")
    other.sync_with(office)
    request = SyncRequest(
        protocol=2, device=laptop.enrolment.device, counter=(counter or 0) + 1, cursor=cursor, totals=totals
    )
    assert line.exchange(request).compared, "it is not this officer's"
    told = line.exchange(
        msgspec.structs.replace(request, counter=request.counter + 1, totals={"TS01": {"visit": (9, "")}})
    )
    assert told.differs["TS01"]
    assert "bank" in told.differs, "what is not named at all differs too"
    wanted = msgspec.structs.replace(request, counter=request.counter + 2, cursor=None)
    assert not line.exchange(wanted).compared


def test_totals_of_a_pull_that_ends_before_what_came_since_are_not_compared(
    office: Office, laptop_of: LaptopOf
) -> None:
    """Its last rows may be another's by then: the page says nothing, and what was typed since is behind its end."""
    laptop, beside = filled(office, laptop_of), laptop_of(LI)
    beside.sync_with(office)
    with beside.store.reading() as view:
        cursor, counter, totals = view.state.get("cursor", str), view.state.get("counter", int), view.records.totals()
    laptop.prospect("乙")
    wang = laptop_of(WANG)
    wang.prospect("丙")
    wang.sync_with(office)
    positions = decode_cursor(cursor)
    with office.store.reading() as unit:
        head = unit.records.heads(["TS01"])["TS01"].seq
    under_way = positions | {"TS01": msgspec.structs.replace(positions["TS01"], until=head)}
    laptop.sync_with(office)
    asked = SyncRequest(
        protocol=2,
        device=beside.enrolment.device,
        counter=(counter or 0) + 1,
        cursor=encode_cursor(under_way),
        totals=totals,
    )
    told = Direct(office, beside.enrolment.device).exchange(asked)
    assert (told.records, told.more) == ([], False)
    assert not told.compared
    assert told.differs == {}
