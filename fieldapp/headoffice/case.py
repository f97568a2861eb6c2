"""An application with everything recorded beside it, as head office has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from fieldapp.domain.application_records import Decision
from fieldapp.domain.controls.separation import investigators
from fieldapp.domain.kinds import record_of
from fieldapp.domain.records import Application, Record, Visit
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.record import StoredRecord

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Case:
    """``stored`` is the application, ``family`` every record of its customer, itself among them."""

    stored: StoredRecord
    family: Sequence[StoredRecord]

    @property
    def application(self) -> Application:
        """The application. Raises msgspec.ValidationError when this version cannot read it."""
        return record_of(Application, self.stored.values)

    @property
    def looked_into_by(self) -> frozenset[str]:
        """Who investigated (E3)."""
        return investigators(self.application, (visit for _, visit in self.of_customer("visit", Visit)))

    @property
    def decisions(self) -> list[Decision]:
        """Every decision on it, oldest first."""
        return [decision for _, decision in self.beside("decision", Decision)]

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
    family = sorted(ledger.family(application), key=lambda one: one.seq)
    return Case(application, [application if one.record == application.record else one for one in family])


def _read(stored: Iterable[StoredRecord], shape: type[R]) -> Iterator[tuple[StoredRecord, R]]:
    for one in stored:
        try:
            yield one, record_of(shape, one.values)
        except msgspec.ValidationError:
            continue


def instant(iso: str) -> datetime:
    """A time as head office notes it."""
    return datetime.fromisoformat(iso)
