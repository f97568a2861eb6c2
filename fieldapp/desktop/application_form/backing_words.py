"""Parties, debts, guarantees and collateral as rows of their lists, and what their choices are called."""

from __future__ import annotations

from collections.abc import Callable

from fieldapp.desktop.components.rows import Avatar, Row, Shape
from fieldapp.desktop.components.text import Tone
from fieldapp.desktop.components.words import Words, one_line, said
from fieldapp.desktop.formats import amount, full_day
from fieldapp.desktop.look import Icon
from fieldapp.desktop.record_words import Choices, word_for
from fieldapp.domain import debts, parties, security
from fieldapp.domain.application_records import Collateral, ExternalDebt
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.masking import masked_identity_number
from fieldapp.domain.money import Money
from fieldapp.domain.records import Person
from fieldapp.domain.wording import Sentence
from fieldapp.translation import tr

ROLES: Choices = (
    ("spouse", Sentence("Spouse")),
    ("co_borrower", Sentence("Co-borrower")),
    ("guarantor", Sentence("Guarantor")),
    ("pledgor", Sentence("Pledgor")),
)
GUARANTEES: Choices = (
    ("joint", Sentence("joint: the bank may ask either")),
    ("general", Sentence("general: the customer first")),
)
_GUARANTEED: Choices = (("joint", Sentence("joint guarantee")), ("general", Sentence("general guarantee")))
SECURED: Choices = (("mortgage", Sentence("Mortgage")), ("pledge", Sentence("Pledge")))
THINGS: Choices = (
    ("house", Sentence("House or flat")),
    ("land", Sentence("Land or its use")),
    ("vehicle", Sentence("Vehicle")),
    ("machinery", Sentence("Machines")),
    ("livestock", Sentence("Livestock")),
    ("deposit", Sentence("Deposit")),
    ("receivable", Sentence("Receivable")),
    ("other", Sentence("Something else")),
)
SOURCES: Choices = (("stated", Sentence("Stated by the customer")), ("bureau", Sentence("From the credit bureau")))


def party_rows(file: CaseFile) -> list[Row]:
    """The spouse, the co-borrowers and the pledgors; guarantors stand with their guarantees."""
    rows = []
    if parties.needs_spouse(file) and file.spouse is not None and file.spouse.name:
        rows.append(_spouse_row(file, file.spouse))
    for record, party in file.backing.of_role("co_borrower", "pledgor"):
        person = file.backing.people.get(party.person, Person())
        second = joined(word_for(ROLES, party.role), party.relation, _masked(person))
        rows.append(Row(record, _name(person), second, lead=Avatar(person.name)))
    return rows


def guarantee_rows(file: CaseFile) -> list[Row]:
    """The guarantors with how and for how much."""
    rows = []
    for record, party in file.backing.of_role("guarantor"):
        person = file.backing.people.get(party.person, Person())
        held = file.backing.guarantees.get(security.guarantee_of(file.backing, party.person) or "")
        mode: Words = word_for(_GUARANTEED, held.mode) if held is not None else ""
        money = amount(Money(held.amount_fen)) if held is not None and held.amount_fen else ""
        second = joined(mode, party.relation, _masked(person))
        rows.append(Row(record, _name(person), second, lead=Avatar(person.name), amount=money))
    return rows


def collateral_rows(file: CaseFile) -> list[Row]:
    """What secures the loan."""
    owners = security.owners(file)
    return [_collateral_row(record, thing, owners) for record, thing in file.backing.collateral.items()]


def debt_rows(file: CaseFile) -> list[Row]:
    """Debts elsewhere, then guarantees given."""
    ordered = sorted(file.backing.debts.items(), key=lambda pair: pair[1].guarantee)
    return [_debt_row(record, debt) for record, debt in ordered]


def debt_total(file: CaseFile) -> Words:
    """What the rows come to, empty without any."""
    found = debts.totals(file.backing)
    if not found.debts:
        return ""
    return lambda: tr("{owed} owed, {monthly} a month", owed=amount(found.owed), monthly=amount(found.monthly))


def _spouse_row(file: CaseFile, spouse: Person) -> Row:
    _, said_of = parties.spouse_party(file.backing)
    signs: Words = (
        (lambda: tr("signs"))
        if said_of.signs
        else (lambda: tr("does not sign: {reason}", reason=one_line(said_of.no_signature_reason)))
    )
    second = joined(word_for(ROLES, "spouse"), signs, _masked(spouse))
    return Row(parties.SPOUSE, _name(spouse), second, lead=Avatar(spouse.name), actions=False)


def _collateral_row(record: str, thing: Collateral, owners: dict[str, str]) -> Row:
    owner = owners.get(thing.owner, "")
    number = one_line(thing.register_no)
    second = joined(word_for(SECURED, thing.mode), word_for(THINGS, thing.kind), owner, number)
    title = one_line(thing.description) or tr("without a description")
    lead = Shape(Icon.HOUSE if thing.kind == "house" else Icon.RECEIPT, Tone.SECOND, fill=False)
    return Row(record, title, second, lead=lead, amount=_money(thing.value_fen))


def _debt_row(record: str, debt: ExternalDebt) -> Row:
    monthly: Words = ""
    if debt.guarantee:
        monthly = lambda: tr("guarantee given")  # noqa: E731 - words, like the others
    elif debt.instalment_fen is not None:
        paid = Money(debt.instalment_fen)
        monthly = lambda: tr("{amount} a month", amount=amount(paid))  # noqa: E731 - likewise
    until = debt.due
    due: Words = (lambda: tr("until {day}", day=full_day(until))) if until is not None else ""
    lead = Shape(Icon.HANDSHAKE if debt.guarantee else Icon.RECEIPT, Tone.SECOND, fill=False)
    second = joined(monthly, due, one_line(debt.security), word_for(SOURCES, debt.source))
    return Row(record, one_line(debt.lender), second, lead=lead, amount=_money(debt.balance_fen))


def joined(*parts: Words) -> Callable[[], str]:
    """Several words in one line; two that say the same are equal."""
    return _Joined(parts)


class _Joined:
    """Several words in one line, compared by what they say, so that a list shown again is known to be the same."""

    __slots__ = ("_parts",)

    def __init__(self, parts: tuple[Words, ...]) -> None:
        self._parts = parts

    def __call__(self) -> str:
        return " · ".join(word for part in self._parts if (word := said(part)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Joined) and self() == other()

    def __hash__(self) -> int:
        return hash(self())


def _name(person: Person) -> str:
    return one_line(person.name) or tr("not on this laptop")


def _masked(person: Person) -> str:
    return masked_identity_number(person.id_number) if person.id_number else ""


def _money(fen: int | None) -> str:
    return amount(Money(fen)) if fen is not None else ""
