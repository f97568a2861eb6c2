"""Records as head office tells them, made ready to be kept: by any thread, before the transaction that keeps them."""

from __future__ import annotations

from collections.abc import Iterable

from fieldapp.protocol.messages import RecordState
from fieldapp.store.projection import Entry, Touched, entry_in


class Told:
    """What becomes of records where none of them is on the laptop yet.

    ``rows`` holds the values of most, one record after the other, as ``Records.insert_told`` takes them. Those
    ``at_length`` have more to them: a conflict, photos, or that they are deleted.
    """

    __slots__ = ("at_length", "rows", "touched")

    def __init__(self, states: Iterable[RecordState]) -> None:
        self.rows: list[object] = []
        self.at_length: list[tuple[RecordState, Entry]] = []
        self.touched = Touched()
        for state in states:
            kind, record, parent = state.kind, state.record, state.parent
            entry = entry_in(state.encoded)
            self.touched.touch(kind, record, parent, entry)
            if entry.photos or entry.deleted or state.conflicts:
                self.at_length.append((state, entry))
                continue
            moves, stream, seq = state.rev
            at, screen = instant_of(kind, entry), str(state.encoded, "utf-8")
            self.rows += (record, kind, parent, stream, at, moves, seq, screen)


def instant_of(kind: str, entry: Entry) -> str | None:
    """The instant by which records of this kind are ordered, if they have one."""
    return entry.at if kind == "contact" else entry.started_at if kind == "visit" else None
