"""Debts elsewhere: their totals, what the form takes from them, and what a row has to say."""

from __future__ import annotations

from dataclasses import replace

from fieldapp.domain import debts
from fieldapp.domain.application_checklist import Step, open_items
from fieldapp.domain.application_records import ExternalDebt
from fieldapp.domain.backing import Backing
from fieldapp.domain.case_file import with_typed
from fieldapp.domain.kinds import values_of
from fieldapp.domain.loan_quote import quote
from fieldapp.domain.money import GREATEST_FEN, Money
from fieldapp.domain.record_rules import problems_of
from tests.services.an_application import PRODUCT, TODAY, complete_file

CAR = ExternalDebt(lender="示例汽车金融", balance_fen=900_000, instalment_fen=80_000)
UNCLE = ExternalDebt(lender="叔叔", balance_fen=540_000, instalment_fen=40_000)
FOR_A_FRIEND = ExternalDebt(lender="赵六", guarantee=True, balance_fen=5_000_000)


def test_totals_count_debts_and_guarantees_apart() -> None:
    found = debts.totals(Backing(debts={"a": CAR, "b": UNCLE, "c": FOR_A_FRIEND}))
    assert (found.owed, found.monthly, found.guaranteed) == (Money(1_440_000), Money(120_000), Money(5_000_000))
    assert (found.debts, found.guarantees) == (2, 1)


def test_the_form_says_what_the_rows_come_to_whatever_is_typed() -> None:
    file = replace(complete_file(existing_debt_fen=1), backing=Backing(debts={"a": CAR, "b": UNCLE}))
    typed, _ = with_typed(file, {"existing_debt_fen": 7, "existing_instalments_fen": 7})
    assert typed.application.existing_debt_fen == 1_440_000
    assert typed.application.existing_instalments_fen == 120_000


def test_without_a_debt_row_what_is_typed_stands() -> None:
    file = replace(complete_file(), backing=Backing(debts={"c": FOR_A_FRIEND}))
    typed, _ = with_typed(file, {"existing_debt_fen": 7})
    assert typed.application.existing_debt_fen == 7


def test_debt_service_follows_from_the_rows() -> None:
    file, _ = with_typed(replace(complete_file(), backing=Backing(debts={"a": CAR, "b": UNCLE})), {})
    found = quote(file, PRODUCT, TODAY).affordability
    assert found is not None
    assert found.chosen is not None
    assert found.chosen.ratio is not None
    assert f"{found.chosen.ratio * 100:.2f}" == "65.26"


def test_a_row_without_its_amounts_is_named_before_submission() -> None:
    rows = {"a": ExternalDebt(lender="农信社"), "b": ExternalDebt(lender="赵六", guarantee=True)}
    items = open_items(replace(complete_file(), backing=Backing(debts=rows)), TODAY)
    assert {item.step for item in items} == {Step.BUSINESS}
    assert [(item.field, item.code) for item in items] == [
        ("debts/a", "balance"),
        ("debts/a", "instalment"),
        ("debts/b", "balance"),
    ]
    assert open_items(replace(complete_file(), backing=Backing(debts={"a": CAR, "c": FOR_A_FRIEND})), TODAY) == []


def test_what_no_record_of_a_debt_may_say() -> None:
    def codes(debt: ExternalDebt) -> list[str]:
        return [problem.code for problem in problems_of("external_debt", values_of(debt))]

    assert codes(CAR) == codes(FOR_A_FRIEND) == []
    assert codes(ExternalDebt(lender="  ")) == ["lender_missing"]
    assert codes(ExternalDebt(lender="赵六", guarantee=True, instalment_fen=1)) == ["guarantee_instalment"]
    assert codes(ExternalDebt(lender="农信社", balance_fen=-1)) == ["amount"]
    assert codes(ExternalDebt(lender="农信社", balance_fen=GREATEST_FEN + 1)) == ["amount"]
