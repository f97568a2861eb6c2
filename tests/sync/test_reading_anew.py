"""A full pull, and records that leave: what is not told again goes, what is unsent stays until it is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from fieldapp.headoffice.comparing import totals_of
from fieldapp.protocol.messages import SyncReply, SyncRequest
from fieldapp.sync import apply
from fieldapp.sync.exchange import synchronise
from fieldapp.sync.portions import Portions
from fieldapp.sync.troubles import Cancelled
from tests.sync.office import LI, WANG, ZHAO, Direct, Laptop, Office

LaptopOf = Callable[..., Laptop]


def read_anew(laptop: Laptop) -> None:
    """As after a change of scope, or a purge that went too far for this laptop."""
    laptop.write(lambda unit: unit.state.set("cursor", ""))


def hand_over(office: Office, wang: Laptop, prospect: str) -> None:
    wang.sync_with(office)
    wang.edit(prospect, owner=ZHAO)
    wang.sync_with(office)


def pages_of(office: Office, laptop: Laptop, size: int, **rest: Any) -> None:
    synchronise(laptop.store, Direct(office, laptop.enrolment.device, page=size), **rest)


@pytest.mark.parametrize("size", [1, 2_000])
def test_what_a_full_pull_does_not_name_leaves(size: int, office: Office, laptop_of: LaptopOf) -> None:
    laptop, wang = laptop_of(LI), laptop_of(WANG)
    left, person = laptop.prospect("甲")
    stays, _person = laptop.prospect("乙")
    laptop.sync_with(office)
    hand_over(office, wang, left)
    read_anew(laptop)
    pages_of(office, laptop, size)
    assert laptop.kept(left) is None
    assert laptop.kept(person) is None
    assert not laptop.kept(stays).stale
    with laptop.store.reading() as view:
        assert view.prospects.get(left) is None


def test_what_says_the_same_again_is_only_noted_as_told(
    office: Office, laptop_of: LaptopOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All else takes its place: what was edited meanwhile, there or here, and what was in conflict."""
    laptop, wang = laptop_of(LI), laptop_of(WANG)
    (same, _), (edited, _), (typed, _), (disputed, _) = [laptop.prospect(name) for name in "甲乙丙丁"]
    visit = laptop.visit(same, "facts")
    laptop.sync_with(office)
    wang.sync_with(office)
    for one, other in ((wang, "x"), (laptop, "y")):
        one.edit(disputed, remark=other)
        one.sync_with(office)
    wang.edit(edited, remark="theirs")
    wang.sync_with(office)
    laptop.edit(typed, remark="mine")
    read_anew(laptop)
    taken: list[str] = []
    take = apply._take_state
    monkeypatch.setattr(apply, "_take_state", lambda *given: (taken.append(given[1].id), take(*given))[1])
    laptop.sync_with(office)
    assert {edited, disputed} <= {*taken}
    assert not {same, visit} & {*taken}
    assert not any(kept.stale for kept in laptop.all_records().values())
    assert laptop.screen(edited)["remark"] == "theirs"
    assert laptop.screen(typed)["remark"] == "mine"
    assert laptop.kept(disputed).conflicts
    with laptop.store.reading() as view, office.store.reading() as unit:
        audiences = office.caller(laptop.enrolment.device).author.audiences()
        assert view.records.totals() == totals_of(unit.records, audiences)


def test_full_pull_stopped_half_way_loses_nothing(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    for number in range(6):
        laptop.prospect(f"客户{number}")
    laptop.sync_with(office)
    before = laptop.all_records().keys()
    read_anew(laptop)
    looks = iter((False, False, False, True))
    with pytest.raises(Cancelled):
        pages_of(office, laptop, 2, cancelled=lambda: next(looks))
    assert laptop.all_records().keys() == before
    laptop.reopen()
    _prospect, person = laptop.prospect("新")
    laptop.edit(person, name="新新")
    pages_of(office, laptop, 2)
    assert laptop.all_records().keys() == before | {_prospect, person}
    assert not any(kept.stale for kept in laptop.all_records().values())


def test_record_receipted_again_during_a_full_pull_stays(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    laptop.sync_with(office)
    first, _person = laptop.prospect("甲")
    visit = laptop.visit(first, "facts")
    queued = {one.record: one for one in laptop.queued()}

    class Lossy(Direct):
        def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
            super().exchange(request, *_how)
            raise Cancelled

    with pytest.raises(Cancelled):
        synchronise(laptop.store, Lossy(office, laptop.enrolment.device))
    head_office = office.record(visit)
    made = laptop.kept(visit)
    laptop.write(  # a page told of it while its own creation was still queued; then everything had to be read anew
        lambda unit: unit.put(replace(made, seq=head_office.seq, base=made.screen, stale=True))
    )
    assert visit in queued
    laptop.sync_with(office)
    kept = laptop.kept(visit)
    assert kept is not None
    assert not kept.stale
    assert kept.base == kept.screen == head_office.values


def test_ghost_leaves_when_its_last_change_is_answered(office: Office, laptop_of: LaptopOf) -> None:
    laptop, wang = laptop_of(LI), laptop_of(WANG)
    prospect, person = laptop.prospect("甲")
    laptop.sync_with(office)
    hand_over(office, wang, prospect)
    laptop.edit(person, name="乙")

    class Behind(Direct):
        """The change does not reach head office with the page that takes its record away."""

        def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
            request = SyncRequest(
                protocol=1, device=request.device, counter=request.counter, marks=request.marks, cursor=request.cursor
            )
            return super().exchange(request, *_how)

    synchronise(laptop.store, Behind(office, laptop.enrolment.device))
    ghost = laptop.kept(person)
    assert ghost.ghost
    assert ghost.screen["name"] == "乙"
    assert laptop.kept(prospect) is None
    laptop.edit(person, name="丙")
    laptop.sync_with(office)
    assert laptop.kept(person) is None
    assert [c.value for c in office.record(person).conflicts] == ["丙"]


def test_ghost_whose_change_is_refused_leaves_and_the_refusal_stays(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    _prospect, person = laptop.prospect("甲")
    laptop.sync_with(office)
    laptop.edit(person, name="乙")
    (queued,) = laptop.queued()

    def haunt(unit: Any) -> None:
        unit.outbox.rename(queued, msgspec.structs.replace(queued.decoded(), actor="somebody"))
        unit.connection.execute("UPDATE record SET ghost = 1, seq = NULL WHERE id = ?", (person,))

    laptop.write(haunt)
    assert laptop.sync_with(office).refused == 1
    assert laptop.kept(person) is None
    assert [refused.record for refused in laptop.refused()] == [person]


def test_after_a_pull_of_several_pages_the_short_question_is_enough_again(
    office: Office, laptop_of: LaptopOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last page does not let the cursor stand for the marks; the next reply, with nothing in it, does."""
    one, other = laptop_of(LI), laptop_of(LI)
    other.sync_with(office)
    for number in range(5):
        one.prospect(f"客户{number}")
    one.sync_with(office)
    monkeypatch.setattr(Portions, "kept", classmethod(lambda cls, _state: cls(records=3)))
    asked: list[int] = []

    class Counting(Direct):
        def exchange(self, request: SyncRequest, *_how: object) -> SyncReply:
            asked[-1] += 1
            return super().exchange(request, *_how)

    for _ in range(3):
        asked.append(0)
        synchronise(other.store, Counting(office, other.enrolment.device))
    assert asked[0] > 1
    assert asked[1:] == [1, 0]
