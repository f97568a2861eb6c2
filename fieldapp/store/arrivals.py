"""Records as head office tells them, made ready to be kept: what needs no database is done before the writer's turn."""

from __future__ import annotations

from typing import NamedTuple

from fieldapp.protocol.messages import RecordState
from fieldapp.store.projection import Entry, entry_in
from fieldapp.store.records import told_row


class Arrival(NamedTuple):
    """A record's state, what the lists have to know of it, and the row that keeps it on a laptop that has none yet."""

    state: RecordState
    entry: Entry
    row: tuple[object, ...]


def arrival_of(state: RecordState) -> Arrival:
    """``state`` made ready."""
    entry = entry_in(state.encoded)
    at = entry.at if state.kind == "contact" else entry.started_at if state.kind == "visit" else None
    return Arrival(state, entry, told_row(state, at, deleted=bool(entry.deleted)))
