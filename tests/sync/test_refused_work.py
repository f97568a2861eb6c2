"""A refused change holds what was typed behind it; corrected, all of it arrives as one piece of work (SYNC 17)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fieldapp.domain.errors import Actionable, InvalidRecord
from fieldapp.domain.records import Prospect
from fieldapp.services.refused_work import correct, give_up, refused_work
from tests.sync.office import LI, WANG, ZHAO, Laptop, Office

LaptopOf = Callable[..., Laptop]


@pytest.fixture
def refused(office: Office, laptop_of: LaptopOf) -> tuple[Laptop, str]:
    """Li gave a prospect to Zhao, which only a branch head may, and wrote on."""
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    laptop.sync_with(office)
    laptop.edit(prospect, owner=ZHAO, remark="first")
    laptop.edit(prospect, remark="second", village="上河村")
    summary = laptop.sync_with(office)
    assert (summary.refused, summary.unsent, summary.conflicts) == (1, 1, 0)
    return laptop, prospect


def test_what_was_typed_behind_a_refused_change_waits_for_its_correction(
    office: Office, refused: tuple[Laptop, str]
) -> None:
    laptop, prospect = refused
    assert office.record(prospect).values.get("remark") is None
    (change,) = laptop.refused()
    correct(laptop.store, change.change, {"owner": LI})
    assert laptop.refused() == []
    (folded,) = laptop.queued()
    assert folded.n == change.n
    summary = laptop.sync_with(office)
    assert (summary.accepted, summary.conflicts, summary.unsent) == (1, 0, 0)
    standing = office.record(prospect)
    assert (standing.values["remark"], standing.values["village"], standing.owner) == ("second", "上河村", LI)
    assert standing.conflicts == ()
    assert laptop.screen(prospect) == standing.values


def test_work_before_a_refused_change_and_on_other_records_is_never_held(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    laptop.sync_with(office)
    laptop.edit(prospect, remark="before")
    laptop.edit(prospect, owner=ZHAO)
    laptop.edit(prospect, remark="behind")
    visit = laptop.visit(prospect, "facts")
    summary = laptop.sync_with(office)
    assert (summary.accepted, summary.refused, summary.unsent) == (2, 1, 1)
    assert office.record(visit) is not None
    assert office.record(prospect).values["remark"] == "before"


def test_correction_that_is_refused_again_still_holds_the_rest(office: Office, refused: tuple[Laptop, str]) -> None:
    laptop, prospect = refused
    (change,) = laptop.refused()
    correct(laptop.store, change.change, {"owner": WANG})
    assert laptop.sync_with(office).refused == 1
    laptop.edit(prospect, remark="third")
    assert laptop.sync_with(office).unsent == 1
    (again,) = laptop.refused()
    assert again.n == change.n
    correct(laptop.store, again.change, {"owner": LI})
    laptop.sync_with(office)
    assert office.record(prospect).values["remark"] == "third"


def test_given_up_the_refused_value_goes_and_the_rest_arrives(office: Office, refused: tuple[Laptop, str]) -> None:
    laptop, prospect = refused
    (change,) = laptop.refused()
    give_up(laptop.store, change.change)
    assert laptop.sync_with(office).unsent == 0
    standing = office.record(prospect)
    assert (standing.owner, standing.values["remark"], standing.values["village"]) == (LI, "second", "上河村")
    laptop.edit(prospect, remark="later")
    assert laptop.sync_with(office).unsent == 0, "nothing is held any more"


def test_given_up_with_nothing_behind_it_frees_the_record(office: Office, laptop_of: LaptopOf) -> None:
    laptop = laptop_of(LI)
    prospect, _person = laptop.prospect()
    laptop.sync_with(office)
    laptop.edit(prospect, owner=ZHAO)
    laptop.sync_with(office)
    give_up(laptop.store, laptop.refused()[0].change)
    assert laptop.screen(prospect)["owner"] == LI
    laptop.edit(prospect, remark="later")
    laptop.sync_with(office)
    assert office.record(prospect).values["remark"] == "later"


def test_record_that_was_never_taken_is_corrected_with_its_visits_or_leaves_alone(
    office: Office, laptop_of: LaptopOf
) -> None:
    laptop = laptop_of(LI)
    kept = laptop.create("prospect", Prospect(owner=ZHAO), None)
    visit = laptop.visit(kept, "facts")
    alone = laptop.create("prospect", Prospect(owner=ZHAO), None)
    laptop.edit(alone, remark="never")
    laptop.sync_with(office)
    of = {one.record: one.change for one in laptop.refused()}
    with pytest.raises(Actionable) as told:
        give_up(laptop.store, of[kept])
    assert told.value.code == "others_belong"
    give_up(laptop.store, of[alone])
    assert laptop.kept(alone) is None
    correct(laptop.store, of[kept], {"owner": LI})
    assert laptop.sync_with(office).unsent == 0
    assert office.record(visit).parent == kept


def test_correction_that_breaks_a_rule_is_told_and_changes_nothing(office: Office, refused: tuple[Laptop, str]) -> None:
    laptop, _prospect = refused
    (change,) = laptop.refused()
    before = laptop.queued()
    with pytest.raises(InvalidRecord):
        correct(laptop.store, change.change, {"owner": LI, "wished_fen": -5})
    assert (laptop.refused(), laptop.queued()) == ([change], before)
    with pytest.raises(Actionable) as told:
        correct(laptop.store, "nothing", {})
    assert told.value.code == "gone"


def test_correction_that_is_sent_twice_counts_once(office: Office, refused: tuple[Laptop, str]) -> None:
    laptop, prospect = refused
    correct(laptop.store, laptop.refused()[0].change, {"owner": LI})
    numbers = len(office.journal())
    laptop.sync_with(office)
    (sent,) = [entry for entry in office.journal()[numbers:] if entry.record == prospect]
    assert sent.change not in [one.change for one in laptop.refused()]
    assert laptop.sync_with(office).moved is False


def test_refused_work_lays_the_meant_field_open_first(refused: tuple[Laptop, str]) -> None:
    laptop, _prospect = refused
    work = refused_work(laptop.store, laptop.refused()[0].change)
    assert work is not None
    assert (work.fields[0].field, work.fields[0].meant, work.fields[0].value) == ("owner", True, ZHAO)
    assert {field.field: field.value for field in work.fields}["remark"] == "second"


def test_given_up_while_the_record_is_elsewhere_what_is_typed_after_its_return_arrives(
    office: Office, laptop_of: LaptopOf
) -> None:
    """Head office holds what comes behind the refused change until it hears of it, whoever has the record meanwhile."""
    laptop, head = laptop_of(LI), laptop_of(WANG)
    prospect, _person = laptop.prospect()
    laptop.sync_with(office)
    laptop.edit(prospect, owner=ZHAO)
    laptop.sync_with(office)
    head.sync_with(office)
    head.edit(prospect, owner=WANG)
    head.sync_with(office)
    laptop.sync_with(office)
    assert laptop.kept(prospect) is None
    give_up(laptop.store, laptop.refused()[0].change)
    laptop.sync_with(office)
    assert (laptop.refused(), laptop.queued()) == ([], [])
    head.edit(prospect, owner=LI)
    head.sync_with(office)
    laptop.sync_with(office)
    laptop.edit(prospect, remark="after its return")
    summary = laptop.sync_with(office)
    assert (summary.accepted, summary.waiting, summary.unsent) == (1, 0, 0)
    assert office.record(prospect).values["remark"] == "after its return"


def test_given_up_while_the_record_is_on_its_way_back_it_arrives(office: Office, laptop_of: LaptopOf) -> None:
    """What tells that head office let go of it is the first word of its return too."""
    laptop, head = laptop_of(LI), laptop_of(WANG)
    prospect, _person = laptop.prospect()
    laptop.sync_with(office)
    laptop.edit(prospect, owner=ZHAO)
    laptop.sync_with(office)
    head.sync_with(office)
    for owner in (WANG, LI):
        laptop.sync_with(office)
        head.edit(prospect, owner=owner)
        head.sync_with(office)
    assert laptop.kept(prospect) is None
    give_up(laptop.store, laptop.refused()[0].change)
    laptop.sync_with(office)
    assert laptop.screen(prospect) == office.record(prospect).values
