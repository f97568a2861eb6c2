"""What head office asks of consents and conflicts before it takes a change, whatever the laptop checked (E2, E7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
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
    refusal_of_use,
)
from fieldapp.domain.errors import Invalid
from fieldapp.domain.kinds import record_of
from fieldapp.domain.records import Record
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import Author
from fieldapp.protocol.changes import Change
from fieldapp.wordings import known_wordings

R = TypeVar("R", bound=Record)


def refusal_for_consents(
    ledger: Ledger, author: Author, change: Change, current: StoredRecord | None
) -> Invalid | None:
    """Why the change may not be taken: a consent to an unknown wording, a use without consent, an undeclared conflict.

    Told from what head office holds of the case, this request included; the laptop sends what is asked for before.
    """
    match change.kind:
        case "consent" if current is None:
            return _refusal_of_consent(ledger, change)
        case "external_debt" if _typed(change, "source") == "bureau":
            application = ledger.record(change.parent or (current.parent if current is not None else None) or "")
            return _refusal_of_bureau_use(ledger, application, change) if application is not None else None
        case "application" if current is not None and _typed(change, "status") == "submitted":
            return _refusal_of_submission(ledger, author, current, change)
        case _:
            return None


def _refusal_of_consent(ledger: Ledger, change: Change) -> Invalid | None:
    withdrawn, kind = _typed(change, "withdraws"), _typed(change, "kind")
    if withdrawn is None:
        known = known_wordings().get((kind, _typed(change, "text_version")))  # type: ignore[arg-type] # as typed
        if known is None or known != _typed(change, "digest"):
            return Invalid(
                "wording", Sentence("Head office does not know the wording that was signed."), field="digest"
            )
        return None
    application = ledger.record(change.parent or "")
    given = {} if application is None else dict(_children(ledger.family(application), application, "consent", Consent))
    consent = given.get(str(withdrawn))
    if consent is None or (consent.signer, consent.kind) != (_typed(change, "signer"), kind):
        sentence = Sentence("This withdrawal names no consent of the same person and case.")
        return Invalid("withdraws", sentence, field="withdraws")
    return None


def _refusal_of_bureau_use(ledger: Ledger, application: StoredRecord, change: Change) -> Invalid | None:
    """What the bureau told is not written down unless the borrower had consented before (E7)."""
    at = datetime.fromisoformat(change.made_at)
    needed = NeededConsent(
        Participant(str(application.values.get("person")), "borrower"), CREDIT_INQUIRY, "application"
    )
    entries = _consents(ledger.family(application), application)
    return refusal_of_use(entries, needed, at, at.date(), known_wordings())


def _refusal_of_submission(ledger: Ledger, author: Author, application: StoredRecord, change: Change) -> Invalid | None:
    if application.values.get("status") == "submitted":
        return None
    family = ledger.family(application)
    at = datetime.fromisoformat(change.made_at)
    refusals = case_refusals(
        _people(family, application),
        _consents(family, application),
        [declared for _, declared in _children(family, application, "conflict_declaration", ConflictDeclaration)],
        author.staff,
        at,
        at.date(),
        known_wordings(),
    )
    return refusals[0] if refusals else None


def _people(family: list[StoredRecord], application: StoredRecord) -> list[Participant]:
    people = {record.record: record for record in family if record.kind == "person" and not record.deleted}
    borrower = str(application.values.get("person"))
    married = borrower in people and people[borrower].values.get("marital") == "married"
    spouse = next((one.record for one in people.values() if one.values.get("relation") == "spouse"), None)
    parties = [party for _, party in _children(family, application, "party", Party)]
    found = participants(
        Participant(borrower, "borrower"), Participant(spouse, "spouse") if spouse and married else None, parties
    )
    names = {record: str(person.values.get("name", "")) for record, person in people.items()}
    return [Participant(one.person, one.role, names.get(one.person, "")) for one in found]


def _consents(family: list[StoredRecord], application: StoredRecord) -> list[KeptConsent]:
    return [KeptConsent(record, consent) for record, consent in _children(family, application, "consent", Consent)]


def _children(
    family: list[StoredRecord], application: StoredRecord, kind: str, shape: type[R]
) -> Iterator[tuple[str, R]]:
    for record in family:
        if record.kind == kind and record.parent == application.record and not record.deleted:
            try:
                yield record.record, record_of(shape, record.values)
            except msgspec.ValidationError:  # kept from a newer program: it proves nothing here
                continue


def _typed(change: Change, field: str) -> object:
    return change.fields.get(field, (None, None))[1]
