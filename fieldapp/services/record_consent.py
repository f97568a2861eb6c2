"""Consents of one application: shown, given on the screen or on paper, withdrawn later; and the officer's declaration.

Nothing here asks the credit bureau: that happens at head office, and only with a valid consent (DOMAIN E7, E13).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from fieldapp.domain.application_records import ConflictDeclaration, Consent, ConsentKind, Signature, Signing
from fieldapp.domain.consent_rules import MOST_PAGES
from fieldapp.domain.consents import (
    ConsentState,
    KeptConsent,
    NeededConsent,
    Participant,
    needed_consents,
    newest_of,
    state_of,
    withdrawal_of,
)
from fieldapp.domain.dates import next_due
from fieldapp.domain.errors import Actionable, Invalid, InvalidRecord
from fieldapp.domain.identifiers import RecordId
from fieldapp.domain.kinds import values_of
from fieldapp.domain.record_rules import TEXT_LIMIT, problems_of
from fieldapp.domain.records import Branch, Photo
from fieldapp.domain.wording import Sentence
from fieldapp.domain.writing import paragraphs
from fieldapp.services.business_day import business_date, whole_second
from fieldapp.services.case_records import Case, read_case
from fieldapp.services.consent_register import CaseConsents, heirs_of_case, read_consents
from fieldapp.services.consent_texts import ConsentText, consent_text
from fieldapp.services.own_branch import branch_of
from fieldapp.services.photo_files import PhotoFile, read_photo
from fieldapp.store.database import Store
from fieldapp.store.privacy import PrivacyEvent
from fieldapp.store.records import Records
from fieldapp.store.state import Enrolment
from fieldapp.store.unit import Unit
from fieldapp.wordings import known_wordings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One person and one text: how it stands, and the consent that was signed last, if any."""

    who: Participant
    kind: ConsentKind
    state: ConsentState
    consent: RecordId | None = None
    signed_on: date | None = None
    signing: Signing | None = None
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class ConsentCase:
    """The consents of an application on the screen. ``declared`` is what this officer declared of conflicts.

    ``hand_to`` names who can give the case to a colleague; ``closed`` says why nothing can be signed here.
    """

    application: RecordId
    rows: tuple[ConsentRow, ...]
    declared: ConflictDeclaration | None
    hand_to: tuple[str, ...]
    closed: Sentence | None

    @property
    def given(self) -> int:
        """How many of the consents are valid today."""
        return sum(row.state is ConsentState.VALID for row in self.rows)


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """One line of a consent's history: signed, or withdrawn (``reason``)."""

    record: RecordId
    at: datetime
    staff: str
    withdrawal: bool
    signing: Signing
    version: str
    purposes: tuple[str, ...]
    choices: Mapping[str, bool]
    expires: date | None
    reason: str
    photos: tuple[Photo, ...]
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConsent:
    """What a person chose and signed. ``digest`` is that of the text they were shown.

    On the screen every choice is answered and every part signed. On paper the officer copies the ticks of the signed
    page, of which ``photos`` are files; a choice without a tick is left out. ``record`` is the consent's id, made when
    the text was shown: giving it twice records once.
    """

    application: str
    person: str
    kind: ConsentKind
    digest: str
    choices: Mapping[str, bool]
    purposes: tuple[str, ...] = ()
    signing: Signing = "screen"
    signatures: tuple[Signature, ...] = ()
    photos: tuple[Path, ...] = ()
    record: str | None = None


class Consents:
    """The consents of applications. Every method may be called from any thread except the one that draws."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self, application: str) -> ConsentCase:
        """Who has to sign what, and how it stands today. Raises Actionable (``gone``)."""
        clock = self._store.clock
        at, day = clock.now(), business_date(clock)
        with self._store.reading() as view:
            case = read_case(view.records, application)
            kept = read_consents(view.records, case)
            enrolment = view.state.enrolment()
            heirs = heirs_of_case(view.records, enrolment)
        known = known_wordings()
        rows = tuple(_row(kept, needed, at, state_of(kept.entries, needed, at, day, known))
                     for needed in needed_consents(kept.people))  # fmt: skip
        own = [declared for declared in kept.declarations if declared.staff == enrolment.staff]
        declared = next((one for one in own if not one.none), own[0] if own else None)
        return ConsentCase(RecordId(case.application.id), rows, declared, tuple(heirs), _closed(case, kept, enrolment))

    def text(self, kind: ConsentKind) -> ConsentText:
        """The newest wording, with the bank's names. Raises Actionable (``form``, ``no_branch``)."""
        with self._store.reading() as view:
            branch = _branch_of(view.records, view.state.enrolment())
        return consent_text(kind, branch.bank, branch.name, branch.complaint_phone)

    def give(self, new: NewConsent) -> RecordId:
        """Record a consent, signed on the screen or on paper.

        Raises InvalidRecord with everything that is wrong, Actionable: ``gone``, ``not_in_case``, ``wording`` when the
        text is not the newest one any more, ``conflict_of_interest``, ``not_yours``. Nothing is saved then.
        """
        text = self.text(new.kind)
        files, problems = self._files(new)
        made = self._store.write(lambda unit: _give(unit, new, text, files, problems))
        log.info("consent_given", extra={"consent": made, "kind": new.kind, "signing": new.signing})
        return made

    def withdraw(self, consent: str, reason: str) -> RecordId:
        """Record that the person withdrew a consent: an entry of its own, with effect from now on.

        Raises InvalidRecord (``reason``), Actionable (``gone``, ``withdrawn``).
        """
        made = self._store.write(lambda unit: _withdraw(unit, consent, reason))
        log.info("consent_withdrawn", extra={"consent": consent})
        return made

    def history(self, application: str, person: str, kind: ConsentKind) -> list[ConsentEntry]:
        """Everything a person signed and withdrew of one kind, newest first. Looking at signatures leaves an event."""

        def work(unit: Unit) -> list[ConsentEntry]:
            case = read_case(unit.records, application)
            kept = read_consents(unit.records, case)
            names = {stored.id: str(stored.screen.get("name", "")) for stored in unit.records.of_kind("staff")}
            names[unit.enrolment.staff] = unit.enrolment.staff_name
            found = [entry for entry in kept.entries if (entry.consent.signer, entry.consent.kind) == (person, kind)]
            for entry in found:
                if entry.consent.signatures or entry.consent.photos:
                    _note(unit, entry.record, kind)
            ordered = sorted(found, key=lambda entry: (entry.consent.signed_at, entry.record), reverse=True)
            return [_entry(one, names) for one in ordered]

        return self._store.write(work)

    def declare(self, application: str, *, none: bool, detail: str = "") -> RecordId:
        """Record what this officer declares of kin and interest in the case; a declared conflict stands (E2).

        Raises InvalidRecord (``detail``), Actionable (``gone``, ``conflict_of_interest``).
        """
        made = self._store.write(lambda unit: _declare(unit, application, none=none, detail=detail))
        log.info("conflict_declared", extra={"application": application, "none": none})
        return made

    def _files(self, new: NewConsent) -> tuple[tuple[PhotoFile, ...], list[Invalid]]:
        """The pictures of the signed page, read before the transaction: the writer does not wait for a slow stick."""
        if len(new.photos) > MOST_PAGES:
            sentence = Sentence("A consent has at most {most} pages.", most=MOST_PAGES)
            return (), [Invalid("photos_too_many", sentence, field="photos")]
        with self._store.reading() as view:
            limit = view.state.limits().attachment_bytes
        files: list[PhotoFile] = []
        problems: list[Invalid] = []
        for path in new.photos:
            try:
                files.append(read_photo(path, limit))
            except Invalid as problem:
                problems.append(problem)
        return tuple(files), problems


def _give(
    unit: Unit, new: NewConsent, text: ConsentText, files: tuple[PhotoFile, ...], problems: list[Invalid]
) -> RecordId:
    if new.record and (before := unit.records.get(new.record)):
        return RecordId(before.id)
    case = read_case(unit.records, new.application)
    kept = read_consents(unit.records, case)
    closed = _closed(case, kept, unit.enrolment)
    if closed is not None:
        raise Actionable("not_yours", closed)
    if not any((one.who.person, one.kind) == (new.person, new.kind) for one in needed_consents(kept.people)):
        raise Actionable("not_in_case", Sentence("This person does not stand in the application."))
    if new.digest != text.digest:
        raise Actionable(
            "wording",
            Sentence("The text was changed while it was open."),
            advice=Sentence("Show the new text and let the person sign that one."),
        )
    found = [*problems, *_answer_problems(new, text)]
    day = business_date(unit.clock)
    consent = Consent(
        kind=new.kind,
        signer=new.person,
        staff=unit.enrolment.staff,
        text_version=text.version,
        digest=text.digest,
        signed_at=whole_second(unit.clock.now()),
        business_date=day,
        zone=unit.clock.zone,
        purposes=tuple(dict.fromkeys(new.purposes)),
        choices=dict(new.choices),
        expires=next_due(day, text.months) if text.months else None,
        signing=new.signing,
        signatures=new.signatures,
        photos=tuple(
            Photo(digest=file.digest, name=file.name, size=len(file.content), media_type=file.media_type)
            for file in {file.digest: file for file in files}.values()
        ),
    )
    found += [problem for problem in problems_of("consent", values_of(consent)) if not _said(problem, found)]
    if found:
        raise InvalidRecord(found)
    made = unit.create(
        "consent", consent, parent=case.application.id, record_id=RecordId(new.record) if new.record else None
    )
    for file in files:
        unit.attachments.add(file.content, file.media_type, made)
    return made


def _said(problem: Invalid, found: list[Invalid]) -> bool:
    return any(known.field == problem.field for known in found)


def _answer_problems(new: NewConsent, text: ConsentText) -> list[Invalid]:
    found = []
    unknown = set(new.choices) - set(text.choices) or set(new.purposes) - {name for name, _ in text.purposes}
    if unknown:
        found.append(Invalid("shape", Sentence("This text has no such choice."), field="choices"))
    if new.signing == "screen" and (missing := [name for name in text.choices if name not in new.choices]):
        field = f"choices.{missing[0]}"
        found.append(Invalid("required", Sentence("Choose agree or do not agree everywhere."), field=field))
    return found


def _withdraw(unit: Unit, consent: str, reason: str) -> RecordId:
    stored = unit.records.get(consent)
    if stored is None or stored.kind != "consent" or stored.parent is None:
        raise Actionable("gone", Sentence("This consent is not on this laptop any more."))
    case = read_case(unit.records, stored.parent)
    kept = read_consents(unit.records, case)
    given = next((entry for entry in kept.entries if entry.record == consent), None)
    at = whole_second(unit.clock.now())
    if given is None or given.consent.withdraws is not None:
        raise Actionable("gone", Sentence("This consent is not on this laptop any more."))
    if withdrawal_of(kept.entries, given, at) is not None:
        raise Actionable("withdrawn", Sentence("This consent was withdrawn before."))
    old = given.consent
    return unit.create(
        "consent",
        Consent(
            kind=old.kind,
            signer=old.signer,
            staff=unit.enrolment.staff,
            text_version=old.text_version,
            digest=old.digest,
            signed_at=max(at, old.signed_at),
            business_date=business_date(unit.clock),
            zone=unit.clock.zone,
            withdraws=consent,
            reason=paragraphs(reason, field="reason", limit=TEXT_LIMIT),
        ),
        parent=stored.parent,
    )


def _declare(unit: Unit, application: str, *, none: bool, detail: str) -> RecordId:
    case = read_case(unit.records, application)
    kept = read_consents(unit.records, case)
    conflict = kept.conflict(unit.enrolment.staff)
    if conflict is not None:
        raise conflict
    return unit.create(
        "conflict_declaration",
        ConflictDeclaration(
            staff=unit.enrolment.staff,
            at=whole_second(unit.clock.now()),
            business_date=business_date(unit.clock),
            zone=unit.clock.zone,
            none=none,
            detail="" if none else paragraphs(detail, field="detail", limit=TEXT_LIMIT),
        ),
        parent=case.application.id,
    )


def _row(kept: CaseConsents, needed: NeededConsent, at: datetime, state: ConsentState) -> ConsentRow:
    newest = newest_of(kept.entries, needed.who.person, needed.kind, at)
    if newest is None:
        return ConsentRow(needed.who, needed.kind, state)
    consent = newest.consent
    return ConsentRow(
        needed.who, needed.kind, state, RecordId(newest.record), consent.business_date, consent.signing, consent.expires
    )


def _closed(case: Case, kept: CaseConsents, enrolment: Enrolment) -> Sentence | None:
    application = case.file.application
    conflict = kept.conflict(enrolment.staff)
    if conflict is not None:
        return conflict.sentence
    if application.officer != enrolment.staff and enrolment.role != "branch_head":
        return Sentence("A colleague takes this application; you can only read it.")
    if application.status in ("withdrawn", "declined"):
        return Sentence("This application has ended: nothing is signed for it any more.")
    return None


def _entry(kept: KeptConsent, names: Mapping[str, str]) -> ConsentEntry:
    consent = kept.consent
    return ConsentEntry(
        RecordId(kept.record),
        consent.signed_at,
        names.get(consent.staff, ""),
        consent.withdraws is not None,
        consent.signing,
        consent.text_version,
        consent.purposes,
        consent.choices,
        consent.expires,
        consent.reason,
        consent.photos,
        consent.signatures,
    )


def _branch_of(records: Records, enrolment: Enrolment) -> Branch:
    branch = branch_of(records, enrolment)
    if branch is not None:
        return branch
    raise Actionable(
        "no_branch",
        Sentence("The letterhead of your branch has not arrived from head office yet."),
        advice=Sentence("Synchronise once, then print. Your work is safe."),
    )


def _note(unit: Unit, record: str, kind: str) -> None:
    at = unit.clock.now().isoformat(timespec="milliseconds")
    unit.privacy.add(PrivacyEvent(at, unit.enrolment.staff, "reveal", record, kind))
