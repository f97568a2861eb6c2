"""The names of the bank's own records, under which no laptop makes another: readers hold both by their names alone."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from fieldapp.domain.identifiers import BANK_STREAM
from fieldapp.headoffice.arrivals import Arrival
from fieldapp.headoffice.flaws import record_exists
from fieldapp.headoffice.storage.records import Head
from fieldapp.headoffice.storage.store import Unit


class BankRecords:
    """Kept until the bank's stream goes on: products, sub-branches and staff change seldom."""

    def __init__(self) -> None:
        self._known: tuple[Head, frozenset[str]] | None = None

    def kept_apart(self, unit: Unit, arrivals: Sequence[Arrival], head: Head) -> Sequence[Arrival]:
        """``arrivals``, of which those that would make a record under such a name have a flaw.

        ``head`` is that of the bank's stream.
        """
        names = self._at(unit, head)
        if not any(one.named is not None and one.named.record in names for one in arrivals):
            return arrivals
        return [_taken(one) if _makes_one_of(names, one) else one for one in arrivals]

    def _at(self, unit: Unit, head: Head) -> frozenset[str]:
        known = self._known
        if known is None or known[0] != head:
            known = self._known = (head, frozenset(unit.records.names(BANK_STREAM)))
        return known[1]


def _makes_one_of(names: frozenset[str], arrival: Arrival) -> bool:
    named = arrival.named
    return named is not None and named.new and named.record in names


def _taken(arrival: Arrival) -> Arrival:
    return msgspec.structs.replace(arrival, read=arrival.change, flaw=record_exists(), plain=None)
