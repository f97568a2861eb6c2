"""Sections 12 to 14 of document 1: the declarations, who signs them, and the acceptance by the bank."""

from __future__ import annotations

from fieldapp.documents import formats
from fieldapp.documents.fields import (
    checks,
    field_row,
    label,
    options_of,
    prose,
    value,
)
from fieldapp.documents.flow import Block, Glue, hold
from fieldapp.documents.forms import Form
from fieldapp.documents.papers import Applicant, ApplicationPaper, CoBorrower, GuaranteeLine
from fieldapp.documents.sections import beside_or_below, continued, section
from fieldapp.documents.signing import Signer, clauses, signatures, statement

_IN_A_ROW, _USUAL_ROWS = 3, 2
_NO_FINGERPRINT = ("read_aloud", "company")
_Person = Applicant | CoBorrower | GuaranteeLine


def signing(paper: ApplicationPaper, f: Form) -> list[Block]:
    """Declarations, signatures and acceptance: on one page, since a signature stands with what it signs.

    Where many sign, further rows of them and the acceptance may stand on the next page, each whole.
    """
    declared = section(f, "declarations", clauses(f.clauses("declarations"), (continued(f, "declarations"),)))
    read = statement(f.text("texts", "have_read"))
    signed = [signatures(f, row, 28.2) for row in _signers(paper, f)]
    signed_section = section(f, "signatures", signed)
    few = len(signed) <= _USUAL_ROWS
    together = len(signed_section) if few else 2  # the heading and who signs first stand with what is signed
    firm = hold(signed_section[:together], Glue.FIRM)
    agreed = [*declared[:-1], *hold([declared[-1], read], Glue.FIRM, to_next=True), *firm]
    rest = signed_section[together:]
    return [*hold(agreed, Glue.TOGETHER, to_next=few), *rest, *hold(_acceptance(paper, f), Glue.TOGETHER)]


def _signers(paper: ApplicationPaper, f: Form) -> list[list[Signer]]:
    """A column for everybody who binds themselves, three in a row; one for each usual role when nobody is named."""
    borrowers = [who for who in (paper.co_borrower, *paper.further_borrowers) if who is not None and who.name]
    who_sign = [who for who in borrowers if not who.no_signature_reason]
    stated = [line for line in paper.guarantees if line.name and line.mode is not None]
    signed: list[_Person] = [paper.applicant, *who_sign]
    named = [("applicant", ""), *(("co_borrower", who.name) for who in who_sign)]
    named += [("co_borrower", "")] * (not borrowers)
    for line in stated:
        if not any(_are_one(line, other) for other in signed):
            signed.append(line)
            named.append(("guarantor", line.name))
    named += [("guarantor", "")] * (not stated)
    people = [Signer(f.text("signers", role), fingerprint=True, name=name) for role, name in named]
    while len(people) % _IN_A_ROW:
        people.append(Signer(f.text("signers", "guarantor"), fingerprint=True))
    rows = [people[at : at + _IN_A_ROW] for at in range(0, len(people), _IN_A_ROW)]
    others = [
        Signer(f.text("signers", who), who not in _NO_FINGERPRINT, seal=who == "company")
        for who in ("witness", "read_aloud", "company")
    ]
    return [*rows, others]


def _are_one(one: _Person, other: _Person) -> bool:
    """Whether two people of a name are the same: unless their identity numbers tell them apart."""
    numbers = {who.identity_number for who in (one, other) if who.identity_number}
    return one.name == other.name and len(numbers) < 2


def _acceptance(paper: ApplicationPaper, f: Form) -> list[Block]:
    bank = paper.acceptance
    name = f.field
    outcome = options_of(f, "outcome", {bank.outcome or ""})
    beside, below = beside_or_below(bank.reason)
    again = (continued(f, "acceptance"),)
    reason = prose(below, name("acceptance.reason", "reason"), name=f.label("reason"), heads=again) if below else []
    rows = [
        field_row(
            label(4, f.label("accepted_on")),
            value(6, formats.day(bank.accepted_on), name("acceptance.accepted_on", "accepted_on")),
            label(4, f.label("place")),
            value(10, bank.place, name("acceptance.place", "place")),
        ),
        field_row(label(4, f.label("verified")), checks(20, options_of(f, "verified", bank.verified))),
        field_row(
            label(4, f.label("outcome")),
            checks(20, outcome, beside, name("acceptance.reason", "outcome")),
        ),
        *reason,
        field_row(
            label(4, f.label("marketed_by")),
            value(8, bank.marketed_by, name("acceptance.marketed_by", "marketed_by")),
            label(4, f.label("credit_officer")),
            value(8, bank.credit_officer, name("acceptance.credit_officer", "credit_officer")),
        ),
    ]
    officers = [Signer(f.text("signers", who)) for who in ("first_officer", "second_officer")]
    rows[-1] = rows[-1].holding(Glue.FIRM)
    return section(f, "acceptance", [*hold(rows, Glue.TOGETHER, to_next=True), signatures(f, officers, 21.2)])
