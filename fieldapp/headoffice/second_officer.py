"""Asking the second officer of a visit for their own word, and finding it again (DOMAIN E5).

What is asked is a record of the second officer's own, so that it reaches their laptops as all their work does; its id
follows from the visit's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from fieldapp.domain.controls.second_officer import SignedVisit
from fieldapp.domain.kinds import record_of, values_of
from fieldapp.domain.records import Person, Prospect, Visit, VisitConfirmation, VisitToConfirm
from fieldapp.headoffice.case import Case
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.reassignment import HEAD_OFFICE
from fieldapp.headoffice.record import EVERY_FIELD, StoredRecord, Written
from fieldapp.headoffice.storage.store import Unit
from fieldapp.protocol.changes import Change, body_digest, encode_change
from fieldapp.protocol.identifiers import new_change_id

_MOST_FACTS = 2_000
"""Characters of the facts that are shown to the second officer."""


def ask_second_officer(unit: Unit, ledger: Ledger, stored: StoredRecord, device: str, at: str) -> None:
    """Ask whom the visit names, where they work in the same branch; it came from ``device``."""
    visit = record_of(Visit, stored.values)
    second = unit.accounts.staff(visit.second_officer or "")
    if second is None or not second.active or second.branch != stored.stream or second.author.decides:
        return
    asked = VisitToConfirm(
        visit=stored.record,
        second_officer=second.staff,
        staff=visit.staff,
        device=device,
        customer=_customer(ledger, stored),
        started_at=visit.started_at,
        ended_at=visit.ended_at,
        business_date=visit.business_date,
        facts=visit.facts[:_MOST_FACTS],
    )
    values = {name: value for name, value in values_of(asked).items() if value is not None}
    change = Change(
        id=new_change_id(),
        n=0,
        stream=stored.stream,
        kind="visit_to_confirm",
        record=_asked_id(stored.record),
        fields={name: (None, value) for name, value in values.items()},
        new=True,
        actor=HEAD_OFFICE,
        made_at=at,
    )
    if ledger.fetch(change.record) is not None:
        return
    record = StoredRecord(
        kind=change.kind,
        record=change.record,
        stream=stored.stream,
        root=change.record,
        owner=second.staff,
        values=values,
        written={EVERY_FIELD: Written(HEAD_OFFICE, at, change.id)},
        had=(second.staff,),
    )
    body = encode_change(change)
    ledger.enter(change, body, body_digest(body), record)


def signed_visits(unit: Unit, case: Case) -> list[SignedVisit]:
    """The visits of a case that name a second officer, with the laptops from which that officer confirmed them."""
    named = [(stored, visit) for stored, visit in case.visits() if visit.second_officer]
    asked = _asked(unit, case.stored.stream, [stored for stored, _visit in named])
    return [
        SignedVisit(
            second_officer=visit.second_officer or "",
            device=str(found.values.get("device")) if found is not None else "",
            confirmed_from=_confirmed_from(unit, found) if found is not None else (),
        )
        for stored, visit in named
        for found in [asked.get(_asked_id(stored.record))]
    ]


def _asked(unit: Unit, stream: str, visits: Sequence[StoredRecord]) -> dict[str, StoredRecord]:
    """What was asked of the second officers; of a visit that came from another sub-branch it was asked there."""
    names = {_asked_id(visit.record): visit.moves for visit in visits}
    found = unit.records.find(names, [stream]) if names else {}
    if moved := {name for name, moves in names.items() if moves and name not in found}:
        found |= unit.records.find(moved, set(unit.records.streams()) - {stream})
    return {name: record for name, record in found.items() if record.kind == "visit_to_confirm"}


def _confirmed_from(unit: Unit, asked: StoredRecord) -> tuple[str, ...]:
    found = []
    for stored in unit.records.of_root(asked.stream, asked.record):
        if stored.kind != "visit_confirmation":
            continue
        try:
            record_of(VisitConfirmation, stored.values)
        except msgspec.ValidationError:
            continue
        device = unit.records.journal.device_at(asked.stream, stored.seq)
        if device is not None:
            found.append(device)
    return tuple(found)


def _customer(ledger: Ledger, visit: StoredRecord) -> str:
    prospect = ledger.fetch(visit.root)
    try:
        person = ledger.fetch(record_of(Prospect, prospect.values).person) if prospect is not None else None
        return record_of(Person, person.values).name if person is not None else ""
    except msgspec.ValidationError:
        return ""


def _asked_id(visit: str) -> str:
    return hashlib.sha256(f"visit_to_confirm\n{visit}".encode()).hexdigest()[:32]
