"""An application with everything recorded beside it, as head office has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TypeVar

import msgspec

from fieldapp.domain import debts
from fieldapp.domain.application_records import (
    Collateral,
    ConflictDeclaration,
    Consent,
    Decision,
    ExternalDebt,
    Guarantee,
    Party,
)
from fieldapp.domain.backing import Backing
from fieldapp.domain.case_file import CaseFile
from fieldapp.domain.consents import KeptConsent
from fieldapp.domain.controls.separation import investigators
from fieldapp.domain.kinds import record_of
from fieldapp.domain.records import Application, Business, Household, Person, Prospect, Record, Visit
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.record import EVERY_FIELD, StoredRecord
from fieldapp.headoffice.storage.store import Unit
from fieldapp.protocol.messages import RESCUED

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Case:
    """``stored`` is the application, ``family`` all of its customer's records but visits and contacts, itself among
    them. ``entries`` reads those, which are many and seldom asked for; where none was given, nobody may ask.

    ``strangers`` are the people of other customers who stand in it: nobody is recorded twice (DOMAIN B).
    """

    stored: StoredRecord
    family: Sequence[StoredRecord]
    strangers: Sequence[StoredRecord] = ()
    entries: Callable[[], Iterable[StoredRecord]] | None = None

    @property
    def application(self) -> Application:
        """The application. Raises msgspec.ValidationError when this version cannot read it."""
        return record_of(Application, self.stored.values)

    @property
    def looked_into_by(self) -> frozenset[str]:
        """Who investigated (E3), and who handled the application before. Raises LookupError like ``visits``."""
        return investigators(self.application, (visit for _, visit in self.visits())) | _handlers(self.stored)

    def visits(self) -> list[tuple[StoredRecord, Visit]]:
        """Every visit to the customer that was not removed. Raises LookupError where no way to read them was given."""
        if self.entries is None:
            raise LookupError("the visits of this case are not read")
        return list(_read((one for one in self.entries() if one.kind == "visit" and not one.deleted), Visit))

    @property
    def decisions(self) -> list[Decision]:
        """Every decision on it, oldest first.

        One that a laptop gave back after a restore is none: whoever decides does so anew.
        """
        return [decision for stored, decision in self.beside("decision", Decision) if not stored.rescued]

    @property
    def given_back_decisions(self) -> list[Decision]:
        """What laptops gave back of decisions after a restore, oldest first: told, and never counted."""
        return [decision for stored, decision in self.beside("decision", Decision) if stored.rescued]

    @property
    def consents(self) -> list[KeptConsent]:
        """Every consent and withdrawal of the case, oldest first."""
        return [KeptConsent(stored.record, consent) for stored, consent in self.beside("consent", Consent)]

    @property
    def declarations(self) -> list[ConflictDeclaration]:
        """What officers declared of kin and interest, oldest first (E2)."""
        return [declared for _, declared in self.beside("conflict_declaration", ConflictDeclaration)]

    @property
    def people(self) -> dict[str, Person]:
        """The customer's people and those of other customers who stand in the application, by their records."""
        strangers = _read((one for one in self.strangers if not one.deleted), Person)
        known = (*self.of_customer("person", Person), *strangers)
        return {stored.record: person for stored, person in known}

    @property
    def file(self) -> CaseFile:
        """The form and all it rests on, put together as a laptop does: of two that would do, the newest.

        Raises msgspec.ValidationError when this version cannot read the application.
        """
        application, people = self.application, self.people
        family = dict(_by_record(self.of_customer("person", Person)))
        borrower = application.person or next((one.person for _, one in self.of_customer("prospect", Prospect)), None)
        spouse = _newest(
            record for record, person in family.items() if record != borrower and person.relation == "spouse"
        )
        businesses = _by_record(self.of_customer("business", Business))
        households = _by_record(self.of_customer("household", Household))
        prospects = [prospect for _, prospect in self.of_customer("prospect", Prospect)]
        shop = application.business if application.business in businesses else _newest(businesses)
        backing = Backing(
            parties=_by_record(self.beside("party", Party)),
            debts=_by_record(self.beside("external_debt", ExternalDebt)),
            collateral=_by_record(self.beside("collateral", Collateral)),
            guarantees=_by_record(self.beside("guarantee", Guarantee)),
            people=people,
            spouse=spouse,
        )
        return CaseFile(
            debts.with_debts(application, backing),
            prospects[0] if prospects else Prospect(),
            family.get(borrower or ""),
            family.get(spouse or ""),
            households.get(_newest(households) or ""),
            businesses.get(shop or ""),
            backing,
        )

    def beside(self, kind: str, shape: type[R]) -> list[tuple[StoredRecord, R]]:
        """The records of a kind that belong to the application, oldest first."""
        return [pair for pair in self.of_customer(kind, shape) if pair[0].parent == self.stored.record]

    def of_customer(self, kind: str, shape: type[R]) -> list[tuple[StoredRecord, R]]:
        """The records of a kind that belong to the customer, oldest first; what this version cannot read is left out.

        Removed ones are left out too.
        """
        return list(_read((one for one in self.family if one.kind == kind and not one.deleted), shape))


def case_of(ledger: Ledger, application: StoredRecord) -> Case:
    """The case around ``application`` as this request left it so far."""
    family = ledger.family(application, entries=False)
    case = Case(
        application,
        [application if one.record == application.record else one for one in family],
        entries=partial(ledger.family, application),
    )
    named = {party.person for _, party in case.beside("party", Party)} - {one.record for one in family}
    found = [ledger.fetch(person) for person in sorted(named)]
    strangers = [one for one in found if one is not None and one.kind == "person"]
    return replace(case, strangers=strangers)


def with_all_strangers(case: Case, unit: Unit) -> Case:
    """With those too who stand in it and are customers of another sub-branch by now: to be looked at, not written."""
    here = {one.record for one in (*case.family, *case.strangers)}
    elsewhere = {party.person for _, party in case.beside("party", Party) if "\x00" not in party.person} - here
    if not elsewhere:
        return case
    found = unit.records.find(elsewhere, unit.records.streams())
    return replace(case, strangers=(*case.strangers, *(one for one in found.values() if one.kind == "person")))


def _handlers(application: StoredRecord) -> set[str]:
    """Who began an application, was its officer once, or handed it in, whoever is named in the end."""
    once = {past.value for past in application.history if past.field == "officer" and past.why == "replaced"}
    handed_in = [past.by for past in application.history if past.field == "submitted_at"]
    writers = [application.written.get(name) for name in (EVERY_FIELD, "submitted_at")]
    wrote = [one.by for one in writers if one is not None and not one.change.startswith(RESCUED)]
    return {staff for staff in (*once, *handed_in, *wrote) if isinstance(staff, str) and staff}


def _by_record(read: Iterable[tuple[StoredRecord, R]]) -> Mapping[str, R]:
    return {stored.record: record for stored, record in read}


def _newest(records: Iterable[str]) -> str | None:
    return max(records, default=None)  # their ids are made with the time


def _read(stored: Iterable[StoredRecord], shape: type[R]) -> Iterator[tuple[StoredRecord, R]]:
    for one in stored:
        try:
            yield one, record_of(shape, one.values)
        except msgspec.ValidationError:
            continue


def instant(iso: str) -> datetime:
    """A time as head office notes it."""
    return datetime.fromisoformat(iso)
