"""Consents through the service: shown, signed on the screen or on paper, withdrawn, and what the officer declares."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from fieldapp.domain.accounts_sheet import AccountsSheet
from fieldapp.domain.application_records import Party
from fieldapp.domain.consents import ConsentState
from fieldapp.domain.errors import Actionable, InvalidRecord
from fieldapp.domain.records import Person, Staff
from fieldapp.services.application_collateral import add_collateral
from fieldapp.services.application_debts import add_debt
from fieldapp.services.application_parties import PartyDraft, add_party, edit_party
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.case_records import read_case
from fieldapp.services.case_rows import remove_row
from fieldapp.services.consent_register import require_bureau_consent
from fieldapp.services.print_documents import DocumentKind, PrintDocuments
from fieldapp.services.rebuild_accounts import RebuildAccounts
from fieldapp.services.record_consent import Consents, NewConsent
from fieldapp.services.submit_application import NotComplete
from fieldapp.store.database import Store
from tests.documents.reading import text_of
from tests.services.an_application import TYPED, FixedClock, mirror, new_laptop, new_prospect
from tests.services.consents_given import sign, sign_everything, writing

CREDIT, NOTICE = "credit_inquiry", "personal_information"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    with new_laptop(tmp_path, clock) as laptop:
        yield laptop


@pytest.fixture
def service(store: Store) -> Consents:
    return Consents(store)


@pytest.fixture
def application(store: Store) -> str:
    applying = ApplyForLoan(store)
    made = applying.start(new_prospect(store))
    applying.save(made, TYPED, applying.open(made).fields)
    return made


@pytest.fixture
def borrower(service: Consents, application: str) -> str:
    return service.open(application).rows[0].who.person


def states(service: Consents, application: str) -> list[tuple[str, str, str]]:
    return [(row.who.role, row.kind, row.state.value) for row in service.open(application).rows]


def fields_refused(error: pytest.ExceptionInfo[InvalidRecord]) -> set[str]:
    return {problem.field for problem in error.value.problems}


def page(folder: Path, name: str = "page.jpg") -> Path:
    packed = BytesIO()
    Image.new("RGB", (60, 80), "white").save(packed, "JPEG")
    path = folder / name
    path.write_bytes(packed.getvalue())
    return path


def events(store: Store) -> list[tuple[str, str | None]]:
    with store.reading() as view:
        return [(event.act, event.field) for event in view.privacy.newest(50)]


def test_an_application_is_not_submitted_before_everybody_signed(
    store: Store, service: Consents, application: str
) -> None:
    with pytest.raises(NotComplete) as refused:
        ApplyForLoan(store).submit(application)
    codes = [item.code for item in refused.value.items]
    assert codes == ["conflict_undeclared", "consent_missing", "consent_missing"]
    assert {item.step.value for item in refused.value.items} == {"declarations"}
    sign_everything(store, application)
    assert service.open(application).given == 2
    ApplyForLoan(store).submit(application)


def test_a_married_applicants_spouse_and_every_party_sign_too(
    store: Store, service: Consents, application: str
) -> None:
    applying = ApplyForLoan(store)
    spouse = {"person.marital": "married", "spouse.name": "李四", "spouse.id_number": "110101190001010022"}
    applying.save(application, spouse, applying.open(application).fields)

    def add(unit: Any) -> None:
        prospect = unit.records.get(application).parent
        for name, role in (("王五", "guarantor"), ("赵六", "pledgor")):
            person = unit.create("person", Person(name=name, relation="friend"), parent=prospect)
            unit.create("party", Party(person=person, role=role), parent=application)  # type: ignore[arg-type]

    store.write(add)
    assert [(row.who.name, row.who.role, row.kind) for row in service.open(application).rows] == [
        ("张三", "borrower", CREDIT),
        ("张三", "borrower", NOTICE),
        ("李四", "spouse", CREDIT),
        ("李四", "spouse", NOTICE),
        ("王五", "guarantor", CREDIT),
        ("王五", "guarantor", NOTICE),
        ("赵六", "pledgor", NOTICE),
    ]
    sign_everything(store, application)
    assert {row.state for row in service.open(application).rows} == {ConsentState.VALID}
    lines = [line for line in PrintDocuments(store).pack(application) if line.kind is DocumentKind.CREDIT]
    assert len({line.number for line in lines}) == 3


def test_a_consent_keeps_what_was_chosen_until_when_and_in_which_words(
    store: Store, service: Consents, application: str, borrower: str
) -> None:
    made = sign(store, application, borrower, CREDIT)
    (row, _) = service.open(application).rows
    assert (row.consent, row.state, row.signing) == (made, ConsentState.VALID, "screen")
    assert str(row.expires) == "2027-11-23"
    (entry,) = service.history(application, borrower, CREDIT)
    assert entry.staff == "李娟"
    assert entry.version == service.text(CREDIT).version
    assert [signature.under for signature in entry.signatures] == ["inquiry", "reporting", "adverse", "whole"]


def test_giving_the_same_consent_twice_records_it_once(store: Store, application: str, borrower: str) -> None:
    once = "0190cccc000070008000000000000009"
    assert sign(store, application, borrower, CREDIT, record=once) == once
    with store.reading() as view:
        before = view.outbox.count()
    assert sign(store, application, borrower, CREDIT, record=once) == once
    with store.reading() as view:
        assert view.outbox.count() == before


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"choices": {"inquiry": True}}, "choices.reporting"),
        ({"choices": {"inquiry": True, "reporting": True, "adverse": True}}, "choices.read"),
        ({"signatures": ()}, "signatures"),
        ({"signatures": (writing("whole"),)}, "signatures"),
        ({"purposes": ("curiosity",)}, "choices"),
    ],
)
def test_an_incomplete_signing_keeps_nothing(
    store: Store, service: Consents, application: str, borrower: str, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRecord) as refused:
        sign(store, application, borrower, CREDIT, **changed)
    assert field in fields_refused(refused)
    assert states(service, application)[0] == ("borrower", CREDIT, "missing")


def test_declining_the_inquiry_stops_the_application_and_declining_adverse_reporting_does_not(
    store: Store, service: Consents, application: str, borrower: str
) -> None:
    yes = dict.fromkeys(service.text(CREDIT).choices, True)
    sign(store, application, borrower, CREDIT, choices={**yes, "inquiry": False})
    assert states(service, application)[0][2] == "declined"
    sign(store, application, borrower, CREDIT, choices={**yes, "adverse": False})
    assert states(service, application)[0][2] == "valid"


def test_a_text_that_was_changed_while_it_was_open_is_shown_again(
    service: Consents, application: str, borrower: str
) -> None:
    new = NewConsent(application=application, person=borrower, kind=CREDIT, digest="0" * 64, choices={})
    with pytest.raises(Actionable) as refused:
        service.give(new)
    assert refused.value.code == "wording"


def test_nobody_outside_the_case_signs(store: Store, application: str) -> None:
    with pytest.raises(Actionable) as refused:
        sign(store, application, "0190dddd000070008000000000000001", CREDIT)
    assert refused.value.code == "not_in_case"


def test_what_was_signed_on_paper_is_kept_with_its_photo(
    store: Store, service: Consents, application: str, borrower: str, tmp_path: Path
) -> None:
    ticked = {"read": True, "inquiry": True, "reporting": True}  # the box for adverse information stayed empty
    paper = {"signing": "paper", "signatures": (), "choices": ticked, "photos": (page(tmp_path),)}
    sign(store, application, borrower, CREDIT, **paper)
    (entry,) = service.history(application, borrower, CREDIT)
    assert (entry.signing, len(entry.photos)) == ("paper", 1)
    with store.reading() as view:
        assert view.attachments.content(entry.photos[0].digest) == page(tmp_path).read_bytes()
        assert [waiting.digest for waiting in view.attachments.waiting("to_send")] == [entry.photos[0].digest]
    assert states(service, application)[0][2] == "valid"


def test_a_paper_without_a_photo_of_its_page_is_not_kept(store: Store, application: str, borrower: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        sign(store, application, borrower, CREDIT, signing="paper", signatures=())
    assert fields_refused(refused) == {"photos"}


def test_a_photo_that_is_none_is_refused_and_nothing_is_kept(
    store: Store, service: Consents, application: str, borrower: str, tmp_path: Path
) -> None:
    broken = tmp_path / "page.jpg"
    broken.write_bytes(b"not a picture")
    with pytest.raises(InvalidRecord) as refused:
        sign(store, application, borrower, CREDIT, signing="paper", signatures=(), photos=(broken,))
    assert fields_refused(refused) == {"photos"}
    assert states(service, application)[0][2] == "missing"


def test_a_withdrawal_takes_effect_at_once_and_keeps_what_was_signed(
    store: Store, service: Consents, application: str, borrower: str, clock: FixedClock
) -> None:
    made = sign(store, application, borrower, CREDIT)
    clock.move(days=1)
    service.withdraw(made, "本人到网点书面提出")
    assert states(service, application)[0][2] == "withdrawn"
    newest, oldest = service.history(application, borrower, CREDIT)
    assert (newest.withdrawal, newest.reason, oldest.record) == (True, "本人到网点书面提出", made)
    with pytest.raises(Actionable) as refused:
        service.withdraw(made, "再撤一次")
    assert refused.value.code == "withdrawn"
    clock.move(days=1)
    sign(store, application, borrower, CREDIT)
    assert states(service, application)[0][2] == "valid"


def test_a_withdrawal_without_a_word_is_refused(
    store: Store, service: Consents, application: str, borrower: str
) -> None:
    made = sign(store, application, borrower, CREDIT)
    for reason in ("", " \n", "\u200b"):
        with pytest.raises(InvalidRecord) as refused:
            service.withdraw(made, reason)
        assert fields_refused(refused) == {"reason"}
    with pytest.raises(Actionable):
        service.withdraw(made, "字" * 100_000)


def test_a_consent_expires_by_itself(store: Store, service: Consents, application: str, clock: FixedClock) -> None:
    sign_everything(store, application)
    clock.move(days=366)
    assert [state for _, _, state in states(service, application)] == ["expired", "valid"]


def test_a_consent_is_withdrawn_after_submission_too(store: Store, service: Consents, application: str) -> None:
    sign_everything(store, application)
    ApplyForLoan(store).submit(application)
    consent = service.open(application).rows[0].consent
    assert consent is not None
    service.withdraw(consent, "电话提出，已回拨核实")
    assert states(service, application)[0][2] == "withdrawn"


def test_the_bureau_is_used_only_with_an_earlier_consent(
    store: Store, application: str, borrower: str, clock: FixedClock
) -> None:
    def use() -> None:
        with store.reading() as view:
            case = read_case(view.records, application)
            at = clock.now()
            require_bureau_consent(view.records, case, borrower, "application", at, at.date())

    with pytest.raises(Actionable) as refused:
        use()
    assert refused.value.code == "consent_missing"
    sign(store, application, borrower, CREDIT)
    use()


def test_a_declared_conflict_closes_the_case_to_this_officer_and_names_who_can_hand_it_over(
    store: Store, service: Consents, application: str
) -> None:
    store.write(lambda unit: mirror(unit, "staff", Staff(name="胡主任", role="branch_head", branch="0412")))
    sign_everything(store, application)
    beside = PartyDraft(role="guarantor", name="赵六", relation="邻居", mode="joint", amount_fen=100)
    guarantor = add_party(store, application, beside)
    service.declare(application, none=False, detail="借款人是我表弟")
    applying = ApplyForLoan(store)
    opened = applying.open(application)
    assert opened.sealed is not None
    assert service.open(application).hand_to == ("胡主任",)
    rebuilding = RebuildAccounts(store)
    wang = PartyDraft(role="guarantor", name="王五", relation="邻居", mode="joint", amount_fen=100)
    house = {"owner": opened.file.application.person, "kind": "house", "mode": "mortgage"}
    for act in (
        lambda: applying.submit(application),
        lambda: applying.save(application, {"months": 12}, opened.fields),
        lambda: applying.withdraw(application),
        lambda: add_party(store, application, wang),
        lambda: edit_party(store, guarantor, {}, wang),
        lambda: add_debt(store, application, {"lender": "示例银行"}),
        lambda: add_collateral(store, application, house),
        lambda: remove_row(store, guarantor),
        lambda: rebuilding.save(rebuilding.open(application), AccountsSheet(equity_claimed="1")),
        lambda: rebuilding.take_over(application),
    ):
        with pytest.raises(Actionable) as refused:
            act()
        assert (refused.value.code, "胡主任" in str(refused.value.advice)) == ("submitted", True)
    with pytest.raises(Actionable) as refused:
        service.declare(application, none=True)
    assert refused.value.code == "conflict_of_interest"
    with pytest.raises(Actionable) as refused:
        sign_everything(store, application)
    assert refused.value.code == "not_yours"


def test_a_conflict_without_a_name_is_asked_for(service: Consents, application: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        service.declare(application, none=False, detail=" ")
    assert fields_refused(refused) == {"detail"}


def test_looking_at_signatures_and_at_the_paper_leaves_events(
    store: Store, service: Consents, application: str, borrower: str
) -> None:
    sign(store, application, borrower, CREDIT)
    service.history(application, borrower, CREDIT)
    printing = PrintDocuments(store)
    document = printing.make(DocumentKind.CREDIT, application, about=borrower)
    printing.note_showing(document)
    printing.note_printing(document)
    assert events(store) == [("print", "credit"), ("reveal", "credit"), ("reveal", CREDIT)]


def test_the_paper_shows_what_was_chosen_and_is_blank_again_after_a_withdrawal(
    store: Store, service: Consents, application: str, borrower: str, clock: FixedClock
) -> None:
    def text() -> str:
        pdf = PrintDocuments(store).make(DocumentKind.CREDIT, application, about=borrower).pdf
        return text_of(pdf)

    assert "√同意" not in text()
    made = sign(store, application, borrower, CREDIT)
    assert text().count("√同意") == 3
    clock.move(seconds=1)
    service.withdraw(made, "到网点书面提出")
    assert "√同意" not in text()


def test_a_colleagues_application_is_only_looked_at(store: Store, service: Consents, application: str) -> None:
    store.write(lambda unit: unit.edit(application, {"officer": (None, "0190aaaa000070008000000000000002")}))
    assert service.open(application).closed is not None
    with pytest.raises(Actionable) as refused:
        sign_everything(store, application)
    assert refused.value.code == "not_yours"
