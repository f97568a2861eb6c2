"""Who stands in an application of one customer and is another officer's since customers were handed over.

A guarantor is recorded once, with the customer they are themselves (DOMAIN B). They stay there when the loan's customer
goes, and go when they do: the officer of the loan does not see them any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fieldapp.headoffice.reassignment import Reassigned
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.storage.store import Store, Unit


@dataclass(frozen=True, slots=True)
class Separated:
    """``name`` stands in the ``application`` of ``officer`` and belongs to ``prospect``, a customer of ``staff``."""

    application: str
    number: str
    officer: str
    person: str
    name: str
    prospect: str
    staff: str


def separated(store: Store, moved: Sequence[Reassigned]) -> list[Separated]:
    """Whom the handing over of the prospects ``moved`` parted from an application that they stand in."""
    if not moved:
        return []
    roots = {one.prospect for one in moved}
    streams = {one.from_branch for one in moved} | {one.to_branch for one in moved}
    with store.reading() as unit:
        parties = [party for party in _of_kind(unit, streams, "party") if not party.deleted]
        named = {who for party in parties if isinstance(who := party.values.get("person"), str) and "\x00" not in who}
        people = unit.records.find(named, unit.records.streams())
        applications = {one.record: one for one in _of_kind(unit, streams, "application") if not one.deleted}
    found = []
    for party in parties:
        person, loan = people.get(str(party.values.get("person"))), applications.get(party.parent or "")
        if person is None or loan is None or person.owner == party.owner or roots.isdisjoint((party.root, person.root)):
            continue
        number, name = str(loan.values.get("number") or ""), str(person.values.get("name") or "")
        found.append(Separated(loan.record, number, loan.owner, person.record, name, person.root, person.owner))
    return sorted(set(found), key=lambda one: (one.prospect, one.application, one.person))


def _of_kind(unit: Unit, streams: set[str], kind: str) -> list[StoredRecord]:
    return [record for stream in sorted(streams) for record in unit.records.of_kind(stream, kind)]
