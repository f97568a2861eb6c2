"""Who and what stands behind a loan besides the form: parties, debts elsewhere, collateral and guarantees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fieldapp.domain.application_records import Collateral, ExternalDebt, Guarantee, Party
from fieldapp.domain.records import Person


@dataclass(frozen=True, slots=True)
class Backing:
    """The rows of one application by their record ids, in the order they were entered; ``people`` by theirs.

    ``spouse`` is the record of the borrower's spouse, whose data stand in the form itself.
    """

    parties: Mapping[str, Party] = field(default_factory=dict)
    debts: Mapping[str, ExternalDebt] = field(default_factory=dict)
    collateral: Mapping[str, Collateral] = field(default_factory=dict)
    guarantees: Mapping[str, Guarantee] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    spouse: str | None = None

    def of_role(self, *roles: str) -> Iterator[tuple[str, Party]]:
        """The parties in one of these roles."""
        return ((record, party) for record, party in self.parties.items() if party.role in roles)

    def name_of(self, person: str) -> str:
        """What a person is called, empty for one that is not on this laptop."""
        known = self.people.get(person)
        return known.name if known is not None else ""
