"""The rows behind an application, read from the store; and what every change of one of them has in common."""

from __future__ import annotations

from typing import TypeVar

from fieldapp.domain.application_records import Collateral, ExternalDebt, Guarantee, Party
from fieldapp.domain.backing import Backing
from fieldapp.domain.kinds import record_of
from fieldapp.domain.records import Person, Record
from fieldapp.store.records import Records

R = TypeVar("R", bound=Record)


def read_backing(records: Records, application: str, spouse: str | None) -> Backing:
    """Who and what stands behind an application.

    Raises msgspec.ValidationError when a newer version of the program wrote a row.
    """
    parties = _rows(records, application, "party", Party)
    collateral = _rows(records, application, "collateral", Collateral)
    guarantees = _rows(records, application, "guarantee", Guarantee)
    named = {party.person for party in parties.values()}
    named |= {thing.owner for thing in collateral.values()} | {held.guarantor for held in guarantees.values()}
    known = records.known(sorted(named - {""}))
    return Backing(
        parties=parties,
        debts=_rows(records, application, "external_debt", ExternalDebt),
        collateral=collateral,
        guarantees=guarantees,
        people={
            record: record_of(Person, stored.screen)
            for record, stored in known.items()
            if stored.kind == "person" and not stored.deleted
        },
        spouse=spouse,
    )


def _rows(records: Records, application: str, kind: str, shape: type[R]) -> dict[str, R]:
    stored = records.children(application, kind)
    return {one.id: record_of(shape, one.screen) for one in reversed(stored)}
