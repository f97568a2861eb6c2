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
    "conflict_of_interest": ("Who declared kin or an interest cannot submit the case.", _ASK),
    "record_exists": ("There is already another entry under this number.", _AGAIN),
}
