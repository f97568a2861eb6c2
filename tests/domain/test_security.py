"""Guarantees and collateral: a mode that is stated, an owner who signs, and rows that are what the loan says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from fieldapp.domain import products, security
from fieldapp.domain.application_checklist import Step, open_items
from fieldapp.domain.application_records import Collateral, Guarantee, Party
from fieldapp.domain.backing import Backing
from fieldapp.domain.case_file import CaseFile, with_typed
from fieldapp.domain.kinds import values_of
from fieldapp.domain.loan_quote import quote
from fieldapp.domain.record_rules import problems_of
from fieldapp.domain.records import Person
from tests.services.an_application import PRODUCT, TODAY, complete_file

WANG = Person(name="王五", id_number="11010119800307005X", mobile="13800000005")
HOUSE = Collateral(
    owner="borrower", kind="house", description="示例街 28 号住房", value_fen=30_000_000, mode="mortgage"
)


def _file(mode: str, **rows: Any) -> CaseFile:
    return replace(complete_file(person="borrower", guarantee_mode=mode), backing=Backing(**rows))


def _codes(file: CaseFile) -> list[tuple[str, str]]:
    items = open_items(file, TODAY)
    assert {item.step for item in items} <= {Step.GUARANTEE}
    return [(item.field, item.code) for item in items]


def _guaranteed(**fields: Any) -> dict[str, Any]:
    party = Party(person="wang", role="guarantor", relation="邻居")
    held = Guarantee(**({"guarantor": "wang", "mode": "joint", "amount_fen": 10_000_000} | fields))
    return {"parties": {"p": party}, "guarantees": {"g": held}, "people": {"wang": WANG}}


def test_a_guarantee_states_its_mode_in_the_field_and_at_head_office() -> None:
    stated = Guarantee(guarantor="wang", mode="general")
    assert problems_of("guarantee", values_of(stated)) == []
    unstated = problems_of("guarantee", values_of(Guarantee(guarantor="wang")))
    assert [(problem.code, problem.field) for problem in unstated] == [("mode_missing", "mode")]
    nobody = problems_of("guarantee", values_of(Guarantee(mode="joint")))
    assert [problem.code for problem in nobody] == ["guarantor_missing"]


@pytest.mark.parametrize(
    ("kind", "mode", "codes"),
    [
        ("house", "mortgage", []),
        ("house", "pledge", ["mode_kind"]),
        ("land", "pledge", ["mode_kind"]),
        ("deposit", "pledge", []),
        ("deposit", "mortgage", ["mode_kind"]),
        ("receivable", "mortgage", ["mode_kind"]),
        ("vehicle", "mortgage", []),
        ("vehicle", "pledge", []),
        ("vehicle", None, ["mode_missing"]),
        (None, "pledge", ["kind_missing"]),
    ],
)
def test_land_is_mortgaged_and_rights_are_pledged(kind: Any, mode: Any, codes: list[str]) -> None:
    thing = Collateral(owner="wang", kind=kind, mode=mode)
    assert [problem.code for problem in problems_of("collateral", values_of(thing))] == codes


@pytest.mark.parametrize("mode", ["joint", "general"])
def test_a_guaranteed_loan_needs_a_guarantor_of_that_mode(mode: str) -> None:
    assert _codes(_file(mode)) == [("guarantees", "guarantor_needed")]
    assert _codes(_file(mode, **_guaranteed(mode=mode))) == []
    other = "general" if mode == "joint" else "joint"
    assert _codes(_file(mode, **_guaranteed(mode=other))) == [("guarantees", "guarantor_needed")]


def test_a_guarantor_states_mode_and_amount() -> None:
    assert _codes(_file("joint", **_guaranteed(amount_fen=None))) == [("guarantees/p", "guarantee_amount")]
    without = _guaranteed() | {"guarantees": {}}
    assert _codes(_file("joint", **without)) == [
        ("guarantees/p", "guarantee_mode"),
        ("guarantees/p", "guarantee_amount"),
        ("guarantees", "guarantor_needed"),
    ]


def test_a_mortgage_needs_something_mortgaged_and_a_pledge_something_pledged() -> None:
    assert _codes(_file("mortgage")) == [("collateral", "collateral_needed")]
    assert _codes(_file("mortgage", collateral={"c": HOUSE})) == []
    assert _codes(_file("pledge", collateral={"c": HOUSE})) == [("collateral", "collateral_needed")]
    deposit = msgspec.structs.replace(HOUSE, kind="deposit", mode="pledge")
    assert _codes(_file("pledge", collateral={"c": deposit})) == []


def test_an_unsecured_loan_has_nothing_behind_it() -> None:
    assert _codes(_file("unsecured")) == []
    assert _codes(_file("unsecured", collateral={"c": HOUSE})) == [("guarantee_mode", "not_unsecured")]
    assert _codes(_file("unsecured", **_guaranteed())) == [("guarantee_mode", "not_unsecured")]


def test_collateral_belongs_to_somebody_who_signs() -> None:
    strangers = msgspec.structs.replace(HOUSE, owner="stranger")
    assert [problem.code for problem in security.collateral_refusals(_file("mortgage"), strangers)] == [
        "owner_no_party"
    ]
    assert _codes(_file("mortgage", collateral={"c": strangers})) == [("collateral/c", "owner_no_party")]
    pledgor = Party(person="stranger", role="pledgor", relation="叔叔")
    with_owner = _file("mortgage", collateral={"c": strangers}, parties={"p": pledgor}, people={"stranger": WANG})
    assert _codes(with_owner) == []
    assert security.owners(with_owner) == {"borrower": "张三", "stranger": "王五"}


def test_collateral_says_what_it_is_and_its_value() -> None:
    bare = Collateral(owner="borrower", kind="house", mode="mortgage")
    assert _codes(_file("mortgage", collateral={"c": bare})) == [
        ("collateral/c", "collateral_description"),
        ("collateral/c", "collateral_value"),
    ]


def test_a_product_refuses_a_mode_it_is_not_lent_under() -> None:
    product = msgspec.structs.replace(PRODUCT, guarantee_modes=("joint", "mortgage"))
    assert products.refusals(product, _file("joint")) == []
    refused = products.refusals(product, _file("unsecured"))
    assert [(problem.code, problem.field) for problem in refused] == [("guarantee_mode", "guarantee_mode")]
    assert products.refusals(PRODUCT, _file("unsecured")) == []


def test_the_papers_a_product_wants_are_ticked_before_submission() -> None:
    product = msgspec.structs.replace(PRODUCT, materials=("identity", "takings", "collateral"))
    file = complete_file()
    asked = [item for item in quote(file, product, TODAY).open_items if item.field == "materials"]
    assert [item.code for item in asked] == ["material_identity", "material_takings"]
    assert {item.step for item in asked} == {Step.DECLARATIONS}
    seen = complete_file(materials=("identity", "takings"))
    assert quote(seen, product, TODAY).complete
    mortgaged = replace(seen, application=msgspec.structs.replace(seen.application, guarantee_mode="mortgage"))
    assert "material_collateral" in [item.code for item in quote(mortgaged, product, TODAY).open_items]


def test_a_product_names_only_papers_there_are_and_a_tolerance_that_can_be() -> None:
    def codes(**changed: Any) -> list[tuple[str, str]]:
        product = values_of(msgspec.structs.replace(PRODUCT, **changed))
        return [(problem.code, problem.field) for problem in problems_of("product", product)]

    assert codes(materials=("identity", "takings"), tolerance_bp=10_000) == []
    assert codes(materials=("passport",)) == [("material", "materials")]
    assert codes(tolerance_bp=10_001) == codes(tolerance_bp=-1) == [("tolerance", "tolerance_bp")]


def test_what_a_new_version_asks_besides_is_said_before_submission() -> None:
    after = msgspec.structs.replace(
        PRODUCT, version=2, guarantee_modes=("joint",), materials=("identity",), tolerance_bp=300
    )
    said = [difference.field for difference in products.differences(PRODUCT, after)]
    assert said == ["guarantee_modes", "materials", "tolerance_bp"]


def test_a_paper_nobody_knows_cannot_be_ticked() -> None:
    assert with_typed(complete_file(), {"materials": ["identity"]})[0].application.materials == ("identity",)
    _, problems = with_typed(complete_file(), {"materials": ["passport"]})
    assert [(problem.code, problem.field) for problem in problems] == [("material", "materials")]
