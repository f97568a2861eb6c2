"""Parties, debts and security as document 1 prints them; the paper is Chinese whatever the screen's language."""

from __future__ import annotations

from fieldapp.documents import formats
from fieldapp.documents.papers import CoBorrower, DebtLine, GuaranteeLine
from fieldapp.domain import parties, security
from fieldapp.domain.application_records import ExternalDebt
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.money import Money
from fieldapp.domain.records import Person
from fieldapp.services.paper_sources import money_of

_STATED_DEBTS = "客户陈述合计"
_NO_DEBTS = "无"
_SOURCES = {"stated": "客户陈述", "bureau": "征信报告"}


def co_borrowers(file: CaseFile) -> tuple[CoBorrower, ...]:
    """The spouse first, then who borrows as well."""
    found = []
    if file.spouse is not None:
        _, party = parties.spouse_party(file.backing)
        reason = "" if party.signs else party.no_signature_reason
        spouse = file.spouse
        found.append(CoBorrower(spouse.name, "spouse", spouse.id_number, spouse.mobile, reason))
    for _, party in file.backing.of_role("co_borrower"):
        person = file.backing.people.get(party.person, Person())
        found.append(CoBorrower(person.name, "co_borrower", person.id_number, person.mobile))
    return tuple(found)


def debt_lines(file: CaseFile) -> tuple[DebtLine, ...]:
    """Each debt elsewhere; without rows what the form says they come to, 无 when there are none."""
    rows = [debt for debt in file.backing.debts.values() if not debt.guarantee]
    if rows:
        return tuple(_debt_line(debt) for debt in rows)
    balance, monthly = file.application.existing_debt_fen, file.application.existing_instalments_fen
    if balance is None and monthly is None:
        return ()
    if not balance and not monthly:
        return (DebtLine(_NO_DEBTS),)
    return (DebtLine(_STATED_DEBTS, money_of(balance), money_of(monthly)),)


def guarantees_given(file: CaseFile) -> str:
    """For whom, how much and until when, one after the other."""
    given = [debt for debt in file.backing.debts.values() if debt.guarantee]
    return "；".join(_given(debt) for debt in given)


def guarantee_lines(file: CaseFile) -> tuple[GuaranteeLine, ...]:
    """The guarantors, then the owners of collateral with what is theirs."""
    backing = file.backing
    lines = []
    for _, party in backing.of_role("guarantor"):
        held = backing.guarantees.get(security.guarantee_of(backing, party.person) or "")
        person = backing.people.get(party.person, Person())
        amount = money_of(held.amount_fen) if held is not None else None
        mode = held.mode if held is not None else None
        lines.append(GuaranteeLine(person.name, person.id_number, "", amount, mode))
    for thing in backing.collateral.values():
        owner = _owner(file, thing.owner)
        said = formats.joined(thing.description, thing.register_no)
        lines.append(GuaranteeLine(owner.name, owner.id_number, said, money_of(thing.value_fen), thing.mode))
    return tuple(lines)


def _owner(file: CaseFile, record: str) -> Person:
    if record == file.application.person and file.person is not None:
        return file.person
    if record == file.backing.spouse and file.spouse is not None:
        return file.spouse
    return file.backing.people.get(record, Person())


def _debt_line(debt: ExternalDebt) -> DebtLine:
    held = formats.joined(debt.security, _SOURCES.get(debt.source, debt.source))
    return DebtLine(debt.lender, money_of(debt.balance_fen), money_of(debt.instalment_fen), debt.due, held)


def _given(debt: ExternalDebt) -> str:
    parts = [debt.lender]
    if debt.balance_fen is not None:
        parts.append(f"{formats.amount(Money(debt.balance_fen))} 元")
    if debt.due is not None:
        parts.append(f"{formats.day(debt.due)} 到期")
    if debt.security:
        parts.append(debt.security)
    return "，".join(parts)
