"""Which changes a laptop that was shut out has handed in, each by its id, and which it has not (SYNC 42).

A change never alters, so its id says what it says. A correction stands at the number of what it corrects, which may be
long behind; its id is new, and so it is handed in too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from fieldapp.protocol.changes import decode_change
from fieldapp.store.connection import Connection
from fieldapp.store.faults import damaged_file


@dataclass(frozen=True, slots=True)
class ToHandIn:
    """A change that is to be handed in: how many bytes it has, and the group it stands or falls with."""

    change: str
    size: int
    group: str | None = None


class HandedIn:
    """The ids of changes that are in a parcel which head office confirmed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(self, changes: Iterable[str]) -> None:
        """Head office has confirmed a parcel with these."""
        self._connection.executemany(
            "INSERT INTO handed_in (change) VALUES (?) ON CONFLICT DO NOTHING", [(change,) for change in changes]
        )

    def forget(self) -> None:
        """Head office may have forgotten every parcel."""
        self._connection.execute("DELETE FROM handed_in")

    def queued(self) -> list[ToHandIn]:
        """What is in the outbox and was not handed in, in order; of a group all, for a part alone is not judged.

        Raises StorageFault (``damaged``) rather than give bytes that were not saved.
        """
        found: list[tuple[ToHandIn, bool]] = []
        rows = self._connection.execute(
            "SELECT change, body, handed_in.change IS NOT NULL FROM queue CROSS JOIN saved_change USING (n)"
            " LEFT JOIN handed_in USING (change) ORDER BY n"
        )
        for change, body, handed in rows:
            if b"\0" in body:
                raise damaged_file()
            found.append((ToHandIn(change, len(body), _group_of(body)), bool(handed)))
        torn = {one.group for one, handed in found if not handed} - {None}
        return [one for one, handed in found if not handed or one.group in torn]

    def refused(self) -> list[ToHandIn]:
        """What head office refused, no person has settled and was not handed in, in order."""
        rows = self._connection.execute(
            "SELECT change, length(body) FROM refused WHERE change NOT IN (SELECT change FROM handed_in) ORDER BY n"
        )
        return [ToHandIn(*row) for row in rows]

    def is_all(self) -> bool:
        """Whether every change that is only on this laptop was handed in as it stands."""
        row = self._connection.execute(
            "SELECT EXISTS (SELECT 1 FROM queue CROSS JOIN saved_change USING (n)"
            "  WHERE change NOT IN (SELECT change FROM handed_in))"
            " OR EXISTS (SELECT 1 FROM refused WHERE change NOT IN (SELECT change FROM handed_in))"
        ).fetchone()
        return not row[0]

    def bodies(self, wanted: Iterable[ToHandIn]) -> dict[str, bytes]:
        """The bytes of those that are still queued or refused, by their ids, in the order of ``wanted``."""
        ids = [one.change for one in wanted]
        rows = self._connection.execute(
            "WITH wanted AS (SELECT value AS change FROM json_each(?))"
            " SELECT change, body FROM wanted CROSS JOIN saved_change USING (change) CROSS JOIN queue USING (n)"
            " UNION ALL SELECT change, refused.body FROM wanted CROSS JOIN refused USING (change)",
            (json.dumps(ids),),
        )
        found = dict(rows.fetchall())
        return {change: found[change] for change in ids if change in found}


def _group_of(body: bytes) -> str | None:
    if b'"group"' not in body:
        return None
    try:
        return decode_change(body).group
    except msgspec.DecodeError:
        return None  # it is handed in all the same
