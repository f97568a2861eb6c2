"""Who may stand beside the borrower: nobody twice, nobody for their own debt, nobody under age (DOMAIN B)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from fieldapp.domain.application_records import Party
from fieldapp.domain.backing import Backing
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.identity import identity_facts
from fieldapp.domain.records import Person
from fieldapp.domain.wording import Sentence

FULL_AGE = 18
"""Years from which somebody binds themselves by a signature (Civil Code 17–18)."""

SPOUSE = "spouse"
"""The key of the spouse's row, whether or not a record says anything about the signature."""


def spouse_party(backing: Backing) -> tuple[str | None, Party]:
    """The spouse's record and what it says; a spouse nobody said otherwise of signs."""
    for record, party in backing.of_role("spouse"):
        return record, party
    return None, Party(person=backing.spouse or "", role="spouse")


def needs_spouse(file: CaseFile) -> bool:
    """Whether the borrower is married, so that a spouse belongs to the application."""
    return file.person is not None and file.person.marital == "married"


def refusals(file: CaseFile, party: Party, person: Person, today: date, *, record: str | None = None) -> list[Invalid]:
    """Why ``person`` cannot be this party beside those there are; ``record`` is the party's own when it is edited.

    People are the same by their record, or by their identity number under two records. The spouse's place is the
    form's own, so only the spouse may hold it.
    """
    found: list[Invalid] = []

    def refuse(code: str, sentence: Sentence) -> None:
        found.append(Invalid(code, sentence, field="person"))

    name = person.name[:40]
    if _same(party.person, person, file.application.person, file.person):
        refuse("party_is_borrower", Sentence("{name} is the borrower and cannot stand in as well.", name=name))
    backing = file.backing
    if party.role != "spouse" and needs_spouse(file) and _same(party.person, person, backing.spouse, file.spouse):
        refuse("party_is_spouse", Sentence("{name} is there already, as the spouse.", name=name))
    for other_record, other in backing.parties.items():
        if other_record != record and _same(party.person, person, other.person, backing.people.get(other.person)):
            refuse("party_twice", Sentence("{name} is there already. Change the row instead.", name=name))
            break
    age = age_of(person, today)
    if age is not None and age < FULL_AGE:
        sentence = Sentence("{name} is {age} years old: under {full} nobody may stand in for a loan.",
                            name=name, age=age, full=FULL_AGE)  # fmt: skip
        refuse("party_minor", sentence)
    return found


def lacking(file: CaseFile, today: date) -> Iterator[Invalid]:
    """What the parties still lack before submission; ``field`` is ``parties/<record>``, the spouse's ``SPOUSE``."""
    backing = file.backing
    if needs_spouse(file):
        _, spouse = spouse_party(backing)
        if not spouse.signs and not spouse.no_signature_reason.strip():
            sentence = Sentence("Write why the spouse does not sign.")
            yield Invalid("spouse_signs", sentence, field=f"parties/{SPOUSE}")
    for record, party in backing.parties.items():
        if party.role != "spouse":
            yield from _lacking(file, record, party, today)


def age_of(person: Person, today: date) -> int | None:
    """Full years by the identity number, else by the birth date noted; None when neither is known."""
    born = person.birth
    if person.id_number and person.id_type == "resident":
        with suppress(Actionable):  # a mistyped number is refused where it stands
            born = identity_facts(person.id_number, today).birth
    if born is None or born > today:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _lacking(file: CaseFile, record: str, party: Party, today: date) -> Iterator[Invalid]:
    field = f"guarantees/{record}" if party.role == "guarantor" else f"parties/{record}"
    person = file.backing.people.get(party.person)
    if person is None or not person.name:
        sentence = Sentence("A party to the application is not on this laptop. Choose the person again.")
        yield Invalid("party_gone", sentence, field=field)
        return
    name = person.name[:40]
    for problem in refusals(file, party, person, today, record=record):
        yield Invalid(problem.code, problem.sentence, field=field)
    if not person.id_number:
        yield Invalid("party_identity", Sentence("{name}: the identity number is missing.", name=name), field=field)
    elif person.id_type == "resident":
        try:
            identity_facts(person.id_number, today, field)
        except Invalid as problem:
            yield problem
    if not person.mobile:
        yield Invalid("party_mobile", Sentence("{name}: the telephone number is missing.", name=name), field=field)
    if not party.relation.strip():
        sentence = Sentence("{name}: the relation to the applicant is missing.", name=name)
        yield Invalid("party_relation", sentence, field=field)


def _same(one_id: str, one: Person, other_id: str | None, other: Person | None) -> bool:
    if one_id and one_id == other_id:
        return True
    return bool(other is not None and one.id_number and one.id_number == other.id_number)
