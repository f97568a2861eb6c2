"""Recording, finding and changing prospects."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest

from fieldapp.domain.errors import Actionable, Invalid, InvalidRecord
from fieldapp.domain.money import Money
from fieldapp.domain.records import Person
from fieldapp.services.add_prospect import NewProspect, add_prospect, likely_same
from fieldapp.services.drafts import save_draft
from fieldapp.services.edit_prospect import (
    add_to_prospect,
    change_stage,
    edit_fields,
    reschedule,
)
from fieldapp.services.prospect_page import prospect_page
from fieldapp.services.prospects import Wanted, counts, line, page, villages
from fieldapp.services.reveal import reveal
from fieldapp.services.timeline import CreationEntry
from fieldapp.store.database import Store
from tests.made_laptop import ME, TODAY, FixedClock, screen_of

IDENTITY = "421224197803050013"
HOSTILE = ["长" * 100_000, "\u202e假名", "\x00\x07", "🙂" * 300, "   ", "\ud800", "'; DROP TABLE record; --"]


def zhang(**more: object) -> NewProspect:
    return NewProspect(
        **{"name": "张三丰", "mobile": "138 0013 8000", "village_code": "421224100201", **more}  # type: ignore[arg-type]
    )


def test_person_household_business_and_prospect_are_recorded_together(store: Store) -> None:
    saved = add_prospect(
        store,
        zhang(
            id_number=IDENTITY,
            wished=Money.yuan(50_000),
            household={"size": 4, "labour": 2, "income_fen": Money.yuan(60_000)},
            business={"trade": " 豆腐坊 ", "industry": "C"},
            next_date=TODAY + timedelta(days=3),
            next_time="9:30",
        ),
    )
    shown = prospect_page(store, saved.prospect)
    assert shown.line.name == "张三丰"
    assert shown.person is not None
    assert shown.person.person.birth == date(1978, 3, 5)
    assert shown.household is not None
    assert shown.household[1].income_fen == 6_000_000
    assert shown.business is not None
    assert shown.business[1].trade == "豆腐坊"
    assert shown.line.village
    assert shown.line.next_time == "09:30"
    assert shown.prospect.owner == shown.prospect.marketed_by == ME
    assert shown.line.unsent
    assert isinstance(shown.timeline[-1], CreationEntry)


def test_nothing_is_recorded_when_one_field_is_refused_and_all_refusals_are_told(store: Store) -> None:
    with pytest.raises(InvalidRecord) as refused:
        add_prospect(
            store,
            zhang(name=" ", id_number="123", next_date=TODAY - timedelta(days=1), business={"uscc": "91"}),
        )
    assert [problem.field for problem in refused.value.problems] == ["name", "id_number", "uscc", "next_date"]
    assert page(store, Wanted()).lines == ()
    with store.reading() as view:
        assert view.outbox.count() == 0


def test_an_implausible_telephone_is_kept_with_a_warning(store: Store) -> None:
    saved = add_prospect(store, zhang(mobile="12345"))
    assert [warning.field for warning in saved.warnings] == ["mobile"]


def test_a_form_saved_twice_is_one_prospect(store: Store) -> None:
    draft = save_draft(store, "prospect", {"name": "张三丰"})
    first, second = (add_prospect(store, zhang(draft=draft)) for _ in range(2))
    assert first.prospect == second.prospect == draft
    assert counts(store, Wanted()).found == 1
    with store.reading() as view:
        assert view.drafts.count() == 0


def test_likely_duplicates_come_surest_first_with_the_reason(store: Store) -> None:
    add_prospect(store, zhang(name="张三丰", mobile="13900000001"))
    add_prospect(store, zhang(name="李梅", mobile="138-0013-8000"))
    add_prospect(store, zhang(name="王五", mobile="13900000003", id_number=IDENTITY))
    found = likely_same(store, "张三丰", "１３８００１３８０００", IDENTITY.lower())
    assert [(each.name, each.reason) for each in found] == [
        ("王五", "identity"),
        ("李梅", "mobile"),
        ("张三丰", "name"),
    ]
    assert "0013" not in found[1].mobile


def test_a_telephone_of_the_remark_or_the_family_is_a_likely_duplicate(store: Store) -> None:
    saved = add_prospect(store, zhang(name="李梅", remark="备用电话：139 0000 0002"))
    store.write(lambda unit: unit.create("person", Person(name="张小", mobile="13700000003"), parent=saved.prospect))
    add_prospect(store, zhang(name="王五", mobile="13800000009", remark="139000000021"))
    for typed in ("13900000002", "+86 139-0000-0002", "13700000003"):
        assert [(each.name, each.reason) for each in likely_same(store, "赵六", typed)] == [("李梅", "other_phone")]
    assert likely_same(store, "", "1390000") == ()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_search_duplicates_or_recording(store: Store, text: str) -> None:
    likely_same(store, text, text, text)
    page(store, Wanted(typed=text))
    with suppress(Actionable):
        add_prospect(store, zhang(name=text, mobile=text, remark=text, village=text))
    counts(store, Wanted(typed=text))


def test_counts_villages_and_pages_agree_with_the_filter(store: Store) -> None:
    for number in range(7):
        place = "421224100201" if number % 2 else "421224100202"
        due = TODAY + timedelta(days=number) if number < 5 else None
        add_prospect(store, zhang(name=f"张{number}", mobile=f"1380013800{number}", village_code=place, next_date=due))
    assert counts(store, Wanted()).by_stage == {"contact": 7}
    assert [village.prospects for village in villages(store)] == [4, 3]
    assert len(page(store, Wanted(without_date=True)).lines) == 2
    assert len(page(store, Wanted(due_from=TODAY, due_until=TODAY + timedelta(days=1))).lines) == 2
    seen, after = [], None
    while True:
        got = page(store, Wanted(), after=after, limit=3)
        seen += [each.name for each in got.lines]
        after = got.after
        if after is None:
            break
    assert seen == [f"张{number}" for number in range(7)]


def test_an_edit_carries_what_the_screen_showed(store: Store) -> None:
    saved = add_prospect(store, zhang())
    shown = prospect_page(store, saved.prospect)
    assert shown.person is not None
    edited = edit_fields(store, shown.person.record, {"actual_address": None}, {"actual_address": " 上河村３组 "})
    assert edited.changed
    with store.reading() as view:
        change = view.outbox.of_record(shown.person.record)[-1].decoded()
    assert change.fields == {"actual_address": (None, "上河村３组")}
    assert not edit_fields(store, shown.person.record, {}, {"actual_address": "上河村３组"}).changed


def test_a_village_is_changed_by_code_and_its_name_follows(store: Store) -> None:
    saved = add_prospect(store, zhang())
    old = line(store, saved.prospect)
    edit_fields(store, saved.prospect, {}, {"village_code": "421224100202"})
    new = line(store, saved.prospect)
    assert old is not None
    assert new is not None
    assert new.village != old.village
    with pytest.raises(InvalidRecord):
        edit_fields(store, saved.prospect, {}, {"village_code": "999999999999"})


def test_a_business_is_added_where_there_was_none(store: Store) -> None:
    saved = add_prospect(store, zhang())
    assert not add_to_prospect(store, saved.prospect, "business", {"trade": " "}).changed
    assert add_to_prospect(store, saved.prospect, "business", {"trade": "养鸭"}).changed
    assert counts(store, Wanted(typed="养鸭")).found == 1


def test_a_follow_up_moves_forward_but_never_into_the_past(store: Store) -> None:
    saved = add_prospect(store, zhang(next_date=TODAY, next_time="10:00"))
    reschedule(store, saved.prospect, {"next_date": TODAY.isoformat()}, TODAY + timedelta(days=2), "14:00", "看账本")
    moved = line(store, saved.prospect)
    assert moved is not None
    assert (moved.next_date, moved.next_time, moved.next_purpose) == (TODAY + timedelta(days=2), "14:00", "看账本")
    with pytest.raises(InvalidRecord):
        reschedule(store, saved.prospect, {}, TODAY - timedelta(days=1))
    with pytest.raises(InvalidRecord):
        reschedule(store, saved.prospect, {}, TODAY, "25:00")
    reschedule(store, saved.prospect, {}, None)
    assert page(store, Wanted(without_date=True)).lines[0].prospect == saved.prospect


def test_a_stage_moves_only_where_the_rules_allow(store: Store) -> None:
    saved = add_prospect(store, zhang(next_date=TODAY))
    for stage in ("approved", "disbursed", "applied"):
        with pytest.raises(Invalid):
            change_stage(store, saved.prospect, "contact", stage)  # type: ignore[arg-type]
    with pytest.raises(InvalidRecord):
        change_stage(store, saved.prospect, "contact", "lost")
    change_stage(store, saved.prospect, "contact", "lost", lost_reason="搬走了")
    lost = line(store, saved.prospect)
    assert lost is not None
    assert (lost.stage, lost.next_date) == ("lost", None)
    change_stage(store, saved.prospect, "lost", "interested")
    assert screen_of(store, saved.prospect).get("lost_reason") is None


def test_personal_facts_are_masked_until_revealed_and_that_leaves_an_event(store: Store, clock: FixedClock) -> None:
    saved = add_prospect(store, zhang(id_number=IDENTITY))
    shown = prospect_page(store, saved.prospect)
    assert shown.person is not None
    assert "13800138000" not in repr(shown)
    assert IDENTITY not in repr(shown)
    with store.reading() as view:
        assert view.privacy.newest(10) == []
    assert reveal(store, shown.person.record, "mobile") == "13800138000"
    assert reveal(store, shown.person.record, "id_number") == IDENTITY
    with store.reading() as view:
        events = view.privacy.newest(10)
    assert [(event.staff, event.act, event.field) for event in events] == [
        (ME, "reveal", "id_number"),
        (ME, "reveal", "mobile"),
    ]
    with pytest.raises(Actionable):
        reveal(store, "0" * 32, "mobile")
