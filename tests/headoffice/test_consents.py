"""Consents and conflicts at head office: a laptop that skips its own check is refused there (E2, E7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fieldapp.headoffice.administration import Administration
from fieldapp.protocol.changes import Change
from tests.headoffice import changes_to_send as send
from tests.headoffice import consents_to_send as signed
from tests.headoffice.a_case import MSED, customer, filled, identity
from tests.headoffice.laptops import Laptop

Enrol = Callable[[str], Laptop]


@pytest.fixture
def zhang(office: Administration, laptop_of: Enrol) -> Laptop:
    """A laptop whose officer has filled in an application for a borrower."""
    office.put_product(MSED)
    laptop = laptop_of("zhang")
    assert set(laptop.outcomes(*customer(), filled())) == {"accepted"}
    return laptop


def submission(**rest: Any) -> Change:
    return send.change("application", "a1", {"status": ("draft", "submitted")}, **rest)


def code(laptop: Laptop, change: Change) -> str | None:
    (receipt,) = laptop.sync(change).receipts
    return receipt.code if receipt.outcome == "refused" else None


def test_a_case_with_its_consents_and_declaration_is_taken(zhang: Laptop) -> None:
    assert set(zhang.outcomes(*signed.signed_case(), submission())) == {"accepted"}


@pytest.mark.parametrize(
    ("left_out", "reason"), [(0, "conflict_undeclared"), (1, "consent_missing"), (2, "consent_missing")]
)
def test_a_submission_without_one_of_them_is_refused(zhang: Laptop, left_out: int, reason: str) -> None:
    sent = [change for place, change in enumerate(signed.signed_case()) if place != left_out]
    zhang.sync(*sent)
    assert code(zhang, submission()) == reason


def test_what_was_missing_can_be_sent_and_the_submission_again(zhang: Laptop) -> None:
    first = submission()
    assert code(zhang, first) == "conflict_undeclared"
    assert set(zhang.outcomes(*signed.signed_case())) == {"accepted"}
    assert code(zhang, submission(n=first.n)) is None


def test_who_declared_a_conflict_cannot_submit_whatever_he_says_later(zhang: Laptop) -> None:
    zhang.sync(*signed.signed_case()[1:], signed.declaration("d1", none=False), signed.declaration("d2"))
    assert code(zhang, submission()) == "conflict_of_interest"


def test_the_branch_head_submits_in_the_officers_place_with_a_declaration_of_his_own(
    zhang: Laptop, laptop_of: Enrol
) -> None:
    zhang.sync(*signed.signed_case()[1:], signed.declaration("d1", none=False))
    hu = laptop_of("hu")
    hu.sync()
    mine = submission(actor="hu")
    assert code(hu, mine) == "conflict_undeclared"
    hu.sync(signed.declaration("d2", actor="hu"))
    assert code(hu, submission(actor="hu", n=mine.n)) is None


@pytest.mark.parametrize("actor", ["zhang", "hu"])
def test_nobody_declares_or_witnesses_in_anothers_name(zhang: Laptop, laptop_of: Enrol, actor: str) -> None:
    laptop = zhang if actor == "zhang" else laptop_of(actor)
    laptop.sync()
    assert code(laptop, signed.declaration("d9", actor=actor, staff="li")) == "actor"
    assert code(laptop, signed.consent("c9", actor=actor, staff="li")) == "actor"


def test_a_spouse_has_to_sign_too(zhang: Laptop) -> None:
    zhang.sync(*signed.signed_case())
    zhang.sync(
        send.person("q9", relation="spouse", id_number=identity(9)),
        send.change("person", "q1", {"marital": ("single", "married")}),
    )
    refused = submission()
    assert code(zhang, refused) == "consent_missing"
    notice = signed.consent("n9", "personal_information", signer="q9")
    assert set(zhang.outcomes(signed.consent("c9", signer="q9"), notice)) == {"accepted"}
    assert code(zhang, submission(n=refused.n)) is None


def test_an_application_without_a_borrower_has_nobody_who_consented(laptop_of: Enrol) -> None:
    zhang = laptop_of("zhang")
    zhang.sync(send.prospect(), send.application(), *signed.signed_case())
    assert code(zhang, submission()) == "consent_missing"


@pytest.mark.parametrize("changed", [{"digest": "0" * 64}, {"text_version": "9.9"}])
def test_a_wording_that_head_office_does_not_hold_is_refused(zhang: Laptop, changed: dict[str, Any]) -> None:
    assert code(zhang, signed.consent("c1", **changed)) == "wording"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"signatures": ()}, "required"),
        ({"expires": signed.DAY}, "expires"),
        ({"signer": ""}, "required"),
        ({"signing": "paper", "signatures": ()}, "required"),
    ],
)
def test_a_consent_that_breaks_its_own_rules_is_refused(zhang: Laptop, changed: dict[str, Any], reason: str) -> None:
    assert code(zhang, signed.consent("c1", **changed)) == reason


def test_a_withdrawal_ends_what_it_names_and_only_that_persons(zhang: Laptop) -> None:
    zhang.sync(*signed.signed_case())
    assert code(zhang, signed.withdrawal("w0", "a1-n")) == "withdraws"
    assert code(zhang, signed.withdrawal("w1", "a1-c", signer="q9")) == "withdraws"
    assert code(zhang, signed.withdrawal("w2", "nothing")) == "withdraws"
    assert zhang.outcomes(signed.withdrawal("w3", "a1-c")) == ["accepted"]
    assert code(zhang, submission()) == "consent_withdrawn"


def test_what_the_bureau_told_is_written_down_only_after_a_consent(zhang: Laptop) -> None:
    early = signed.bureau_debt()
    assert code(zhang, early) == "consent_missing"
    assert code(zhang, signed.bureau_debt("e2", source="stated")) is None
    zhang.sync(signed.consent("c1"))
    assert code(zhang, signed.bureau_debt("e3")) is None


def test_a_stated_debt_becomes_the_bureaus_only_with_a_consent(zhang: Laptop) -> None:
    zhang.sync(signed.bureau_debt("e1", source="stated"))
    told = send.change("external_debt", "e1", {"source": ("stated", "bureau")}, parent="a1")
    assert code(zhang, told) == "consent_missing"
    zhang.sync(signed.consent("c1"))
    again = send.change("external_debt", "e1", {"source": ("stated", "bureau")}, parent="a1", n=told.n)
    assert code(zhang, again) is None


def test_a_consent_is_never_edited(zhang: Laptop) -> None:
    zhang.sync(signed.consent("c1"))
    longer = send.change("consent", "c1", {"expires": ("2027-06-01", "2030-06-01")}, parent="a1")
    assert code(zhang, longer) == "append_only"
