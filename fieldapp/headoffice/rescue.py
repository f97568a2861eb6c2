"""Taking in what laptops still know of records that a restored head office has forgotten (SYNC 35).

Nothing is set by it: an unknown record is made anew and a person confirms that it is wanted, an unknown value stands
beside the known one as a conflict.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy.exc import DBAPIError

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

_LONGEST_ID = 64


def take_in(unit: Unit, sender: Sender, rescues: Sequence[Rescue], *, careful: bool = False) -> list[str]:
    """Take in what is offered, whatever its order; returns the records that the laptop is to keep and offer again.

    Those are what has no parent here yet, and, where each is stored ``careful``ly by itself, what the database does not
    take. What is known already, out of the author's scope, or no record at all changes nothing.
    """
    author, at = sender.author, sender.at
    offered = [arrival for rescue in rescues if (arrival := _arrival(rescue, author, at)) is not None]
    taking = _Taking(unit, sender, offered, careful=careful)
    left = offered
    while True:  # what was taken may be the parent of what was passed by
        before, left = left, [arrival for arrival in left if taking.take(arrival) == "kept"]
        if len(left) == len(before) or not left:
            break
    taking.finish()
    untaken = [arrival.change.record for arrival in left if arrival.change is not None]
    counts = {"offered": len(rescues), "records": taking.done, "untaken": len(untaken)}
    log.info("rescued", extra=counts | {"device": sender.device})
    return untaken


Taken = Literal["taken", "known", "kept"]
"""known: nothing was to be done, or ever will be. kept: it cannot be taken now."""


class _Taking:
    """The rescues of one request on their way into the ledger."""

    def __init__(self, unit: Unit, sender: Sender, offered: Sequence[Arrival], *, careful: bool) -> None:
        changes = [arrival.change for arrival in offered if arrival.change is not None]
        named = {c.record for c in changes} | {c.parent for c in changes if c.parent is not None}
        heads = unit.records.heads([sender.author.branch], lock=True)
        self._unit = unit
        self._author = sender.author
        self._found = unit.records.find(named, unit.records.streams())
        self._ledger = Ledger(unit, heads, dict(self._found), device=sender.device, at=sender.at)
        self._careful = careful
        self._anew: dict[str, str] = {}
        self.done = 0
        """How many records were made or had a value added."""

    def take(self, arrival: Arrival) -> Taken:
        """Take in one, as far as it is known now."""
        if not self._careful:
            return self._take(arrival)
        try:
            with self._unit.savepoint():
                taken = self._take(arrival)
                self._ledger.flush()
                return taken
        except DBAPIError:
            log.exception("rescue_not_stored", extra={"change": arrival.id})
            self._ledger.drop()
            self._ledger.forget()
            return "kept"

    def finish(self) -> None:
        """Write what was taken."""
        self._ledger.flush()
        self._unit.records.tell_where(self._anew)

    def _take(self, arrival: Arrival) -> Taken:
        assert arrival.change is not None  # noqa: S101 - _arrival leaves out the others
        rescued = _rescued(self._ledger, self._author, arrival.change)
        if not isinstance(rescued, StoredRecord):
            return rescued
        self._ledger.enter(arrival.change, arrival.body, arrival.digest, rescued, effect="rescue")
        if rescued.kind == "application" and rescued.values.get("submitted_at") is not None:
            open_to_review(self._unit, self._ledger, arrival.change, rescued)
        self._ledger.keep()
        self.done += 1
        if rescued.parent is None and arrival.change.record not in self._found:
            self._anew[rescued.record] = rescued.stream
        return "taken"


def _change_id(record: str) -> str:
    """Under which a record is rescued: always the same, and no longer than an id may be."""
    name = record if len(RESCUED) + len(record) <= _LONGEST_ID else hashlib.sha256(record.encode()).hexdigest()
    return (RESCUED + name)[:_LONGEST_ID]


def _arrival(rescue: Rescue, author: Author, at: str) -> Arrival | None:
    """The rescue as the change that it stands for; None for what no record could be."""
    definition = KINDS.get(rescue.kind)
    if definition is not None and definition.mirror:
        return None
    try:
        fields: dict[str, tuple[Any, Any]] = {name: (None, value) for name, value in rescue.values.items()}
        change = Change(
            id=_change_id(rescue.record),
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


def _rescued(ledger: Ledger, author: Author, offered: Change) -> StoredRecord | Taken:
    current = ledger.record(offered.record)
    if current is None:
        return _made_anew(ledger, author, offered)
    if current.kind != offered.kind or not ledger.writes(current.stream) or relation_of(author, current) == "never":
        return "known"
    definition = KINDS.get(current.kind)
    if definition is not None and definition.append_only:
        return "known"
    unknown = {name: new for name, (_shown, new) in offered.fields.items() if not _knows(current, name, new)}
    if not unknown:
        return "known"
    opened = [_beside(current, offered, name, value) for name, value in unknown.items()]
    return msgspec.structs.replace(current, conflicts=(*current.conflicts, *opened))


def _made_anew(ledger: Ledger, author: Author, offered: Change) -> StoredRecord | Taken:
    definition = KINDS.get(offered.kind)
    parent = ledger.record(offered.parent) if offered.parent is not None else None
    values = {name: new for name, (_shown, new) in offered.fields.items()}
    if (definition is not None and definition.root != (offered.parent is None)) or problems_of(offered.kind, values):
        return "known"
    if offered.parent is not None and parent is None:
        return "kept"
    if not ledger.writes(parent.stream if parent is not None else author.branch):
        return "known"
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
