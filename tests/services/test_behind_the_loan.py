"""Parties, debts, guarantees and collateral of an application on a real laptop database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.errors import Actionable, InvalidRecord
from fieldapp.services.application_collateral import add_collateral, edit_collateral
from fieldapp.services.application_debts import add_debt, edit_debt
from fieldapp.services.application_parties import (
    PartyDraft,
    add_party,
    candidates,
    edit_party,
    say_spouse_signs,
    shown_of,
)
from fieldapp.services.apply_for_loan import ApplyForLoan
from fieldapp.services.case_rows import remove_row, restore_rows
from fieldapp.services.submit_application import NotComplete
from fieldapp.store.database import Store
from tests.services.an_application import TYPED, FixedClock, new_laptop, new_prospect
from tests.services.consents_given import sign_everything

WANG_NUMBER = "11010119800307005X"
LI_NUMBER = "110101199002030026"
HOUSE: dict[str, Any] = {"kind": "house", "mode": "mortgage", "description": "示例街 28 号", "value_fen": 30_000_000}
HOSTILE = ["x" * 100_000, "😀" * 300, "\u202e王\u0000五\u200f", "𠮷" * 201]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_laptop(tmp_path, FixedClock()) as laptop:
        yield laptop


@pytest.fixture
def applying(store: Store) -> ApplyForLoan:
    return ApplyForLoan(store)


@pytest.fixture
def application(store: Store, applying: ApplyForLoan) -> str:
    return applying.start(new_prospect(store))


def _file(applying: ApplyForLoan, application: str) -> CaseFile:
    return applying.open(application).file


def _wang(**fields: Any) -> PartyDraft:
    typed = {
        "role": "co_borrower",
        "name": "王五",
        "id_number": WANG_NUMBER,
        "mobile": "13800000005",
        "relation": "弟弟",
    }
    return PartyDraft(**(typed | fields))


def _guarantor(**fields: Any) -> PartyDraft:
    return _wang(role="guarantor", mode="joint", amount_fen=10_000_000, **fields)


def _refused(error: pytest.ExceptionInfo[Any]) -> list[tuple[str, str | None]]:
    problems = getattr(error.value, "problems", [error.value])
    return [(problem.code, problem.field) for problem in problems]


def test_a_new_person_is_recorded_once_under_the_customer(
    store: Store, applying: ApplyForLoan, application: str
) -> None:
    row = add_party(store, application, _wang())
    file = _file(applying, application)
    party = file.backing.parties[row]
    person = file.backing.people[party.person]
    assert (party.role, party.relation, party.signs) == ("co_borrower", "弟弟", True)
    assert (person.name, person.id_number, person.mobile, person.sex) == ("王五", WANG_NUMBER, "13800000005", "M")
    assert file.spouse is None, "a brother never becomes the spouse of the form"


@pytest.mark.parametrize("relation", ["spouse", "self"])
def test_no_words_make_a_party_the_spouse_or_the_borrower_of_the_form(
    store: Store, applying: ApplyForLoan, application: str, relation: str
) -> None:
    add_party(store, application, _wang(relation=relation))
    file = _file(applying, application)
    assert file.spouse is None
    assert file.person is not None
    assert file.person.name == "张三"


def test_somebody_of_another_customer_is_chosen_and_not_typed_again(
    store: Store, applying: ApplyForLoan, application: str
) -> None:
    new_prospect(store, name="王五", village="上河村")
    found = candidates(store, application, "ww")
    assert [(one.name, one.place, one.own, one.has_identity) for one in found] == [("王五", "上河村", False, False)]
    add_party(store, application, _guarantor(person=found[0].person, name=""))
    file = _file(applying, application)
    assert file.backing.people[found[0].person].id_number == WANG_NUMBER, "what was not known is filled in"
    assert [held.mode for held in file.backing.guarantees.values()] == ["joint"]
    assert candidates(store, application, "王五") == (), "who is there is not offered again"


def test_family_members_are_found_before_strangers(store: Store, application: str) -> None:
    row = add_party(store, application, _wang())
    remove_row(store, row)
    new_prospect(store, name="王五")
    assert [one.own for one in candidates(store, application, "王五")] == [True, False]


@pytest.mark.parametrize("typed", ["", "   ", "不存在", *HOSTILE])
def test_searching_for_anything_finds_nobody_without_a_fault(store: Store, application: str, typed: str) -> None:
    assert candidates(store, application, typed) == ()


def test_a_number_that_is_on_the_laptop_already_is_not_typed_for_a_second_person(
    store: Store, application: str
) -> None:
    add_party(store, application, _wang())
    with pytest.raises(InvalidRecord) as refused:
        add_party(store, application, _wang(name="王武", role="pledgor"))
    assert _refused(refused) == [("person_known", "id_number")]


def test_the_same_person_cannot_stand_in_twice_or_for_their_own_debt(
    store: Store, applying: ApplyForLoan, application: str
) -> None:
    row = add_party(store, application, _wang())
    person = _file(applying, application).backing.parties[row].person
    borrower = _file(applying, application).application.person
    for wanted, code in ((person, "party_twice"), (borrower, "party_is_borrower")):
        with pytest.raises(InvalidRecord) as refused:
            add_party(store, application, _guarantor(person=wanted, name="", id_number=""))
        assert _refused(refused) == [(code, "person")]
    assert len(_file(applying, application).backing.parties) == 1
    assert _file(applying, application).backing.guarantees == {}, "half a guarantor is never kept"


def test_a_guarantor_without_a_mode_is_not_kept(store: Store, applying: ApplyForLoan, application: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        add_party(store, application, PartyDraft(role="guarantor", name="王五", relation="弟"))
    assert _refused(refused) == [("mode_missing", "mode")]
    assert _file(applying, application).backing.parties == {}
    with store.reading() as view:
        assert len(view.records.children(_prospect(store, application), "person")) == 1


def test_a_guarantor_is_edited_removed_with_the_guarantee_and_brought_back(
    store: Store, applying: ApplyForLoan, application: str
) -> None:
    row = add_party(store, application, _guarantor())
    backing = _file(applying, application).backing
    shown = shown_of(backing.parties[row], next(iter(backing.guarantees.values())))
    changed = PartyDraft(role="guarantor", relation="邻居", mode="general", amount_fen=5_000_000)
    edit_party(store, row, shown, changed)
    backing = _file(applying, application).backing
    assert backing.parties[row].relation == "邻居"
    assert [(held.mode, held.amount_fen) for held in backing.guarantees.values()] == [("general", 5_000_000)]
    removed = remove_row(store, row)
    assert len(removed) == 2
    assert _file(applying, application).backing.guarantees == {}
    restore_rows(store, removed)
    assert _file(applying, application).backing == backing


def test_what_cannot_be_read_of_a_new_person_is_named_and_nothing_is_kept(
    store: Store, applying: ApplyForLoan, application: str
) -> None:
    with pytest.raises(InvalidRecord) as refused:
        add_party(store, application, _wang(id_number="110101198003070042", mobile="abc"))
    assert [field for _, field in _refused(refused)] == ["id_number", "mobile"]
    with pytest.raises(Actionable) as nobody:
        add_party(store, application, PartyDraft(role="pledgor"))
    assert _refused(nobody) == [("party_missing", "person")]
    with pytest.raises(Actionable) as gone:
        add_party(store, application, PartyDraft(role="pledgor", person=application))
    assert _refused(gone) == [("person_gone", "person")]
    assert _file(applying, application).backing.parties == {}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_refused_or_cleaned_in_words(
    store: Store, applying: ApplyForLoan, application: str, text: str
) -> None:
    for deed in (
        lambda: add_party(store, application, _wang(name=text)),
        lambda: add_party(store, application, _wang(id_number="", mobile="", name="赵六", relation=text)),
        lambda: add_party(store, application, _wang(id_number=text, name="孙七")),
        lambda: add_debt(store, application, {"lender": text, "security": text}),
        lambda: add_collateral(store, application, {**HOUSE, "description": text, "owner": text}),
        lambda: say_spouse_signs(store, application, signs=False, reason=text),
    ):
        with suppress(Actionable):
            deed()
    applying.open(application)


def test_a_spouse_who_does_not_sign_needs_a_reason(store: Store, applying: ApplyForLoan, application: str) -> None:
    with pytest.raises(Actionable) as nobody:
        say_spouse_signs(store, application, signs=False, reason="分居多年，无法联系")
    assert nobody.value.code == "no_spouse"
    married = {"person.marital": "married", "spouse.name": "李梅", "spouse.id_number": LI_NUMBER}
    applying.save(application, married, applying.open(application).fields)
    with pytest.raises(InvalidRecord) as refused:
        say_spouse_signs(store, application, signs=False)
    assert _refused(refused) == [("no_signature_reason", "no_signature_reason")]
    say_spouse_signs(store, application, signs=False, reason="分居多年，无法联系")
    backing = _file(applying, application).backing
    assert [(party.role, party.person, party.signs) for party in backing.parties.values()] == [
        ("spouse", backing.spouse, False)
    ]
    say_spouse_signs(store, application, signs=True, reason="分居多年，无法联系")
    said = next(iter(_file(applying, application).backing.parties.values()))
    assert (said.signs, said.no_signature_reason) == (True, "")


def test_debts_feed_the_totals_of_the_form(store: Store, applying: ApplyForLoan, application: str) -> None:
    opened = applying.open(application)
    applying.save(application, {"existing_debt_fen": 5, "existing_instalments_fen": 5}, opened.fields)
    first = add_debt(store, application, {"lender": "农信社", "balance_fen": 900_000, "instalment_fen": 80_000})
    add_debt(store, application, {"lender": "叔叔", "balance_fen": 540_000, "instalment_fen": 40_000})
    add_debt(store, application, {"lender": "赵六", "guarantee": True, "balance_fen": 100})
    assert _totals(store, application) == (1_440_000, 120_000)
    edit_debt(
        store, first, {"balance_fen": 900_000}, {"lender": "农信社", "balance_fen": 900_100, "instalment_fen": 80_000}
    )
    assert _totals(store, application) == (1_440_100, 120_000)
    opened = applying.open(application)
    applying.save(application, {"existing_debt_fen": 7}, opened.fields)
    assert _totals(store, application) == (1_440_100, 120_000), "a total that follows from rows is not typed"
    removed = remove_row(store, first)
    assert _totals(store, application) == (540_000, 40_000)
    restore_rows(store, removed)
    assert _totals(store, application) == (1_440_100, 120_000)


def test_without_any_debt_left_the_total_is_asked_for_again(store: Store, application: str) -> None:
    row = add_debt(store, application, {"lender": "农信社", "balance_fen": 1, "instalment_fen": 1})
    remove_row(store, row)
    assert _totals(store, application) == (None, None)


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ({"lender": ""}, ("lender_missing", "lender")),
        ({"lender": "农信社", "balance_fen": -1}, ("amount", "balance_fen")),
        ({"lender": "农信社", "balance_fen": 10**30}, ("amount", "balance_fen")),
        ({"lender": "农信社", "balance_fen": "viel"}, ("shape", "balance_fen")),
        ({"lender": "农信社", "due": "never"}, ("shape", "due")),
        ({"lender": "农信社", "source": "rumour"}, ("shape", "source")),
        ({"lender": "赵六", "guarantee": True, "instalment_fen": 5}, ("guarantee_instalment", "instalment_fen")),
    ],
)
def test_a_debt_that_cannot_be_is_refused_by_its_field(
    store: Store, application: str, typed: dict[str, Any], refused: tuple[str, str]
) -> None:
    with pytest.raises(Actionable) as error:
        add_debt(store, application, typed)
    assert _refused(error) == [refused]
    assert _totals(store, application) == (None, None)


def test_collateral_of_the_borrower_and_of_a_pledgor(store: Store, applying: ApplyForLoan, application: str) -> None:
    borrower = _file(applying, application).application.person
    own = add_collateral(store, application, {**HOUSE, "owner": borrower})
    pledgor = PartyDraft(role="pledgor", name="王五", id_number=WANG_NUMBER, mobile="13800000005", relation="叔叔")
    add_collateral(store, application, {**HOUSE, "description": "上河村老屋"}, pledgor)
    backing = _file(applying, application).backing
    assert [party.role for party in backing.parties.values()] == ["pledgor"]
    assert [thing.owner == borrower for thing in backing.collateral.values()] == [True, False]
    edit_collateral(store, own, {"value_fen": 30_000_000}, {**HOUSE, "owner": borrower, "value_fen": 28_000_000})
    assert _file(applying, application).backing.collateral[own].value_fen == 28_000_000


def test_collateral_of_a_stranger_or_against_its_nature_is_refused(store: Store, application: str) -> None:
    with pytest.raises(InvalidRecord) as stranger:
        add_collateral(store, application, {**HOUSE, "owner": application})
    assert _refused(stranger) == [("owner_no_party", "owner")]
    pledgor = PartyDraft(role="pledgor", name="王五", relation="叔叔")
    with pytest.raises(InvalidRecord) as nature:
        add_collateral(store, application, {**HOUSE, "mode": "pledge"}, pledgor)
    assert _refused(nature) == [("mode_kind", "mode")]


def test_nothing_moves_once_the_application_is_submitted(
    store: Store, applying: ApplyForLoan, application: str
) -> None:
    row = add_party(store, application, _guarantor())
    sign_everything(store, application)
    applying.submit(application, {**TYPED, "guarantee_mode": "joint"}, applying.open(application).fields)
    for deed in (
        lambda: add_party(store, application, _wang(name="赵六", id_number="")),
        lambda: edit_party(store, row, {}, _guarantor()),
        lambda: remove_row(store, row),
        lambda: add_debt(store, application, {"lender": "农信社"}),
        lambda: add_collateral(store, application, HOUSE),
        lambda: restore_rows(store, (row,)),
    ):
        with pytest.raises(Actionable) as refused:
            deed()
        assert refused.value.code == "submitted"


def test_a_row_that_lacks_something_stops_submission_and_is_named(
    store: Store, applying: ApplyForLoan, application: str
) -> None:
    row = add_party(store, application, _wang(mobile=""))
    sign_everything(store, application)
    with pytest.raises(NotComplete) as incomplete:
        applying.submit(application, TYPED, applying.open(application).fields)
    assert [(item.field, item.code) for item in incomplete.value.items] == [(f"parties/{row}", "party_mobile")]
    edit_party(store, row, {}, _wang())
    applying.submit(application, TYPED, applying.open(application).fields)


def test_a_row_that_is_gone_is_said_so(store: Store, application: str) -> None:
    row = add_debt(store, application, {"lender": "农信社"})
    remove_row(store, row)
    for missing in (row, application, "0" * 32, ""):
        with pytest.raises(Actionable) as gone:
            remove_row(store, missing)
        assert gone.value.code == "gone"


def _totals(store: Store, application: str) -> tuple[int | None, int | None]:
    with store.reading() as view:
        stored = view.records.get(application)
    assert stored is not None
    return stored.screen.get("existing_debt_fen"), stored.screen.get("existing_instalments_fen")


def _prospect(store: Store, application: str) -> str:
    with store.reading() as view:
        stored = view.records.get(application)
    assert stored is not None
    return str(stored.parent)
