"""Taking in what laptops still know of records that a restored head office has forgotten (SYNC 35).

Nothing is set by it: an unknown record is made anew and a person confirms that it is wanted, an unknown value stands
beside the known one as a conflict.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import msgspec

from fieldapp.domain.kinds import KINDS
from fieldapp.domain.record_rules import problems_of
from fieldapp.headoffice.arrivals import Arrival, Unreadable, arrival_of
from fieldapp.headoffice.case_effects import open_to_review
from fieldapp.headoffice.json_values import same
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.record import EVERY_FIELD, StoredRecord, Written
from fieldapp.headoffice.scope import Author, relation_of
from fieldapp.headoffice.sender import Sender
from fieldapp.headoffice.storage.store import Unit
from fieldapp.protocol.changes import Change, encode_change
from fieldapp.protocol.messages import RESCUED, Conflict, Rescue

log = logging.getLogger(__name__)


def take_in(unit: Unit, sender: Sender, rescues: Sequence[Rescue]) -> int:
    """Take in what is offered, roots first; returns how many records it made or added a value to.

    What is known already, out of the author's scope, or no record at all changes nothing.
    """
    author, device, at = sender.author, sender.device, sender.at
    offered = [arrival for rescue in rescues if (arrival := _arrival(rescue, author, at)) is not None]
    changes = [arrival.change for arrival in offered if arrival.change is not None]
    named = {c.record for c in changes} | {c.parent for c in changes if c.parent is not None}
    heads = unit.records.heads([author.branch], lock=True)
    found = unit.records.find(named, unit.records.streams())
    ledger = Ledger(unit, heads, found, device=device, at=at)
    done = 0
    anew: dict[str, str] = {}
    for arrival in sorted(offered, key=lambda a: a.change is not None and a.change.parent is not None):
        assert arrival.change is not None  # noqa: S101 - _arrival leaves out the others
        rescued = _rescued(ledger, author, arrival.change)
        if rescued is not None:
            ledger.enter(arrival.change, arrival.body, arrival.digest, rescued, effect="rescue")
            if rescued.kind == "application" and rescued.values.get("submitted_at") is not None:
                open_to_review(unit, ledger, arrival.change, rescued)
            ledger.keep()
            done += 1
            if rescued.parent is None and arrival.change.record not in found:
                anew[rescued.record] = rescued.stream
    ledger.flush()
    unit.records.tell_where(anew)
    log.info("rescued", extra={"device": device, "offered": len(rescues), "records": done})
    return done


def _arrival(rescue: Rescue, author: Author, at: str) -> Arrival | None:
    """The rescue as the change that it stands for; None for what no record could be."""
    definition = KINDS.get(rescue.kind)
    if definition is not None and definition.mirror:
        return None
    try:
        fields: dict[str, tuple[Any, Any]] = {name: (None, value) for name, value in rescue.values.items()}
        change = Change(
            id=f"{RESCUED}{rescue.record}",
            n=0,
            stream=author.branch,
            kind=rescue.kind,
            record=rescue.record,
            parent=rescue.parent,
            fields=fields,
            new=True,
            actor=author.staff,
            made_at=at,
        )
        arrival = arrival_of(encode_change(change))
    except (msgspec.DecodeError, RecursionError, ValueError, Unreadable):
        return None
    return arrival if arrival.change is not None and arrival.flaw is None else None


def _rescued(ledger: Ledger, author: Author, offered: Change) -> StoredRecord | None:
    current = ledger.record(offered.record)
    if current is None:
        return _made_anew(ledger, author, offered)
    if current.kind != offered.kind or not ledger.writes(current.stream) or relation_of(author, current) == "never":
        return None
    definition = KINDS.get(current.kind)
    if definition is not None and definition.append_only:
        return None
    unknown = {name: new for name, (_shown, new) in offered.fields.items() if not _knows(current, name, new)}
    if not unknown:
        return None
    opened = [_beside(current, offered, name, value) for name, value in unknown.items()]
    return msgspec.structs.replace(current, conflicts=(*current.conflicts, *opened))


def _made_anew(ledger: Ledger, author: Author, offered: Change) -> StoredRecord | None:
    definition = KINDS.get(offered.kind)
    parent = ledger.record(offered.parent) if offered.parent is not None else None
    values = {name: new for name, (_shown, new) in offered.fields.items()}
    if (offered.parent is not None and parent is None) or problems_of(offered.kind, values):
        return None
    if definition is not None and definition.root != (offered.parent is None):
        return None
    if not ledger.writes(parent.stream if parent is not None else author.branch):
        return None
    named = values.get("owner") if offered.kind == "prospect" else None
    owner = parent.owner if parent is not None else named if isinstance(named, str) else author.staff
    record = StoredRecord(
        kind=offered.kind,
        record=offered.record,
        stream=parent.stream if parent is not None else author.branch,
        parent=offered.parent,
        root=parent.root if parent is not None else offered.record,
        owner=owner,
        values=values,
        written={EVERY_FIELD: Written(author.staff, offered.made_at, offered.id)},
        had=tuple(dict.fromkeys((owner, author.staff))),
    )
    if offered.parent is not None or values.get("deleted") is True:
        return record
    return msgspec.structs.replace(record, conflicts=(_beside(record, offered, "deleted", True),))


def _knows(current: StoredRecord, name: str, value: object) -> bool:
    places = [current.values.get(name)]
    places += [conflict.value for conflict in current.conflicts if conflict.field == name]
    places += [past.value for past in current.history if past.field == name]
    return any(same(value, known) for known in places)


def _beside(current: StoredRecord, offered: Change, name: str, value: object) -> Conflict:
    who = current.writer_of(name)
    return Conflict(
        change=offered.id,
        field=name,
        shown=current.values.get(name),
        value=value,
        by=offered.actor,
        at=offered.made_at,
        standing=current.values.get(name),
        standing_by=who.by if who else None,
        standing_at=who.at if who else None,
    )
