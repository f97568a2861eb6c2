"""The push of one exchange: each change judged, merged, numbered and receipted (SYNC 10 to 20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fieldapp.domain.controls.limits import Limits
from fieldapp.headoffice.arrivals import Arrival, photo_digests
from fieldapp.headoffice.knowledge import Knowledge
from fieldapp.headoffice.ledger import Ledger, held_by
from fieldapp.headoffice.receiving import Receiving
from fieldapp.headoffice.record import StoredRecord
from fieldapp.headoffice.scope import Author
from fieldapp.headoffice.storage.records import Head, Records
from fieldapp.headoffice.storage.store import Unit
from fieldapp.headoffice.together import Together, groups_of
from fieldapp.protocol.changes import Change
from fieldapp.protocol.messages import Gone, Receipt


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did: one receipt for each change, in order, and what the page has to know of it.

    ``changed`` are the records that got receipts, each as the laptop will believe it to be after them; ``streams``
    where those are by the receipts or have gone since, ``digests`` the photos they name.
    ``entered`` tells the numbers (after, until) that the push gave in a stream, where the receipts tell all of them.
    """

    receipts: list[Receipt]
    knowledge: Knowledge
    changed: dict[str, Gone] = field(default_factory=dict)
    streams: frozenset[str] = frozenset()
    digests: tuple[str, ...] = ()
    entered: dict[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def nothing(cls) -> Pushed:
        """Of a laptop that had nothing to send."""
        return cls([], Knowledge({}))


def push(
    unit: Unit,
    author: Author,
    device: str,
    arrivals: Sequence[Arrival],
    knowledge: Knowledge,
    at: str,
    *,
    careful: bool,
    limits: Limits | None = None,
    late: bool = False,
) -> Pushed:
    """Apply ``arrivals`` in order. The unit must be written to by nobody else meanwhile.

    ``late`` treats every change as one of somebody who does not have the record any more (SYNC 18, 42).

    ``careful`` stores every change under its own savepoint, so that one the database cannot take does not stop the
    others; without it all are stored together, which is faster, and DBAPIError undoes the unit. ``limits`` are those
    of the controls on what is submitted.
    """
    changes = [arrival.change for arrival in arrivals if arrival.change is not None]
    heads, found = _found_and_locked(unit.records, changes)
    ledger = Ledger(unit, heads, found, device=device, at=at)
    streams = {change.stream for change in changes}
    ledger.know_holds(unit.records.holds(streams, device, {held for change in changes for held in held_by(change)}))
    earlier = unit.records.receipts(
        [(change.stream, named) for change in changes for named in (change.id, *change.needs)]
    )
    receiving = Receiving(unit, author, device, ledger, earlier, knowledge, at, limits or Limits(), late=late)
    receipts = _received(arrivals, receiving, Together(unit, ledger, receiving), careful=careful)
    ledger.flush()
    sure = knowledge.sure
    answered = [
        (arrival.change, receipt)
        for arrival, receipt in zip(arrivals, receipts, strict=True)
        if arrival.change is not None
        and receipt.rev is not None
        and (arrival.plain is None or sure.get(arrival.change.record) != receipt.rev)
    ]
    return Pushed(
        receipts,
        knowledge,
        {change.record: Gone(receipt.stream, change.kind, change.record) for change, receipt in answered},
        frozenset(receipt.stream for _change, receipt in answered)
        | ledger.streams_of(change for change, _ in answered),
        tuple(digest for change, _receipt in answered for digest in photo_digests(change)),
        {
            stream: numbers
            for stream, numbers in ledger.entered.items()
            if all(
                record in sure and sure[record][1:] == (stream, seq) for record, seq in ledger.touched(stream).items()
            )
        },
    )


def _received(arrivals: Sequence[Arrival], receiving: Receiving, together: Together, *, careful: bool) -> list[Receipt]:
    """A receipt for each, in order; those of a group when the last of it is reached."""
    receive = receiving.receive_carefully if careful else receiving.receive_shortly
    groups = groups_of(arrivals)
    if not groups:
        return [receive(arrival) for arrival in arrivals]
    receive_group = together.receive_carefully if careful else together.receive
    receipts: dict[int, Receipt] = {}
    for place, arrival in enumerate(arrivals):
        group = arrival.change.group if arrival.change is not None else None
        if group is None:
            receipts[place] = receive(arrival)
        elif groups[group][-1] == place:
            members = [arrivals[member] for member in groups[group]]
            receipts |= zip(groups[group], receive_group(members), strict=True)
    return [receipts[place] for place in range(len(arrivals))]


def _found_and_locked(records: Records, changes: Sequence[Change]) -> tuple[dict[str, Head], dict[str, StoredRecord]]:
    """The records that ``changes`` name, wherever they are now, and the heads of all streams concerned, locked.

    A record is looked for where its change believes it, then where it was moved from there, then everywhere (SYNC 12);
    one that nobody else can have made yet is not looked for everywhere. What moved between the look and the lock is
    left out, and so waits.
    """
    named = {change.record for change in changes}
    named.update(change.parent for change in changes if change.parent is not None)
    streams = {change.stream for change in changes}
    found = records.find(named, streams)
    looked_in = set(streams)
    while moved := records.forwards(named - found.keys(), looked_in):
        ahead = set(moved.values()) - looked_in
        found |= records.find(named - found.keys(), ahead)  # a child made after the move left no forward
        looked_in |= ahead
        if not ahead:
            break
    made = {change.record for change in changes if change.new}
    if lost := named - found.keys() - made:
        found |= records.find(lost, set(records.streams()) - looked_in)
    streams |= {record.stream for record in found.values()}
    heads = records.heads(streams, lock=True)
    if records.many_writers:
        found = records.find(named, heads)
    return heads, found
