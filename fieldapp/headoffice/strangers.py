"""People of other customers who stand in applications: those who decide read them for as long as they read the loan.

Nobody is recorded twice (DOMAIN B): a guarantor is a customer of their own, and may go another way than the loan does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import REVIEW
from fieldapp.headoffice.storage.records import Departure
from fieldapp.headoffice.storage.reviews import Reviews
from fieldapp.headoffice.storage.store import Unit


def strangers_in(records: Collection[StoredRecord], *, taken_off: bool = False) -> dict[str, str]:
    """Who stands in an application among ``records`` that was ever submitted, and is none of its customer's own; each
    with the customer whose loan it is. Those whom somebody took off again are left out unless asked for.
    """
    submitted = {one.record for one in records if one.kind == "application" and one.values.get("submitted_at")}
    own = {(one.root, one.record) for one in records if one.kind == "person"}
    return {
        who: party.root
        for party in records
        if party.kind == "party" and party.parent in submitted and (taken_off or not party.deleted)
        for who in [party.values.get("person")]
        if isinstance(who, str) and "\x00" not in who and (party.root, who) not in own
    }


_TELLING = ("application", "party", "person")
"""The kinds that tell who stands in what."""


class Following:
    """Those who decide in one stream and in another, in one unit that holds both heads, after loans have moved."""

    def __init__(self, unit: Unit) -> None:
        self._records = unit.records
        self._reviews = Reviews(unit.connection)

    def to_be_read(self, target: str, people: Collection[str], arrived: Collection[str]) -> list[StoredRecord]:
        """Open ``people`` to those who decide in ``target``, wherever each is; returns those who stand there already
        and have to reach them under a new number: all but those who just ``arrived``.
        """
        already = self._reviews.open_among(target, people)
        new = [person for person in people if person not in already]
        self._reviews.open(target, *new)
        self._records.return_to(target, REVIEW, new)
        return self._standing_alone(target, set(new).difference(arrived))

    def not_to_be_read(self, source: str, people: Collection[str]) -> list[StoredRecord]:
        """Close those of ``people`` to those who decide in ``source`` whom no loan there names; returns those of them
        who stand there, and have to leave their sight.
        """
        closed = self._reviews.open_among(source, people)
        if closed:
            closed -= strangers_in(self._records.under_review(source, _TELLING)).keys()
            self._reviews.close(source, closed)
        return self._standing_alone(source, closed)

    def leave_sight(self, source: str, numbered: Iterable[tuple[StoredRecord, int]]) -> None:
        """These leave the sight of those who decide in ``source``, each with its number."""
        left = [Departure(person.record, person.kind, seq) for person, seq in numbered]
        self._records.depart(source, REVIEW, left)

    def reach(self, numbered: Iterable[tuple[StoredRecord, int]]) -> None:
        """These are told anew, each under its number."""
        self._records.put([], [msgspec.structs.replace(person, seq=seq) for person, seq in numbered])

    def _standing_alone(self, stream: str, people: Collection[str]) -> list[StoredRecord]:
        """Those who are in the stream and not read there with all of their own customer."""
        if not people:
            return []
        found = [one for _, one in sorted(self._records.find(people, [stream]).items()) if one.kind == "person"]
        whole = self._reviews.open_among(stream, {one.root for one in found})
        return [one for one in found if one.root not in whole]
