"""What the laptop has to say in its next request: its changes, where it stands, and what it holds of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fieldapp.protocol.messages import MAX_BODY_BYTES, REQUEST_OVERHEAD_BYTES, Mark, Proof, Rev
from fieldapp.store.database import Store
from fieldapp.store.outbox import Queued
from fieldapp.store.view import View
from fieldapp.sync.packed_ahead import PackedAhead


@dataclass(frozen=True, slots=True)
class Place:
    """Where the conversation stands: the laptop's own word on it, or what the last reply will make of it."""

    cursor: str | None
    marks: dict[str, Mark]
    all_read: bool
    """Whether the cursor stands for the marks too: they are the heads that came with it."""


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


def look(view: View, after: int, most: int | None) -> Start:
    """Where the laptop stands, and its changes after number ``after``, where ``most`` of them are wanted."""
    rows = rows_in(view, after, most) if most is not None else None
    # one more than on the disk, not than the last request: what was never written must not be counted
    counter = (view.state.get("counter", int) or 0) + 1
    cursor, marks = view.state.get("cursor", str), view.state.marks()
    all_read = bool(cursor) and view.state.get("cursor_heads", dict[str, Mark]) == marks
    return Start(rows, counter, Place(cursor, marks, all_read))


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
