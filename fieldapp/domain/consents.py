"""Which consents a case needs of whom, and what may be done with those that were given (DOMAIN B Consent, E2, E7).

A consent counts from the instant it was signed, for the purposes that were ticked, until it expires or is withdrawn;
the newest one of a person and kind decides. The same rules run on the laptop and at head office.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from fieldapp.domain.application_records import ConflictDeclaration, Consent, ConsentKind, Party
from fieldapp.domain.errors import Invalid
from fieldapp.domain.wording import Sentence

ParticipantRole = Literal["borrower", "spouse", "co_borrower", "guarantor", "pledgor"]

CREDIT_INQUIRY: ConsentKind = "credit_inquiry"
PERSONAL_INFORMATION: ConsentKind = "personal_information"

NEEDED_CHOICES: Mapping[ConsentKind, tuple[str, ...]] = {
    CREDIT_INQUIRY: ("read", "inquiry"),
    PERSONAL_INFORMATION: ("read", "processing", "identity", "account", "bureau"),
}
"""Choices without which the bank cannot take the application further [G]; every other one may be refused."""

SIGNED_PARTS: Mapping[ConsentKind, tuple[str, ...]] = {
    CREDIT_INQUIRY: ("inquiry", "reporting", "adverse", "whole"),
    PERSONAL_INFORMATION: ("whole",),
}
"""Where each text is signed: reporting and adverse information are chosen and signed for apart from the inquiry."""

PURPOSES = ("application", "guarantor", "post_loan")
"""What the credit bureau may be asked for."""

Wordings = Mapping[tuple[ConsentKind, str], str]
"""The digest (SHA-256, hexadecimal) of each wording that is known here, by kind and version."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who stands in the application; ``person`` is a record of the register."""

    person: str
    role: ParticipantRole
    name: str = ""


@dataclass(frozen=True, slots=True)
class NeededConsent:
    """A consent the case needs before it may go on; ``purpose`` is what the bureau will be asked for, if it is."""

    who: Participant
    kind: ConsentKind
    purpose: str = ""

    @property
    def field(self) -> str:
        """The name under which it stands in the checklist."""
        return f"consents.{self.kind}.{self.who.person}"


@dataclass(frozen=True, slots=True)
class KeptConsent:
    """An entry of the register of consents and the record that holds it."""

    record: str
    consent: Consent


class ConsentState(StrEnum):
    """How the newest consent of a person and kind stands."""

    MISSING = "missing"
    VALID = "valid"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    UNKNOWN_WORDING = "unknown_wording"


def participants(borrower: Participant, spouse: Participant | None, parties: Iterable[Party]) -> list[Participant]:
    """Everybody in the case once, the borrower first; a person in two roles keeps the first that was named."""
    found = [borrower] + ([spouse] if spouse is not None else [])
    found += [Participant(party.person, party.role) for party in parties]
    return list({one.person: one for one in reversed(found)}.values())[::-1]


def needed_consents(people: Iterable[Participant]) -> list[NeededConsent]:
    """One notice of each person, and one credit authorisation of each but a pledgor, who owes nothing himself."""
    needed = []
    for who in people:
        if who.role != "pledgor":
            purpose = "guarantor" if who.role == "guarantor" else "application"
            needed.append(NeededConsent(who, CREDIT_INQUIRY, purpose))
        needed.append(NeededConsent(who, PERSONAL_INFORMATION))
    return needed


def newest_of(entries: Iterable[KeptConsent], person: str, kind: ConsentKind, at: datetime) -> KeptConsent | None:
    """The consent signed last at the instant ``at``, withdrawn or not."""
    signed = [
        entry
        for entry in entries
        if (entry.consent.signer, entry.consent.kind) == (person, kind)
        and entry.consent.withdraws is None
        and entry.consent.signed_at <= at
    ]
    return max(signed, key=lambda entry: (entry.consent.signed_at, entry.record), default=None)


def withdrawal_of(entries: Iterable[KeptConsent], given: KeptConsent, at: datetime) -> KeptConsent | None:
    """The entry that withdrew ``given`` by the instant ``at``: the same person's, of the same kind."""
    return next(
        (
            entry
            for entry in entries
            if entry.consent.withdraws == given.record
            and (entry.consent.signer, entry.consent.kind) == (given.consent.signer, given.consent.kind)
            and entry.consent.signed_at <= at
        ),
        None,
    )


def state_of(
    entries: Sequence[KeptConsent], needed: NeededConsent, at: datetime, day: date, known: Wordings
) -> ConsentState:
    """How the consent stands at the instant ``at`` of the business day ``day``."""
    given = newest_of(entries, needed.who.person, needed.kind, at)
    if given is None:
        return ConsentState.MISSING
    consent = given.consent
    if withdrawal_of(entries, given, at) is not None:
        return ConsentState.WITHDRAWN
    if known.get((consent.kind, consent.text_version)) != consent.digest:
        return ConsentState.UNKNOWN_WORDING
    if consent.expires is not None and consent.expires < day:
        return ConsentState.EXPIRED
    purpose_given = not needed.purpose or needed.purpose in consent.purposes
    if not purpose_given or not all(consent.choices.get(choice) for choice in NEEDED_CHOICES[consent.kind]):
        return ConsentState.DECLINED
    return ConsentState.VALID


def refusal_of_use(
    entries: Sequence[KeptConsent], needed: NeededConsent, at: datetime, day: date, known: Wordings
) -> Invalid | None:
    """Why the consent may not be relied on; None when it may (E7). ``field`` is the consent's in the checklist."""
    state = state_of(entries, needed, at, day, known)
    if state is ConsentState.VALID:
        return None
    text, advice = _REFUSALS[needed.kind][state]
    name = needed.who.name or "–"
    return Invalid(f"consent_{state}", Sentence(text, name=name), field=needed.field, advice=Sentence(advice))


def refusal_of_conflict(declarations: Iterable[ConflictDeclaration], staff: str) -> Invalid | None:
    """Why ``staff`` may not take this case further: nothing declared yet, or kin or an interest declared (E2).

    A declared conflict stands: nobody takes back his own.
    """
    own = [declaration for declaration in declarations if declaration.staff == staff]
    if any(not declaration.none for declaration in own):
        return Invalid(
            "conflict_of_interest",
            Sentence("You declared kin or an interest in this case: somebody else has to take it over."),
            field=CONFLICT_FIELD,
        )
    if not own:
        return Invalid(
            "conflict_undeclared",
            Sentence("Declare whether you have kin or an interest in this case."),
            field=CONFLICT_FIELD,
        )
    return None


CONFLICT_FIELD = "conflict_declaration"
"""The declaration's name in the checklist."""


def case_refusals(
    people: Iterable[Participant],
    entries: Sequence[KeptConsent],
    declarations: Iterable[ConflictDeclaration],
    staff: str,
    at: datetime,
    day: date,
    known: Wordings,
) -> list[Invalid]:
    """Everything of consents and conflicts that stands between a case and its submission by ``staff``."""
    conflict = refusal_of_conflict(declarations, staff)
    refused = [refusal_of_use(entries, needed, at, day, known) for needed in needed_consents(people)]
    return [refusal for refusal in (conflict, *refused) if refusal is not None]


_SIGN = "Show the text and let the person sign, on the screen or on paper."
_SIGN_ANEW = "Let the person sign anew."
_EXPLAIN = "Tell the person what refusing means. Without it the application cannot go on."

_REFUSALS: Mapping[ConsentKind, Mapping[ConsentState, tuple[str, str]]] = {
    CREDIT_INQUIRY: {
        ConsentState.MISSING: ("{name} has not signed the credit authorisation.", _SIGN),
        ConsentState.DECLINED: ("{name} does not agree to the credit inquiry that is needed.", _EXPLAIN),
        ConsentState.EXPIRED: ("{name}'s credit authorisation has expired.", _SIGN_ANEW),
        ConsentState.WITHDRAWN: ("{name} withdrew the credit authorisation.", _SIGN_ANEW),
        ConsentState.UNKNOWN_WORDING: ("{name} signed a credit authorisation whose wording is not known.", _SIGN_ANEW),
    },
    PERSONAL_INFORMATION: {
        ConsentState.MISSING: ("{name} has not signed the personal-information notice.", _SIGN),
        ConsentState.DECLINED: ("{name} does not agree to the use of information that is needed.", _EXPLAIN),
        ConsentState.EXPIRED: ("{name}'s consent to the use of information has expired.", _SIGN_ANEW),
        ConsentState.WITHDRAWN: ("{name} withdrew the consent to the use of information.", _SIGN_ANEW),
        ConsentState.UNKNOWN_WORDING: (
            "{name} signed a personal-information notice whose wording is not known.",
            _SIGN_ANEW,
        ),
    },
}
