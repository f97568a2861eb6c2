"""Conflicts as the officer sees and decides them."""

from __future__ import annotations

import pytest

from fieldapp.domain.errors import Actionable, Invalid, InvalidRecord
from fieldapp.domain.money import Money
from fieldapp.domain.records import Application
from fieldapp.services.add_prospect import NewProspect, add_prospect
from fieldapp.services.labels import Form
from fieldapp.services.prospects import line
from fieldapp.services.resolve_conflict import (
    STANDING,
    Disagreement,
    OtherValue,
    decide,
    disagreement,
    disagreements,
)
from fieldapp.store.database import Store
from tests.made_laptop import ME, disputed, screen_of, told


@pytest.fixture
def person(store: Store) -> str:
    saved = add_prospect(store, NewProspect(name="张三", mobile="13800000001", business={"monthly_sales_fen": 1}))
    told(store, saved.prospect, {})
    told(store, saved.person, {"mobile": "13800000009"}, (disputed("mobile", "13800000001", "13800000009"),))
    return saved.person


def shown_of(store: Store, record: str) -> Disagreement:
    shown = disagreement(store, record)
    assert shown is not None
    return shown


def test_both_values_are_shown_with_who_and_when_and_mine_first(store: Store, person: str) -> None:
    (found,) = disagreements(store)
    assert (found.record, found.name, str(found.kind_label)) == (person, "张三", "Person")
    (field,) = found.fields
    assert (str(field.label.label), field.label.form) == ("Mobile number", Form.PHONE)
    mine, theirs = field.values
    assert (mine.value, mine.by, mine.mine, mine.at_head_office) == ("13800000001", "李四", True, False)
    assert (theirs.value, theirs.by, theirs.mine, theirs.at_head_office) == ("13800000009", "周到", False, True)
    assert theirs.at is not None
    assert f"{theirs.at:%d %H:%M}" == "22 16:40"


def test_looking_at_a_disputed_telephone_leaves_an_event(store: Store, person: str) -> None:
    shown_of(store, person)
    with store.reading() as view:
        assert [(e.record, e.field) for e in view.privacy.newest(5)] == [(person, "mobile")]


def test_my_value_is_sent_against_what_was_shown_and_names_the_conflict(store: Store, person: str) -> None:
    decide(store, shown_of(store, person), {"mobile": "e5" * 16})
    with store.reading() as view:
        (change,) = [queued.decoded() for queued in view.outbox.of_record(person)]
    assert change.fields == {"mobile": ("13800000009", "13800000001")}
    assert change.after == (("e5" * 16, "mobile"),)
    assert screen_of(store, person)["mobile"] == "13800000001"
    assert disagreements(store) == ()
    assert disagreement(store, person) is None


def test_keeping_theirs_is_a_decision_that_is_sent_too(store: Store, person: str) -> None:
    decide(store, shown_of(store, person), {"mobile": STANDING})
    with store.reading() as view:
        (change,) = [queued.decoded() for queued in view.outbox.of_record(person)]
    assert change.fields == {"mobile": ("13800000009", "13800000009")}
    assert change.after == (("e5" * 16, "mobile"),)


def test_another_value_is_cleaned_and_checked_like_any_other(store: Store, person: str) -> None:
    shown = shown_of(store, person)
    decide(store, shown, {"mobile": OtherValue(" 138-0000 0005 ")})
    assert screen_of(store, person)["mobile"] == "13800000005"
    with pytest.raises(InvalidRecord):
        decide(store, shown, {"mobile": OtherValue("没有")})


def test_nothing_is_preselected(store: Store, person: str) -> None:
    shown = shown_of(store, person)
    for choices in ({}, {"name": STANDING}, {"mobile": "unknown"}):
        with pytest.raises(Invalid) as refused:
            decide(store, shown, choices)
        assert refused.value.code == "undecided"


def test_what_means_something_only_together_is_decided_together(store: Store) -> None:
    saved = add_prospect(store, NewProspect(name="张三"))
    application = store.write(
        lambda unit: unit.create(
            "application",
            Application(officer=ME, person=saved.person, amount_fen=5_000_000, months=12),
            parent=saved.prospect,
        )
    )
    told(
        store,
        application,
        {"amount_fen": 3_000_000, "months": 36},
        (disputed("amount_fen", 5_000_000, 3_000_000), disputed("months", 12, 36)),
    )
    shown = shown_of(store, application)
    assert all(field.by_person_only for field in shown.fields)
    assert shown.fields[0].together == ("amount_fen", "months")
    with pytest.raises(Invalid) as refused:
        decide(store, shown, {"amount_fen": STANDING})
    assert refused.value.field == "months"
    decide(store, shown, {"amount_fen": OtherValue(Money.yuan(40_000)), "months": STANDING})
    assert (screen_of(store, application)["amount_fen"], screen_of(store, application)["months"]) == (4_000_000, 36)


def test_a_removal_against_an_edit_is_shown_as_one_and_stays_in_the_list(store: Store) -> None:
    saved = add_prospect(store, NewProspect(name="冯二"))
    told(store, saved.prospect, {"deleted": True}, (disputed("deleted", mine=False, standing=True),))
    (found,) = disagreements(store)
    assert found.is_deletion
    assert line(store, saved.prospect) is not None
    decide(store, found, {"deleted": "e5" * 16})
    assert screen_of(store, saved.prospect)["deleted"] is False
    with store.reading() as view:
        assert view.outbox.of_record(saved.prospect)[-1].decoded().fields == {"deleted": (True, False)}


def test_several_peoples_values_are_all_offered(store: Store, person: str) -> None:
    first, second = disputed("mobile", "13800000001", "9"), disputed("mobile", "13800000002", "9", change="f6" * 16)
    told(store, person, {}, (first, second))
    shown = shown_of(store, person)
    assert len(shown.fields[0].values) == 3
    decide(store, shown, {"mobile": "f6" * 16})
    with store.reading() as view:
        change = view.outbox.of_record(person)[-1].decoded()
    assert sorted(change.after) == [("e5" * 16, "mobile"), ("f6" * 16, "mobile")]


def test_a_record_that_left_meanwhile_is_a_sentence(store: Store, person: str) -> None:
    shown = shown_of(store, person)

    def leave(unit: object) -> None:
        stored = unit.records.get(person)  # type: ignore[attr-defined]
        unit.forget(stored)  # type: ignore[attr-defined]

    store.write(leave)
    with pytest.raises(Actionable, match="no longer"):
        decide(store, shown, {"mobile": STANDING})
