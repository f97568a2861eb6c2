"""The controls that a laptop can answer by itself, each with a case that passes and one that is refused (DOMAIN E)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldapp.domain.errors import InvalidRecord
from fieldapp.services.application_debts import add_debt, edit_debt
from fieldapp.services.application_parties import PartyDraft, add_party
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.record_consent import Consents
from fieldapp.services.submit_application import NotComplete
from fieldapp.store.database import Store
from tests.services.an_application import TYPED, FixedClock, new_laptop, new_prospect
from tests.services.consents_given import sign, sign_everything

KIN = {"related_party": True, "related_party_detail": "赵六，理事，兄弟"}
GUARANTOR = PartyDraft(
    role="guarantor", name="王五", id_number="11010119800307005X", mobile="13800000005", relation="邻居", mode="joint",
    amount_fen=10_000_000,
)  # fmt: skip
TOLD: dict[str, Any] = {"lender": "示例银行", "balance_fen": 1_440_000, "instalment_fen": 0, "source": "bureau"}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    with new_laptop(tmp_path, clock) as laptop:
        yield laptop


def filled(store: Store, **changed: Any) -> str:
    applying = ApplyForLoan(store)
    application = applying.start(new_prospect(store))
    applying.save(application, TYPED | changed, applying.open(application).fields)
    return application


def test_e1_a_declared_relative_gets_no_unsecured_loan_and_a_guaranteed_one(store: Store) -> None:
    applying, application = ApplyForLoan(store), filled(store, **KIN)
    sign_everything(store, application)
    with pytest.raises(NotComplete) as refused:
        applying.submit(application)
    assert [item.code for item in refused.value.items] == ["related_party"]
    applying.save(application, {"guarantee_mode": "joint"}, applying.open(application).fields)
    add_party(store, application, GUARANTOR)
    sign_everything_of_the_guarantor(store, application)
    applying.submit(application)


def sign_everything_of_the_guarantor(store: Store, application: str) -> None:
    for row in Consents(store).open(application).rows:
        if row.who.role == "guarantor":
            sign(store, application, row.who.person, row.kind, "guarantor")


def test_e1_a_related_party_gets_no_rate_below_the_products(store: Store) -> None:
    application = filled(store, **KIN, yearly_rate="0.05", guarantee_mode="joint")
    add_party(store, application, GUARANTOR)
    sign_everything(store, application)
    with pytest.raises(NotComplete) as refused:
        ApplyForLoan(store).submit(application)
    assert [item.code for item in refused.value.items] == ["rate"], "nobody gets another rate than the product's"


def test_e7_what_a_bureau_told_is_written_down_only_after_a_consent(store: Store) -> None:
    application = filled(store)
    with pytest.raises(InvalidRecord) as refused:
        add_debt(store, application, TOLD)
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [("consent_missing", "source")]
    stated = add_debt(store, application, TOLD | {"source": "stated"})
    with pytest.raises(InvalidRecord):
        edit_debt(store, stated, {}, TOLD)
    assert ApplyForLoan(store).open(application).file.backing.debts[stated].source == "stated"
    sign_everything(store, application)
    edit_debt(store, stated, {}, TOLD)
    add_debt(store, application, TOLD | {"lender": "他行"})
    assert {one.source for one in ApplyForLoan(store).open(application).file.backing.debts.values()} == {"bureau"}


def test_e7_a_consent_withdrawn_or_run_out_is_none(store: Store, clock: FixedClock) -> None:
    application = filled(store)
    sign_everything(store, application)
    told = add_debt(store, application, TOLD)
    borrower = ApplyForLoan(store).open(application).file.application.person
    (given,) = Consents(store).history(application, str(borrower), "credit_inquiry")
    clock.move(seconds=1)
    Consents(store).withdraw(given.record, "到网点书面提出")
    with pytest.raises(InvalidRecord) as refused:
        add_debt(store, application, TOLD)
    assert refused.value.code == "consent_withdrawn"
    edit_debt(store, told, {}, TOLD | {"balance_fen": 1_000_000})  # what was written down rightly may be put right
    clock.move(seconds=1)
    sign(store, application, str(borrower), "credit_inquiry")
    clock.move(days=4_000)
    with pytest.raises(InvalidRecord) as refused:
        add_debt(store, application, TOLD)
    assert refused.value.code == "consent_expired"


def test_e14_what_was_submitted_stands_still(store: Store) -> None:
    applying, application = ApplyForLoan(store), filled(store)
    sign_everything(store, application)
    row = add_debt(store, application, TOLD | {"source": "stated", "balance_fen": 0})
    applying.submit(application)
    for act in (
        lambda: applying.save(application, {"months": 12}, applying.open(application).fields),
        lambda: add_debt(store, application, TOLD),
        lambda: edit_debt(store, row, {}, TOLD),
        lambda: add_party(store, application, GUARANTOR),
        lambda: applying.withdraw(application),
    ):
        with pytest.raises(Exception, match="belongs to head office"):
            act()
