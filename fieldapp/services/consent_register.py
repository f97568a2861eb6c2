"""Who stands in an application and what they have signed, read together from the records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

import msgspec

from fieldapp.domain.application_records import ConflictDeclaration, Consent, Party
from fieldapp.domain.consents import (
    CREDIT_INQUIRY,
    KeptConsent,
    NeededConsent,
    Participant,
    case_refusals,
    participants,
    refusal_of_conflict,
    refusal_of_use,
)
from fieldapp.domain.errors import Actionable, Invalid
from fieldapp.domain.kinds import record_of
from fieldapp.domain.records import Record
from fieldapp.domain.wording import Sentence
from fieldapp.services.case_records import Case
from fieldapp.store.records import Records
from fieldapp.store.state import Enrolment
from fieldapp.wordings import known_wordings

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class CaseConsents:
    """The people of a case, their consents and withdrawals, and what was declared of conflicts."""

    people: tuple[Participant, ...]
    entries: tuple[KeptConsent, ...]
    declarations: tuple[ConflictDeclaration, ...]

    def person(self, person: str) -> Participant | None:
        """The participant with that record."""
        return next((one for one in self.people if one.person == person), None)

    def refusals(self, staff: str, at: datetime, day: date) -> tuple[Invalid, ...]:
        """What of it stands between the case and its submission by ``staff``."""
        return tuple(case_refusals(self.people, self.entries, self.declarations, staff, at, day, known_wordings()))

    def conflict(self, staff: str) -> Invalid | None:
        """Why ``staff`` may not go on with the case because of kin or interest declared; None when nothing was."""
        refusal = refusal_of_conflict(self.declarations, staff)
        return refusal if refusal is not None and refusal.code == "conflict_of_interest" else None


def read_consents(records: Records, case: Case) -> CaseConsents:
    """Everything of the case; entries that a newer version of the program wrote are left out."""
    application = case.application.id
    return CaseConsents(
        tuple(_people(records, case)),
        tuple(KeptConsent(record, consent) for record, consent in _children(records, application, "consent", Consent)),
        tuple(declared for _, declared in _children(records, application, "conflict_declaration", ConflictDeclaration)),
    )


def require_bureau_consent(records: Records, case: Case, person: str, purpose: str, at: datetime, day: date) -> None:
    """Raises Actionable when the credit bureau may not be asked about ``person`` for ``purpose`` at ``at`` (E7).

    This laptop never asks the bureau itself (E13); what a bureau told may only be written down with a consent.
    """
    consents = read_consents(records, case)
    who = consents.person(person)
    if who is None:
        raise Actionable("not_in_case", Sentence("This person does not stand in the application."))
    needed = NeededConsent(who, CREDIT_INQUIRY, purpose)
    refusal = refusal_of_use(consents.entries, needed, at, day, known_wordings())
    if refusal is not None:
        raise refusal


def heirs_of_case(records: Records, enrolment: Enrolment) -> list[str]:
    """The names of those in the branch who can give a case to a colleague, by name."""
    return sorted(
        str(stored.screen.get("name", ""))
        for stored in records.of_kind("staff")
        if stored.screen.get("role") == "branch_head"
        and stored.screen.get("branch") == enrolment.branch
        and stored.screen.get("active", True)
        and stored.id != enrolment.staff
    )


def _people(records: Records, case: Case) -> list[Participant]:
    borrower = case.stored.get("person")
    if borrower is None:
        return []
    spouse = case.stored.get("spouse") if case.file.person and case.file.person.marital == "married" else None
    parties = [party for _, party in reversed(list(_children(records, case.application.id, "party", Party)))]
    found = participants(
        Participant(borrower.id, "borrower"), Participant(spouse.id, "spouse") if spouse else None, parties
    )
    return [_named(records, one) for one in found]


def _named(records: Records, who: Participant) -> Participant:
    stored = records.get(who.person)
    return Participant(who.person, who.role, str(stored.screen.get("name", "")) if stored is not None else "")


def _children(records: Records, parent: str, kind: str, shape: type[R]) -> Iterator[tuple[str, R]]:
    for stored in records.children(parent, kind):
        try:
            yield stored.id, record_of(shape, stored.screen)
        except msgspec.ValidationError:
            continue
