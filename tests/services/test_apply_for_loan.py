"""Filling in, saving, submitting and withdrawing an application on a real laptop database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fieldapp.domain.errors import Actionable, Invalid, InvalidRecord
from fieldapp.domain.kinds import record_of
from fieldapp.domain.records import Application, Product, Prospect
from fieldapp.protocol.messages import Conflict
from fieldapp.services.application_number import counted, laptop_mark
from fieldapp.services.apply_for_loan import ApplyForLoan, OpenApplication, choice_of
from fieldapp.services.submit_application import NotComplete
from fieldapp.store.database import Store
from fieldapp.store.unit import Unit
from tests.services.an_application import PRODUCT, TYPED, FixedClock, mirror, new_laptop, new_prospect
from tests.services.consents_given import sign_everything


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    with new_laptop(tmp_path, clock) as laptop:
        yield laptop


@pytest.fixture
def applying(store: Store) -> ApplyForLoan:
    return ApplyForLoan(store)


@pytest.fixture
def prospect(store: Store) -> str:
    return new_prospect(store, wished_fen=8_000_000)


@pytest.fixture
def opened(store: Store, applying: ApplyForLoan, prospect: str) -> OpenApplication:
    application = applying.start(prospect)
    sign_everything(store, application)
    return applying.open(application)


def _application(store: Store, application: str) -> Application:
    with store.reading() as view:
        stored = view.records.get(application)
    assert stored is not None
    return record_of(Application, stored.screen)


def _prospect(store: Store, prospect: str) -> Prospect:
    with store.reading() as view:
        stored = view.records.get(prospect)
    assert stored is not None
    return record_of(Prospect, stored.screen)


def _changes(store: Store) -> int:
    with store.reading() as view:
        return view.outbox.count()


def test_a_new_application_knows_what_is_known(opened: OpenApplication) -> None:
    assert opened.fields["amount_fen"] == 8_000_000
    assert opened.fields["person.name"] == "张三"
    assert opened.file.application.status == "draft"
    assert opened.sealed is None


def test_numbers_are_of_branch_year_laptop_and_count(store: Store, applying: ApplyForLoan, prospect: str) -> None:
    numbers = [_application(store, applying.start(prospect)).number for _ in range(3)]
    mark = laptop_mark("0190bbbb000070008000000000000001")
    assert numbers == [f"0412-2026-{mark}0{n}" for n in range(3)]


def test_a_number_on_the_laptop_is_never_given_again(store: Store, applying: ApplyForLoan, prospect: str) -> None:
    first = _application(store, applying.start(prospect)).number
    store.write(lambda unit: unit.state.set("application_numbers", {}))  # as an older backup would have it
    assert _application(store, applying.start(prospect)).number != first


def test_the_counter_grows_beyond_two_characters() -> None:
    assert (counted(0), counted(1023), counted(1024)) == ("00", "ZZ", "100")


def test_the_counter_begins_again_each_year(
    store: Store, applying: ApplyForLoan, prospect: str, clock: FixedClock
) -> None:
    applying.start(prospect)
    clock.move(days=60)
    number = _application(store, applying.start(prospect)).number
    assert number.startswith("0412-2027-")
    assert number.endswith("00")


def test_a_teller_does_not_take_applications(tmp_path: Path, clock: FixedClock) -> None:
    with new_laptop(tmp_path, clock, role="teller") as store:
        prospect = new_prospect(store)
        with pytest.raises(Actionable) as refused:
            ApplyForLoan(store).start(prospect)
    assert refused.value.code == "role"


def test_an_unknown_prospect_is_a_sentence(applying: ApplyForLoan) -> None:
    with pytest.raises(Actionable) as refused:
        applying.start("nobody")
    assert refused.value.code == "gone"
    with pytest.raises(Actionable):
        applying.open("nothing")


def test_what_was_typed_is_found_again_after_a_crash(tmp_path: Path, clock: FixedClock) -> None:
    store = new_laptop(tmp_path, clock)
    key = store._key
    applying = ApplyForLoan(store)
    opened = applying.open(applying.start(new_prospect(store)))
    typed = {
        "amount_fen": -5,
        "months": 10**30,
        "repayment_source": "收" * 100_000,
        "person.name": "𠮷田\ud800 \u202e🙂",
    }
    applying.autosave(opened.id, typed, opened.fields)
    store.close()
    with Store(tmp_path / "records.db", key, clock) as again:
        found = ApplyForLoan(again).open(opened.id).draft
        assert found is not None
        assert found.typed["amount_fen"] == -5
        assert found.typed["months"] == str(10**30)
        assert len(found.typed["repayment_source"]) == 100_000
        assert found.shown["person.name"] == "张三"
        assert found.saved_at == clock.now()
        ApplyForLoan(again).discard(opened.id)
        assert ApplyForLoan(again).open(opened.id).draft is None


def test_saving_writes_only_what_differs(store: Store, applying: ApplyForLoan, opened: OpenApplication) -> None:
    before = _changes(store)
    applying.autosave(opened.id, {"months": 12}, opened.fields)
    assert applying.save(opened.id, {**opened.fields, "months": 12}, opened.fields)
    assert _changes(store) == before + 1
    assert not applying.save(opened.id, applying.open(opened.id).fields, applying.open(opened.id).fields)
    with store.reading() as view:
        change = view.outbox.of_record(opened.id)[-1].decoded()
    assert change.fields == {"months": (None, 12)}
    assert applying.open(opened.id).draft is None


def test_a_form_saves_to_every_record_it_shows(store: Store, applying: ApplyForLoan, opened: OpenApplication) -> None:
    applying.save(opened.id, {**TYPED, "household.size": 4, "spouse.name": "李 四"}, opened.fields)
    file = applying.open(opened.id).file
    assert file.business is not None
    assert (file.business.trade, file.business.industry) == ("豆腐坊", "C")
    assert file.application.business is not None
    assert file.household is not None
    assert file.household.size == 4
    assert file.spouse is not None
    assert (file.spouse.name, file.spouse.relation) == ("李四", "spouse")
    assert file.person is not None
    assert (file.person.sex, str(file.person.birth)) == ("M", "1900-01-01")
    assert file.application.payout_account == "6200000000000000089"


def test_saving_twice_makes_one_business(store: Store, applying: ApplyForLoan, opened: OpenApplication) -> None:
    for trade in ("豆腐坊", "豆制品厂"):
        applying.save(opened.id, {"business.trade": trade}, applying.open(opened.id).fields)
    with store.reading() as view:
        (business,) = view.records.children(opened.prospect, "business")
    assert business.screen["trade"] == "豆制品厂"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount_fen", -1),
        ("amount_fen", 10**16),
        ("amount_fen", "viel"),
        ("months", 1.5),
        ("repayment_source", "收" * 100_000),
        ("person.name", ""),
        ("person.id_number", "110101190001010015"),
        ("business.uscc", "91421200MA00000150"),
        ("method", "barter"),
        ("uses", [{"purpose": 7}]),
    ],
)
def test_what_cannot_be_kept_names_its_field_and_saves_nothing(
    store: Store, applying: ApplyForLoan, opened: OpenApplication, field: str, value: Any
) -> None:
    before = _changes(store)
    with pytest.raises(InvalidRecord) as refused:
        applying.save(opened.id, {"months": 12, field: value}, opened.fields)
    assert [problem.field.split(".")[0] for problem in refused.value.problems] == [field.split(".")[0]]
    assert _changes(store) == before
    assert _application(store, opened.id).months is None


def test_a_field_nobody_types_is_refused(applying: ApplyForLoan, opened: OpenApplication) -> None:
    for field in ("status", "submitted_at", "decision_note", "prospect.stage", "person.deleted", "nothing"):
        with pytest.raises((Invalid, InvalidRecord)):
            applying.save(opened.id, {field: "approved"}, opened.fields)


def test_an_incomplete_application_is_saved_but_not_submitted(
    store: Store, applying: ApplyForLoan, opened: OpenApplication
) -> None:
    with pytest.raises(NotComplete) as refused:
        applying.submit(opened.id, {"months": 12}, opened.fields)
    fields = [item.field for item in refused.value.items]
    assert "repayment_source" in fields
    assert "months" not in fields
    assert str(len(fields)) in str(refused.value.sentence)
    assert _application(store, opened.id).status == "draft"
    found = applying.open(opened.id).draft
    assert found is not None
    assert found.typed == {"months": 12}
    assert _prospect(store, opened.prospect).stage == "contact"


def test_submission_hands_over_and_moves_the_prospect_together(
    store: Store, applying: ApplyForLoan, opened: OpenApplication, clock: FixedClock
) -> None:
    at = applying.submit(opened.id, TYPED, opened.fields)
    application = _application(store, opened.id)
    assert (application.status, application.submitted_at) == ("submitted", clock.now())
    assert at == clock.now()
    assert _prospect(store, opened.prospect).stage == "applied"
    assert applying.open(opened.id).draft is None


@pytest.mark.parametrize(
    ("stage", "after"), [("interested", "applied"), ("approved", "approved"), ("disbursed", "applied")]
)
def test_the_stage_follows_the_submission_by_its_rules(store: Store, stage: Any, after: str) -> None:
    prospect = new_prospect(store, stage=stage)
    applying = ApplyForLoan(store)
    application = applying.start(prospect)
    sign_everything(store, application)
    applying.submit(application, TYPED, applying.open(application).fields)
    assert _prospect(store, prospect).stage == after


def test_a_lost_prospect_who_applies_is_won_again(store: Store) -> None:
    prospect = new_prospect(store, stage="lost", lost_reason="去了别家")
    applying = ApplyForLoan(store)
    application = applying.start(prospect)
    sign_everything(store, application)
    applying.submit(application, TYPED, applying.open(application).fields)
    found = _prospect(store, prospect)
    assert (found.stage, found.lost_reason) == ("applied", None)


def test_a_submitted_application_is_not_edited_submitted_or_withdrawn_again(
    store: Store, applying: ApplyForLoan, opened: OpenApplication
) -> None:
    applying.submit(opened.id, TYPED, opened.fields)
    before = _changes(store)
    again = applying.open(opened.id)
    assert again.sealed is not None
    for act in (
        lambda: applying.save(opened.id, {"months": 12}, again.fields),
        lambda: applying.submit(opened.id),
        lambda: applying.withdraw(opened.id),
    ):
        with pytest.raises(Actionable) as refused:
            act()
        assert refused.value.code == "submitted"
        assert refused.value.advice is not None
    assert _changes(store) == before


def test_offline_nothing_is_ever_approved(store: Store, applying: ApplyForLoan, opened: OpenApplication) -> None:
    applying.submit(opened.id, TYPED, opened.fields)
    with store.reading() as view:
        statuses = [
            queued.decoded().fields["status"][1]
            for queued in view.outbox.of_record(opened.id)
            if "status" in queued.decoded().fields
        ]
    assert statuses == ["draft", "submitted"]


def test_a_returned_application_is_mended_and_submitted_again(
    store: Store, applying: ApplyForLoan, opened: OpenApplication
) -> None:
    applying.submit(opened.id, TYPED, opened.fields)
    store.write(lambda unit: unit.edit(opened.id, {"status": ("submitted", "returned")}))
    again = applying.open(opened.id)
    assert again.sealed is None
    applying.save(opened.id, {"own_funds_fen": None, "repayment_source": ""}, again.fields)  # incomplete for now
    with pytest.raises(NotComplete):
        applying.submit(opened.id)
    applying.submit(opened.id, {"repayment_source": "豆腐坊每月净收入"}, applying.open(opened.id).fields)
    assert _application(store, opened.id).status == "submitted"


def test_an_unfinished_application_can_be_withdrawn(
    store: Store, applying: ApplyForLoan, opened: OpenApplication
) -> None:
    applying.autosave(opened.id, {"months": 1}, opened.fields)
    applying.withdraw(opened.id)
    assert _application(store, opened.id).status == "withdrawn"
    again = applying.open(opened.id)
    assert again.draft is None
    assert again.sealed is not None


def test_a_colleagues_application_is_only_read(store: Store, applying: ApplyForLoan, opened: OpenApplication) -> None:
    theirs = "0190aaaa000070008000000000000009"
    store.write(lambda unit: unit.edit(opened.id, {"officer": (opened.file.application.officer, theirs)}))
    assert applying.open(opened.id).sealed is not None
    with pytest.raises(Actionable):
        applying.save(opened.id, {"months": 12}, opened.fields)


def test_before_products_arrive_everything_else_is_saved(tmp_path: Path, clock: FixedClock) -> None:
    with new_laptop(tmp_path, clock, products=()) as store:
        applying = ApplyForLoan(store)
        opened = applying.open(applying.start(new_prospect(store)))
        with pytest.raises(Actionable) as refused:
            applying.products()
        assert refused.value.code == "no_products"
        assert "no_products" in {item.code for item in opened.quote({}).open_items}
        applying.save(opened.id, {"months": 12}, opened.fields)
        with pytest.raises(NotComplete):
            applying.submit(opened.id)


def test_choosing_a_product_fills_in_its_rate(applying: ApplyForLoan, opened: OpenApplication) -> None:
    (product,) = applying.products()
    assert choice_of(product) == {"product": "MSED", "product_version": 1, "yearly_rate": "0.06"}
    figures = opened.quote({**TYPED, **choice_of(product)})
    assert figures.complete


def test_an_application_keeps_its_version_and_is_submitted_with_it(
    store: Store, applying: ApplyForLoan, opened: OpenApplication
) -> None:
    applying.save(opened.id, TYPED, opened.fields)
    _replace_product(store, cap_fen=5_000_000)
    again = applying.open(opened.id)
    assert again.product is not None
    assert again.product.version == 1
    assert again.newer is not None
    assert [difference.field for difference in again.changed] == ["cap_fen"]
    assert again.quote({}).complete
    assert [p.field for p in again.quote(choice_of(again.newer)).problems] == ["amount_fen"]
    applying.submit(opened.id)
    assert _application(store, opened.id).product_version == 1


def test_a_product_nobody_sells_any_more_stops_the_submission(
    store: Store, applying: ApplyForLoan, opened: OpenApplication
) -> None:
    applying.save(opened.id, TYPED, opened.fields)
    store.write(lambda unit: _take_off_sale(unit))
    with pytest.raises(NotComplete) as refused:
        applying.submit(opened.id)
    assert "off_sale" in {item.code for item in refused.value.items}


def test_a_product_of_another_shape_leaves_the_others_for_sale(store: Store, applying: ApplyForLoan) -> None:
    def spoil(unit: Unit) -> None:
        (stored,) = unit.records.of_kind("product")
        broken = {**stored.screen, "code": "NEW", "cap_fen": {"by_stage": 1}}
        unit.put_new(
            type(stored)("0190cccc000070008000000000000001", "product", None, "bank", None, 0, 1, broken, broken)
        )

    store.write(spoil)
    assert [product.code for product in applying.products()] == ["MSED"]


def test_a_value_in_conflict_stops_the_submission(
    store: Store, applying: ApplyForLoan, opened: OpenApplication
) -> None:
    applying.save(opened.id, TYPED, opened.fields)

    def collide(unit: Unit) -> None:
        stored = unit.records.get(opened.id)
        assert stored is not None
        other = Conflict(change="c", field="months", shown=36, value=24, by="x", at="2026-11-23T00:00:00Z")
        unit.put(type(stored)(**{name: getattr(stored, name) for name in stored.__slots__} | {"conflicts": (other,)}))

    store.write(collide)
    with pytest.raises(NotComplete) as refused:
        applying.submit(opened.id)
    assert [item.code for item in refused.value.items] == ["conflict"]
    assert applying.open(opened.id).in_conflict == ("months",)


def test_the_list_of_applications_says_what_is_only_here(applying: ApplyForLoan, opened: OpenApplication) -> None:
    applying.submit(opened.id, TYPED, opened.fields)
    (line,) = applying.of_prospect(opened.prospect)
    assert (line.status, line.amount_fen, line.only_here) == ("submitted", 10_000_000, True)


def _replace_product(store: Store, **changed: Any) -> None:
    def replace(unit: Unit) -> None:
        _take_off_sale(unit)
        mirror(unit, "product", msgspec.structs.replace(PRODUCT, version=2, **changed))

    store.write(replace)


def _take_off_sale(unit: Unit) -> None:
    for stored in list(unit.records.of_kind("product")):
        product: Product = record_of(Product, stored.screen)
        off = {**stored.screen, "on_sale": False}
        assert product.on_sale
        unit.put(type(stored)(stored.id, stored.kind, None, stored.stream, None, 1, 2, off, off))
