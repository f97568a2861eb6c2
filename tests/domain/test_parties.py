"""Who may stand beside a borrower, who signs, and what the checklist asks of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest

from fieldapp.domain import parties
from fieldapp.domain.application_checklist import Step, open_items
from fieldapp.domain.application_records import Guarantee, Party, PartyRole
from fieldapp.domain.backing import Backing
from fieldapp.domain.backing_rules import party_problems
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.kinds import values_of
from fieldapp.domain.record_rules import problems_of
from fieldapp.domain.records import Person
from tests.services.an_application import TODAY, complete_file

WANG = Person(name="王五", id_number="11010119800307005X", mobile="13800000005")
LI = Person(name="李梅", id_number="110101199002030026", mobile="13800000003")


def _file(
    backing: Backing | None = None, *, marital: str = "single", spouse: Person | None = None, **application: Any
) -> CaseFile:
    file = complete_file(person="borrower", **application)
    assert file.person is not None
    person = msgspec.structs.replace(file.person, marital=marital)
    return replace(file, person=person, spouse=spouse, backing=backing or Backing())


def _codes(file: CaseFile, party: Party, person: Person, **how: Any) -> list[str]:
    return [problem.code for problem in parties.refusals(file, party, person, TODAY, **how)]


def _guarantor(person: str = "wang", **fields: Any) -> Party:
    return Party(person=person, role="guarantor", relation="邻居", **fields)


def test_somebody_new_may_guarantee() -> None:
    assert _codes(_file(), _guarantor(), WANG) == []


def test_the_borrower_guarantees_nothing_under_the_same_record_or_another() -> None:
    file = _file()
    assert file.person is not None
    assert _codes(file, _guarantor("borrower"), file.person) == ["party_is_borrower"]
    again = Person(name="张三", id_number=file.person.id_number)
    assert _codes(file, _guarantor("another"), again) == ["party_is_borrower"]
    assert _codes(file, _guarantor("another"), msgspec.structs.replace(again, id_number=None)) == []


@pytest.mark.parametrize("role", ["co_borrower", "guarantor", "pledgor"])
def test_nobody_stands_twice_whatever_the_role(role: PartyRole) -> None:
    file = _file(Backing(parties={"one": _guarantor()}, people={"wang": WANG}))
    assert _codes(file, Party(person="wang", role=role), WANG) == ["party_twice"]
    assert _codes(file, Party(person="wang2", role=role), WANG) == ["party_twice"]
    assert _codes(file, Party(person="li", role=role), LI) == []
    assert _codes(file, _guarantor(), WANG, record="one") == []


def test_the_spouse_stands_there_already_while_there_is_a_marriage() -> None:
    backing = Backing(spouse="li")
    assert _codes(_file(backing, marital="married", spouse=LI), _guarantor("li"), LI) == ["party_is_spouse"]
    assert _codes(_file(backing, marital="divorced", spouse=LI), _guarantor("li"), LI) == []


@pytest.mark.parametrize(("born", "codes"), [(date(2008, 11, 23), []), (date(2008, 11, 24), ["party_minor"])])
def test_full_age_is_reached_on_the_eighteenth_birthday(born: date, codes: list[str]) -> None:
    assert _codes(_file(), _guarantor(), Person(name="小王", birth=born)) == codes


def test_the_identity_number_tells_the_age_before_a_noted_birthday() -> None:
    assert parties.age_of(msgspec.structs.replace(WANG, birth=date(2020, 1, 1)), TODAY) == 46
    assert parties.age_of(Person(name="x", id_number="1" * 18, birth=date(2000, 11, 24)), TODAY) == 25
    assert parties.age_of(Person(name="x"), TODAY) is None


def test_only_a_spouse_is_excused_from_signing_and_only_with_a_reason() -> None:
    excused = Party(person="li", role="spouse", signs=False, no_signature_reason="分居多年，无法联系")
    assert list(party_problems(excused)) == []
    assert [p.code for p in party_problems(Party(person="li", role="spouse", signs=False))] == ["no_signature_reason"]
    assert [p.code for p in party_problems(_guarantor(signs=False, no_signature_reason="出差在外"))] == ["must_sign"]


def test_head_office_refuses_the_same_party_that_the_laptop_does() -> None:
    assert problems_of("party", values_of(_guarantor())) == []
    assert [p.code for p in problems_of("party", values_of(_guarantor(signs=False)))] == ["must_sign"]
    assert [p.code for p in problems_of("party", values_of(Party(person="", role="pledgor")))] == ["party_missing"]
    assert [p.code for p in problems_of("party", {"person": 7, "role": "friend"})] == ["shape"]


def test_a_guarantor_with_everything_lacks_nothing() -> None:
    guarantees = {"g": Guarantee(guarantor="wang", mode="joint", amount_fen=10_000_000)}
    backing = Backing(parties={"one": _guarantor()}, guarantees=guarantees, people={"wang": WANG})
    assert open_items(_file(backing, guarantee_mode="joint"), TODAY) == []


def test_each_thing_a_party_lacks_is_named_at_its_row() -> None:
    bare = Backing(
        parties={"one": Party(person="wang", role="co_borrower"), "two": Party(person="gone", role="pledgor")},
        people={"wang": Person(name="王五")},
    )
    items = open_items(_file(bare), TODAY)
    assert {item.step for item in items} == {Step.APPLICANT}
    assert [(item.field, item.code) for item in items] == [
        ("parties/one", "party_identity"),
        ("parties/one", "party_mobile"),
        ("parties/one", "party_relation"),
        ("parties/two", "party_gone"),
    ]


def test_a_mistyped_number_of_a_party_is_named_at_its_row() -> None:
    wrong = msgspec.structs.replace(WANG, id_number="110101198003070042")
    backing = Backing(parties={"one": Party(person="w", role="co_borrower", relation="弟")}, people={"w": wrong})
    assert [(i.field, i.code) for i in open_items(_file(backing), TODAY)] == [("parties/one", "identity_check_digit")]


def test_who_came_to_stand_twice_through_another_laptop_is_found_before_submission() -> None:
    twice = {record: Party(person="wang", role="co_borrower", relation="弟") for record in ("one", "two")}
    items = open_items(_file(Backing(parties=twice, people={"wang": WANG})), TODAY)
    assert [(item.field, item.code) for item in items] == [
        ("parties/one", "party_twice"),
        ("parties/two", "party_twice"),
    ]


def test_a_spouse_of_whom_nothing_is_said_signs() -> None:
    file = _file(Backing(spouse="li"), marital="married", spouse=LI)
    assert parties.spouse_party(file.backing) == (None, Party(person="li", role="spouse"))
    assert open_items(file, TODAY) == []
