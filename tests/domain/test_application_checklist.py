"""What an application lacks: every item, and nothing of a complete one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest

from fieldapp.domain.application_checklist import OpenItem, Step, open_items
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.records import Application, Person, Prospect
from tests.services.an_application import TODAY, complete_file, one_use


def _fields(file: CaseFile, **how: bool) -> list[str]:
    return [item.field for item in open_items(file, TODAY, **how)]


def test_a_complete_form_lacks_nothing() -> None:
    assert _fields(complete_file()) == []


def test_an_empty_form_lacks_something_on_every_step_but_the_last() -> None:
    items = open_items(CaseFile(Application(), Prospect()), TODAY)
    assert {item.step for item in items} == set(Step) - {Step.SIGNING}
    assert [item.step for item in items] == sorted((item.step for item in items), key=list(Step).index)


@pytest.mark.parametrize(
    ("field", "step"),
    [
        ("product", Step.LOAN),
        ("amount_fen", Step.LOAN),
        ("months", Step.LOAN),
        ("method", Step.LOAN),
        ("yearly_rate", Step.LOAN),
        ("start", Step.LOAN),
        ("payee_mode", Step.LOAN),
        ("guarantee_mode", Step.GUARANTEE),
        ("related_party", Step.DECLARATIONS),
        ("sales_fen", Step.BUSINESS),
        ("goods_fen", Step.BUSINESS),
        ("costs_fen", Step.BUSINESS),
        ("other_income_fen", Step.BUSINESS),
        ("family_fen", Step.BUSINESS),
        ("existing_debt_fen", Step.BUSINESS),
        ("existing_instalments_fen", Step.BUSINESS),
    ],
)
def test_each_missing_field_is_named_on_its_step(field: str, step: Step) -> None:
    items = open_items(complete_file(**{field: None}), TODAY)
    assert [(item.field, item.step, item.code) for item in items] == [(field, step, "missing")]


@pytest.mark.parametrize("field", ["name", "id_number", "mobile", "marital", "actual_address"])
def test_each_missing_fact_of_the_applicant_is_named(field: str) -> None:
    file = complete_file()
    assert file.person is not None
    blank: Any = "" if field == "name" else None
    without = msgspec.structs.replace(file.person, **{field: blank})
    assert _fields(replace(file, person=without)) == [f"person.{field}"]


def test_zero_is_an_answer() -> None:
    assert _fields(complete_file(existing_debt_fen=0, existing_instalments_fen=0, other_income_fen=0)) == []


def test_a_mistyped_identity_number_is_named() -> None:
    file = complete_file()
    assert file.person is not None
    wrong = msgspec.structs.replace(file.person, id_number="110101190001010015")
    (item,) = open_items(replace(file, person=wrong), TODAY)
    assert (item.field, item.code) == ("person.id_number", "identity_check_digit")


def test_the_married_need_their_spouse() -> None:
    file = complete_file()
    assert file.person is not None
    married = replace(file, person=msgspec.structs.replace(file.person, marital="married"))
    assert _fields(married) == ["spouse.name", "spouse.id_number"]
    spouse = Person(name="李四", relation="spouse", id_number="110101190001010022")
    assert _fields(replace(married, spouse=spouse)) == []


def test_a_day_that_has_passed_is_named() -> None:
    assert _fields(complete_file(start="2026-11-22")) == ["start"]
    assert _fields(complete_file(start="2026-11-23")) == []


@pytest.mark.parametrize(("text", "missing"), [("回款", True), ("     1", True), ("豆腐坊净收入", False)])
def test_the_source_of_repayment_says_something(text: str, missing: bool) -> None:
    assert _fields(complete_file(repayment_source=text)) == (["repayment_source"] if missing else [])


def test_a_reason_is_needed_only_beyond_the_threshold() -> None:
    file = complete_file(over_limit_reason="")
    assert _fields(file) == []
    assert _fields(file, needs_reason=True) == ["over_limit_reason"]


def test_purposes_add_up_to_the_loan() -> None:
    (item,) = open_items(complete_file(uses=[_plain(one_use(payee="甲", amount_fen=9_999_999))]), TODAY)
    assert str(item.sentence) == "The purposes add up to 99,999.99 yuan, the loan is 100,000.00 yuan."


def test_one_purpose_without_an_amount_is_the_whole_loan() -> None:
    assert _fields(complete_file(uses=[_plain(one_use(payee="甲"))])) == []


@pytest.mark.parametrize("uses", [[], [{"purpose": " "}]])
def test_a_loan_for_nothing_is_named(uses: list[dict[str, str]]) -> None:
    assert _fields(complete_file(uses=uses)) == ["uses"]


def test_who_is_paid_is_needed_when_the_bank_pays_the_seller() -> None:
    uses = [_plain(one_use())]
    assert _codes(complete_file(uses=uses)) == ["payee"]
    assert _codes(complete_file(uses=uses, payee_mode="own")) == []


def test_a_related_party_says_who_and_gets_no_unsecured_loan() -> None:
    assert _fields(complete_file(related_party=True, guarantee_mode=None)) == ["guarantee_mode", "related_party_detail"]
    named = {"related_party": True, "related_party_detail": "赵六，理事，兄弟"}
    assert _codes(complete_file(**named, guarantee_mode="unsecured")) == ["related_party"]
    assert _codes(complete_file(**named, guarantee_mode="mortgage")) == ["collateral_needed"]


def test_a_birth_in_the_future_is_named() -> None:
    assert _identity_codes("110101209901010017", date(2026, 11, 23)) == ["identity_birth_date"]


def _identity_codes(number: str, today: date) -> list[str]:
    file = complete_file()
    assert file.person is not None
    changed = replace(file, person=msgspec.structs.replace(file.person, id_number=number))
    return [item.code for item in open_items(changed, today)]


def _codes(file: CaseFile) -> list[str]:
    found: list[OpenItem] = open_items(file, TODAY)
    return [item.code for item in found]


def _plain(record: msgspec.Struct) -> Any:
    return msgspec.to_builtins(record)
