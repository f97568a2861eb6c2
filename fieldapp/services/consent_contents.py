"""What stands on the papers of consents: of whom, and what they chose and signed on the screen, if they have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

from fieldapp.documents.consent_papers import ConsentGiven, CreditPaper, PrivacyPaper, Signatory
from fieldapp.documents.papers import DocumentMark, PaperState
from fieldapp.domain.application_records import Consent, ConsentKind
from fieldapp.domain.consents import (
    CREDIT_INQUIRY,
    PERSONAL_INFORMATION,
    ConsentState,
    NeededConsent,
    needed_consents,
    newest_of,
    state_of,
)
from fieldapp.domain.kinds import record_of
from fieldapp.domain.records import Person
from fieldapp.domain.wording import Sentence
from fieldapp.services.consent_register import CaseConsents, read_consents
from fieldapp.services.paper_sources import CaseSources
from fieldapp.wordings import known_wordings

_EVER = datetime.max.replace(tzinfo=UTC)
_STILL_SHOWN = (ConsentState.VALID, ConsentState.DECLINED)
"""A consent that was withdrawn is not printed as if it stood: a new one can be signed on the paper."""


def who_authorises(sources: CaseSources) -> Iterable[str]:
    """The people who each sign a credit authorisation."""
    return _people(sources, CREDIT_INQUIRY)


def who_is_informed(sources: CaseSources) -> Iterable[str]:
    """The people who each sign a personal-information notice."""
    return _people(sources, PERSONAL_INFORMATION)


def credit_paper(sources: CaseSources, person: str) -> CreditPaper:
    """Document 3 of one person of the application."""
    who, given = _signatory(sources, person), _given(sources, person, CREDIT_INQUIRY)
    mark = _mark(sources.mark(3, person), who, given)
    return CreditPaper(sources.letterhead, mark, who, _printed(given) if given is not None else None)


def privacy_paper(sources: CaseSources, person: str) -> PrivacyPaper:
    """Document 4 of one person of the application."""
    who, given = _signatory(sources, person), _given(sources, person, PERSONAL_INFORMATION)
    mark = _mark(sources.mark(4, person), who, given)
    return PrivacyPaper(sources.letterhead, mark, who, _printed(given) if given is not None else None)


def consent_lacks(sources: CaseSources, person: str) -> Sentence | None:
    """What is missing before a person can sign: nobody signs for a person who is not named."""
    if _signatory(sources, person).name.strip():
        return None
    return Sentence("The name of the person who signs is missing.")


def _people(sources: CaseSources, kind: ConsentKind) -> list[str]:
    return [needed.who.person for needed in needed_consents(_consents(sources).people) if needed.kind == kind]


def _consents(sources: CaseSources) -> CaseConsents:
    return read_consents(sources.view.records, sources.case)


def _signatory(sources: CaseSources, person: str) -> Signatory:
    role = next((one.role for one in _consents(sources).people if one.person == person), None)
    for part, typed in (("person", sources.file.person), ("spouse", sources.file.spouse)):
        stored = sources.case.stored.get(part)
        if stored is not None and stored.id == person and typed is not None:
            return _named(typed, role)
    found = sources.view.records.get(person)
    return _named(record_of(Person, found.screen), role) if found is not None else Signatory(role=role)


def _named(person: Person, role: str | None) -> Signatory:
    return Signatory(person.name, role, person.id_number, person.mobile)


def _given(sources: CaseSources, person: str, kind: ConsentKind) -> Consent | None:
    """The consent that was signed last, unless it was withdrawn; an expired one still tells its own end."""
    consents = _consents(sources)
    who, newest = consents.person(person), newest_of(consents.entries, person, kind, _EVER)
    if who is None or newest is None:
        return None
    state = state_of(consents.entries, NeededConsent(who, kind), _EVER, date.min, known_wordings())
    return newest.consent if state in _STILL_SHOWN else None


def _mark(mark: DocumentMark, who: Signatory, given: Consent | None) -> DocumentMark:
    """A consent is signed before its application is submitted: it is ready as soon as its person is known."""
    if given is not None and given.signing == "screen":
        return replace(
            mark, state=PaperState.FOR_SIGNATURE, dated=given.business_date, template_version=given.text_version
        )
    ready = bool(who.name.strip() and who.identity_number)
    return replace(mark, state=PaperState.FOR_SIGNATURE if ready else PaperState.DRAFT)


def _printed(consent: Consent) -> ConsentGiven:
    if consent.signing == "paper":
        photo = consent.photos[0].digest if consent.photos else ""
        return ConsentGiven(consent.business_date, expires=consent.expires, photo=photo)
    return ConsentGiven(
        on=consent.business_date,
        choices=tuple(sorted(consent.choices.items())),
        purposes=consent.purposes,
        expires=consent.expires,
        signatures=tuple(
            (signature.under, tuple(stroke.points for stroke in signature.strokes)) for signature in consent.signatures
        ),
    )
