"""Why head office refused a change, in words for the officer, by the refusal's code."""

from __future__ import annotations

from fieldapp.domain.wording import Sentence


def reason_of(code: str, text: str) -> tuple[Sentence, Sentence]:
    """The reason and what to do now. A code this version does not know is told in head office's own words."""
    reason, advice = _REASONS.get(code, (None, _CORRECT))
    if reason is not None:
        return Sentence(reason), Sentence(advice)
    own_words = text.strip()[:300] or code
    return Sentence("Head office says: {text}", text=own_words), Sentence(advice)


_CORRECT = "Your entry is still here. Correct it and send it again."
_ASK = "Your entry is still here. Ask your branch head."
_UPDATE = "Your entry is still here. Ask the administrator to bring this program and head office to the same version."
_CONSENT = "Your entry is still here. Settle it on the step of the consents, then send it again."
_AGAIN = "Your entry is still here. Record it once more."

_LOOK = "Synchronise and look at the application again."
_WHOLE = "Settle it in the application and submit it again. Nothing that you typed is lost."

_REASONS: dict[str, tuple[str, str]] = {
    "required": ("Something that is needed is missing.", _CORRECT),
    "name_missing": ("The name is missing.", _CORRECT),
    "too_long": ("A text is longer than head office takes.", _CORRECT),
    "amount": ("An amount is negative or beyond reason.", _CORRECT),
    "next_date": ("The next date lies before the day of the talk.", _CORRECT),
    "visit_end": ("The end of the visit does not fit its start.", _CORRECT),
    "second_officer": ("The second officer must be somebody else.", _CORRECT),
    "stage": ("This stage cannot follow the present one.", _CORRECT),
    "scope": ("This record belongs to an officer or a branch you do not work for.", _ASK),
    "actor": ("This was written under another name than the one this laptop is enrolled for.", _ASK),
    "not_yours": ("Only head office changes this kind of record.", _ASK),
    "owner": ("The officer it was given to does not work in this branch.", _ASK),
    "kind": ("Head office holds another kind of record under this number.", _UPDATE),
    "shape": ("A value does not have the form head office expects.", _UPDATE),
    "malformed": ("Head office could not read this change.", _UPDATE),
    "parent": ("The record it belongs to is missing.", _ASK),
    "append_only": ("An entry is never changed; a new one amends it.", _AGAIN),
    "status_move": ("This status cannot follow the present one.", _LOOK),
    "submitted": (
        "The application was submitted meanwhile: nothing in it is changed any more.",
        "Ask a reviewer to return it to you.",
    ),
    "submitted_at": ("The application carries the time of an earlier submission.", "Submit it again."),
    "not_submitted": ("This application does not wait for a decision.", _LOOK),
    "replaces": ("The application it replaces cannot be amended any more, or is amended already.", _LOOK),
    "related_party": (
        "A related party of the bank gets no unsecured loan. Choose another security.",
        "Choose another security, then submit again.",
    ),
    "related_party_rate": (
        "A related party of the bank gets no better terms than others: the rate is below the product's.",
        "Correct the rate, then submit again.",
    ),
    "nominee": (
        "A telephone or an account of the bank's own staff was given as the customer's.",
        "Ask the customer for their own, then submit again.",
    ),
    "question": ("The question that is answered is not on this application.", _LOOK),
    "role": ("Somebody in another position decides this.", _LOOK),
    "separation": (
        "Who investigates, who reviews and who approves are three people; you had a part in this case already.",
        "Leave this decision to a colleague.",
    ),
    "already_decided": ("This has been decided already.", _LOOK),
    "not_reviewed": ("The review comes before the approval.", _LOOK),
    "stale": ("The application was submitted anew meanwhile.", _LOOK),
    "terms": ("What is approved must not be more than was applied for.", "Correct amount and term."),
    "not_online": (
        "This is decided in contact with head office only; it came late, or a clock is wrong.",
        "Check this computer's clock, then decide again.",
    ),
    "conflict": (
        "Two people changed this application at once; one value must be chosen before a decision.",
        "Ask the officer to settle it on the page Sync.",
    ),
    "wording": ("Head office does not know the wording that was signed.", _UPDATE),
    "withdraws": ("This withdrawal names no consent of the same person and case.", _ASK),
    "signature": ("The signature could not be taken as it is.", _AGAIN),
    "expires": ("A consent expires after the day it is signed.", _AGAIN),
    "consent_missing": ("A consent that is needed has not been signed.", _CONSENT),
    "consent_declined": ("A consent that is needed was not given.", _CONSENT),
    "consent_expired": ("A consent that is needed has expired.", _CONSENT),
    "consent_withdrawn": ("A consent that is needed was withdrawn.", _CONSENT),
    "consent_unknown_wording": ("A consent was signed whose wording is not known.", _CONSENT),
    "conflict_undeclared": ("The declaration of conflicts is missing.", _CONSENT),
    "conflict_of_interest": ("Who declared kin or an interest in a case changes nothing in it any more.", _ASK),
    "deciding_on_kin": (
        "This customer is kin of whoever does this, or a firm of theirs: somebody else does it.",
        _ASK,
    ),
    "own_kin": ("This is the officer's own kin, or a firm of theirs: a colleague looks after it.", _ASK),
    "missing": ("The application was handed in without something that is needed.", _WHOLE),
    "party_is_borrower": ("The borrower stands in for their own debt.", _WHOLE),
    "party_is_spouse": ("The spouse stands in the application a second time.", _WHOLE),
    "party_twice": ("Somebody stands in the application twice.", _WHOLE),
    "party_minor": ("Somebody under age stands in for the loan.", _WHOLE),
    "party_gone": ("Head office does not know somebody who stands in the application.", _WHOLE),
    "party_identity": ("The identity number of somebody in the application is missing.", _WHOLE),
    "party_mobile": ("The telephone number of somebody in the application is missing.", _WHOLE),
    "party_relation": ("How somebody in the application is related to the applicant is missing.", _WHOLE),
    "spouse_signs": ("It does not say why the spouse does not sign.", _WHOLE),
    "guarantee_mode": ("How somebody guarantees is not stated, or the product is not secured in this way.", _WHOLE),
    "guarantee_amount": ("The amount that somebody guarantees is missing.", _WHOLE),
    "guarantor_needed": ("The loan is to be guaranteed, and nobody guarantees it.", _WHOLE),
    "collateral_needed": ("The loan is to be secured, and nothing secures it.", _WHOLE),
    "not_unsecured": ("The loan is called unsecured, but somebody or something stands in for it.", _WHOLE),
    "owner_no_party": ("What secures the loan belongs to nobody in the application.", _WHOLE),
    "balance": ("A debt does not say how much is owed.", _WHOLE),
    "instalment": ("A debt does not say what is paid for it a month.", _WHOLE),
    "unexplained": ("A cross-check is far off, and nobody explained it.", _WHOLE),
    "product_version": ("Head office has no such version of the product.", _WHOLE),
    "cap": ("The amount is more than the product lends.", _WHOLE),
    "months": ("The product does not run for this term.", _WHOLE),
    "rate": ("The rate is not the product's.", _WHOLE),
    "start": ("The day of the loan had passed when it was handed in.", _WHOLE),
    "uses": ("The purposes do not add up to the loan.", _WHOLE),
    "record_exists": ("There is already another entry under this number.", _AGAIN),
}
