"""Starting over with a head office that forgot: what was sent is sent again, what was told is kept to be offered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fieldapp.domain.kinds import KINDS
from fieldapp.store.connection import Connection
from fieldapp.store.outbox import Outbox
from fieldapp.store.proofs import Proofs
from fieldapp.store.records import Records
from fieldapp.store.state import State

_MARKS = "SELECT json_group_object(stream, json_array(seq, hash)) FROM mark"
IMAGES_DUE = f"EXISTS (SELECT 1 FROM image) AND ({_MARKS}) IS NOT (SELECT value FROM state WHERE name = 'images_rest')"  # noqa: S608 - a constant
"""Whether there are images to be offered: what was not taken rests until head office has something new."""


class Image(NamedTuple):
    """A record as head office had told it before; ``told`` are its values as JSON."""

    record: str
    kind: str
    parent: str | None
    told: str


class Images:
    """The side of a unit that a restored head office concerns (SYNC 34, 35)."""

    def __init__(self, connection: Connection, state: State) -> None:
        self._connection = connection
        self._state = state

    def start_over(self, *, every_photo: bool = True) -> None:
        """Everything told becomes an image and stale; everything sent is queued again, at its own number.

        Cursor and marks of all streams go. An image that is there already is the older one, and stays. Of photos those
        that are whole here are to be sent again, or only those of which no tried backup is known.
        """
        mirrors = [kind.name for kind in KINDS.values() if kind.mirror]
        places = ",".join("?" * len(mirrors))
        query = (
            "INSERT OR IGNORE INTO image (record, kind, parent, told)"  # noqa: S608 - only places
            " SELECT id, kind, parent, coalesce(base, screen) FROM record_as_told"
            f" WHERE seq IS NOT NULL AND kind NOT IN ({places})"
        )
        self._connection.execute(query, mirrors)
        Records(self._connection).turn_stale()
        Proofs(self._connection).lay_out()
        Outbox(self._connection).send_again()
        self._connection.execute("DELETE FROM mark")
        self._state.unset("cursor", "cursor_heads", "images_rest")
        self._connection.execute(
            "UPDATE attachment SET state = 'to_send', confirmed = 0 WHERE held = size"
            " AND (? OR state = 'to_send' OR confirmed_at IS NOT NULL)",
            (every_photo,),
        )

    def drop_known(self) -> int:
        """Take off the images that head office knows as they were; returns how many are left."""
        self._connection.execute(
            "DELETE FROM image WHERE EXISTS (SELECT 1 FROM record_as_told WHERE id = image.record AND seq IS NOT NULL"
            " AND coalesce(base, screen) = image.told)"
        )
        return self.count()

    def rest(self) -> None:
        """What is left was not taken, and would not be now: it is offered again when head office's numbers moved."""
        self._connection.execute(
            f"INSERT INTO state (name, value) SELECT 'images_rest', ({_MARKS}) WHERE true"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        )

    def count(self) -> int:
        """How many images there are."""
        return int(self._connection.execute("SELECT count(*) FROM image").fetchone()[0])

    def in_order(self) -> list[str]:
        """All that there are, by their records: a parent before its children, at every depth."""
        rows = self._connection.execute("SELECT record, parent FROM image ORDER BY record").fetchall()
        known = {record for record, _parent in rows}
        children: dict[str | None, list[str]] = {}
        for record, parent in rows:
            children.setdefault(parent if parent in known else None, []).append(record)
        ordered: list[str] = []
        level = children.pop(None, [])
        while level:
            ordered += level
            level = [child for record in level for child in children.pop(record, [])]
        return ordered + [record for rest in children.values() for record in rest]  # each other's parents

    def some(self, records: Sequence[str], characters: int) -> list[Image]:
        """The images of ``records``, in that order, within the limit; at least one if there is any."""
        found: list[Image] = []
        size = 0
        for record in records:
            row = self._connection.execute(
                "SELECT record, kind, parent, told FROM image WHERE record = ?", (record,)
            ).fetchone()
            if row is None:
                continue
            size += len(row[3])
            if found and size > characters:
                break
            found.append(Image(*row))
        return found

    def drop(self, records: list[str]) -> None:
        """These head office has."""
        self._connection.executemany("DELETE FROM image WHERE record = ?", [(record,) for record in records])
