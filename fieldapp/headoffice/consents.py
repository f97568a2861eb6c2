"""What head office asks of consents before it takes a change, whatever the laptop checked (E7)."""

from __future__ import annotations

from fieldapp.domain.consents import CREDIT_INQUIRY, NeededConsent, Participant, refusal_of_use
from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.case import case_of
from fieldapp.headoffice.flaws import malformed
from fieldapp.headoffice.instants import stated
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.record import StoredRecord
from fieldapp.protocol.changes import Change
from fieldapp.wordings import known_wordings


def refusal_for_consents(ledger: Ledger, change: Change, current: StoredRecord | None) -> Invalid | None:
    """Why the change may not be taken: a consent to an unknown wording, a use without consent.

    Told from what head office holds of the case, this request included; the laptop sends what is asked for before.
    """
    match change.kind:
        case "consent" if current is None:
            return _refusal_of_consent(ledger, change)
        case "external_debt" if _typed(change, "source") == "bureau":
            application = ledger.record(change.parent or (current.parent if current is not None else None) or "")
            return _refusal_of_bureau_use(ledger, application, change) if application is not None else None
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
    entries = case_of(ledger, application).consents if application is not None else ()
    consent = next((entry.consent for entry in entries if entry.record == withdrawn), None)
    if consent is None or (consent.signer, consent.kind) != (_typed(change, "signer"), kind):
        sentence = Sentence("This withdrawal names no consent of the same person and case.")
        return Invalid("withdraws", sentence, field="withdraws")
    return None


def _refusal_of_bureau_use(ledger: Ledger, application: StoredRecord, change: Change) -> Invalid | None:
    """What the bureau told is not written down unless the borrower had consented before (E7)."""
    at = stated(change.made_at)
    if at is None:
        return malformed("made_at")
    needed = NeededConsent(
        Participant(str(application.values.get("person")), "borrower"), CREDIT_INQUIRY, "application"
    )
    return refusal_of_use(case_of(ledger, application).consents, needed, at, at.date(), known_wordings())


def _typed(change: Change, field: str) -> object:
    return change.fields.get(field, (None, None))[1]
