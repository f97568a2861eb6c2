"""Two who typed into the same thing, and who decides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fieldapp.domain.records import Application
from tests.sync.office import LI, WANG, ZHAO, Laptop, Office

LaptopOf = Callable[..., Laptop]
Two = tuple[Laptop, Laptop, str, str]


@pytest.fixture
def two(office: Office, laptop_of: LaptopOf) -> Two:
    """Two laptops of one officer, both with one prospect and its person."""
    one, other = laptop_of(LI), laptop_of(LI)
    prospect, person = one.prospect("甲", "13800000000")
    one.sync_with(office)
    other.sync_with(office)
    return one, other, prospect, person


def settle(office: Office, *laptops: Laptop) -> None:
    for _ in range(2):
        for laptop in laptops:
            laptop.sync_with(office)


def test_one_officer_may_decide_on_either_laptop(office: Office, two: Two) -> None:
    one, other, _prospect, person = two
    one.edit(person, name="乙")
    other.edit(person, name="丙")
    settle(office, one, other)
    assert one.screen(person)["name"] == other.screen(person)["name"] == "乙"
    assert [c.value for c in one.kept(person).conflicts] == ["丙"]
    other.decide(person, "name", "丁")
    settle(office, other, one)
    record = office.record(person)
    assert (record.values["name"], record.conflicts) == ("丁", ())
    assert {"甲", "乙", "丙"} <= {past.value for past in record.history}
    assert one.kept(person).conflicts == other.kept(person).conflicts == ()


def test_two_decisions_made_offline_lose_neither_value(office: Office, two: Two) -> None:
    one, other, _prospect, person = two
    one.edit(person, name="乙")
    other.edit(person, name="丙")
    settle(office, one, other)
    one.decide(person, "name", "丙")
    other.decide(person, "name", "丁")
    settle(office, one, other)
    record = office.record(person)
    assert record.values["name"] == "丙"
    assert [c.value for c in record.conflicts] == ["丁"], "the later decision is asked again, not dropped"
    other.decide(person, "name", "丙")
    settle(office, other, one)
    assert office.record(person).conflicts == ()


def test_decision_sent_twice_after_a_lost_reply_decides_once(office: Office, two: Two) -> None:
    one, other, _prospect, person = two
    one.edit(person, name="乙")
    other.edit(person, name="丙")
    settle(office, one, other)
    other.decide(person, "name", "丙")
    bodies = [queued.body for queued in other.queued()]
    settle(office, other, one)
    entries = len(office.journal())
    one.sync_with(office)
    assert len(bodies) == 1
    assert len(office.journal()) == entries


def test_keeping_the_others_value_is_a_decision_too(office: Office, two: Two) -> None:
    one, other, _prospect, person = two
    one.edit(person, name="乙")
    other.edit(person, name="丙")
    settle(office, one, other)
    one.decide(person, "name", "乙")
    settle(office, one, other)
    record = office.record(person)
    assert (record.values["name"], record.conflicts) == ("乙", ())
    assert ("丙", "decided") in {(past.value, past.why) for past in record.history}


@pytest.mark.parametrize("delete_first", [True, False])
def test_delete_against_edit_asks_in_both_orders(delete_first: bool, office: Office, two: Two) -> None:
    one, other, _prospect, person = two
    one.delete(person)
    other.edit(person, name="乙")
    settle(office, *((one, other) if delete_first else (other, one)))
    record = office.record(person)
    assert record.values["deleted"] is delete_first
    assert [c.value for c in record.conflicts] == ["乙" if delete_first else True]
    assert one.kept(person).conflicts == other.kept(person).conflicts == record.conflicts


def test_delete_is_guarded_by_what_was_empty_too(office: Office, two: Two) -> None:
    one, other, _prospect, person = two
    one.edit(person, actual_address="通山县")
    other.delete(person)
    settle(office, one, other)
    record = office.record(person)
    assert record.values["deleted"] is False
    assert [(c.field, c.value) for c in record.conflicts] == [("deleted", True)]


def test_deleted_with_an_open_conflict_stays_in_the_list(office: Office, two: Two) -> None:
    one, other, prospect, _person = two
    one.delete(prospect)
    other.edit(prospect, remark="还在谈")
    settle(office, one, other)
    for laptop in (one, other):
        with laptop.store.reading() as view:
            assert view.prospects.get(prospect).in_conflict


def test_visit_under_a_deleted_prospect_is_kept_and_asks(office: Office, two: Two) -> None:
    one, other, prospect, _person = two
    one.delete(prospect)
    visit = other.visit(prospect, "facts")
    settle(office, one, other)
    assert office.record(visit).values["facts"] == "facts"
    assert [c.field for c in one.kept(prospect).conflicts] == ["deleted"]
    one.decide(prospect, "deleted", False)
    settle(office, one, other)
    assert office.record(prospect).values["deleted"] is False


def test_half_an_offer_is_never_made(office: Office, two: Two) -> None:
    one, other, prospect, _person = two
    application = one.create("application", Application(officer=LI, amount_fen=1_000_000, months=12), prospect)
    settle(office, one, other)
    one.edit(application, amount_fen=2_000_000, months=24)
    other.edit(application, months=36)
    settle(office, one, other)
    record = office.record(application)
    assert (record.values["amount_fen"], record.values["months"]) == (2_000_000, 24)
    assert [(c.field, c.value) for c in record.conflicts] == [("months", 36)]
    other.edit(application, amount_fen=3_000_000)
    one.edit(application, months=48)
    settle(office, other, one)
    record = office.record(application)
    assert (record.values["amount_fen"], record.values["months"]) == (3_000_000, 24)
    assert {c.value for c in record.conflicts} == {36, 48}


def test_typing_three_times_offline_is_one_question(office: Office, two: Two) -> None:
    one, other, _prospect, person = two
    one.edit(person, name="乙")
    for name in ("丙", "丁", "戊"):
        other.edit(person, name=name)
    settle(office, one, other)
    record = office.record(person)
    assert [c.value for c in record.conflicts] == ["戊"]
    assert {"丙", "丁"} <= {past.value for past in record.history}


def test_handed_over_with_unsent_work_stays_until_it_is_sent(office: Office, laptop_of: LaptopOf, two: Two) -> None:
    one, _other, prospect, person = two
    wang = laptop_of(WANG)
    wang.sync_with(office)
    wang.edit(prospect, owner=ZHAO)
    wang.sync_with(office)
    one.edit(person, name="乙")
    visit = one.visit(prospect, "facts")
    settle(office, one)
    assert one.kept(prospect) is None
    assert one.kept(person) is None
    assert office.record(visit).values["facts"] == "facts"
    assert [(c.value, c.late) for c in office.record(person).conflicts] == [("乙", True)]
