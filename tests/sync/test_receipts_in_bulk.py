"""Receipts of many changes at once: what they confirm without touching it, and where that is not all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from fieldapp.headoffice.comparing import totals_of
from fieldapp.protocol.messages import SyncReply, SyncRequest
from fieldapp.store.unit import Unit
from fieldapp.sync.apply import apply_reply
from fieldapp.sync.exchange import synchronise
from fieldapp.sync.troubles import Cancelled
from tests.sync.office import LI, WANG, ZHAO, Direct, Laptop, Office, visit_of

LaptopOf = Callable[..., Laptop]


@pytest.fixture
def laptop(office: Office, laptop_of: LaptopOf) -> Laptop:
    """Li's, which has read everything: no full pull tells of what a receipt should have."""
    found = laptop_of(LI)
    found.sync_with(office)
    return found


class LostReply(Direct):
    """Head office takes everything, and the laptop never hears of it; ``replies`` keeps what it said."""

    def __init__(self, office: Office, device: str) -> None:
        super().__init__(office, device)
        self.replies: list[SyncReply] = []

    def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
        self.replies.append(super().exchange(request))
        raise Cancelled


class NothingSent(Direct):
    """What is in the outbox does not get through; pages come down all the same."""

    def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
        return super().exchange(
            SyncRequest(
                protocol=2, device=request.device, counter=request.counter, marks=request.marks, cursor=request.cursor
            )
        )


def lose_reply(office: Office, laptop: Laptop) -> LostReply:
    line = LostReply(office, laptop.enrolment.device)
    with pytest.raises(Cancelled):
        synchronise(laptop.store, line)
    return line


def visits(laptop: Laptop, prospect: str, number: int) -> list[str]:
    """Saved at once, as an import does."""
    return laptop.write(
        lambda unit: [unit.create("visit", visit_of(LI, f"facts {n}"), parent=prospect) for n in range(number)]
    )


def untouchable(laptop: Laptop, kind: str) -> None:
    """From here on no row of that kind may be written, and no saved change may move."""

    def forbid(unit: Unit) -> None:
        for name, act in (("record", "UPDATE"), ("saved_change", "DELETE")):
            unit.connection.execute(
                f"CREATE TEMP TRIGGER no_{name} BEFORE {act} ON main.{name} WHEN OLD.kind = '{kind}'"
                " BEGIN SELECT RAISE(ABORT, 'touched'); END"
            )

    laptop.write(forbid)


def require_agreement(office: Office, laptop: Laptop) -> None:
    """Nothing queued, every record as head office has it, and the same totals."""
    assert laptop.queued() == []
    here = {record: kept for record, kept in laptop.all_records().items() if kept.stream != "bank"}
    there = office.live_for(laptop.enrolment.device, list(here))
    for record, kept in here.items():
        assert (kept.moves, kept.stream, kept.seq) == there[record].rev
        assert kept.base == kept.screen == there[record].values
        assert (kept.stale, kept.ghost) == (False, False)
    laptop.sync_with(office)  # all pages are here
    with laptop.store.reading() as view:
        held = view.records.totals()
    with office.store.reading() as unit:
        assert totals_of(unit.records, office.caller(laptop.enrolment.device).author.audiences()) == held
    changes = [entry.change for entry in office.journal() if entry.effect == "change"]
    assert len(changes) == len(set(changes)), "a change was counted twice"


def test_receipt_of_new_records_writes_none_of_them_and_moves_no_bytes(office: Office, laptop: Laptop) -> None:
    prospect, _person = laptop.prospect()
    laptop.sync_with(office)
    made = visits(laptop, prospect, 1_200)
    untouchable(laptop, "visit")
    assert laptop.sync_with(office).accepted == 1_200
    assert [laptop.kept(record).seq for record in made] == [office.record(record).seq for record in made]
    require_agreement(office, laptop)


def test_stopped_before_the_receipts_are_on_the_disk_all_is_as_it_was(office: Office, laptop: Laptop) -> None:
    prospect, _person = laptop.prospect()
    visits(laptop, prospect, 20)
    before, cursor = (laptop.all_records(), laptop.queued()), laptop.cursor()
    (reply,) = lose_reply(office, laptop).replies

    def dies(unit: Unit) -> None:
        apply_reply(unit, cursor, reply, before[1])
        assert unit.outbox.count() == 0
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        laptop.write(dies)
    laptop.reopen()
    assert (laptop.all_records(), laptop.queued()) == before
    laptop.sync_with(office)
    require_agreement(office, laptop)


def test_record_told_by_a_page_before_its_receipt_arrives(office: Office, laptop: Laptop, laptop_of: LaptopOf) -> None:
    wang = laptop_of(WANG)
    prospect, person = laptop.prospect("甲")
    made = visits(laptop, prospect, 5)
    lose_reply(office, laptop)
    wang.sync_with(office)
    wang.edit(person, name="乙")
    wang.sync_with(office)
    synchronise(laptop.store, NothingSent(office, laptop.enrolment.device))
    assert laptop.kept(made[0]).seq == office.record(made[0]).seq
    assert laptop.kept(person).base["name"] == "乙", "head office's word is newer than the receipt will be"
    assert len(laptop.queued()) == 7
    laptop.sync_with(office)
    assert laptop.screen(person)["name"] == "乙"
    require_agreement(office, laptop)


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_edit_behind_the_creation_in_the_same_request_and_in_a_later_one(
    office: Office, laptop: Laptop, when: str
) -> None:
    prospect, person = laptop.prospect("甲")

    class Typing(Direct):
        def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
            reply = super().exchange(request, *_how)
            if when == "meanwhile" and laptop.screen(person)["name"] == "甲":
                laptop.edit(person, name="乙")
            return reply

    if when == "before":
        laptop.edit(person, name="乙")
    visits(laptop, prospect, 3)
    synchronise(laptop.store, Typing(office, laptop.enrolment.device))
    assert laptop.screen(person)["name"] == office.record(person).values["name"] == "乙"
    require_agreement(office, laptop)


def test_edit_in_the_request_that_follows_its_records_creation_names_what_is_held(
    office: Office, laptop: Laptop
) -> None:
    prospect, person = laptop.prospect("甲")
    visits(laptop, prospect, 498)
    laptop.edit(prospect, remark="在第二批")
    asked: list[SyncRequest] = []

    class Listening(Direct):
        def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
            asked.append(request)
            return super().exchange(request, *_how)

    synchronise(laptop.store, Listening(office, laptop.enrolment.device))
    first, second = (one for one in asked if one.changes)
    assert (len(first.changes), first.held) == (500, {})
    assert second.held == {prospect: (0, "TS01", 1)}
    assert laptop.kept(person).seq == 2
    require_agreement(office, laptop)


def test_ghost_and_record_handed_over_unknown_to_its_laptop_leave(
    office: Office, laptop: Laptop, laptop_of: LaptopOf
) -> None:
    wang = laptop_of(WANG)
    ghost, _ = laptop.prospect("甲")
    known, _ = laptop.prospect("乙")
    kept, _ = laptop.prospect("丙")
    made = visits(laptop, ghost, 3)
    lose_reply(office, laptop)
    wang.sync_with(office)
    wang.edit(ghost, owner=ZHAO)
    wang.sync_with(office)
    synchronise(laptop.store, NothingSent(office, laptop.enrolment.device))
    laptop.sync_with(office)
    assert [laptop.kept(record) for record in (ghost, *made)] == [None] * 4
    wang.edit(known, owner=ZHAO)
    wang.sync_with(office)
    laptop.sync_with(office)
    assert laptop.kept(known) is None, "confirmed by its run alone, it leaves like any other"
    assert laptop.kept(kept) is not None
    require_agreement(office, laptop)


def test_all_read_anew_while_creations_are_queued_and_after(office: Office, laptop: Laptop) -> None:
    prospect, _person = laptop.prospect()
    made = visits(laptop, prospect, 4)
    laptop.sync_with(office)
    queued = visits(laptop, prospect, 4)
    laptop.write(lambda unit: unit.state.set("cursor", ""))
    synchronise(laptop.store, Direct(office, laptop.enrolment.device, page=2))
    assert all(laptop.kept(record) for record in made + queued)
    require_agreement(office, laptop)


def test_run_over_a_gap_in_the_laptops_own_numbers(office: Office, laptop: Laptop) -> None:
    prospect, _person = laptop.prospect()
    made = visits(laptop, prospect, 9)
    gone = [queued for queued in laptop.queued() if queued.record in (made[2], made[3], made[6])]

    def never_was(unit: Unit) -> None:
        unit.outbox.remove([queued.n for queued in gone])
        for queued in gone:
            unit.forget(unit.records.get(queued.record))

    laptop.write(never_was)
    assert laptop.sync_with(office).accepted == 8
    assert [laptop.kept(record).seq for record in (made[0], made[4], made[8])] == [3, 5, 8]
    require_agreement(office, laptop)


def test_what_was_taken_out_while_it_was_on_its_way_is_not_confirmed(office: Office, laptop: Laptop) -> None:
    prospect, _person = laptop.prospect()
    made = visits(laptop, prospect, 6)
    taken_out = next(queued for queued in laptop.queued() if queued.record == made[3])

    class Meanwhile(Direct):
        def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
            reply = super().exchange(request, *_how)
            laptop.write(lambda unit: unit.outbox.remove([taken_out.n]))
            return reply

    assert synchronise(laptop.store, Meanwhile(office, laptop.enrolment.device)).accepted == 7
    with laptop.store.reading() as view:
        told = {one.record: one.seq for one in view.outbox.newest_sent(20)}
    assert told == {record: office.record(record).seq for record in told}
    assert len(told) == 7
    assert made[3] not in told
    assert laptop.queued() == []


def test_restored_head_office_is_offered_what_only_runs_confirmed(office: Office, laptop: Laptop) -> None:
    prospect, person = laptop.prospect("甲")
    made = visits(laptop, prospect, 4)
    laptop.sync_with(office)
    path = laptop.folder.with_name("backup.db")
    office.back_up(path)
    later = visits(laptop, prospect, 5)
    laptop.sync_with(office)
    numbers = {queued.record: queued.n for queued in again(laptop)}
    assert sorted(numbers.values()) == [*range(1, 12)], "everything, at its own number"
    shown = {record: kept.screen for record, kept in laptop.all_records().items()}
    laptop.edit(person, name="乙")
    back = Office.at(path, office.clock)
    try:
        assert laptop.sync_with(back).restored
        assert {record: kept.screen for record, kept in laptop.all_records().items()} == {
            **shown, person: {**shown[person], "name": "乙"},
        }  # fmt: skip
        assert {record.record for record in back.of_kind("visit")} == {*made, *later}
        require_agreement(back, laptop)
    finally:
        back.close()


def again(laptop: Laptop) -> list[Any]:
    """What would be sent again after a restore, and nothing of it done."""
    found: list[Any] = []

    def look(unit: Unit) -> None:
        unit.images.start_over()
        found.extend(unit.outbox.batch(0, 10_000, 10**9))
        assert {queued.whole for queued in found} == {0}, "each receipt looks at its record, which is stale"
        held = set(unit.images.in_order())
        assert {queued.record for queued in found} == held, "and every one of them is an image"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        laptop.write(look)
    return found


class Durable(Direct):
    """A head office whose tried backups hold so much."""

    upto = 0

    def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
        return msgspec.structs.replace(super().exchange(request), durable={"TS01": self.upto})


def test_run_of_which_a_part_is_durable_is_kept_whole_and_sent_again_once(office: Office, laptop: Laptop) -> None:
    prospect, _person = laptop.prospect()
    made = visits(laptop, prospect, 8)
    laptop.sync_with(office)
    path = laptop.folder.with_name("backup.db")
    office.back_up(path)
    line = Durable(office, laptop.enrolment.device)
    line.upto = 6
    visits(laptop, prospect, 2)
    synchronise(laptop.store, line)
    assert len(again(laptop)) == 12
    back = Office.at(path, office.clock)
    try:
        summary = laptop.sync_with(back)
        assert (summary.restored, summary.conflicts, summary.refused) == (True, 0, 0)
        require_agreement(back, laptop)
    finally:
        back.close()
    assert all(laptop.kept(record) for record in made)


def test_what_is_durable_leaves_no_bytes_and_every_record_keeps_its_number(office: Office, laptop: Laptop) -> None:
    prospect, person = laptop.prospect("甲")
    made = visits(laptop, prospect, 8)
    laptop.sync_with(office)
    laptop.edit(person, name="乙")
    laptop.sync_with(office)
    seqs = {record: laptop.kept(record).seq for record in made}
    line = Durable(office, laptop.enrolment.device)
    line.upto = 11
    (last,) = visits(laptop, prospect, 1)
    synchronise(laptop.store, line)
    left = laptop.write(lambda unit: unit.connection.execute("SELECT record FROM saved_change").fetchall())
    assert left == [(last,)]
    assert {record: laptop.kept(record).seq for record in made} == seqs
    require_agreement(office, laptop)
    laptop.write(lambda unit: unit.state.set("cursor", ""))
    laptop.sync_with(office)
    require_agreement(office, laptop)
