"""What the laptop has to say in its next request: its changes, where it stands, and what it holds of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import msgspec

from fieldapp.protocol.messages import (
    MAX_BODY_BYTES,
    PREVIOUS_PROTOCOL,
    REQUEST_OVERHEAD_BYTES,
    SHORT_HASH,
    Mark,
    Proof,
    Rev,
    SyncReply,
    SyncRequest,
)
from fieldapp.store.database import Store
from fieldapp.store.outbox import Queued
from fieldapp.store.view import View
from fieldapp.sync.apply import UNDER_WAY, told_heads
from fieldapp.sync.packed_ahead import PackedAhead


@dataclass(frozen=True, slots=True)
class Place:
    """Where the conversation stands: the laptop's own word on it, or what the last reply will make of it."""

    cursor: str | None
    marks: dict[str, Mark]
    all_read: bool
    """Whether the cursor stands for the marks too: they are the heads that came with it, and it stands at them."""
    under_way: bool
    """Whether the cursor came with a page that had more behind it."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What was read of the outbox for one request: at most ``most`` changes after number ``after``."""

    after: int
    most: int
    queued: list[Queued]
    more: bool
    held: dict[str, Rev | None]
    device: str
    proofs: list[Proof]
    ahead: PackedAhead | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """What one look at the laptop tells before a request."""

    rows: Rows | None
    counter: int
    place: Place


@dataclass(frozen=True, slots=True)
class Batch:
    """A request with the changes it carries."""

    queued: list[Queued]
    request: SyncRequest
    place: Place
    """Where the laptop stands when it asks; its marks travel or not."""
    more: bool = False
    """Whether the outbox held changes behind these."""
    ahead: PackedAhead | None = None
    """The changes, where they are packed already."""
    looked: bool = True
    """Whether the laptop was asked where it stands, and not only what the last reply will make of it."""


class Answered(NamedTuple):
    """What was asked, and the reply to it, which may still be on its way to the disk."""

    batch: Batch
    reply: SyncReply


def look(view: View, after: int, most: int | None) -> Start:
    """Where the laptop stands, and its changes after number ``after``, where ``most`` of them are wanted."""
    rows = rows_in(view, after, most) if most is not None else None
    # one more than on the disk, not than the last request: what was never written must not be counted
    counter = (view.state.get("counter", int) or 0) + 1
    cursor, marks = view.state.get("cursor", str), view.state.marks()
    all_read = bool(cursor) and view.state.get("cursor_heads", dict[str, Mark]) == marks
    return Start(rows, counter, Place(cursor, marks, all_read, view.state.get(UNDER_WAY, bool) or False))


def rows_ahead(store: Store, after: int, most: int, coding: str) -> Rows:
    """The changes after number ``after`` for a request that is not due yet, packed in ``coding``."""
    with store.reading() as view:
        rows = rows_in(view, after, most)
    return replace(rows, ahead=PackedAhead([one.body for one in rows.queued], coding)) if rows.queued else rows


def rows_in(view: View, after: int, most: int) -> Rows:
    """The changes after number ``after`` that fit into one request, and what is held of their records.

    Of a record of which nothing is known but the change that makes it, nothing is held.
    """
    limits = view.state.limits()
    queued = view.outbox.batch(
        after,
        min(most, limits.changes),
        min(limits.body_bytes, MAX_BODY_BYTES) - REQUEST_OVERHEAD_BYTES,
    )
    more = bool(queued) and view.outbox.goes_on_after(queued[-1].n)
    held = view.records.revisions([one.record for one in queued if not one.whole])
    proofs = view.proofs.shown(queued[0].n, queued[-1].n) if queued else []
    return Rows(after, most, queued, more, dict(held), view.state.enrolment().device, proofs)


def request_of(rows: Rows, place: Place, counter: int, protocol: int, answered: Answered | None) -> SyncRequest:
    """The request that carries ``rows`` from ``place``; ``answered`` is what the laptop's file may not know yet."""
    held = rows.held
    if answered is not None and (in_part := {one.record for one in rows.queued if not one.whole}):
        held = held | _told_of(in_part, answered.batch, answered.reply)
    marks = place.marks
    if protocol == PREVIOUS_PROTOCOL:  # which wants every record named, and compares whole hashes
        held = dict.fromkeys((one.record for one in rows.queued), None) | held
        marks = {stream: mark for stream, mark in marks.items() if len(mark[1]) != SHORT_HASH}
    elif place.all_read:
        marks = {}
    return SyncRequest(
        protocol=protocol,
        device=rows.device,
        counter=counter,
        marks=marks,
        cursor=place.cursor,
        changes=[msgspec.Raw(one.body) for one in rows.queued],
        held=held,
        proofs=rows.proofs,
    )


def place_after(batch: Batch, reply: SyncReply) -> Place:
    """Where the laptop stands once the ``reply`` to ``batch`` is written.

    A pull of several pages ends at the heads that its first page met: its cursor stands for no others.
    """
    before = batch.place.marks
    higher = {s: mark for s, mark in told_heads(reply).items() if s not in before or mark[0] > before[s][0]}
    marks = before | higher
    whole = not reply.more and (reply.restart or not batch.place.under_way)
    all_read = whole and reply.cursor is not None and marks == reply.heads
    return Place(reply.cursor or batch.request.cursor, marks, all_read, reply.more)


def _told_of(records: set[str], batch: Batch, reply: SyncReply) -> dict[str, Rev | None]:
    """What the laptop will hold of those records it sent, once the reply is written; None where that is to be seen."""
    queued = batch.queued
    told: dict[str, Rev | None] = {one.record: None for one in queued if one.record in records}
    for run in reply.runs:
        for place, one in enumerate(queued[run.first : run.first + run.count]):
            if one.record not in records:
                continue
            before = batch.request.held.get(one.record)
            told[one.record] = (before[0] if before else 0, run.stream, run.seq + place)
    for receipt in reply.receipts:
        told |= {one.record: None for one in queued if one.change == receipt.change and one.record in records}
    return told | {state.record: state.rev for state in reply.states if state.record in records}
