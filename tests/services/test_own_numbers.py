"""The officer's own telephone or account is stopped before the submission (E12)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldapp.domain.errors import Actionable
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.own_numbers import OwnNumbers, keep_own_numbers, read_own_numbers
from fieldapp.services.submit_application import NotComplete
from fieldapp.store.database import Store
from tests.services.an_application import TYPED, FixedClock, new_laptop, new_prospect
from tests.services.consents_given import sign_everything


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_laptop(tmp_path, FixedClock())
    yield opened
    opened.close()


def submit(store: Store, **typed: Any) -> None:
    applications = ApplyForLoan(store)
    application = applications.start(new_prospect(store))
    sign_everything(store, application)
    applications.submit(application, {**TYPED, **typed}, applications.open(application).fields)


@pytest.mark.parametrize(
    ("mobile", "account", "field"),
    [("138 0000 0001", "", "person.mobile"), ("", "6200000000000000089", "payout_account")],
)
def test_the_officers_own_number_as_the_customers_is_refused(
    store: Store, mobile: str, account: str, field: str
) -> None:
    keep_own_numbers(store, mobile, account)
    with pytest.raises(NotComplete) as refused:
        submit(store)
    assert [(item.field, item.code) for item in refused.value.items] == [(field, "nominee")]


def test_other_numbers_are_submitted(store: Store) -> None:
    keep_own_numbers(store, "13900000009", "6200000000000000097")
    submit(store)


def test_no_number_given_is_no_number_matched(store: Store) -> None:
    keep_own_numbers(store, "", " ")
    assert read_own_numbers(store) == OwnNumbers()
    submit(store, payout_account="")


@pytest.mark.parametrize(("mobile", "account", "field"), [("字", "", "mobile"), ("", "9" * 100_000, "account")])
def test_what_is_no_number_is_refused_at_its_field(store: Store, mobile: str, account: str, field: str) -> None:
    with pytest.raises(Actionable) as refused:
        keep_own_numbers(store, mobile, account)
    assert refused.value.field == field
