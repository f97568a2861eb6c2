"""Changes on their way: saved and not receipted, receipted and not yet durable at head office, refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import dropwhile, takewhile
from typing import Any, NamedTuple

import msgspec

from fieldapp.protocol.changes import Change, decode_change, encode_change
from fieldapp.protocol.identifiers import new_change_id
from fieldapp.protocol.messages import Receipt
from fieldapp.store.connection import Connection


class Queued(NamedTuple):
    """A change in the outbox: its bytes as saved."""

    n: int
    change: str
    kind: str
    record: str
    made_at: str
    body: bytes
    waits: bool

    def decoded(self) -> Change:
        """What the change says."""
        return decode_change(self.body)


@dataclass(frozen=True, slots=True)
class Refused:
    """A change that head office refused for good, with its reason."""

    change: str
    n: int
    kind: str
    record: str
    code: str
    text: str
    field: str | None
    body: bytes
    told_at: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A change that head office receipted, numbered ``seq`` in its stream."""

    change: str
    n: int
    kind: str
    record: str
    outcome: str
    told_at: str
    stream: str
    seq: int


class Outbox:
    """The three states of a change on the laptop. Only a receipt moves one out of the first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._new: list[tuple[object, ...]] = []

    def add(self, change: Change) -> int:
        """Queue a change; its bytes, whose number is returned, never alter from here on."""
        body = encode_change(change)
        self._new.append((change.n, change.id, change.kind, change.record, change.made_at, body))
        return len(body)

    def batch(self, after: int, changes: int, body_bytes: int) -> list[Queued]:
        """The next changes after number ``after``, in order, within both limits; at least one if there is any."""
        self.flush()
        batch: list[Queued] = []
        size = 0
        for row in self._connection.execute(
            "SELECT n, change, kind, record, made_at, body, waits FROM outbox WHERE n > ? ORDER BY n LIMIT ?",
            (after, changes + 1),
        ):
            size += len(row[5]) + 1
            if batch and (size > body_bytes or len(batch) == changes):
                return self._without_part_of_a_group(batch, _queued(row))
            batch.append(_queued(row))
        return batch

    def _without_part_of_a_group(self, batch: list[Queued], following: Queued) -> list[Queued]:
        """A group is never divided; one that does not fit goes whole all the same, and head office says what it thinks.

        ``following`` is the first change that does not go with the ``batch``.
        """
        group = following.decoded().group
        if group is None or batch[-1].decoded().group != group:
            return batch
        before = list(dropwhile(lambda queued: queued.decoded().group == group, reversed(batch)))[::-1]
        if before:
            return before
        rest = self._connection.execute(
            "SELECT n, change, kind, record, made_at, body, waits FROM outbox WHERE n >= ? ORDER BY n", (following.n,)
        )
        return batch + list(takewhile(lambda queued: queued.decoded().group == group, map(_queued, rest)))

    def goes_on_after(self, n: int) -> bool:
        """Whether there is a change behind number ``n``."""
        return self._connection.execute("SELECT 1 FROM outbox WHERE n > ? LIMIT 1", (n,)).fetchone() is not None

    def of_record(self, record: str) -> list[Queued]:
        """The record's queued changes in the order they were made."""
        self.flush()
        rows = self._connection.execute(
            "SELECT n, change, kind, record, made_at, body, waits FROM outbox WHERE record = ? ORDER BY n", (record,)
        )
        return [_queued(row) for row in rows]

    def of_group(self, group: str) -> list[Change]:
        """The queued changes of one group."""
        self.flush()
        like = self._connection.execute("SELECT body FROM outbox WHERE instr(body, ?) ORDER BY n", (group.encode(),))
        return [change for change in (decode_change(row[0]) for row in like) if change.group == group]

    def rename_needed(self, gone: set[str], instead: str | None) -> None:
        """What was ``gone`` goes by another id now, or not at all: queued changes that need it are to say so.

        They were never taken: each goes on under an id of its own, at the same place.
        """
        self.flush()
        for name in gone:
            rows = self._connection.execute("SELECT body FROM outbox WHERE instr(body, ?)", (name.encode(),)).fetchall()
            for change in (decode_change(row[0]) for row in rows):
                if name in change.needs:
                    kept = tuple(need for need in change.needs if need != name)
                    needs = (*kept, instead) if instead is not None else kept
                    renamed = msgspec.structs.replace(change, id=new_change_id(), needs=needs)
                    self.replace([change.n], renamed)
                    self.rename_needed({change.id}, renamed.id)

    def count(self) -> int:
        """How many changes are only on this laptop."""
        self.flush()
        return int(self._connection.execute("SELECT count(*) FROM outbox").fetchone()[0])

    def listed(self, limit: int) -> list[Queued]:
        """The newest queued changes, for the screen."""
        self.flush()
        rows = self._connection.execute(
            "SELECT n, change, kind, record, made_at, body, waits FROM outbox ORDER BY n DESC LIMIT ?", (limit,)
        )
        return [_queued(row) for row in rows]

    def get(self, change: str) -> Queued | None:
        """The queued change of that id."""
        self.flush()
        row = self._connection.execute(
            "SELECT n, change, kind, record, made_at, body, waits FROM outbox WHERE change = ?", (change,)
        ).fetchone()
        return _queued(row) if row else None

    def receipted(self, settled: list[tuple[Queued, Receipt]], told_at: str) -> None:
        """Move changes to ``sent`` with their receipts (accepted, merged, conflict)."""
        self._connection.executemany(
            "INSERT INTO sent (change, n, kind, record, stream, seq, outcome, receipt, body, told_at)"
            " VALUES (?,?,?,?,?,?,?,?,?,?)",
            [
                (q.change, q.n, q.kind, q.record, r.stream, r.seq, r.outcome, msgspec.json.encode(r), q.body, told_at)
                for q, r in settled
            ],
        )
        self._connection.executemany("DELETE FROM outbox WHERE n = ?", [(queued.n,) for queued, _ in settled])

    def ids_between(self, first: int, last: int) -> list[str]:
        """The ids of the changes numbered ``first`` to ``last`` by this laptop, in order."""
        self.flush()
        rows = self._connection.execute("SELECT change FROM outbox WHERE n BETWEEN ? AND ? ORDER BY n", (first, last))
        return [row[0] for row in rows]

    def receipted_run(self, first: int, last: int, stream: str, seq: int, told_at: str) -> tuple[int, int]:
        """Move the changes numbered ``first`` to ``last`` to ``sent``: accepted as sent, numbered from ``seq`` on.

        Returns the first and the last row of ``sent`` that they fill.
        """
        moved = self._connection.execute(
            "INSERT INTO sent (n, change, kind, record, stream, seq, outcome, body, told_at)"
            " SELECT n, change, kind, record, ?, ? + row_number() OVER (ORDER BY n) - 1, 'accepted', body, ?"
            " FROM outbox WHERE n BETWEEN ? AND ? ORDER BY n",
            (stream, seq, told_at, first, last),
        )
        last_row = moved.lastrowid or 0
        self._connection.execute("DELETE FROM outbox WHERE n BETWEEN ? AND ?", (first, last))
        return last_row - moved.rowcount + 1, last_row

    def refuse(self, queued: Queued, receipt: Receipt, told_at: str) -> None:
        """Move a change to ``refused`` with head office's reason."""
        self._connection.execute(
            "INSERT INTO refused (change, n, kind, record, code, text, field, body, told_at)"
            " VALUES (?,?,?,?,?,?,?,?,?)",
            (
                queued.change,
                queued.n,
                queued.kind,
                queued.record,
                receipt.code,
                receipt.text,
                receipt.field,
                queued.body,
                told_at,
            ),
        )
        self._connection.execute("DELETE FROM outbox WHERE n = ?", (queued.n,))

    def reissue(self, queued: Queued, change: str) -> None:
        """Queue the same work under a new id at the same place (SYNC 11, ``id_reuse``)."""
        again = msgspec.structs.replace(queued.decoded(), id=change)
        self._connection.execute("DELETE FROM outbox WHERE n = ?", (queued.n,))
        self.add(again)
        self.flush()
        self.rename_needed({queued.change}, change)

    def mark_waiting(self, numbers: list[int]) -> None:
        """Note which changes wait for another one."""
        self._connection.executemany("UPDATE outbox SET waits = 1 WHERE n = ?", [(n,) for n in numbers])

    def refused(self) -> list[Refused]:
        """What head office refused, newest first."""
        rows = self._connection.execute(
            "SELECT change, n, kind, record, code, text, field, body, told_at FROM refused"
            " ORDER BY told_at DESC, n DESC"
        )
        return [Refused(*row) for row in rows]

    def refused_change(self, change: str) -> Refused | None:
        """The refused change of that id."""
        row = self._connection.execute(
            "SELECT change, n, kind, record, code, text, field, body, told_at FROM refused WHERE change = ?", (change,)
        ).fetchone()
        return Refused(*row) if row else None

    def replace(self, numbers: list[int], change: Change) -> None:
        """Queue one change in place of those numbered ``numbers``, which head office never took (SYNC 17)."""
        self.remove(numbers)
        self.add(change)
        self.flush()

    def remove(self, numbers: list[int]) -> None:
        """Take changes out of the queue that head office never took."""
        self.flush()
        self._connection.executemany("DELETE FROM outbox WHERE n = ?", [(n,) for n in numbers])

    def of_family(self, root: str, member: str) -> list[str]:
        """The ids of the queued changes of a root, of what belongs to it, and of what belongs to ``member`` of it."""
        self.flush()
        rows = self._connection.execute(
            "SELECT change FROM outbox WHERE record = ?1 OR record IN"
            " (SELECT id FROM record WHERE parent IN (?1, ?2)) ORDER BY n",
            (root, member),
        )
        return [row[0] for row in rows]

    def waiting_under(self, parent: str) -> int:
        """How many changes wait that belong to a record below ``parent``."""
        self.flush()
        row = self._connection.execute(
            "SELECT count(*) FROM record AS child CROSS JOIN outbox ON outbox.record = child.id WHERE child.parent = ?",
            (parent,),
        ).fetchone()
        return int(row[0])

    def withdraw_refused(self, change: str) -> None:
        """The officer has read the reason and lets the refused change go."""
        self._connection.execute("DELETE FROM refused WHERE change = ?", (change,))

    def newest_sent(self, limit: int) -> list[Sent]:
        """The newest receipts."""
        rows: Any = self._connection.execute(
            "SELECT change, n, kind, record, outcome, told_at, stream, seq FROM sent ORDER BY row DESC LIMIT ?",
            (limit,),
        )
        return [Sent(*row) for row in rows]

    def forget_durable(self, durable: dict[str, int]) -> None:
        """A tried backup of head office holds these streams up to these numbers: what was sent need not be kept."""
        self._connection.executemany("DELETE FROM sent WHERE stream = ? AND seq <= ?", list(durable.items()))

    def sent_between(self, first: int, last: int) -> list[Queued]:
        """The changes in those rows of ``sent``, in order."""
        rows = self._connection.execute(
            "SELECT n, change, kind, record, told_at, body, 0 FROM sent WHERE row BETWEEN ? AND ? ORDER BY row",
            (first, last),
        )
        return [_queued(row) for row in rows]

    def unsent_among(self, records: list[str]) -> set[str]:
        """Those of ``records`` that have a change only on this laptop."""
        self.flush()
        found: set[str] = set()
        for start in range(0, len(records), 500):
            some = records[start : start + 500]
            places = ",".join("?" * len(some))
            query = f"SELECT DISTINCT record FROM outbox WHERE record IN ({places})"  # noqa: S608 - only places
            found.update(row[0] for row in self._connection.execute(query, some))
        return found

    def unsent_roots(self, roots: list[str]) -> set[str]:
        """Those of ``roots`` that have a change only on this laptop, on themselves or on a record below them."""
        self.flush()
        rows = self._connection.execute(
            "SELECT root.value FROM json_each(?) AS root"
            " WHERE EXISTS (SELECT 1 FROM outbox WHERE record = root.value) OR EXISTS (SELECT 1 FROM record AS child"
            " CROSS JOIN outbox ON outbox.record = child.id WHERE child.parent = root.value)",
            (json.dumps(roots),),
        )
        return {row[0] for row in rows}

    def flush(self) -> None:
        """Write the gathered changes."""
        if self._new:
            rows, self._new = self._new, []
            self._connection.executemany(
                "INSERT INTO outbox (n, change, kind, record, made_at, body) VALUES (?,?,?,?,?,?)", rows
            )


def _queued(row: tuple[Any, ...]) -> Queued:
    return Queued(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6]))
