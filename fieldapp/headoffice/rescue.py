"""Taking in what laptops still know of records that a restored head office has forgotten (SYNC 35).

Nothing is set by it, and nothing decided: an unknown record is made anew and a person confirms that it is wanted, an
unknown value stands beside the known one as a conflict. The change under which all of it stands tells where it is from.
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
from fieldapp.headoffice.admission import require_admitted
from fieldapp.headoffice.arrivals import Arrival, Unreadable, arrival_of, photo_digests
from fieldapp.headoffice.case_effects import open_to_review
from fieldapp.headoffice.json_values import same
from fieldapp.headoffice.ledger import Ledger
from fieldapp.headoffice.merge import outgrows
from fieldapp.headoffice.record import EVERY_FIELD, StoredRecord, Written
from fieldapp.headoffice.rescue_rules import Standing, as_application, may_give_back, owner_of_root
from fieldapp.headoffice.restored import was_told_of_a_fork
from fieldapp.headoffice.scope import Author, relation_of
from fieldapp.headoffice.sender import Sender
from fieldapp.headoffice.storage.store import Unit, passes
from fieldapp.protocol.changes import Change, encode_change
from fieldapp.protocol.messages import RESCUED, Conflict, Rescue

log = logging.getLogger(__name__)

_LONGEST_ID = 64


def take_in(unit: Unit, sender: Sender, rescues: Sequence[Rescue], *, careful: bool = False) -> list[str]:
    """Take in what is offered, whatever its order; returns the records that the laptop is to keep and offer again.

    Those are what has no parent here yet, has no room, or is not to be had from this author now; where each is stored
    ``careful``ly by itself, what the database does not take; and all, where the laptop was never told of a restore.
    What is known already, or no record at all, changes nothing.
    """
    author, at = sender.author, sender.at
    if not was_told_of_a_fork(unit, sender.device):
        log.warning("rescues_without_a_restore", extra={"device": sender.device, "offered": len(rescues)})
        return [rescue.record for rescue in rescues]
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
        require_admitted(sender, unit.accounts.staff(sender.author.staff))
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
        try:
            taken = self._take_carefully(arrival) if self._careful else self._take(arrival)
        except DBAPIError as error:
            if passes(error) or not self._careful:
                raise
            log.exception("rescue_not_stored", extra={"change": arrival.id})
            self._ledger.drop()
            self._ledger.forget()
            return "kept"
        change = arrival.change
        if taken == "taken" and change is not None:
            self.done += 1
            if change.parent is None and change.record not in self._found:
                self._anew[change.record] = self._author.branch
        return taken

    def finish(self) -> None:
        """Write what was taken."""
        self._ledger.flush()
        self._unit.records.tell_where(self._anew)

    def _take_carefully(self, arrival: Arrival) -> Taken:
        with self._unit.savepoint():
            taken = self._take(arrival)
            self._ledger.flush()
            return taken

    def _take(self, arrival: Arrival) -> Taken:
        assert arrival.change is not None  # noqa: S101 - _arrival leaves out the others
        rescued = self._rescued(arrival.change)
        if not isinstance(rescued, StoredRecord):
            return rescued
        entered = self._ledger.enter(arrival.change, arrival.body, arrival.digest, rescued, effect="rescue")
        self._ledger.refer(entered, photo_digests(arrival.change))
        if rescued.kind == "application" and rescued.values.get("submitted_at") is not None:
            open_to_review(self._unit, self._ledger, arrival.change, rescued)
        self._ledger.keep()
        return "taken"

    def _rescued(self, offered: Change) -> StoredRecord | Taken:
        current = self._ledger.record(offered.record)
        if current is None:
            return self._made_anew(offered)
        out_of_scope = not self._ledger.writes(current.stream) or relation_of(self._author, current) == "never"
        if current.kind != offered.kind or out_of_scope:
            return "known"
        definition = KINDS.get(current.kind)
        if definition is not None and definition.append_only:
            return "known"
        unknown = {name: new for name, (_shown, new) in offered.fields.items() if not _knows(current, name, new)}
        if not unknown:
            return "known"
        rescued = _with_beside(current, offered, unknown)
        return "kept" if outgrows(rescued, current) else rescued  # until some of what stands there is decided

    def _made_anew(self, offered: Change) -> StoredRecord | Taken:
        definition = KINDS.get(offered.kind)
        values = {name: new for name, (_shown, new) in offered.fields.items()}
        if problems_of(offered.kind, values):
            return "known"
        parent = self._ledger.record(offered.parent) if offered.parent is not None else None
        unknown = parent is None and offered.parent is not None
        if definition is not None and not unknown and not definition.belongs_to(parent.kind if parent else None):
            return "known"
        if offered.parent is None:
            return self._root(offered, values)
        if parent is None or not self._ledger.writes(parent.stream):
            return "kept"
        if not may_give_back(self._author, offered.kind, values, parent):
            return "kept"
        stands = as_application(self._author, values) if offered.kind == "application" else Standing(values, {})
        late = relation_of(self._author, parent) == "late"
        made = self._new(offered, parent.owner, stands.values, parent, late=late)
        return _with_beside(made, offered, stands.beside)

    def _root(self, offered: Change, values: dict[str, Any]) -> StoredRecord | Taken:
        owner: str | None = self._author.staff
        beside: dict[str, Any] = {}
        if offered.kind == "prospect":
            named = values.get("owner")
            account = self._unit.accounts.staff(named) if isinstance(named, str) else None
            head = self._unit.accounts.head_of(self._author.branch) if self._author.decides else None
            owner = owner_of_root(self._author, named, account, head)
            if named is not None and named != owner:
                beside["owner"] = named
                values = values | {"owner": owner}
        if owner is None or not may_give_back(self._author, offered.kind, values, None):
            return "kept"
        if not self._ledger.writes(self._author.branch):
            return "kept"
        if values.get("deleted") is not True:
            beside["deleted"] = True
        return _with_beside(self._new(offered, owner, values, None), offered, beside)

    def _new(
        self,
        offered: Change,
        owner: str,
        values: dict[str, Any],
        parent: StoredRecord | None,
        *,
        late: bool = False,
    ) -> StoredRecord:
        me = self._author.staff
        return StoredRecord(
            kind=offered.kind,
            record=offered.record,
            stream=parent.stream if parent is not None else self._author.branch,
            parent=offered.parent,
            root=parent.root if parent is not None else offered.record,
            owner=owner,
            values=values,
            written={EVERY_FIELD: Written(me, offered.made_at, offered.id)},
            had=tuple(dict.fromkeys((owner, me))),
            late=late,
        )


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


def _knows(current: StoredRecord, name: str, value: object) -> bool:
    places = [current.values.get(name)]
    places += [conflict.value for conflict in current.conflicts if conflict.field == name]
    places += [past.value for past in current.history if past.field == name]
    return any(same(value, known) for known in places)


def _with_beside(current: StoredRecord, offered: Change, beside: dict[str, Any]) -> StoredRecord:
    """``current`` with these values beside what stands, for a person to choose."""
    opened = [_beside(current, offered, name, value) for name, value in beside.items()]
    return msgspec.structs.replace(current, conflicts=(*current.conflicts, *opened))


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
