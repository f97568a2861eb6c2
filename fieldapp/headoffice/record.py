"""A record as head office keeps it: the values, the conflicts, and every value that ever stood or was typed."""

from __future__ import annotations

from typing import Any

import msgspec

from fieldapp.protocol.messages import RESCUED, Conflict, RecordState, Rev


class Written(msgspec.Struct, frozen=True, array_like=True):
    """Who set a field last, when by their own clock, and with which change."""

    by: str
    at: str
    change: str


class Past(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value that no longer stands: it was current (``replaced``) or in conflict (``decided``, ``retyped``).

    ``by``, ``at`` and ``change`` tell who typed it; ``ended_by`` is the change that took its place.
    """

    field: str
    value: Any
    why: str
    ended_by: str
    by: str | None = None
    at: str | None = None
    change: str | None = None


EVERY_FIELD = "*"
"""The name under which ``written`` tells who made the record, for all fields that nobody changed since."""


class StoredRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One record of one stream; ``owner`` is the owner of its root, ``had`` everybody who ever was.

    ``late`` marks an append that came from a former owner (SYNC 18).
    """

    kind: str
    record: str
    stream: str
    root: str
    owner: str
    parent: str | None = None
    moves: int = 0
    seq: int = 0
    values: dict[str, Any] = {}
    conflicts: tuple[Conflict, ...] = ()
    history: tuple[Past, ...] = ()
    written: dict[str, Written] = {}
    had: tuple[str, ...] = ()
    late: bool = False

    @property
    def rev(self) -> Rev:
        return (self.moves, self.stream, self.seq)

    @property
    def deleted(self) -> bool:
        return self.values.get("deleted") is True

    @property
    def rescued(self) -> bool:
        """Whether it was made anew after a restore, and its author has not been heard since."""
        maker = self.written.get(EVERY_FIELD)
        return maker is not None and maker.change.startswith(RESCUED)

    def writer_of(self, field: str) -> Written | None:
        """Who set a field last; None where nothing stands."""
        return self.written.get(field) or (self.written.get(EVERY_FIELD) if field in self.values else None)

    def state(self) -> RecordState:
        """What is told of it."""
        return RecordState(
            kind=self.kind,
            record=self.record,
            rev=self.rev,
            encoded=msgspec.Raw(msgspec.json.encode(self.values)),
            parent=self.parent,
            conflicts=self.conflicts,
        )
