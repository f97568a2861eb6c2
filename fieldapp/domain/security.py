"""Collateral and guarantees of a loan: whose they may be, and that they are what the chosen mode says (DOMAIN B)."""

from __future__ import annotations

from collections.abc import Iterator

from fieldapp.domain.application_records import Collateral
from fieldapp.domain.backing import Backing
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.errors import Invalid
from fieldapp.domain.parties import needs_spouse
from fieldapp.domain.wording import Sentence


def owners(file: CaseFile) -> dict[str, str]:
    """Everybody in the application to whom collateral may belong, by their record, with their names."""
    found: dict[str, str] = {}
    if file.person is not None and file.application.person:
        found[file.application.person] = file.person.name
    if needs_spouse(file) and file.spouse is not None and file.backing.spouse:
        found[file.backing.spouse] = file.spouse.name
    for party in file.backing.parties.values():
        if party.person in file.backing.people:
            found.setdefault(party.person, file.backing.name_of(party.person))
    return found


def collateral_refusals(file: CaseFile, collateral: Collateral) -> list[Invalid]:
    """Why this cannot secure the loan: whoever's it is must be a party, for only a party signs."""
    if collateral.owner and collateral.owner not in owners(file):
        sentence = Sentence("The owner is not in the application. Add them as a pledgor first.")
        return [Invalid("owner_no_party", sentence, field="owner")]
    return []


def guarantee_of(backing: Backing, guarantor: str) -> str | None:
    """The record of what somebody guarantees, None when nothing is written down yet."""
    return next((record for record, held in backing.guarantees.items() if held.guarantor == guarantor), None)


def lacking(file: CaseFile) -> Iterator[Invalid]:
    """What the security still lacks before submission; ``field`` is ``guarantees`` or ``collateral``, with its row."""
    backing = file.backing
    for record, party in backing.of_role("guarantor"):
        held = backing.guarantees.get(guarantee_of(backing, party.person) or "")
        name = backing.name_of(party.person)[:40]
        if held is None or held.mode is None:
            sentence = Sentence("{name}: choose how they guarantee; unstated counts as general by law.", name=name)
            yield Invalid("guarantee_mode", sentence, field=f"guarantees/{record}")
        if held is None or not held.amount_fen:
            sentence = Sentence("{name}: the amount guaranteed is missing.", name=name)
            yield Invalid("guarantee_amount", sentence, field=f"guarantees/{record}")
    for record, thing in backing.collateral.items():
        yield from _lacking(file, record, thing)
    yield from _mode_problems(file)


def _lacking(file: CaseFile, record: str, thing: Collateral) -> Iterator[Invalid]:
    field = f"collateral/{record}"
    named = Sentence("{thing}", thing=thing.description[:40]) if thing.description else Sentence("The collateral")
    for problem in collateral_refusals(file, thing):
        yield Invalid(problem.code, problem.sentence, field=field)
    if not thing.description.strip():
        yield Invalid("collateral_description", Sentence("Describe what secures the loan."), field=field)
    if not thing.value_fen:
        yield Invalid("collateral_value", Sentence("{thing}: the value is missing.", thing=named), field=field)


def _mode_problems(file: CaseFile) -> Iterator[Invalid]:
    """The mode of the application against its rows: what is promised must be there, and nothing beside it hidden."""
    mode, backing = file.application.guarantee_mode, file.backing
    guaranteed = {held.mode for held in backing.guarantees.values()}
    secured = {thing.mode for thing in backing.collateral.values()}
    if mode in ("joint", "general") and mode not in guaranteed:
        sentence = (
            Sentence("The loan is to have a joint guarantee: enter the guarantor.")
            if mode == "joint"
            else Sentence("The loan is to have a general guarantee: enter the guarantor.")
        )
        yield Invalid("guarantor_needed", sentence, field="guarantees")
    if mode in ("mortgage", "pledge") and mode not in secured:
        sentence = (
            Sentence("The loan is to be mortgaged: enter what is mortgaged.")
            if mode == "mortgage"
            else Sentence("The loan is to have a pledge: enter what is pledged.")
        )
        yield Invalid("collateral_needed", sentence, field="collateral")
    if mode == "unsecured" and (guaranteed or secured):
        sentence = Sentence("The loan is called unsecured, but somebody or something stands in for it.")
        yield Invalid("not_unsecured", sentence, field="guarantee_mode")
