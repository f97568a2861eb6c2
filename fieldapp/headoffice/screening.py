"""Screening an application at its submission, against what head office alone knows (DOMAIN E1, E5, E10, E11, E12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from fieldapp.domain import products
from fieldapp.domain.controls.alerts import Noticed
from fieldapp.domain.controls.concentration import Bundle, concentration_alerts
from fieldapp.domain.controls.limits import Limits
from fieldapp.domain.controls.nominee import Number, colleague_alerts, refusal_of_nominee
from fieldapp.domain.controls.related_parties import refusal_of_related, related_alerts
from fieldapp.domain.controls.second_officer import second_officer_alerts
from fieldapp.domain.controls.split_loans import Tie, Tied, split_alerts
from fieldapp.domain.errors import Invalid
from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.domain.kinds import record_of
from fieldapp.domain.records import Application, Business, Person, Product, Prospect
from fieldapp.domain.wording import Sentence
from fieldapp.headoffice.case import Case, instant, with_all_strangers
from fieldapp.headoffice.keyed_digests import KeyedDigests
from fieldapp.headoffice.second_officer import signed_visits
from fieldapp.headoffice.storage.screening import Exposure, Screening
from fieldapp.headoffice.storage.store import Unit


@dataclass(frozen=True, slots=True)
class _Subject:
    """What of a case is compared."""

    case: Case
    application: Application
    applicant: Person
    signers: tuple[Person, ...]
    guarantors: tuple[Person, ...]
    business: Business
    prospect: Prospect

    @property
    def itself(self) -> set[str]:
        """The application and the one it replaces: they are one loan."""
        return {self.case.stored.record, self.application.replaces or self.case.stored.record}


class Screener:
    """The controls on one submission, in the unit that takes it in."""

    def __init__(self, unit: Unit, limits: Limits) -> None:
        self._unit = unit
        self._limits = limits
        self._lists = Screening(unit.connection)
        self._digests = KeyedDigests(unit.accounts)

    def refusal(self, case: Case, by: str) -> Invalid | None:
        """Why the application of ``case``, which ``by`` hands in, is not taken in; None when it is."""
        subject = _subject(case)
        if subject is None:
            return None  # a rule of its own says what is wrong with it
        numbers = self._numbers(subject)
        if any(self._lists.is_kin_of(staff, numbers) for staff in {subject.application.officer, by}):
            return _own_kin()
        mine, _theirs = self._staff_numbers(subject)
        nominee = refusal_of_nominee(mine)
        if nominee is not None:
            return nominee
        if subject.application.related_party or self._is_listed(subject):
            product = products.version_of(catalogue_of(self._unit), subject.application)
            return refusal_of_related(subject.application, product)
        return None

    def notice(self, case: Case, at: str) -> list[Noticed]:
        """What those who decide are told of the submission; it counts for later ones from now on."""
        subject = _subject(case)
        if subject is None:
            return []
        today = instant(at).date()
        _mine, theirs = self._staff_numbers(subject)
        found = related_alerts(subject.application, listed=self._is_listed(subject))
        found += colleague_alerts(theirs)
        found += second_officer_alerts(signed_visits(self._unit, case), self._owners_of_laptops())
        found += self._splits(subject, today)
        found += concentration_alerts(self._sums(subject), self._limits)
        introducer = self._introducer(subject)
        ties: dict[str, str] = {**self._ties(subject)}
        if introducer is not None:
            ties[introducer] = "introducer"
        self._lists.put_exposure(self._exposure(subject, today), ties)
        return found

    def _owners_of_laptops(self) -> dict[str, str]:
        return {device.device: device.staff for device in self._unit.accounts.devices()}

    def refusal_to_open(self, officer: str, customer: Iterable[Person], firms: Iterable[Business]) -> Invalid | None:
        """Why ``officer`` may not begin an application of this customer: it is their own kin, or a firm of theirs."""
        written = [*(person.id_number for person in customer), *(firm.uscc for firm in firms)]
        return _own_kin() if self._lists.is_kin_of(officer, self._digests_of(written)) else None

    def refusal_of_interest(self, case: Case, staff: str) -> Invalid | None:
        """Why ``staff`` neither decides on ``case`` nor contracts or pays it out: it is their own kin, or a firm.

        Whoever stands in it counts, in whatever sub-branch they are a customer by now.
        """
        subject = _subject(with_all_strangers(case, self._unit))
        if subject is None or not self._lists.is_kin_of(staff, self._numbers(subject)):
            return None
        sentence = Sentence("This customer is kin of whoever does this, or a firm of theirs: somebody else does it.")
        return Invalid("deciding_on_kin", sentence, field="staff")

    def _is_listed(self, subject: _Subject) -> bool:
        return self._lists.is_related(self._numbers(subject))

    def _numbers(self, subject: _Subject) -> list[str]:
        """Those of the applicant, of who signs, and of their firm."""
        people = (subject.applicant, *subject.signers)
        return self._digests_of([*(person.id_number for person in people), subject.business.uscc])

    def _digests_of(self, numbers: Iterable[str | None]) -> list[str]:
        return [digest for number in numbers if (digest := self._digests.of("number", number)) is not None]

    def _staff_numbers(self, subject: _Subject) -> tuple[dict[Number, bool], dict[Number, bool]]:
        """Which numbers are the officer's own, and which another member of staff's."""
        numbers: dict[Number, str | None] = {
            "mobile": self._digests.of("mobile", subject.applicant.mobile),
            "account": self._digests.of("account", subject.application.payout_account),
        }
        owners = self._lists.owners_of(digest for digest in numbers.values() if digest is not None)
        whose = {number: owners.get(digest or "") for number, digest in numbers.items()}
        officer = subject.application.officer
        mine = {number: owner == officer for number, owner in whose.items()}
        return mine, {number: owner is not None and owner != officer for number, owner in whose.items()}

    def _splits(self, subject: _Subject, today: date) -> list[Noticed]:
        since = (today - timedelta(days=self._limits.split_days)).isoformat()
        tied = self._lists.tied(self._ties(subject), since, subject.itself)
        found = [Tied(name, tie, fen, date.fromisoformat(on)) for name, tie, fen, on in tied]
        return split_alerts(subject.application.amount_fen or 0, today, found, self._limits)

    def _sums(self, subject: _Subject) -> dict[Bundle, int]:
        exposure = self._exposure(subject, date.min)
        under: dict[Bundle, str] = {
            "borrower": exposure.borrower,
            "industry": exposure.industry,
            "village": exposure.village,
            "officer": exposure.officer,
        }
        sums = {
            bundle: self._lists.sum_fen(bundle, value, subject.itself) + exposure.amount_fen
            for bundle, value in under.items()
            if value
        }
        if (introducer := self._introducer(subject)) is not None:
            sums["introducer"] = self._lists.sum_tied_fen(introducer, subject.itself) + exposure.amount_fen
        return sums

    def _introducer(self, subject: _Subject) -> str | None:
        """Whoever brought the customer to the officer, as a digest; the officer's own customers count as theirs."""
        brought = subject.prospect.marketed_by
        if brought == subject.application.officer:
            return None
        digest = self._digests.of("introducer", brought)
        return f"introducer:{digest}" if digest is not None else None

    def _exposure(self, subject: _Subject, today: date) -> Exposure:
        stored = subject.case.stored
        return Exposure(
            application=stored.record,
            branch=stored.stream,
            officer=subject.application.officer,
            borrower=self._digests.of("number", subject.applicant.id_number) or "",
            industry=subject.business.industry or "",
            village=subject.prospect.village_code or "",
            amount_fen=subject.application.amount_fen or 0,
            status="submitted",
            submitted_on=today.isoformat(),
        )

    def _ties(self, subject: _Subject) -> dict[str, Tie]:
        """By what the application hangs together with others, each as a digest of its sort."""
        return {
            f"{tie}:{digest}": tie
            for tie, sort, written in _ties_of(subject)
            if (digest := self._digests.of(sort, written)) is not None
        }


def _own_kin() -> Invalid:
    return Invalid(
        "own_kin",
        Sentence("This is the officer's own kin, or a firm of theirs: a colleague looks after it."),
        field="officer",
    )


def catalogue_of(unit: Unit) -> list[Product]:
    """Every version of every product that head office ever had."""
    return [record_of(Product, one.values) for one in unit.records.of_kind(BANK_STREAM, "product")]


def _ties_of(subject: _Subject) -> Iterator[tuple[Tie, str, str | None]]:
    application, applicant = subject.application, subject.applicant
    yield "borrower", "number", applicant.id_number
    yield "household", "household", subject.case.stored.root
    for spouse in subject.signers:
        yield "household", "number", spouse.id_number
    yield "household", "number", applicant.id_number
    yield "address", "address", applicant.actual_address
    yield "phone", "mobile", applicant.mobile
    yield "account", "account", application.payout_account
    for use in application.uses:
        yield "payee", "payee", use.payee
    for person in subject.guarantors:
        yield "guarantor", "number", person.id_number or person.mobile


def _subject(case: Case) -> _Subject | None:
    try:
        file = case.file
    except msgspec.ValidationError:
        return None
    backing = file.backing
    signing = [
        backing.people[party.person] for _, party in backing.of_role(*_SIGNING) if party.person in backing.people
    ]
    signing += [person for _, person in case.of_customer("person", Person) if person.relation == "spouse"]
    vouching = {party.person for _, party in backing.of_role("guarantor")}
    vouching |= {guarantee.guarantor for guarantee in backing.guarantees.values()}
    return _Subject(
        case,
        file.application,
        file.person or next(iter(backing.people.values()), Person()),
        tuple(signing),
        tuple(backing.people[name] for name in sorted(vouching) if name in backing.people),
        file.business or Business(),
        file.prospect,
    )


_SIGNING = ("spouse", "co_borrower", "pledgor")
