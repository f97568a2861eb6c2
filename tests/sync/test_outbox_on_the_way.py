"""Changes on their way: one bad one, waiting ones, large ones, ids used twice, and what is typed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from fieldapp.domain.records import Person, Prospect
from fieldapp.protocol.changes import Change, decode_change, encode_change
from fieldapp.protocol.identifiers import new_change_id, new_record_id
from fieldapp.protocol.messages import Run, SyncReply, SyncRequest
from fieldapp.store.unit import Unit
from fieldapp.sync.apply import apply_reply
from fieldapp.sync.exchange import synchronise
from fieldapp.sync.troubles import NotHeadOffice, TooLarge
from tests.sync.office import BRANCH, LI, START, WANG, ZHAO, Direct, Laptop, Office, visit_of

LaptopOf = Callable[..., Laptop]


def queue(laptop: Laptop, kind: str, record: str, fields: dict[str, Any], **rest: Any) -> str:
    """Put a change into the outbox past the checks of the screens, as a fault or a newer program would."""
    change = Change(
        id=rest.pop("id", new_change_id()),
        n=rest.pop("n", 10_000 + len(laptop.queued())),
        stream=BRANCH,
        kind=kind,
        record=record,
        fields={name: (None, value) for name, value in fields.items()},
        actor=laptop.enrolment.staff,
        made_at=START.isoformat(),
        **rest,
    )
    laptop.write(lambda unit: unit.outbox.add(change))
    return change.id


def test_one_refused_change_in_five_hundred_stops_no_other(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)

    def import_list(unit: Unit) -> None:
        for number in range(499):
            unit.create("prospect", Prospect(owner=ZHAO if number == 250 else LI))

    laptop.write(import_list)
    laptop.prospect("最后")
    summary = laptop.sync_with(office)
    assert (summary.accepted, summary.refused, summary.unsent) == (500, 1, 0)
    (refused,) = laptop.refused()
    assert (refused.code, refused.field) == ("actor", "owner")
    assert laptop.kept(refused.record).screen["owner"] == ZHAO, "what was typed stays on the screen"
    laptop.sync_with(office)
    assert laptop.refused() == [refused]


def test_refused_edit_beside_its_records_creation_leaves_the_screen(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    laptop.sync_with(office)
    prospect, _person = laptop.prospect()
    laptop.edit(prospect, owner=ZHAO, remark="给赵")
    summary = laptop.sync_with(office)
    assert (summary.accepted, summary.refused) == (2, 1)
    kept = laptop.kept(prospect)
    assert kept.screen == kept.base == office.record(prospect).values
    assert kept.screen["owner"] == LI
    assert decode_change(laptop.refused()[0].body).fields["remark"][1] == "给赵"


def test_edit_of_a_refused_record_waits_and_blocks_nothing(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    refused = laptop.create("prospect", Prospect(owner=ZHAO), None)
    laptop.edit(refused, remark="later")
    other, person = laptop.prospect()
    summary = laptop.sync_with(office)
    assert (summary.accepted, summary.refused, summary.waiting, summary.unsent) == (2, 1, 1, 1)
    assert [queued.waits for queued in laptop.queued()] == [True]
    assert laptop.screen(refused)["remark"] == "later"
    laptop.edit(person, name="李四")
    assert laptop.sync_with(office).accepted == 1
    assert office.record(other) is not None


def test_child_sent_before_its_parent_waits_for_it(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, person = new_record_id(), new_record_id()
    queue(laptop, "person", person, {"name": "王", "deleted": False}, new=True, parent=prospect, n=1)
    queue(laptop, "prospect", prospect, {"owner": LI, "deleted": False}, new=True, n=2)
    summary = laptop.sync_with(office)
    assert (summary.accepted, summary.unsent) == (2, 0)
    assert office.record(person).parent == prospect


def test_six_hundred_waiting_changes_do_not_block_the_rest(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)

    def orphans(unit: Unit) -> None:
        for _ in range(600):
            unit.create("person", Person(name="王"), parent="unknown")

    laptop.write(orphans)
    prospect = new_record_id()
    queue(laptop, "prospect", prospect, {"owner": LI}, new=True, n=700)
    summary = laptop.sync_with(office)
    assert (summary.accepted, summary.unsent) == (1, 600)
    assert office.record(prospect) is not None


def test_id_used_for_other_work_is_sent_again_at_once_under_a_new_one(office: Office, laptop_of: LaptopOf) -> None:
    one, other = laptop_of(LI), laptop_of(LI)
    queue(one, "prospect", new_record_id(), {"owner": LI}, new=True, id="same")
    one.sync_with(office)
    mine = new_record_id()
    queue(other, "prospect", mine, {"owner": LI}, new=True, id="same")
    summary = other.sync_with(office)
    assert (summary.accepted, summary.unsent) == (1, 0)
    assert office.record(mine) is not None
    assert len(office.journal()) == 2


class Narrow(Direct):
    """A head office that takes few bytes at once."""

    def __init__(self, office: Office, device: str, body_bytes: int) -> None:
        super().__init__(office, device)
        self._body_bytes = body_bytes
        self.sizes: list[int] = []

    def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
        if len(msgspec.json.encode(request)) > self._body_bytes:
            raise TooLarge
        self.sizes.append(len(request.changes))
        return super().exchange(request, *_how)


def test_request_too_large_is_halved_and_one_too_large_alone_is_passed_by(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    large = laptop.visit(prospect, "大" * 15_000)
    for number in range(60):
        laptop.visit(prospect, f"facts {number}")
    narrow = Narrow(office, laptop.enrolment.device, 30_000)
    summary = synchronise(laptop.store, narrow)
    assert (summary.accepted, summary.unsent) == (62, 1)
    assert [queued.record for queued in laptop.queued()] == [large]
    assert len(narrow.sizes) < 15, "after the large one the batches grow again"
    assert laptop.sync_with(office).accepted == 1


class Interrupted(Direct):
    """Something happens on the laptop between head office's answer and its arrival."""

    def __init__(self, office: Office, device: str, meanwhile: Callable[[], object]) -> None:
        super().__init__(office, device)
        self._meanwhile = [meanwhile]

    def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
        reply = super().exchange(request, *_how)
        while self._meanwhile:
            self._meanwhile.pop()()
        return reply


def test_edit_typed_while_the_reply_is_on_its_way_stays_on_the_screen(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    laptop.sync_with(office)
    _prospect, person = laptop.prospect("甲")
    link = Interrupted(office, laptop.enrolment.device, lambda: laptop.edit(person, name="乙", mobile="1390000"))
    synchronise(laptop.store, link)
    kept = laptop.kept(person)
    assert kept.screen["name"] == "乙"
    assert kept.screen == kept.base == office.record(person).values
    assert office.record(person).conflicts == ()


def test_page_counts_only_if_no_other_process_moved_the_cursor(office: Office, laptop_of: LaptopOf) -> None:
    laptop, other = laptop_of(LI), laptop_of(LI)
    laptop.prospect("甲")
    other.prospect("乙")
    other.sync_with(office)

    def other_process() -> None:
        (laptop.folder / "records.db.sync").unlink()  # as a cleaning program or a shared folder would
        laptop.sync_with(office)
        other.prospect("丙")
        other.sync_with(office)
        (laptop.folder / "records.db.sync").unlink(missing_ok=True)
        laptop.sync_with(office)

    synchronise(laptop.store, Interrupted(office, laptop.enrolment.device, other_process))
    names = {kept.screen["name"] for kept in laptop.all_records().values() if kept.kind == "person"}
    assert names == {"甲", "乙", "丙"}
    assert len(office.journal()) == 6


def test_unknown_kinds_and_fields_make_the_round_trip(office: Office, laptop_of: LaptopOf) -> None:
    newer, mine = laptop_of(LI), laptop_of(LI)
    prospect, _person = newer.prospect()
    survey = new_record_id()
    odd = {"photos": 3, "answers": [{"q": 1, "a": "是"}], "n": None, "deleted": False}
    queue(newer, "survey", survey, odd, new=True, parent=prospect)
    child = new_record_id()
    queue(newer, "person", child, {"name": "王", "nickname": "小王", "deleted": False}, new=True, parent=prospect)
    newer.sync_with(office)
    mine.sync_with(office)
    assert mine.screen(survey) == odd
    mine.edit(child, name="王五")
    mine.sync_with(office)
    newer.sync_with(office)
    assert newer.screen(child)["nickname"] == "小王"
    assert newer.screen(child)["name"] == "王五"
    assert office.record(survey).values == odd


def test_pull_never_breaks_on_an_entry_that_head_office_knows_otherwise(office: Office, laptop_of: LaptopOf) -> None:
    one, other = laptop_of(LI), laptop_of(LI)
    prospect, _person = one.prospect()
    visit = new_record_id()
    one.sync_with(office)
    other.sync_with(office)
    one.write(lambda unit: unit.create("visit", visit_of(LI, "first"), parent=prospect, record_id=visit))
    other.write(lambda unit: unit.create("visit", visit_of(LI, "other"), parent=prospect, record_id=visit))
    one.sync_with(office)
    summary = other.sync_with(office)
    assert summary.refused == 1
    assert other.refused()[0].code == "record_exists"
    assert other.screen(visit)["facts"] == "first"
    assert decode_change(other.refused()[0].body).fields["facts"][1] == "other"


def test_receipt_named_twice_in_one_reply_counts_once(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    laptop.prospect()

    class Stammering(Direct):
        def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
            reply = super().exchange(request, *_how)
            return msgspec.structs.replace(reply, receipts=[*reply.receipts, *reply.receipts])

    assert synchronise(laptop.store, Stammering(office, laptop.enrolment.device)).accepted == 2
    assert laptop.queued() == []


@pytest.mark.parametrize(("first", "count"), [(0, 3), (1, 2), (2, 1), (-1, 1), (0, 0), (0, -1)])
def test_run_of_changes_that_were_not_sent_is_no_receipt(
    office: Office, laptop_of: LaptopOf, first: int, count: int
) -> None:
    laptop = laptop_of(LI)
    laptop.prospect()
    before = (laptop.queued(), laptop.cursor())
    assert len(before[0]) == 2

    class Miscounting(Direct):
        def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
            reply = super().exchange(request, *_how)
            run = Run(first=first, count=count, stream=BRANCH, seq=1, hash="0" * 32)
            return msgspec.structs.replace(reply, runs=[run])

    with pytest.raises(NotHeadOffice):
        synchronise(laptop.store, Miscounting(office, laptop.enrolment.device))
    assert (laptop.queued(), laptop.cursor()) == before
    laptop.sync_with(office)
    assert laptop.queued() == []


def test_failure_between_record_and_outbox_undoes_both(laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    _prospect, person = laptop.prospect("甲")
    before = (laptop.all_records(), laptop.queued())

    def broken(unit: Unit) -> None:
        unit.edit(person, {"name": ("甲", "乙")})
        unit.create("prospect", Prospect(owner=LI))
        unit.outbox.add(decode_change(laptop.queued()[0].body))  # an id that is there already
        unit.outbox.flush()

    with pytest.raises(Exception, match="UNIQUE"):
        laptop.write(broken)
    assert (laptop.all_records(), laptop.queued()) == before
    laptop.edit(person, name="丙")
    assert [queued.n for queued in laptop.queued()] == [1, 2, 3], "no number was spent"


def test_reply_is_taken_whole_or_not_at_all(office: Office, laptop_of: LaptopOf) -> None:
    laptop, other = laptop_of(LI), laptop_of(LI)
    other.prospect("乙")
    other.sync_with(office)
    laptop.prospect("甲")
    before = (laptop.all_records(), laptop.queued(), laptop.cursor())

    class Kept(Direct):
        def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
            self.reply = super().exchange(request, *_how)
            raise TooLarge

    link = Kept(office, laptop.enrolment.device)
    with pytest.raises(TooLarge):
        synchronise(laptop.store, link)

    def broken(unit: Unit) -> None:
        apply_reply(unit, None, link.reply)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        laptop.write(broken)
    assert (laptop.all_records(), laptop.queued(), laptop.cursor()) == before
    laptop.sync_with(office)
    assert laptop.queued() == []


def test_bytes_of_a_saved_change_never_alter(office: Office, laptop_of: LaptopOf) -> None:
    laptop, wang = laptop_of(LI), laptop_of(WANG)
    _prospect, person = laptop.prospect("甲")
    laptop.sync_with(office)
    wang.sync_with(office)
    wang.edit(person, name="乙")
    wang.sync_with(office)
    laptop.edit(person, name="丙")
    laptop.edit(person, name="丁")
    bodies = [queued.body for queued in laptop.queued()]
    assert [encode_change(decode_change(body)) for body in bodies] == bodies
    laptop.sync_with(office)
    journal = {entry.change: entry.body for entry in office.journal()}
    assert [journal[decode_change(body).id] for body in bodies] == bodies
    assert [(c.field, c.value) for c in office.record(person).conflicts] == [("name", "丁")]


def test_record_rule_broken_only_by_the_merge_asks_a_person(office: Office, laptop_of: LaptopOf) -> None:
    laptop, wang = laptop_of(LI), laptop_of(WANG)
    prospect = laptop.create("prospect", Prospect(owner=LI, stage="lost", lost_reason="搬走了"), None)
    laptop.create("person", Person(name="王"), prospect)
    laptop.sync_with(office)
    wang.sync_with(office)
    wang.edit(prospect, stage="contact", lost_reason=None)
    laptop.edit(prospect, remark="还在", lost_reason="去世了")
    wang.sync_with(office)
    laptop.sync_with(office)
    record = office.record(prospect)
    assert record.values["stage"] == "contact"
    assert record.values["remark"] == "还在"
    assert [(c.field, c.value) for c in record.conflicts] == [("lost_reason", "去世了")]
